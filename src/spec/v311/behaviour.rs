//! Chapter 4: state, delivery, ordering, topics and errors.

use crate::spec::statement::statements;

statements! { V311
    "MQTT-4.1.0-1" Both "Both ends keep the Session state for as long as the Session lasts.";
    "MQTT-4.1.0-2" Both "A Session lasts at least as long as its connection is open.";
    "MQTT-4.3.1-1" Sender "QoS 0: the sender sends the PUBLISH with QoS 0 and DUP 0.";
    "MQTT-4.3.2-1" Sender
        "QoS 1: the sender gives each new message an unused Packet Identifier, sends it with DUP 0 and holds it as unacknowledged until PUBACK.";
    "MQTT-4.3.2-2" Receiver
        "QoS 1: the receiver takes charge of the message and sends PUBACK with its Packet Identifier. From then on that identifier means a new message, whatever DUP says.";
    "MQTT-4.3.3-1" Sender
        "QoS 2: the sender holds the PUBLISH (unused Packet Identifier, DUP 0) until PUBREC, then sends PUBREL under the same identifier and holds that until PUBCOMP. After PUBREL the PUBLISH is never sent again.";
    "MQTT-4.3.3-2" Receiver
        "QoS 2: the receiver takes charge of the message and sends PUBREC, again for each repeat, but passes the message on once. It answers PUBREL with PUBCOMP; then the Packet Identifier means a new message.";
    "MQTT-4.4.0-1" Both
        "On reconnecting with CleanSession 0, both ends send their unacknowledged QoS 1 and 2 PUBLISH and PUBREL packets again, with the old Packet Identifiers.";
    "MQTT-4.5.0-1" Server
        "The Server adds each message it takes in to the Session state of every Client with a matching Subscription.";
    "MQTT-4.5.0-2" Client
        "The Client acknowledges every PUBLISH as its QoS demands, even if it makes no use of the message.";
    "MQTT-4.6.0-1" Client
        "QoS 1 and 2 PUBLISH packets sent again keep the order in which they were first sent.";
    "MQTT-4.6.0-2" Client "PUBACKs go out in the order in which their PUBLISH packets came in.";
    "MQTT-4.6.0-3" Client "PUBRECs go out in the order in which their PUBLISH packets came in.";
    "MQTT-4.6.0-4" Client "PUBRELs go out in the order in which their PUBRECs came in.";
    "MQTT-4.6.0-5" Server
        "Every topic is an Ordered Topic unless the Server has been set up to treat it otherwise.";
    "MQTT-4.6.0-6" Server
        "On an Ordered Topic the Server keeps the ordering rules towards each subscriber: messages of one Client, topic and QoS go out as they came in.";
    "MQTT-4.7.1-1" Both "Wildcards stand in Topic Filters only, never in a Topic Name.";
    "MQTT-4.7.1-2" Client
        "# matches the parent and all levels below. It stands alone or after a /, and always at the end of the Topic Filter.";
    "MQTT-4.7.1-3" Client "+ may stand at any level of a Topic Filter, and then it is all of that level.";
    "MQTT-4.7.2-1" Server "A Topic Filter that begins with # or + matches no Topic Name that begins with $.";
    "MQTT-4.7.3-1" Both "A Topic Name or Topic Filter has at least one character.";
    "MQTT-4.7.3-2" Both
        "A Topic Name or Topic Filter never contains U+0000. Upper and lower case, spaces and each / make a difference.";
    "MQTT-4.7.3-3" Both "A Topic Name or Topic Filter takes at most 65,535 bytes of UTF-8.";
    "MQTT-4.7.3-4" Server
        "When matching, the Server takes Topic Names and Topic Filters as they are: it normalises and replaces nothing.";
    "MQTT-4.8.0-1" Both
        "Whoever meets a protocol violation closes the connection it came on, unless the standard says otherwise.";
    "MQTT-4.8.0-2" Both
        "Whoever meets a Transient Error while processing a packet closes the connection it came on.";
}
