//! Delivery and topics.

use super::script::Do::{Connect, Cut, Disconnect, Subscribe};
use super::script::{Do, Post, Q0, Q1, Q2, Script, Timed, Who, clean, kept, post, publish};
use crate::codec::QoS;

const TEMPERATURE: &str = "sensors/kitchen/temp";

/// Both keep their sessions, so that a cut link loses nothing that QoS protects. pub1's first packet identifier is 7,
/// so that the identifiers of the two hops differ.
const PAIR: [Who; 2] = [Who { first_packet_id: 7, ..kept("pub1") }, kept("sub1")];
const PUB1: usize = 0;
const SUB1: usize = 1;

/// pub1 sends sub1 one message.
const fn one_message(qos: QoS) -> [Timed; 4] {
    [
        (0, SUB1, Connect),
        (42, SUB1, Subscribe("sensors/#", qos)),
        (500, PUB1, Connect),
        (2_000, PUB1, publish(TEMPERATURE, "21.5", qos)),
    ]
}

/// The same, but the broker's first answer to PUBLISH is lost with the link.
const fn lost_answer(qos: QoS) -> [Timed; 6] {
    let [a, b, c, d] = one_message(qos);
    [a, b, c, d, (2_030, PUB1, Cut), (3_000, PUB1, Connect)]
}

const fn retain(payload: &'static str) -> Do {
    Do::Publish(Post { retain: true, ..post("heating/target", payload, Q0) })
}

pub(super) static SCRIPTS: [Script; 8] = [
    Script {
        id: "qos-2",
        title: "QoS 2, exactly once",
        text: "pub1 publishes one message at QoS 2: four packets on each hop make sure that sub1 gets it exactly once.",
        broker: None,
        clients: &PAIR,
        steps: &const { one_message(Q2) },
    },
    Script {
        id: "qos-1",
        title: "QoS 1, at least once",
        text: "pub1 publishes one message at QoS 1: PUBACK tells each sender that it need not send it again.",
        broker: None,
        clients: &PAIR,
        steps: &const { one_message(Q1) },
    },
    Script {
        id: "qos-0",
        title: "QoS 0, at most once",
        text: "pub1 publishes one message at QoS 0: nothing is acknowledged, nothing is sent again.",
        broker: None,
        clients: &PAIR,
        steps: &const { one_message(Q0) },
    },
    Script {
        id: "qos-table",
        title: "QoS table, 3 × 3",
        text: "pub1 publishes at QoS 0, 1 and 2 to subscribers at QoS 0, 1 and 2: each delivery takes the lower of the two.",
        broker: None,
        clients: &[clean("pub1"), clean("sub0"), clean("sub1"), clean("sub2")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("sensors/#", Q0)),
            (100, 2, Connect),
            (150, 2, Subscribe("sensors/#", Q1)),
            (200, 3, Connect),
            (250, 3, Subscribe("sensors/#", Q2)),
            (500, 0, Connect),
            (1_000, 0, publish(TEMPERATURE, "at 0", Q0)),
            (2_000, 0, publish(TEMPERATURE, "at 1", Q1)),
            (3_000, 0, publish(TEMPERATURE, "at 2", Q2)),
        ],
    },
    Script {
        id: "lost-puback",
        title: "QoS 1, lost PUBACK",
        text: "The link is cut while PUBACK is under way: pub1 sends the message again with DUP, and sub1 gets it twice.",
        broker: None,
        clients: &PAIR,
        steps: &const { lost_answer(Q1) },
    },
    Script {
        id: "lost-pubrec",
        title: "QoS 2, lost PUBREC",
        text: "The link is cut while PUBREC is under way: pub1 sends the message again, the broker knows its identifier, and sub1 gets it once.",
        broker: None,
        clients: &PAIR,
        steps: &const { lost_answer(Q2) },
    },
    Script {
        id: "wildcards",
        title: "Wildcards: + and #",
        text: "plus asks for deib/+/temperature, hash for deib/eg1/#: + stands for exactly one level, # for all that follow.",
        broker: None,
        clients: &[clean("pub1"), clean("plus"), clean("hash")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("deib/+/temperature", Q0)),
            (100, 2, Connect),
            (150, 2, Subscribe("deib/eg1/#", Q0)),
            (500, 0, Connect),
            (1_000, 0, publish("deib/eg1/temperature", "both", Q0)),
            (2_000, 0, publish("deib/L26/room.1/temperature", "nobody", Q0)),
            (3_000, 0, publish("deib/eg1/humidity", "hash", Q0)),
            (4_000, 0, publish("deib/L26.1/temperature", "plus", Q0)),
        ],
    },
    Script {
        id: "retained",
        title: "Retained: set, replaced, cleared",
        text: "The broker keeps the last retained message of a topic for later subscribers: early sees each one live, late gets the second with RETAIN 1, and after the empty one there is nothing for last.",
        broker: None,
        clients: &[clean("pub1"), clean("early"), clean("late"), clean("last")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("heating/#", Q0)),
            (100, 0, Connect),
            (500, 0, retain("20")),
            (1_000, 0, retain("22")),
            (1_500, 2, Connect),
            (1_550, 2, Subscribe("heating/#", Q0)),
            (2_000, 2, Disconnect),
            (2_500, 0, retain("")),
            (3_000, 3, Connect),
            (3_050, 3, Subscribe("heating/#", Q0)),
        ],
    },
];
