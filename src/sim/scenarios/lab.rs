//! The five tests of a lab: who gets a message that was published while nobody listened.

use super::script::Do::{Connect, Disconnect, Subscribe};
use super::script::{Q0, Q1, Script, Timed, clean, kept, publish};
use crate::codec::QoS;

const TOPIC: &str = "test/message";
const PUB: usize = 0;
const SUB1: usize = 1;

/// Sub1 starts and stops, pub publishes, Sub1 starts again; as mosquitto's programs do it.
const fn test(subscribe: QoS, message: &'static str, qos: QoS) -> [Timed; 8] {
    [
        (0, SUB1, Connect),
        (50, SUB1, Subscribe(TOPIC, subscribe)),
        (1_000, SUB1, Disconnect),
        (2_000, PUB, Connect),
        (2_050, PUB, publish(TOPIC, message, qos)),
        (2_200, PUB, Disconnect),
        (3_000, SUB1, Connect),
        (3_050, SUB1, Subscribe(TOPIC, subscribe)),
    ]
}

pub(super) static SCRIPTS: [Script; 5] = [
    Script {
        id: "lab-1-1",
        title: "LAB 1, test 1: clean session",
        text: "Sub1 has a clean session and is away when MESSAGE 1 is published: nothing is kept for it.",
        broker: None,
        clients: &[clean("pub"), clean("Sub1")],
        steps: &const { test(Q0, "MESSAGE 1", Q0) },
    },
    Script {
        id: "lab-1-2",
        title: "LAB 1, test 2: session kept, QoS 0",
        text: "Sub1's session is kept, but MESSAGE 2 comes at QoS 0, which is not queued for an absent subscriber.",
        broker: None,
        clients: &[clean("pub"), kept("Sub1")],
        steps: &const { test(Q0, "MESSAGE 2", Q0) },
    },
    Script {
        id: "lab-1-3",
        title: "LAB 1, test 3: session kept, QoS 1",
        text: "Sub1's session is kept and both sides use QoS 1: MESSAGE 3 is queued and delivered when Sub1 is back.",
        broker: None,
        clients: &[clean("pub"), kept("Sub1")],
        steps: &const { test(Q1, "MESSAGE 3", Q1) },
    },
    Script {
        id: "lab-1-4",
        title: "LAB 1, test 4: subscribed at QoS 0, published at QoS 1",
        text: "MESSAGE 4 is published at QoS 1, but Sub1 asked for QoS 0: the lower counts, so nothing is queued.",
        broker: None,
        clients: &[clean("pub"), kept("Sub1")],
        steps: &const { test(Q0, "MESSAGE 4", Q1) },
    },
    Script {
        id: "lab-1-5",
        title: "LAB 1, test 5: subscribed at QoS 1, published at QoS 0",
        text: "Sub1 asked for QoS 1, but MESSAGE 5 is published at QoS 0: the lower counts again, so nothing is queued.",
        broker: None,
        clients: &[clean("pub"), kept("Sub1")],
        steps: &const { test(Q1, "MESSAGE 5", Q0) },
    },
];
