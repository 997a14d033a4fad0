//! Chapter 3, sections 1 and 2: CONNECT and CONNACK.

use crate::spec::statement::statements;

statements! { V5
    "MQTT-3.1.0-1" Client "CONNECT is the first packet a Client sends on a new connection.";
    "MQTT-3.1.0-2" Server
        "A second CONNECT on the same connection is a Protocol Error, and the Server closes the connection.";
    "MQTT-3.1.2-1" Both
        "The Protocol Name is MQTT. A Server that does not accept another may send CONNACK 0x84 (Unsupported Protocol Version) before it closes the connection.";
    "MQTT-3.1.2-2" Server
        "A Server that does not accept a Protocol Version other than 5 may send CONNACK 0x84 (Unsupported Protocol Version) before it closes the connection.";
    "MQTT-3.1.2-3" Server "Bit 0 of the Connect Flags is reserved. The Server checks that it is 0.";
    "MQTT-3.1.2-4" Both "Clean Start 1: both ends discard the Session they have and begin a new one.";
    "MQTT-3.1.2-5" Server
        "Clean Start 0: if there is a Session for the Client Identifier, the Server resumes it.";
    "MQTT-3.1.2-6" Server
        "Clean Start 0: if there is no Session for the Client Identifier, the Server creates one.";
    "MQTT-3.1.2-7" Server "Will Flag 1: the Server stores the Will Message with the Session.";
    "MQTT-3.1.2-8" Server
        "Once the connection is closed, the Will Message goes out when the Will Delay Interval is over or the Session ends. DISCONNECT 0x00 before, or a reconnect within the interval, stops it.";
    "MQTT-3.1.2-9" Client "Will Flag 1: the payload has Will Properties, a Will Topic and a Will Payload.";
    "MQTT-3.1.2-10" Server
        "The Server forgets the Will Message once it is published or the Client has sent DISCONNECT 0x00 (Normal disconnection).";
    "MQTT-3.1.2-11" Client "Will Flag 0: both bits of the Will QoS are 0.";
    "MQTT-3.1.2-12" Client "Will Flag 1: the Will QoS is 0, 1 or 2, never 3.";
    "MQTT-3.1.2-13" Client "Will Flag 0: the Will Retain bit is 0.";
    "MQTT-3.1.2-14" Server "Will Retain 0: the Server publishes the Will Message without retaining it.";
    "MQTT-3.1.2-15" Server "Will Retain 1: the Server publishes the Will Message and retains it.";
    "MQTT-3.1.2-16" Client "User Name Flag 0: the payload has no User Name.";
    "MQTT-3.1.2-17" Client "User Name Flag 1: the payload has a User Name.";
    "MQTT-3.1.2-18" Client "Password Flag 0: the payload has no Password.";
    "MQTT-3.1.2-19" Client "Password Flag 1: the payload has a Password.";
    "MQTT-3.1.2-20" Client
        "With a Keep Alive above 0 and nothing else to send in time, the Client sends PINGREQ.";
    "MQTT-3.1.2-21" Client
        "A Server Keep Alive in the CONNACK takes the place of the Keep Alive that the Client asked for.";
    "MQTT-3.1.2-22" Server
        "If nothing arrives for 1.5 times a non-zero Keep Alive, the Server closes the connection as it would after a network failure.";
    "MQTT-3.1.2-23" Both
        "A Session Expiry Interval above 0 makes both ends keep the Session State after the connection closes.";
    "MQTT-3.1.2-24" Server "No packet to the Client is larger than the Maximum Packet Size in its CONNECT.";
    "MQTT-3.1.2-25" Server
        "A packet too large for the Client is dropped, and the Server goes on as if it had sent the message.";
    "MQTT-3.1.2-26" Server
        "A Topic Alias to the Client is no greater than the Topic Alias Maximum in its CONNECT.";
    "MQTT-3.1.2-27" Server
        "With Topic Alias Maximum 0 or absent in the CONNECT, the Server uses no Topic Alias towards this Client.";
    "MQTT-3.1.2-28" Server "Request Response Information 0: the CONNACK has no Response Information.";
    "MQTT-3.1.2-29" Server
        "Request Problem Information 0: the Server puts no Reason String or User Property in any packet but PUBLISH, CONNACK and DISCONNECT.";
    "MQTT-3.1.2-30" Client
        "After a CONNECT with an Authentication Method the Client sends only AUTH or DISCONNECT until the CONNACK arrives.";
    "MQTT-3.1.3-1" Client
        "The payload's fields keep one order: Client Identifier, then the Will Properties, the Will Topic and the Will Payload, then User Name, Password. The flags say which are there.";
    "MQTT-3.1.3-2" Both "Both ends file the state of a Session under its Client Identifier.";
    "MQTT-3.1.3-3" Client "The payload always begins with the Client Identifier, though it may be empty.";
    "MQTT-3.1.3-4" Client "The Client Identifier is a UTF-8 Encoded String.";
    "MQTT-3.1.3-5" Server
        "The Server accepts every Client Identifier of 1 to 23 bytes made of digits and unaccented letters.";
    "MQTT-3.1.3-6" Server
        "A Server that lets the Client Identifier be empty assigns a unique one to the Client.";
    "MQTT-3.1.3-7" Server
        "Having assigned a Client Identifier, the Server goes on as if the Client had sent it, and the CONNACK carries it as Assigned Client Identifier.";
    "MQTT-3.1.3-8" Server
        "A Server that rejects the Client Identifier may send CONNACK 0x85 (Client Identifier not valid) before it closes the connection.";
    "MQTT-3.1.3-9" Server
        "A reconnect to the Session before the Will Delay Interval is over stops the Will Message.";
    "MQTT-3.1.3-10" Server "The User Properties of a Will Message keep their order when it is forwarded.";
    "MQTT-3.1.3-11" Client "The Will Topic is a UTF-8 Encoded String.";
    "MQTT-3.1.3-12" Client "User Name Flag 1: the User Name comes next and is a UTF-8 Encoded String.";
    "MQTT-3.1.4-1" Server
        "The Server checks each CONNECT against section 3.1 and closes the connection if it does not conform.";
    "MQTT-3.1.4-2" Server
        "The Server may ask more of a CONNECT and should check who the Client is and what it may do. If a check fails, it closes the connection.";
    "MQTT-3.1.4-3" Server
        "A new connection takes over its Client Identifier: the Client that held it gets DISCONNECT 0x8E (Session taken over) and its connection is closed.";
    "MQTT-3.1.4-4" Server "On a valid CONNECT the Server does what Clean Start asks for.";
    "MQTT-3.1.4-5" Server "The Server accepts a valid CONNECT with CONNACK 0x00 (Success).";
    "MQTT-3.1.4-6" Server "If the CONNECT is rejected, the Server processes nothing sent after it but AUTH.";
    "MQTT-3.2.0-1" Server "The Server sends nothing but AUTH before CONNACK 0x00 (Success).";
    "MQTT-3.2.0-2" Server "The Server sends at most one CONNACK on a connection.";
    "MQTT-3.2.2-1" Server "Bits 7 to 1 of the Connect Acknowledge Flags are reserved and 0.";
    "MQTT-3.2.2-2" Server "Accepting Clean Start 1, the Server sends 0x00 (Success) with Session Present 0.";
    "MQTT-3.2.2-3" Server
        "Accepting Clean Start 0, the Server sends 0x00 (Success) with Session Present 1 if it has Session State for the Client Identifier, and 0 if not.";
    "MQTT-3.2.2-4" Client "A Client without Session State closes the connection when Session Present is 1.";
    "MQTT-3.2.2-5" Client
        "A Client with Session State discards it when Session Present is 0, if it stays connected at all.";
    "MQTT-3.2.2-6" Server "A CONNACK with a Reason Code other than 0 has Session Present 0.";
    "MQTT-3.2.2-7" Server "After a CONNACK with Reason Code 0x80 or above the Server closes the connection.";
    "MQTT-3.2.2-8" Server "The Reason Code of a CONNACK is one of those listed as Connect Reason Codes.";
    "MQTT-3.2.2-9" Server
        "A Server that cannot do QoS 1 or 2 tells its highest QoS as Maximum QoS in the CONNACK.";
    "MQTT-3.2.2-10" Server
        "Even if it cannot do QoS 1 or 2, the Server accepts a SUBSCRIBE that asks for them.";
    "MQTT-3.2.2-11" Client "The Client publishes at no QoS above the Maximum QoS in the CONNACK.";
    "MQTT-3.2.2-12" Server
        "A Will QoS beyond what the Server can do is refused: it should send CONNACK 0x9B (QoS not supported) and closes the connection.";
    "MQTT-3.2.2-13" Server
        "Will Retain 1 at a Server without retained messages is refused: it should send CONNACK 0x9A (Retain not supported) and closes the connection.";
    "MQTT-3.2.2-14" Client "After Retain Available 0 the Client sends no PUBLISH with RETAIN 1.";
    "MQTT-3.2.2-15" Client "No packet to the Server is larger than the Maximum Packet Size in its CONNACK.";
    "MQTT-3.2.2-16" Server
        "To an empty Client Identifier the CONNACK answers with an Assigned Client Identifier that no other Session uses.";
    "MQTT-3.2.2-17" Client
        "A Topic Alias to the Server is no greater than the Topic Alias Maximum in its CONNACK.";
    "MQTT-3.2.2-18" Client "With Topic Alias Maximum absent in the CONNACK, the Client uses no Topic Alias.";
    "MQTT-3.2.2-19" Server
        "A CONNACK has no Reason String if that would take it over the Client's Maximum Packet Size.";
    "MQTT-3.2.2-20" Server
        "A CONNACK has no User Properties if they would take it over the Client's Maximum Packet Size.";
    "MQTT-3.2.2-21" Client
        "The Client goes by the Server Keep Alive in the CONNACK and no longer by its own Keep Alive.";
    "MQTT-3.2.2-22" Server "A Server that sends no Server Keep Alive goes by the Keep Alive in the CONNECT.";
}
