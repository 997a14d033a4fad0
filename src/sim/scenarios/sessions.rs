//! Sessions, wills, keep alive, takeover.

use super::script::Do::{Connect, Cut, Disconnect, Silence, Subscribe};
use super::script::{Post, Q0, Q1, Script, Who, clean, five, kept, post, publish};

const STATUS: &str = "sensors/kitchen/status";

/// A client that leaves word for the case that it vanishes.
const SENSOR: Who =
    Who { will: Some(Post { retain: true, ..post(STATUS, "offline", Q1) }), ..clean("sensor") };

pub(super) static SCRIPTS: [Script; 5] = [
    Script {
        id: "queued",
        title: "Persistent session, queued messages",
        text: "sub1 keeps its session while it is away: the broker queues what comes at QoS 1, not what comes at QoS 0, and hands it over when sub1 is back.",
        broker: None,
        clients: &[clean("pub1"), kept("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("news/#", Q1)),
            (500, 1, Disconnect),
            (1_000, 0, Connect),
            (1_500, 0, publish("news/1", "first", Q1)),
            (2_000, 0, publish("news/2", "at QoS 0", Q0)),
            (2_500, 0, publish("news/3", "second", Q1)),
            (4_000, 1, Connect),
        ],
    },
    Script {
        id: "will-cut",
        title: "Last will, by a cut link",
        text: "sensor's link is cut, so the broker publishes its will; after DISCONNECT it publishes none.",
        broker: None,
        clients: &[SENSOR, clean("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/+/status", Q1)),
            (500, 0, Connect),
            (600, 0, publish(STATUS, "online", Q1)),
            (2_000, 0, Cut),
            (3_000, 0, Connect),
            (3_100, 0, publish(STATUS, "online", Q1)),
            (4_000, 0, Disconnect),
            (5_000, 1, Disconnect),
        ],
    },
    Script {
        id: "will-keep-alive",
        title: "Keep alive and last will",
        text: "sensor's link falls silent: neither end is told. After one and a half times the 2 seconds of keep alive the broker gives sensor up and publishes its will.",
        broker: None,
        clients: &[Who { keep_alive_secs: 2, ..SENSOR }, clean("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/+/status", Q1)),
            (500, 0, Connect),
            (600, 0, publish(STATUS, "online", Q1)),
            (3_500, 0, Silence),
            (9_000, 0, Connect),
            (9_100, 0, publish(STATUS, "online", Q1)),
            (10_000, 0, Disconnect),
        ],
    },
    Script {
        id: "sys",
        title: "$SYS, the broker about itself",
        text: "Every 5 seconds the broker publishes what it counts, where that has changed. monitor asks for the clients; all asks for #, which matches no topic that begins with $.",
        broker: Some(|broker| broker.sys_interval_secs = 5),
        clients: &[clean("monitor"), clean("all")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("#", Q0)),
            (500, 0, Connect),
            (550, 0, Subscribe("$SYS/broker/clients/+", Q0)),
            (6_000, 0, publish("news", "for all", Q0)),
            (8_000, 1, Disconnect),
            (11_000, 0, Disconnect),
        ],
    },
    Script {
        id: "takeover",
        title: "Takeover by the same client identifier",
        text: "laptop connects with phone's client identifier: the broker tells phone that its session is taken over and closes its connection.",
        broker: None,
        clients: &[
            clean("pub1"),
            Who { client_id: Some("app"), ..five("phone") },
            Who { client_id: Some("app"), ..five("laptop") },
        ],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("chat", Q0)),
            (500, 0, Connect),
            (1_000, 0, publish("chat", "to phone", Q0)),
            (2_000, 2, Connect),
            (2_100, 2, Subscribe("chat", Q0)),
            (3_000, 0, publish("chat", "to laptop", Q0)),
        ],
    },
];
