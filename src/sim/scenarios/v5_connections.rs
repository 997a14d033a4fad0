//! What 5.0 has brought to connections and sessions.

use super::script::Do::{Broker, Configure, Connect, Cut, Disconnect, Reauthenticate, Subscribe};
use super::script::{Post, Property, Q0, Q1, Script, Who, five, keeping, post, publish};
use crate::broker::{Secret, User};
use crate::codec::PropertyId::{
    AuthenticationMethod, MaximumPacketSize, ReceiveMaximum, RequestProblemInformation,
    SessionExpiryInterval, WillDelayInterval,
};
use crate::codec::PropertyValue::{Number, Text};

/// Sub1 of the session's scenario, asking for a new session.
static FRESH: Who = Who { clean_start: true, ..keeping("sub1", &[(SessionExpiryInterval, Number(10))]) };

const STATUS: &str = "sensors/kitchen/status";
const MINUTE: Property = (SessionExpiryInterval, Number(60));
const SCRAM: Who = Who { properties: &[(AuthenticationMethod, Text("SCRAM-SHA-256"))], ..five("ann") };

pub(super) static SCRIPTS: [Script; 9] = [
    Script {
        id: "v5-session-expiry",
        title: "Session expiry and clean start",
        text: "sub1's session outlives its connection by 10 seconds. Back in time, sub1 gets what was queued; later there is no session any more; and Clean Start ends one before its time.",
        broker: None,
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
        id: "v5-will-delay",
        title: "Will delay",
        text: "The broker waits 5 seconds before it publishes sensor's will. sensor is back in time, and nobody hears of it; the second time it stays away.",
        broker: None,
        clients: &[
            Who {
                will: Some(Post {
                    properties: &[(WillDelayInterval, Number(5))],
                    ..post(STATUS, "offline", Q1)
                }),
                ..keeping("sensor", &[MINUTE])
            },
            five("sub1"),
        ],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/+/status", Q1)),
            (500, 0, Connect),
            (2_000, 0, Cut),
            (4_000, 0, Connect),
            (6_000, 0, Cut),
            (12_000, 1, Disconnect),
        ],
    },
    Script {
        id: "v5-receive-maximum",
        title: "Receive maximum",
        text: "sub1 takes one unacknowledged message at a time: the broker keeps the next ones until the acknowledgement comes. QoS 0 does not count.",
        broker: None,
        clients: &[five("pub1"), Who { properties: &[(ReceiveMaximum, Number(1))], ..five("sub1") }],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("news", Q1)),
            (500, 0, Connect),
            (1_000, 0, publish("news", "first", Q1)),
            (1_001, 0, publish("news", "second", Q1)),
            (1_002, 0, publish("news", "third", Q1)),
            (1_003, 0, publish("news", "at QoS 0", Q0)),
        ],
    },
    Script {
        id: "v5-maximum-packet-size",
        title: "Maximum packet size",
        text: "sub1 takes packets of 32 bytes at most: the broker drops what is longer for sub1, as if it were delivered, and tells pub1 nothing. sub2 gets it.",
        broker: None,
        clients: &[
            five("pub1"),
            Who { properties: &[(MaximumPacketSize, Number(32))], ..five("sub1") },
            five("sub2"),
        ],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("news", Q1)),
            (500, 0, Connect),
            (600, 2, Connect),
            (650, 2, Subscribe("news", Q1)),
            (1_000, 0, publish("news", "short", Q1)),
            (2_000, 0, publish("news", "long enough to be too much", Q1)),
        ],
    },
    Script {
        id: "v5-reason-strings",
        title: "Reason codes and reason strings",
        text: "The broker takes payloads of 10 bytes at most. PUBACK's reason code says that a longer one is refused; curious is told why in words too, silent has asked for no words.",
        broker: Some(|broker| broker.message_size_limit = 10),
        clients: &[
            five("curious"),
            Who { properties: &[(RequestProblemInformation, Number(0))], ..five("silent") },
        ],
        steps: &[
            (0, 0, Connect),
            (500, 0, publish("news", "far too long", Q1)),
            (1_000, 1, Connect),
            (1_500, 1, publish("news", "far too long", Q1)),
        ],
    },
    Script {
        id: "v5-assigned-client-identifier",
        title: "Assigned client identifier",
        text: "nameless comes without a client identifier: CONNACK tells the one that the broker has made up.",
        broker: None,
        clients: &[Who { client_id: Some(""), ..five("nameless") }],
        steps: &[(0, 0, Connect), (1_000, 0, Subscribe("news", Q0)), (2_000, 0, Disconnect)],
    },
    Script {
        id: "v5-server-keep-alive",
        title: "Server keep alive",
        text: "sensor asks for 60 seconds of keep alive; the broker grants 3, and sensor pings by that.",
        broker: Some(|broker| broker.max_keepalive = 3),
        clients: &[five("sensor")],
        steps: &[(0, 0, Connect), (8_000, 0, Disconnect)],
    },
    Script {
        id: "v5-server-reference",
        title: "Server reference",
        text: "The broker sends clients to another server: CONNACK refuses with reason 0x9C and says which. Later that is for good, reason 0x9D.",
        broker: Some(|broker| broker.server_reference = Some("broker2.example:1883".to_owned())),
        clients: &[five("pub1")],
        steps: &[
            (0, 0, Connect),
            (1_000, 0, Broker(|broker| broker.server_moved = true)),
            (2_000, 0, Connect),
        ],
    },
    Script {
        id: "v5-scram",
        title: "AUTH: SCRAM-SHA-256, and again",
        text: "ann proves her password without sending it, and the broker that it knows it; later she does so again on the same connection. mallory guesses, and is refused.",
        broker: Some(|broker| {
            broker.allow_anonymous = false;
            broker.users = vec![User { name: "ann".to_owned(), password: Secret::Plain(b"secret".to_vec()) }];
        }),
        clients: &[
            Who { login: Some(("ann", "secret")), ..SCRAM },
            Who { name: "mallory", login: Some(("ann", "guess")), ..SCRAM },
        ],
        steps: &[(0, 0, Connect), (1_000, 1, Connect), (3_000, 0, Reauthenticate), (4_000, 0, Disconnect)],
    },
];
