//! What 5.0 has brought.

use super::script::Do::{Configure, Connect, Disconnect, Publish, Subscribe};
use super::script::{Do, List, Post, Q0, Q1, Q2, Script, Who, five, post, publish};
use crate::codec::PropertyId::{
    MessageExpiryInterval, SessionExpiryInterval, TopicAlias, TopicAliasMaximum, UserProperty,
};
use crate::codec::PropertyValue::{Number, Pair};

const TEMPERATURE: &str = "sensors/kitchen/temp";

/// Keeps its session for so long after each connection.
const fn keeping(name: &'static str, properties: List) -> Who {
    Who { clean_start: false, properties, ..five(name) }
}

const fn with(post: Post, properties: List) -> Do {
    Publish(Post { properties, ..post })
}

/// Sub1 of the session's scenario, asking for a new session.
static FRESH: Who = Who { clean_start: true, ..keeping("sub1", &[(SessionExpiryInterval, Number(10))]) };

pub(super) static SCRIPTS: [Script; 5] = [
    Script {
        id: "v5-qos-2",
        title: "MQTT 5.0: QoS 2 with properties and reason codes",
        text: "The same handshake in 5.0: the user property travels with the message, and a topic without subscribers shows in PUBACK's reason code.",
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
        id: "v5-session-expiry",
        title: "MQTT 5.0: session expiry and clean start",
        text: "sub1's session outlives its connection by 10 seconds. Back in time, sub1 gets what was queued; later there is no session any more; and Clean Start ends one before its time.",
        clients: &[five("pub1"), keeping("sub1", &[(SessionExpiryInterval, Number(10))])],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("news", Q1)),
            (500, 0, Connect),
            (1_000, 1, Disconnect),
            (2_000, 0, publish("news", "in time", Q1)),
            (5_000, 1, Connect),
            (6_000, 1, Disconnect),
            (7_000, 0, publish("news", "too late", Q1)),
            (20_000, 1, Connect),
            (20_050, 1, Subscribe("news", Q1)),
            (21_000, 1, Disconnect),
            (22_000, 0, publish("news", "discarded", Q1)),
            (23_000, 1, Configure(&FRESH)),
            (23_100, 1, Connect),
        ],
    },
    Script {
        id: "v5-message-expiry",
        title: "MQTT 5.0: message expiry",
        text: "Two messages wait for sub1, one for at most 5 seconds, one for at most 60. sub1 is back after 10: the first has expired, the second says how many seconds it has left.",
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
        id: "v5-shared",
        title: "MQTT 5.0: shared subscription",
        text: "worker1 and worker2 share one subscription: each job goes to one of them, in turn; audit subscribes alone and gets them all.",
        clients: &[five("pub1"), five("worker1"), five("worker2"), five("audit")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("$share/workers/jobs/#", Q0)),
            (100, 2, Connect),
            (150, 2, Subscribe("$share/workers/jobs/#", Q0)),
            (200, 3, Connect),
            (250, 3, Subscribe("jobs/#", Q0)),
            (500, 0, Connect),
            (1_000, 0, publish("jobs/1", "sweep", Q0)),
            (1_500, 0, publish("jobs/2", "wash", Q0)),
            (2_000, 0, publish("jobs/3", "dry", Q0)),
            (2_500, 0, publish("jobs/4", "iron", Q0)),
        ],
    },
    Script {
        id: "v5-topic-alias",
        title: "MQTT 5.0: topic alias",
        text: "pub1's first message gives its topic a number; the next ones carry the number only. The broker does the same towards sub1: aliases belong to one connection.",
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
];
