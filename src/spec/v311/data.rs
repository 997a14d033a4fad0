//! Chapters 1 and 2: data types and the shape of every packet.

use crate::spec::statement::statements;

statements! { V311
    "MQTT-1.5.3-1" Both
        "Strings are well-formed UTF-8 without surrogates (U+D800 to U+DFFF). Whoever receives ill-formed text closes the connection.";
    "MQTT-1.5.3-2" Both "A string never holds U+0000. Whoever receives one closes the connection.";
    "MQTT-1.5.3-3" Receiver
        "The bytes EF BB BF in a string are the character U+FEFF, not a byte order mark: the receiver keeps them.";
    "MQTT-2.2.2-1" Sender
        "The low four bits of byte 1 are flags of the packet type. A reserved one has the fixed value that the standard's table gives.";
    "MQTT-2.2.2-2" Receiver
        "Fixed header flags that the packet type does not allow make the receiver close the connection.";
    "MQTT-2.3.1-1" Sender
        "SUBSCRIBE, UNSUBSCRIBE and every PUBLISH above QoS 0 carry a Packet Identifier other than 0.";
    "MQTT-2.3.1-2" Client
        "A Client gives each new SUBSCRIBE, UNSUBSCRIBE or QoS 1 or 2 PUBLISH a Packet Identifier that is not in use.";
    "MQTT-2.3.1-3" Client
        "A packet sent again keeps its Packet Identifier. The Client may reuse it only once PUBACK, PUBCOMP, SUBACK or UNSUBACK is processed.";
    "MQTT-2.3.1-4" Server
        "A Server picks, keeps and frees the Packet Identifiers of its QoS 1 and 2 PUBLISH packets by the rules for Clients.";
    "MQTT-2.3.1-5" Sender "A QoS 0 PUBLISH has no Packet Identifier.";
    "MQTT-2.3.1-6" Sender
        "PUBACK, PUBREC and PUBREL repeat the Packet Identifier of the PUBLISH they belong to.";
    "MQTT-2.3.1-7" Server
        "SUBACK and UNSUBACK repeat the Packet Identifier of the SUBSCRIBE or UNSUBSCRIBE they answer.";
}
