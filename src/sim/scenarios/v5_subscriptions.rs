//! What 5.0 has brought to subscriptions.

use super::script::Do::{Connect, Publish, Subscribe, SubscribeWith};
use super::script::{Post, Q0, Q1, Script, five, post, publish};
use crate::codec::PropertyId::SubscriptionIdentifier;
use crate::codec::PropertyValue::Number;
use crate::codec::{RetainHandling, SubscriptionOptions};

const ONE: SubscriptionOptions = SubscriptionOptions::new(Q1);
const STATE: &str = "heating/state";

const fn handling(retain_handling: RetainHandling) -> SubscriptionOptions {
    SubscriptionOptions { retain_handling, ..ONE }
}

pub(super) static SCRIPTS: [Script; 4] = [
    Script {
        id: "v5-shared",
        title: "Shared subscription",
        text: "worker1 and worker2 share one subscription: each job goes to one of them, in turn; audit subscribes alone and gets them all.",
        broker: None,
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
        id: "v5-subscription-identifiers",
        title: "Subscription identifiers",
        text: "sub1 numbers its subscriptions: each message says by which of them it comes; where two match there is one copy with both numbers.",
        broker: None,
        clients: &[five("pub1"), five("sub1")],
        steps: &[
            (0, 1, Connect),
            (50, 1, SubscribeWith("sensors/#", ONE, &[(SubscriptionIdentifier, Number(1))])),
            (100, 1, SubscribeWith("sensors/+/temp", ONE, &[(SubscriptionIdentifier, Number(200))])),
            (500, 0, Connect),
            (1_000, 0, publish("sensors/kitchen/humidity", "40", Q1)),
            (2_000, 0, publish("sensors/kitchen/temp", "21.5", Q1)),
        ],
    },
    Script {
        id: "v5-no-local",
        title: "No Local",
        text: "ann and bob write to one topic and read it. ann asks for No Local and is spared the echo of her own messages; bob hears his.",
        broker: None,
        clients: &[five("ann"), five("bob")],
        steps: &[
            (0, 1, Connect),
            (50, 1, Subscribe("chat", Q0)),
            (500, 0, Connect),
            (550, 0, SubscribeWith("chat", SubscriptionOptions { no_local: true, ..ONE }, &[])),
            (1_000, 0, publish("chat", "from ann", Q0)),
            (2_000, 1, publish("chat", "from bob", Q0)),
        ],
    },
    Script {
        id: "v5-retain-options",
        title: "Retain Handling, Retain As Published",
        text: "A retained message is there. always gets it at each subscribe, new only at its first one, never not at all; and what is published later has its RETAIN for never alone, who asks for it as published.",
        broker: None,
        clients: &[five("pub1"), five("always"), five("new"), five("never")],
        steps: &[
            (0, 0, Connect),
            (50, 0, Publish(Post { retain: true, ..post(STATE, "on", Q1) })),
            (500, 1, Connect),
            (550, 1, SubscribeWith(STATE, handling(RetainHandling::SendAtSubscribe), &[])),
            (1_000, 2, Connect),
            (1_050, 2, SubscribeWith(STATE, handling(RetainHandling::SendIfNew), &[])),
            (1_500, 3, Connect),
            (
                1_550,
                3,
                SubscribeWith(
                    STATE,
                    SubscriptionOptions { retain_as_published: true, ..handling(RetainHandling::DoNotSend) },
                    &[],
                ),
            ),
            (2_000, 1, SubscribeWith(STATE, handling(RetainHandling::SendAtSubscribe), &[])),
            (2_500, 2, SubscribeWith(STATE, handling(RetainHandling::SendIfNew), &[])),
            (3_500, 0, Publish(Post { retain: true, ..post(STATE, "off", Q1) })),
        ],
    },
];
