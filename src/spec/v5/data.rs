//! Chapters 1 and 2: data types and the shape of every packet.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-1.5.4-1" Sender "Strings are well-formed UTF-8 without surrogates (U+D800 to U+DFFF).";
    "MQTT-1.5.4-2" Sender "A string never holds U+0000.";
    "MQTT-1.5.4-3" Receiver
        "The bytes EF BB BF in a string are the character U+FEFF, not a byte order mark: the receiver keeps them.";
    "MQTT-1.5.5-1" Sender "A Variable Byte Integer takes no more bytes than its value needs.";
    "MQTT-1.5.7-1" Sender
        "In a UTF-8 String Pair, name and value each keep the rules for UTF-8 Encoded Strings.";
    "MQTT-2.1.3-1" Sender
        "A reserved flag in the fixed header has the value that the standard's table gives.";
    "MQTT-2.2.1-2" Sender "A QoS 0 PUBLISH has no Packet Identifier.";
    "MQTT-2.2.1-3" Client
        "A Client gives each new SUBSCRIBE, UNSUBSCRIBE or QoS 1 or 2 PUBLISH a Packet Identifier that is neither 0 nor in use.";
    "MQTT-2.2.1-4" Server
        "A Server gives each new QoS 1 or 2 PUBLISH a Packet Identifier that is neither 0 nor in use.";
    "MQTT-2.2.1-5" Sender
        "PUBACK, PUBREC, PUBREL and PUBCOMP repeat the Packet Identifier of the PUBLISH they belong to.";
    "MQTT-2.2.1-6" Server
        "SUBACK and UNSUBACK repeat the Packet Identifier of the SUBSCRIBE or UNSUBSCRIBE they answer.";
    "MQTT-2.2.2-1" Sender "A packet without properties says so with a Property Length of 0.";
}
