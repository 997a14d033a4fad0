//! What the broker would do about bytes: asked of a copy of it, as if nothing else were under way.

use bytes::Bytes;

use crate::broker::{BrokerOutput, Decision};
use crate::capture::LinkId;
use crate::sim::Sim;
use crate::time::Instant;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Packets to the client that sent the bytes.
    pub answers: Vec<Bytes>,
    /// How many packets go to other clients.
    pub others: usize,
    /// The connection is closed.
    pub closes: bool,
    /// What the broker decided, in words, with the statement behind it.
    pub decisions: Vec<(String, Option<&'static str>)>,
}

/// The number of a connection that the simulation never gives.
const NEW: LinkId = LinkId::MAX;

/// Sends the bytes of a client to a copy of the broker; a client without connection opens one for them.
pub fn trial(sim: &Sim, client: usize, bytes: &[u8], now: Instant) -> Trial {
    let mut broker = sim.broker_of(client).clone();
    let link = sim.link_of_client(client).unwrap_or(NEW);
    let mut trial = Trial::default();
    let decisions = &mut trial.decisions;
    let mut hear = |_: Instant, decision: &Decision<'_>| {
        decisions.push((decision.to_string(), decision.statement()));
    };
    broker.handle_open(now, link);
    broker.handle_data(now, link, bytes, &mut hear);
    while let Some((to, output)) = broker.poll_output() {
        match output {
            BrokerOutput::Send(packet) if to == link => trial.answers.push(packet),
            BrokerOutput::Send(_) => trial.others += 1,
            BrokerOutput::Close => trial.closes |= to == link,
        }
    }
    trial
}
