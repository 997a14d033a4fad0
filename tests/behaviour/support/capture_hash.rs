//! What worlds full of chance and faults give, as one number: the same natively and in WebAssembly.

use mqtt_playground::codec::{Direction, PacketType};
use mqtt_playground::sim::{
    Action, Fault, FaultKind, LinkSettings, Record, Scenario, Sim, TimedAction, scenarios,
};
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

/// The same of worlds with several brokers, clients that move, and actions that wait for something.
pub fn brokers_hash() -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (seed, (_, link)) in LinkSettings::presets().into_iter().enumerate() {
        let mut sim = Sim::new(two_brokers(seed as u64, link));
        for _ in 0..500 {
            sim.step();
        }
        let counts: Vec<_> = sim.brokers().map(|(end, broker)| (end, broker.counts())).collect();
        for byte in sim.capture().pack().into_iter().chain(format!("{counts:?} {}", sim.now()).into_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// The fourth scenario's clients, one of which is at home at another broker and carries on what the first one does.
pub fn two_brokers(seed: u64, link: LinkSettings) -> Scenario {
    let lines = "
        another-broker edge queue_qos0_messages
        client pub1 clean_start=false
        client sub1 clean_start=false broker=edge
        client bridge version=5.0 keep_alive_secs=5
        client far broker=edge
        0 sub1 connect
        0.1 bridge connect
        0.2 pub1 connect
        0.3 far connect
        when sub1 connects do sub1 subscribe down/# qos=2
        when bridge connects do bridge subscribe up/# qos=1
        when bridge receives SUBACK do pub1 publish up/a \"1\" qos=1
        when pub1 receives PUBACK every after=50ms do pub1 publish up/b \"2\" qos=1
        when bridge delivers up/# nth=3 do far publish down/a \"3\" qos=2 retain
        when broker receives PUBLISH nth=5 do broker restart-broker-keeping
        when bridge disconnects after=20ms do bridge use-broker broker=edge
        when bridge disconnects after=30ms do bridge connect
        when edge sends PUBREL nth=1 do edge restart-broker-keeping
        when sub1 disconnects every after=1s do sub1 connect
        when pub1 disconnects every after=1s do pub1 connect
    ";
    let (record, _) = Record::from_lines(lines).expect("as documented");
    Scenario { seed, links: vec![link; 4], ..record.scenario }
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
