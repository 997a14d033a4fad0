//! What 5.0 has brought to messages.

use super::script::Do::{Connect, Disconnect, Subscribe};
use super::script::{Post, Property, Q0, Q1, Q2, Script, Who, clean, five, keeping, post, publish, with};
use crate::codec::PropertyId::{
    ContentType, CorrelationData, MessageExpiryInterval, PayloadFormatIndicator, RequestResponseInformation,
    ResponseTopic, SessionExpiryInterval, TopicAlias, TopicAliasMaximum, UserProperty,
};
use crate::codec::PropertyValue::{Binary, Number, Pair, Text};

const TEMPERATURE: &str = "sensors/kitchen/temp";
const REPLY: Property = (ResponseTopic, Text("replies/asker"));
const UTF_8: Property = (PayloadFormatIndicator, Number(1));

pub(super) static SCRIPTS: [Script; 6] = [
    Script {
        id: "v5-qos-2",
        title: "QoS 2 with properties and reason codes",
        text: "The same handshake in 5.0: the user property travels with the message, and a topic without subscribers shows in PUBACK's reason code.",
        broker: None,
        clients: &[Who { first_packet_id: 7, ..five("pub1") }, five("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/#", Q2)),
            (500, 0, Connect),
            (2_000, 0, with(post(TEMPERATURE, "21.5", Q2), &[(UserProperty, Pair("unit", "celsius"))])),
            (3_000, 0, publish("nobody/listens", "21.5", Q1)),
        ],
    },
    Script {
        id: "v5-message-expiry",
        title: "Message expiry",
        text: "Two messages wait for sub1, one for at most 5 seconds, one for at most 60. sub1 is back after 10: the first has expired, the second says how many seconds it has left.",
        broker: None,
        clients: &[five("pub1"), keeping("sub1", &[(SessionExpiryInterval, Number(300))])],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("news", Q1)),
            (500, 1, Disconnect),
            (1_000, 0, Connect),
            (2_000, 0, with(post("news", "5 seconds", Q1), &[(MessageExpiryInterval, Number(5))])),
            (3_000, 0, with(post("news", "60 seconds", Q1), &[(MessageExpiryInterval, Number(60))])),
            (13_000, 1, Connect),
        ],
    },
    Script {
        id: "v5-topic-alias",
        title: "Topic alias",
        text: "pub1's first message gives its topic a number; the next ones carry the number only. The broker does the same towards sub1: aliases belong to one connection.",
        broker: None,
        clients: &[five("pub1"), Who { properties: &[(TopicAliasMaximum, Number(5))], ..five("sub1") }],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/#", Q0)),
            (500, 0, Connect),
            (1_000, 0, with(post(TEMPERATURE, "21.5", Q0), &[(TopicAlias, Number(1))])),
            (2_000, 0, with(post("", "21.6", Q0), &[(TopicAlias, Number(1))])),
            (3_000, 0, with(post("", "21.7", Q0), &[(TopicAlias, Number(1))])),
        ],
    },
    Script {
        id: "v5-user-properties",
        title: "User properties",
        text: "Names and values of the sender's own choice travel with a message, in their order, one name more than once; a 3.1.1 client gets the message without them.",
        broker: None,
        clients: &[five("pub1"), five("sub1"), clean("old")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/#", Q0)),
            (100, 2, Connect),
            (150, 2, Subscribe("sensors/#", Q0)),
            (500, 0, Connect),
            (
                1_000,
                0,
                with(
                    post(TEMPERATURE, "21.5", Q0),
                    &[
                        (UserProperty, Pair("unit", "celsius")),
                        (UserProperty, Pair("room", "kitchen")),
                        (UserProperty, Pair("unit", "C")),
                    ],
                ),
            ),
        ],
    },
    Script {
        id: "v5-request-response",
        title: "Request and response",
        text: "CONNACK tells asker where answers may come to; each request says where to, and by which correlation data asker knows them again: the later question is answered first.",
        broker: Some(|broker| broker.response_information = Some("replies/%c".to_owned())),
        clients: &[
            Who { properties: &[(RequestResponseInformation, Number(1))], ..five("asker") },
            five("lamp"),
        ],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("lamp/ask", Q1)),
            (500, 0, Connect),
            (550, 0, Subscribe("replies/asker", Q1)),
            (1_000, 0, with(post("lamp/ask", "hours?", Q1), &[REPLY, (CorrelationData, Binary(b"A"))])),
            (1_500, 0, with(post("lamp/ask", "on?", Q1), &[REPLY, (CorrelationData, Binary(b"B"))])),
            (2_000, 1, with(post("replies/asker", "yes", Q1), &[(CorrelationData, Binary(b"B"))])),
            (3_000, 1, with(post("replies/asker", "1200", Q1), &[(CorrelationData, Binary(b"A"))])),
        ],
    },
    Script {
        id: "v5-payload-format",
        title: "Payload format and content type",
        text: "A payload may say that it is UTF-8 text and of which type. This broker checks the first: what is not UTF-8 as said is answered with reason 0x99 and goes nowhere.",
        broker: Some(|broker| broker.check_payload_format = true),
        clients: &[five("pub1"), five("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/#", Q1)),
            (500, 0, Connect),
            (
                1_000,
                0,
                with(
                    post(TEMPERATURE, "{\"t\":21.5}", Q1),
                    &[UTF_8, (ContentType, Text("application/json"))],
                ),
            ),
            (2_000, 0, with(Post { payload: b"21.5\xB0", ..post(TEMPERATURE, "", Q1) }, &[UTF_8])),
            (3_000, 0, with(Post { payload: b"21.5\xB0", ..post(TEMPERATURE, "", Q1) }, &[])),
        ],
    },
];
