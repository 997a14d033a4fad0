//! Chapter 4: state, delivery, ordering, topics, flow control, authentication and errors.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-4.1.0-1" Both "As long as the connection is open, both ends keep the Session State.";
    "MQTT-4.1.0-2" Server
        "The Server discards the Session State once the connection has been closed for the Session Expiry Interval.";
    "MQTT-4.2-1" Both
        "Both ends support at least one transport that carries bytes both ways, in order and without loss.";
    "MQTT-4.3.1-1" Sender "QoS 0: the sender sends the PUBLISH with QoS 0 and DUP 0.";
    "MQTT-4.3.2-1" Sender "QoS 1: the sender gives each new message an unused Packet Identifier.";
    "MQTT-4.3.2-2" Sender "QoS 1: the PUBLISH of a new message has that Packet Identifier, QoS 1 and DUP 0.";
    "MQTT-4.3.2-3" Sender "QoS 1: the sender holds the PUBLISH as unacknowledged until PUBACK.";
    "MQTT-4.3.2-4" Receiver
        "QoS 1: the receiver takes charge of the message and sends PUBACK with its Packet Identifier.";
    "MQTT-4.3.2-5" Receiver
        "QoS 1: once PUBACK is sent, the same Packet Identifier means a new message, whatever DUP says.";
    "MQTT-4.3.3-1" Sender "QoS 2: the sender gives each new message an unused Packet Identifier.";
    "MQTT-4.3.3-2" Sender "QoS 2: the PUBLISH of a new message has that Packet Identifier, QoS 2 and DUP 0.";
    "MQTT-4.3.3-3" Sender "QoS 2: the sender holds the PUBLISH as unacknowledged until PUBREC.";
    "MQTT-4.3.3-4" Sender
        "QoS 2: the sender answers a PUBREC below 0x80 with PUBREL, which repeats the Packet Identifier of the PUBLISH.";
    "MQTT-4.3.3-5" Sender "QoS 2: the sender holds the PUBREL as unacknowledged until PUBCOMP.";
    "MQTT-4.3.3-6" Sender "QoS 2: after PUBREL the sender never sends the PUBLISH again.";
    "MQTT-4.3.3-7" Sender "QoS 2: a message whose PUBLISH has been sent no longer expires at the sender.";
    "MQTT-4.3.3-8" Receiver
        "QoS 2: the receiver takes charge of the message and sends PUBREC with its Packet Identifier.";
    "MQTT-4.3.3-9" Receiver
        "QoS 2: after a PUBREC of 0x80 or above, the same Packet Identifier means a new message.";
    "MQTT-4.3.3-10" Receiver
        "QoS 2: until PUBREL, the receiver answers each repeat of the PUBLISH with PUBREC but passes the message on only once.";
    "MQTT-4.3.3-11" Receiver
        "QoS 2: the receiver answers PUBREL with PUBCOMP, which repeats its Packet Identifier.";
    "MQTT-4.3.3-12" Receiver "QoS 2: once PUBCOMP is sent, the same Packet Identifier means a new message.";
    "MQTT-4.3.3-13" Receiver
        "QoS 2: the receiver goes through with the acknowledgements even if the message has expired.";
    "MQTT-4.4.0-1" Both
        "On reconnecting with Clean Start 0 to a Session, both ends send unacknowledged QoS 1 and 2 PUBLISH and PUBREL packets again, with the old Packet Identifiers. At no other time is anything sent again.";
    "MQTT-4.4.0-2" Sender "A PUBACK or PUBREC of 0x80 or above settles its PUBLISH, which is not sent again.";
    "MQTT-4.5.0-1" Server
        "The Server adds each message it takes in to the Session State of every Client with a matching Subscription.";
    "MQTT-4.5.0-2" Client
        "The Client acknowledges every PUBLISH as its QoS demands, even if it makes no use of the message.";
    "MQTT-4.6.0-1" Client
        "QoS 1 and 2 PUBLISH packets sent again keep the order in which they were first sent.";
    "MQTT-4.6.0-2" Client "PUBACKs go out in the order in which their PUBLISH packets came in.";
    "MQTT-4.6.0-3" Client "PUBRECs go out in the order in which their PUBLISH packets came in.";
    "MQTT-4.6.0-4" Client "PUBRELs go out in the order in which their PUBRECs came in.";
    "MQTT-4.6.0-5" Server
        "On an Ordered Topic, messages of one Client, topic and QoS go out to each subscriber as they came in.";
    "MQTT-4.6.0-6" Server
        "For Non-shared Subscriptions every topic is an Ordered Topic unless the Server has been set up to treat it otherwise.";
    "MQTT-4.7.0-1" Both "Wildcards stand in Topic Filters only, never in a Topic Name.";
    "MQTT-4.7.1-1" Client "# stands alone or after a /, and always at the end of the Topic Filter.";
    "MQTT-4.7.1-2" Client "+ may stand at any level of a Topic Filter, and then it is all of that level.";
    "MQTT-4.7.2-1" Server "A Topic Filter that begins with # or + matches no Topic Name that begins with $.";
    "MQTT-4.7.3-1" Both "A Topic Name or Topic Filter has at least one character.";
    "MQTT-4.7.3-2" Both "A Topic Name or Topic Filter never contains U+0000.";
    "MQTT-4.7.3-3" Both "A Topic Name or Topic Filter takes at most 65,535 bytes of UTF-8.";
    "MQTT-4.7.3-4" Server
        "When matching, the Server takes Topic Names and Topic Filters as they are: it normalises and replaces nothing.";
    "MQTT-4.8.2-1" Client
        "The Topic Filter of a Shared Subscription begins with $share/ and has a ShareName of at least one character.";
    "MQTT-4.8.2-2" Client "A ShareName contains no /, + or #. After it come a / and a Topic Filter.";
    "MQTT-4.8.2-3" Server "Each Client of a Shared Subscription gets its messages by the QoS granted to it.";
    "MQTT-4.8.2-4" Server
        "If the connection breaks during a QoS 2 delivery of a Shared Subscription, the Server completes it when that Client reconnects.";
    "MQTT-4.8.2-5" Server
        "If that Client's Session ends before it reconnects, the half-delivered QoS 2 message goes to no other subscriber.";
    "MQTT-4.8.2-6" Server
        "If a Client refuses a shared message with a PUBACK or PUBREC of 0x80 or above, the Server drops it and tries no other subscriber.";
    "MQTT-4.9.0-1" Both "The send quota starts above 0 and no higher than the other end's Receive Maximum.";
    "MQTT-4.9.0-2" Both
        "Each QoS 1 or 2 PUBLISH takes one from the send quota. At 0, no more of them are sent.";
    "MQTT-4.9.0-3" Both "A send quota of 0 holds up no other packet: all are still processed and answered.";
    "MQTT-4.12.0-1" Server
        "If it does not support the Authentication Method, the Server may send CONNACK 0x8C (Bad authentication method) or CONNACK 0x87 (Not authorized), and closes the connection.";
    "MQTT-4.12.0-2" Server
        "A Server that needs more to authenticate the Client may send AUTH, always with 0x18 (Continue authentication).";
    "MQTT-4.12.0-3" Client
        "The Client answers the Server's AUTH with another AUTH, again 0x18 (Continue authentication).";
    "MQTT-4.12.0-4" Server
        "The Server may refuse at any step: it may send CONNACK with 0x80 or above, and closes the connection.";
    "MQTT-4.12.0-5" Both
        "If the CONNECT names an Authentication Method, every AUTH and a CONNACK with success name the same one.";
    "MQTT-4.12.0-6" Server
        "If the CONNECT names no Authentication Method, the Server sends no AUTH and names none in the CONNACK.";
    "MQTT-4.12.0-7" Client "If the CONNECT names no Authentication Method, the Client sends no AUTH.";
    "MQTT-4.12.1-1" Client
        "The Client may authenticate anew with AUTH 0x19 (Re-authenticate), under the Authentication Method of its CONNECT.";
    "MQTT-4.12.1-2" Both
        "If authenticating anew fails, whoever refuses should send DISCONNECT with a fitting Reason Code, and closes the connection.";
    "MQTT-4.13.1-1" Server
        "On a Malformed Packet or Protocol Error for which the standard names a Reason Code, the Server closes the connection.";
    "MQTT-4.13.2-1" Both
        "A CONNACK or DISCONNECT of 0x80 or above means that the connection is closed, even if the packet itself is not sent.";
}
