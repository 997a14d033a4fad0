//! What worlds full of chance and faults give, as one number: the same natively and in WebAssembly.

use mqtt_playground::codec::{Direction, PacketType};
use mqtt_playground::sim::{Action, Fault, FaultKind, LinkSettings, Scenario, Sim, TimedAction, scenarios};
use mqtt_playground::time::{Duration, Instant};

/// The hash of some captures and of the states behind them.
pub fn capture_hash() -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for id in ["qos-1", "qos-2", "lost-puback", "lost-pubrec", "wildcards", "retained"] {
        let scenario = scenarios().into_iter().find(|it| it.id == id).expect("it is there");
        for (seed, (_, link)) in LinkSettings::presets().into_iter().enumerate() {
            let mut sim = Sim::new(rough(scenario.clone(), seed as u64, link));
            for _ in 0..500 {
                sim.step();
            }
            let received = [0, 1].map(|client| sim.client(client).received_count());
            let states = format!("{:?} {received:?} {}", sim.broker().counts(), sim.now());
            for byte in sim.capture().pack().into_iter().chain(states.into_bytes()) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    format!("{hash:016x}")
}

fn rough(scenario: Scenario, seed: u64, link: LinkSettings) -> Scenario {
    let mut scenario = Scenario { seed, links: vec![link.clone(), link], ..scenario };
    let faults = [
        (FaultKind::Delay(Duration::from_millis(70)), PacketType::Publish, Direction::ToServer),
        (FaultKind::Duplicate, PacketType::Publish, Direction::ToClient),
        (FaultKind::CutBefore, PacketType::PubAck, Direction::ToClient),
        (FaultKind::HalfOpen, PacketType::PubRec, Direction::ToServer),
    ];
    for (client, (kind, packet, direction)) in faults.into_iter().enumerate() {
        let fault = Fault { packet: Some(packet), direction: Some(direction), ..Fault::next(kind) };
        let action = Action::Arm(Box::new(fault));
        scenario.actions.push(TimedAction { at: Instant::from_millis(1), client: client % 2, action });
    }
    scenario
}
