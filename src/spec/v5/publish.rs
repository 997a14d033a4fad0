//! Chapter 3, sections 3 to 7: PUBLISH and its acknowledgements.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-3.3.1-1" Sender "A PUBLISH sent again carries DUP 1.";
    "MQTT-3.3.1-2" Sender "DUP is 0 in every QoS 0 PUBLISH.";
    "MQTT-3.3.1-3" Server
        "DUP is not passed on: the Server sets it only by whether its own PUBLISH to the subscriber is sent again.";
    "MQTT-3.3.1-4" Sender "QoS is 0, 1 or 2: the two QoS bits of a PUBLISH are never both 1.";
    "MQTT-3.3.1-5" Server
        "RETAIN 1 from a Client: the message becomes the topic's retained message in place of the one before.";
    "MQTT-3.3.1-6" Server
        "RETAIN 1 with an empty payload is handled like any message but removes the topic's retained message.";
    "MQTT-3.3.1-7" Server "A message with an empty payload is never stored as a retained message.";
    "MQTT-3.3.1-8" Server
        "RETAIN 0 from a Client: the Server stores nothing and leaves the topic's retained message as it is.";
    "MQTT-3.3.1-9" Server
        "Retain Handling 0: on subscribing, the Client gets the retained messages that match.";
    "MQTT-3.3.1-10" Server
        "Retain Handling 1: the Client gets the retained messages that match only if the Subscription is new.";
    "MQTT-3.3.1-11" Server "Retain Handling 2: on subscribing, the Client gets no retained messages.";
    "MQTT-3.3.1-12" Server
        "Retain As Published 0: the Server forwards with RETAIN 0, whatever the publisher set.";
    "MQTT-3.3.1-13" Server "Retain As Published 1: the Server forwards RETAIN as the publisher set it.";
    "MQTT-3.3.2-1" Sender
        "The variable header of a PUBLISH begins with the Topic Name, a UTF-8 Encoded String.";
    "MQTT-3.3.2-2" Sender "The Topic Name of a PUBLISH has no wildcards (+ or #).";
    "MQTT-3.3.2-3" Server
        "The Server sends a subscriber only messages whose Topic Name its Topic Filter matches.";
    "MQTT-3.3.2-4" Server "The Payload Format Indicator reaches every subscriber as it was sent.";
    "MQTT-3.3.2-5" Server
        "If the Message Expiry Interval ends before delivery to a subscriber has begun, the Server deletes that subscriber's copy.";
    "MQTT-3.3.2-6" Server
        "The Server forwards the Message Expiry Interval less the time the message has waited.";
    "MQTT-3.3.2-7" Receiver
        "Topic Aliases end with the connection: the receiver takes none of them over to the next.";
    "MQTT-3.3.2-8" Sender "A Topic Alias is never 0.";
    "MQTT-3.3.2-9" Client "A Client uses no Topic Alias above the Topic Alias Maximum in the CONNACK.";
    "MQTT-3.3.2-10" Client
        "A Client accepts every Topic Alias from 1 to the Topic Alias Maximum in its CONNECT.";
    "MQTT-3.3.2-11" Server "A Server uses no Topic Alias above the Topic Alias Maximum in the CONNECT.";
    "MQTT-3.3.2-12" Server
        "A Server accepts every Topic Alias from 1 to the Topic Alias Maximum in its CONNACK.";
    "MQTT-3.3.2-13" Sender "The Response Topic is a UTF-8 Encoded String.";
    "MQTT-3.3.2-14" Sender "The Response Topic has no wildcards (+ or #).";
    "MQTT-3.3.2-15" Server "The Response Topic reaches every subscriber as it was sent.";
    "MQTT-3.3.2-16" Server "The Correlation Data reach every subscriber as they were sent.";
    "MQTT-3.3.2-17" Server "The User Properties of a PUBLISH reach every subscriber as they were sent.";
    "MQTT-3.3.2-18" Server "The User Properties of a PUBLISH keep their order when it is forwarded.";
    "MQTT-3.3.2-19" Sender "The Content Type is a UTF-8 Encoded String.";
    "MQTT-3.3.2-20" Server "The Content Type reaches every subscriber as it was sent.";
    "MQTT-3.3.4-1" Receiver "QoS decides the answer to a PUBLISH: none for 0, PUBACK for 1, PUBREC for 2.";
    "MQTT-3.3.4-2" Server
        "If several Subscriptions of one Client match a message, the highest maximum QoS among them counts for its delivery.";
    "MQTT-3.3.4-3" Server
        "A message that overlapping Subscriptions match carries the Subscription Identifiers the Client gave them.";
    "MQTT-3.3.4-4" Server
        "One PUBLISH for several matching Subscriptions carries all of their Subscription Identifiers, in any order.";
    "MQTT-3.3.4-5" Server
        "If each matching Subscription gets a PUBLISH of its own, each carries the Subscription Identifier of that one.";
    "MQTT-3.3.4-6" Client "A PUBLISH from a Client has no Subscription Identifier.";
    "MQTT-3.3.4-7" Client
        "Only Receive Maximum QoS 1 and 2 PUBLISH packets to the Server may be open at once. PUBACK, PUBCOMP or a PUBREC of 0x80 or above settles one.";
    "MQTT-3.3.4-8" Client
        "Having used up Receive Maximum holds back PUBLISH packets only, nothing else that the Client has to send.";
    "MQTT-3.3.4-9" Server
        "Only Receive Maximum QoS 1 and 2 PUBLISH packets to the Client may be open at once. PUBACK, PUBCOMP or a PUBREC of 0x80 or above settles one.";
    "MQTT-3.3.4-10" Server
        "Having used up Receive Maximum holds back PUBLISH packets only, nothing else that the Server has to send.";
    "MQTT-3.4.2-1" Sender "The Reason Code of a PUBACK is one of those listed for PUBACK.";
    "MQTT-3.4.2-2" Sender
        "A PUBACK has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.4.2-3" Sender
        "A PUBACK has no User Properties if they would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.5.2-1" Sender "The Reason Code of a PUBREC is one of those listed for PUBREC.";
    "MQTT-3.5.2-2" Sender
        "A PUBREC has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.5.2-3" Sender
        "A PUBREC has no User Properties if they would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.6.1-1" Both
        "PUBREL has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.6.2-1" Sender "The Reason Code of a PUBREL is one of those listed for PUBREL.";
    "MQTT-3.6.2-2" Sender
        "A PUBREL has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.6.2-3" Sender
        "A PUBREL has no User Properties if they would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.7.2-1" Sender "The Reason Code of a PUBCOMP is one of those listed for PUBCOMP.";
    "MQTT-3.7.2-2" Sender
        "A PUBCOMP has no Reason String if that would take it over the receiver's Maximum Packet Size.";
    "MQTT-3.7.2-3" Sender
        "A PUBCOMP has no User Properties if they would take it over the receiver's Maximum Packet Size.";
}
