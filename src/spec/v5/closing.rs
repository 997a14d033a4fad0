//! Chapter 3, sections 12 to 15: PINGREQ, DISCONNECT and AUTH.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-3.12.4-1" Server "The Server answers PINGREQ with PINGRESP.";
    "MQTT-3.14.0-1" Server "The Server sends DISCONNECT only after a CONNACK with a Reason Code below 0x80.";
    "MQTT-3.14.1-1" Receiver
        "The flags of DISCONNECT are reserved. The receiver checks that they are 0 and otherwise sends DISCONNECT 0x81 (Malformed Packet).";
    "MQTT-3.14.2-1" Sender "The Reason Code of a DISCONNECT is one of those listed for DISCONNECT.";
    "MQTT-3.14.2-2" Server "A DISCONNECT from the Server has no Session Expiry Interval.";
    "MQTT-3.14.2-3" Sender
        "A DISCONNECT has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.14.2-4" Sender
        "A DISCONNECT has no User Properties if they would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.14.4-1" Sender "Having sent DISCONNECT, the sender sends nothing more on this connection.";
    "MQTT-3.14.4-2" Sender "Having sent DISCONNECT, the sender closes the connection.";
    "MQTT-3.14.4-3" Server
        "On DISCONNECT 0x00 (Normal disconnection) the Server drops this connection's Will Message unpublished.";
    "MQTT-3.15.1-1" Both
        "AUTH has the flags 0000. Others are malformed, and the receiver closes the connection.";
    "MQTT-3.15.2-1" Sender "The Reason Code of an AUTH is one of those listed as Authenticate Reason Codes.";
    "MQTT-3.15.2-2" Sender
        "An AUTH has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.15.2-3" Sender
        "An AUTH has no User Properties if they would take it over the receiver's Maximum Packet Size.";
}
