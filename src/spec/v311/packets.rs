//! Chapter 3: the fourteen packets.

use crate::spec::statement::statements;

statements! { V311
    "MQTT-3.1.0-1" Client "CONNECT is the first packet a Client sends on a new connection.";
    "MQTT-3.1.0-2" Server
        "A Client sends CONNECT once. A second one on the same connection is a protocol violation: the Server disconnects the Client.";
    "MQTT-3.1.2-1" Server
        "If the Protocol Name is not MQTT, the Server disconnects or follows some other specification. It never reads on as 3.1.1.";
    "MQTT-3.1.2-2" Server
        "Protocol Level 4 means 3.1.1. To a level it does not support, the Server answers CONNACK 0x01 and then disconnects the Client.";
    "MQTT-3.1.2-3" Server
        "Bit 0 of the Connect Flags is reserved. The Server checks that it is 0 and otherwise disconnects the Client.";
    "MQTT-3.1.2-4" Both
        "CleanSession 0: the Server resumes the Session of this Client Identifier or creates one. Both ends keep it after the connection ends.";
    "MQTT-3.1.2-5" Server
        "CleanSession 0: while the Client is away, the Server keeps QoS 1 and 2 messages that match its subscriptions.";
    "MQTT-3.1.2-6" Both
        "CleanSession 1: both ends drop any earlier Session. The new one ends with the connection, and nothing of it is reused.";
    "MQTT-3.1.2-7" Server "Retained messages belong to no Session. They stay when a Session ends.";
    "MQTT-3.1.2-8" Server
        "Will Flag 1: the Server keeps the Will Message and publishes it when the connection closes, unless a DISCONNECT came first.";
    "MQTT-3.1.2-9" Both
        "Will Flag 1: Will Topic and Will Message stand in the payload, and the Server goes by Will QoS and Will Retain.";
    "MQTT-3.1.2-10" Server
        "The Server forgets the Will Message once it is published or the Client has sent DISCONNECT.";
    "MQTT-3.1.2-11" Client
        "Will Flag 0: Will QoS and Will Retain are 0, and the payload has neither Will Topic nor Will Message.";
    "MQTT-3.1.2-12" Server "Will Flag 0: the Server publishes no Will Message when this connection ends.";
    "MQTT-3.1.2-13" Client "Will Flag 0: both bits of the Will QoS are 0.";
    "MQTT-3.1.2-14" Client "Will Flag 1: the Will QoS is 0, 1 or 2, never 3.";
    "MQTT-3.1.2-15" Client "Will Flag 0: the Will Retain bit is 0.";
    "MQTT-3.1.2-16" Server "Will Retain 0: the Server publishes the Will Message without retaining it.";
    "MQTT-3.1.2-17" Server "Will Retain 1: the Server publishes the Will Message and retains it.";
    "MQTT-3.1.2-18" Client "User Name Flag 0: the payload has no User Name.";
    "MQTT-3.1.2-19" Client "User Name Flag 1: the payload has a User Name.";
    "MQTT-3.1.2-20" Client "Password Flag 0: the payload has no Password.";
    "MQTT-3.1.2-21" Client "Password Flag 1: the payload has a Password.";
    "MQTT-3.1.2-22" Client "No Password without a User Name: User Name Flag 0 means Password Flag 0.";
    "MQTT-3.1.2-23" Client
        "The Client is never silent for longer than Keep Alive seconds. With nothing else to send, it sends PINGREQ.";
    "MQTT-3.1.2-24" Server
        "If nothing arrives for 1.5 times a non-zero Keep Alive, the Server disconnects the Client as it would after a network failure.";
    "MQTT-3.1.3-1" Client
        "The payload's fields keep one order: Client Identifier first, then Will Topic, Will Message, then User Name, Password. The flags say which are there.";
    "MQTT-3.1.3-2" Both "Both ends file the state of a Session under its Client Identifier.";
    "MQTT-3.1.3-3" Client "The payload always begins with the Client Identifier, though it may be empty.";
    "MQTT-3.1.3-4" Client "The Client Identifier is a UTF-8 encoded string.";
    "MQTT-3.1.3-5" Server
        "The Server accepts every Client Identifier of 1 to 23 bytes made of digits and unaccented letters.";
    "MQTT-3.1.3-6" Server
        "A Server that lets the Client Identifier be empty assigns a unique one and goes on as if the Client had sent it.";
    "MQTT-3.1.3-7" Client "An empty Client Identifier goes with CleanSession 1 only.";
    "MQTT-3.1.3-8" Server
        "To an empty Client Identifier with CleanSession 0 the Server answers CONNACK 0x02 and closes the connection.";
    "MQTT-3.1.3-9" Server
        "A Server that rejects the Client Identifier answers CONNACK 0x02 and closes the connection.";
    "MQTT-3.1.3-10" Client
        "Will Flag 1: the Will Topic comes after the Client Identifier and is a UTF-8 encoded string.";
    "MQTT-3.1.3-11" Client "User Name Flag 1: the User Name comes next and is a UTF-8 encoded string.";
    "MQTT-3.1.4-1" Server
        "The Server checks each CONNECT against section 3.1. If it does not conform, the connection is closed without a CONNACK.";
    "MQTT-3.1.4-2" Server
        "A new connection takes over its Client Identifier: the Server disconnects the Client that held it.";
    "MQTT-3.1.4-3" Server "On a valid CONNECT the Server does what CleanSession asks for.";
    "MQTT-3.1.4-4" Server "The Server accepts a valid CONNECT with CONNACK return code 0.";
    "MQTT-3.1.4-5" Server
        "A Client may send on before the CONNACK arrives. Should the Server reject the CONNECT, it processes none of that.";
    "MQTT-3.2.0-1" Server "CONNACK is the first packet a Server sends to a Client.";
    "MQTT-3.2.2-1" Server "Accepting CleanSession 1, the Server sends return code 0 with Session Present 0.";
    "MQTT-3.2.2-2" Server
        "Accepting CleanSession 0 with a stored Session for the Client Identifier, the Server sends Session Present 1.";
    "MQTT-3.2.2-3" Server
        "Accepting CleanSession 0 without a stored Session, the Server sends return code 0 with Session Present 0.";
    "MQTT-3.2.2-4" Server "A CONNACK that refuses (return code not 0) has Session Present 0.";
    "MQTT-3.2.2-5" Server
        "Having sent a CONNACK that refuses (return code not 0), the Server closes the connection.";
    "MQTT-3.2.2-6" Server
        "If none of the return codes fits the reason, the Server sends no CONNACK and closes the connection.";
    "MQTT-3.3.1-1" Sender "A PUBLISH sent again carries DUP 1.";
    "MQTT-3.3.1-2" Sender "DUP is 0 in every QoS 0 PUBLISH.";
    "MQTT-3.3.1-3" Server
        "DUP is not passed on: the Server sets it only by whether its own PUBLISH to the subscriber is sent again.";
    "MQTT-3.3.1-4" Both "QoS is 0, 1 or 2. With both QoS bits 1 the receiver closes the connection.";
    "MQTT-3.3.1-5" Server
        "RETAIN 1 from a Client: the Server stores the message and its QoS for later subscribers whose filters match.";
    "MQTT-3.3.1-6" Server "A new subscription gets the last retained message of every topic it matches.";
    "MQTT-3.3.1-7" Server
        "QoS 0 with RETAIN 1: the Server drops the topic's retained message and should keep the new one, though it may drop that too at any time.";
    "MQTT-3.3.1-8" Server "RETAIN is 1 in a PUBLISH sent because the Client has just subscribed.";
    "MQTT-3.3.1-9" Server
        "RETAIN is 0 in a PUBLISH sent for a subscription already in place, whatever the publisher set.";
    "MQTT-3.3.1-10" Server
        "RETAIN 1 with an empty payload is delivered like any message and removes the topic's retained message.";
    "MQTT-3.3.1-11" Server
        "An empty message with RETAIN 1 is never stored. Subscribers already there receive it with RETAIN 0.";
    "MQTT-3.3.1-12" Server
        "RETAIN 0 from a Client: the Server stores nothing and leaves the topic's retained message as it is.";
    "MQTT-3.3.2-1" Sender
        "The variable header of a PUBLISH begins with the Topic Name, a UTF-8 encoded string.";
    "MQTT-3.3.2-2" Sender "The Topic Name of a PUBLISH has no wildcards (+ or #).";
    "MQTT-3.3.2-3" Server
        "The Server sends a subscriber only messages whose Topic Name its Topic Filter matches.";
    "MQTT-3.3.4-1" Receiver "QoS decides the answer to a PUBLISH: none for 0, PUBACK for 1, PUBREC for 2.";
    "MQTT-3.3.5-1" Server
        "If several filters of one Client match a message, the highest maximum QoS among them counts for its delivery.";
    "MQTT-3.3.5-2" Server
        "A Server cannot tell a Client that a PUBLISH is not permitted: it acknowledges as usual or closes the connection.";
    "MQTT-3.6.1-1" Both
        "PUBREL has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.8.1-1" Both
        "SUBSCRIBE has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.8.3-1" Client "Each Topic Filter in a SUBSCRIBE is a UTF-8 encoded string.";
    "MQTT-3.8.3-2" Server
        "A Server that offers no wildcards rejects each subscription whose Topic Filter has one.";
    "MQTT-3.8.3-3" Client
        "A SUBSCRIBE holds at least one Topic Filter with its QoS. Without any it is a protocol violation.";
    "MQTT-3.8.3-4" Server
        "The Requested QoS is 0, 1 or 2 and the six bits above it are 0. Otherwise the SUBSCRIBE is malformed and the Server closes the connection.";
    "MQTT-3.8.4-1" Server "The Server answers SUBSCRIBE with SUBACK.";
    "MQTT-3.8.4-2" Server "A SUBACK has the Packet Identifier of the SUBSCRIBE it answers.";
    "MQTT-3.8.4-3" Server
        "Subscribing again with the same Topic Filter replaces the Subscription. Retained messages are sent again, and no messages are held up.";
    "MQTT-3.8.4-4" Server
        "A SUBSCRIBE with several Topic Filters acts like several SUBSCRIBE packets, but gets one SUBACK.";
    "MQTT-3.8.4-5" Server
        "A SUBACK holds one return code for each Topic Filter: the maximum QoS granted, or failure.";
    "MQTT-3.8.4-6" Server
        "A message is delivered at the lower of two QoS levels: that of the publisher and that granted to the subscriber.";
    "MQTT-3.9.3-1" Server "The return codes of a SUBACK stand in the order of the Topic Filters they answer.";
    "MQTT-3.9.3-2" Server "A SUBACK return code is 0, 1, 2 or 0x80. All others are reserved.";
    "MQTT-3.10.1-1" Both
        "UNSUBSCRIBE has the flags 0010. Others are malformed, and the Server closes the connection.";
    "MQTT-3.10.3-1" Client
        "Each Topic Filter in an UNSUBSCRIBE is a UTF-8 encoded string, with nothing between one and the next.";
    "MQTT-3.10.3-2" Client
        "An UNSUBSCRIBE holds at least one Topic Filter. Without any it is a protocol violation.";
    "MQTT-3.10.4-1" Server
        "The filters of an UNSUBSCRIBE are compared with the Client's character by character. An exact match ends that Subscription, anything else does nothing.";
    "MQTT-3.10.4-2" Server "After ending a Subscription the Server queues no new messages for it.";
    "MQTT-3.10.4-3" Server
        "After ending a Subscription the Server still finishes QoS 1 and 2 deliveries that are under way.";
    "MQTT-3.10.4-4" Server
        "The Server answers UNSUBSCRIBE with an UNSUBACK that repeats its Packet Identifier.";
    "MQTT-3.10.4-5" Server "UNSUBACK is sent even if no Subscription was ended.";
    "MQTT-3.10.4-6" Server
        "An UNSUBSCRIBE with several Topic Filters acts like several UNSUBSCRIBE packets, but gets one UNSUBACK.";
    "MQTT-3.12.4-1" Server "The Server answers PINGREQ with PINGRESP.";
    "MQTT-3.14.1-1" Server
        "The flags of DISCONNECT are reserved. The Server checks that they are 0 and otherwise disconnects the Client.";
    "MQTT-3.14.4-1" Client "Having sent DISCONNECT, the Client closes the connection.";
    "MQTT-3.14.4-2" Client "Having sent DISCONNECT, the Client sends nothing more on this connection.";
    "MQTT-3.14.4-3" Server "On DISCONNECT the Server drops this connection's Will Message unpublished.";
}
