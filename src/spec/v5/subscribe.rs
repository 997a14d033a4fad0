//! Chapter 3, sections 8 to 11: SUBSCRIBE, UNSUBSCRIBE and their acknowledgements.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-3.8.1-1" Both
        "SUBSCRIBE has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.8.3-1" Client "Each Topic Filter in a SUBSCRIBE is a UTF-8 Encoded String.";
    "MQTT-3.8.3-2" Client "A SUBSCRIBE holds at least one Topic Filter with its Subscription Options.";
    "MQTT-3.8.3-3" Server
        "No Local 1: a message is not forwarded to the Client Identifier that published it.";
    "MQTT-3.8.3-4" Client "No Local 1 on a Shared Subscription is a Protocol Error.";
    "MQTT-3.8.3-5" Server
        "The reserved bits of the Subscription Options are 0. Otherwise the SUBSCRIBE is malformed.";
    "MQTT-3.8.4-1" Server "The Server answers SUBSCRIBE with SUBACK.";
    "MQTT-3.8.4-2" Server "A SUBACK has the Packet Identifier of the SUBSCRIBE it answers.";
    "MQTT-3.8.4-3" Server
        "Subscribing again with the Topic Filter of a Non-shared Subscription of this Session replaces that Subscription.";
    "MQTT-3.8.4-4" Server
        "Replacing a Subscription loses no messages. With Retain Handling 0, matching retained messages are sent again.";
    "MQTT-3.8.4-5" Server
        "A SUBSCRIBE with several Topic Filters acts like several SUBSCRIBE packets, but gets one SUBACK.";
    "MQTT-3.8.4-6" Server "A SUBACK holds one Reason Code for each Topic Filter of the SUBSCRIBE.";
    "MQTT-3.8.4-7" Server
        "Each Reason Code of a SUBACK tells the maximum QoS granted, or that the Subscription failed.";
    "MQTT-3.8.4-8" Server
        "A message is delivered at the lower of two QoS levels: that of the publisher and that granted to the subscriber.";
    "MQTT-3.9.2-1" Server
        "A SUBACK has no Reason String if that would take it over the Client's Maximum Packet Size.";
    "MQTT-3.9.2-2" Server
        "A SUBACK has no User Properties if they would take it over the Client's Maximum Packet Size.";
    "MQTT-3.9.3-1" Server "The Reason Codes of a SUBACK stand in the order of the Topic Filters they answer.";
    "MQTT-3.9.3-2" Server "Each Reason Code of a SUBACK is one of those listed as Subscribe Reason Codes.";
    "MQTT-3.10.1-1" Both
        "UNSUBSCRIBE has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.10.3-1" Client "Each Topic Filter in an UNSUBSCRIBE is a UTF-8 Encoded String.";
    "MQTT-3.10.3-2" Client "An UNSUBSCRIBE holds at least one Topic Filter.";
    "MQTT-3.10.4-1" Server
        "The filters of an UNSUBSCRIBE are compared with the Client's character by character. An exact match ends that Subscription.";
    "MQTT-3.10.4-2" Server
        "After UNSUBSCRIBE the Server queues no new messages that match its Topic Filters.";
    "MQTT-3.10.4-3" Server
        "After UNSUBSCRIBE the Server still finishes the matching QoS 1 and 2 deliveries that are under way.";
    "MQTT-3.10.4-4" Server "The Server answers UNSUBSCRIBE with UNSUBACK.";
    "MQTT-3.10.4-5" Server
        "An UNSUBACK has the Packet Identifier of the UNSUBSCRIBE. It is sent even if no Subscription was ended.";
    "MQTT-3.10.4-6" Server
        "An UNSUBSCRIBE with several Topic Filters acts like several UNSUBSCRIBE packets, but gets one UNSUBACK.";
    "MQTT-3.11.2-1" Server
        "An UNSUBACK has no Reason String if that would take it over the Client's Maximum Packet Size.";
    "MQTT-3.11.2-2" Server
        "An UNSUBACK has no User Properties if they would take it over the Client's Maximum Packet Size.";
    "MQTT-3.11.3-1" Server
        "The Reason Codes of an UNSUBACK stand in the order of the Topic Filters they answer.";
    "MQTT-3.11.3-2" Server
        "An UNSUBACK holds, for each Topic Filter, one of the Reason Codes listed for UNSUBACK.";
}
