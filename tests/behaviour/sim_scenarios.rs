//! The scenarios that come with the playground, packet by packet: 20 ms on the way, 1 ms to answer.

use mqtt_playground::broker::Broker;
use mqtt_playground::capture::{Fate, NoteKind};
use mqtt_playground::client::ClientStatus;
use mqtt_playground::sim::{Sim, UpcomingKind, scenarios};
use mqtt_playground::time::Instant;

const PUB1: u16 = 0;
const BROKER: u16 = 1;
const SUB1: u16 = 2;

/// Time of sending, from, to, bytes.
type Row = (&'static str, u16, u16, &'static str);

const START: [Row; 6] = [
    ("0.000", SUB1, BROKER, "10 10 0004 4d515454 04 00 003c 0004 73756231"),
    ("0.021", BROKER, SUB1, "20 02 00 00"),
    ("0.042", SUB1, BROKER, "82 0e 0001 0009 73656e736f72732f23 0q"),
    ("0.063", BROKER, SUB1, "90 03 0001 0q"),
    ("0.500", PUB1, BROKER, "10 10 0004 4d515454 04 00 003c 0004 70756231"),
    ("0.521", BROKER, PUB1, "20 02 00 00"),
];

const QOS_2: [Row; 8] = [
    ("2.000", PUB1, BROKER, "34 1c 0014 73656e736f72732f6b69746368656e2f74656d70 0007 32312e35"),
    ("2.021", BROKER, PUB1, "50 02 0007"),
    ("2.042", PUB1, BROKER, "62 02 0007"),
    ("2.063", BROKER, PUB1, "70 02 0007"),
    ("2.063", BROKER, SUB1, "34 1c 0014 73656e736f72732f6b69746368656e2f74656d70 0001 32312e35"),
    ("2.084", SUB1, BROKER, "50 02 0001"),
    ("2.105", BROKER, SUB1, "62 02 0001"),
    ("2.126", SUB1, BROKER, "70 02 0001"),
];

const QOS_1: [Row; 4] = [
    ("2.000", PUB1, BROKER, "32 1c 0014 73656e736f72732f6b69746368656e2f74656d70 0007 32312e35"),
    ("2.021", BROKER, PUB1, "40 02 0007"),
    ("2.021", BROKER, SUB1, "32 1c 0014 73656e736f72732f6b69746368656e2f74656d70 0001 32312e35"),
    ("2.042", SUB1, BROKER, "40 02 0001"),
];

const QOS_0: [Row; 2] = [
    ("2.000", PUB1, BROKER, "30 1a 0014 73656e736f72732f6b69746368656e2f74656d70 32312e35"),
    ("2.021", BROKER, SUB1, "30 1a 0014 73656e736f72732f6b69746368656e2f74656d70 32312e35"),
];

fn run(id: &str) -> Sim {
    let mut sim = Sim::new(scenarios().into_iter().find(|scenario| scenario.id == id).unwrap());
    let steps = sim.settle(1_000);
    assert_eq!((sim.cursor(), sim.recorded(), sim.is_settled()), (steps, steps, true));
    sim
}

fn rows(sim: &Sim) -> Vec<(String, u16, u16, String)> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    sim.capture().frames().map(|f| (f.sent.to_string(), f.from, f.to, hex(&f.bytes))).collect()
}

/// `0q` in a row's bytes stands for the QoS of the scenario.
fn expected(qos: u8, message: &[Row]) -> Vec<(String, u16, u16, String)> {
    let hex = |text: &str| text.replace(' ', "").replace('q', &qos.to_string());
    START
        .iter()
        .chain(message)
        .map(|(at, from, to, bytes)| (at.to_string(), *from, *to, hex(bytes)))
        .collect()
}

#[test]
fn qos_2_byte_by_byte() {
    assert_eq!(rows(&run("qos-2")), expected(2, &QOS_2));
}

#[test]
fn qos_1_byte_by_byte() {
    assert_eq!(rows(&run("qos-1")), expected(1, &QOS_1));
}

#[test]
fn qos_0_byte_by_byte() {
    assert_eq!(rows(&run("qos-0")), expected(0, &QOS_0));
}

#[test]
fn the_first_scenario_is_qos_2_and_its_lifelines_stand_around_the_broker() {
    let sim = Sim::new(scenarios().remove(0));
    assert_eq!(sim.scenario().title, "QoS 2, exactly once");
    let names: Vec<&str> = sim.capture().ends().iter().map(|end| &*end.name).collect();
    assert_eq!(names, ["pub1", "Broker", "sub1"]);
    assert_eq!((sim.end_of_client(0), sim.broker_end(), sim.end_of_client(1)), (PUB1, BROKER, SUB1));
    assert_eq!((sim.client_of_end(SUB1), sim.client_of_end(BROKER)), (Some(1), None));
    assert_eq!((sim.cursor(), sim.capture().frames().len()), (0, 0));
}

#[test]
fn every_frame_takes_20_ms_and_is_handled_1_ms_later() {
    let sim = run("qos-2");
    for frame in sim.capture().frames() {
        let Some((step, Fate::Delivered { at })) = frame.end else { panic!("{frame:?}") };
        assert_eq!((at.since(frame.sent).as_millis(), frame.due), (20, Some(at)));
        assert_eq!(sim.step_time(step).unwrap().since(at).as_millis(), 1);
        assert_eq!(sim.step_time(frame.sent_step), Some(frame.sent));
    }
}

#[test]
fn the_message_reaches_sub1_only_at_pubrel() {
    let mut sim = Sim::new(scenarios().remove(0));
    let in_flight = |broker: &Broker| broker.session("sub1").map_or(0, |session| session.in_flight().len());
    while sim.now().to_string() != "2.084" || sim.cursor() < 15 {
        assert!(sim.step());
        assert_eq!(sim.client(1).received_count(), 0);
    }
    assert_eq!((in_flight(sim.broker()), sim.client(1).incoming().len()), (1, 1));
    sim.settle(100);
    assert_eq!((in_flight(sim.broker()), sim.client(1).incoming().len()), (0, 0));
    assert_eq!((sim.client(0).received_count(), sim.client(1).received_count()), (0, 1));
    assert_eq!(&*sim.client(1).last_received().unwrap().message.payload, b"21.5");
}

#[test]
fn the_notes_tell_who_did_what_for_which_frame_by_which_rule() {
    let sim = run("qos-2");
    let notes: Vec<_> = sim
        .capture()
        .notes()
        .filter(|note| note.at >= Instant::from_millis(2_000))
        .map(|note| (note.end, note.peer, note.frame, &*note.text, note.statement))
        .collect();
    let (qos2_sender, qos2_receiver) = (Some("3.1.1 MQTT-4.3.3-1"), Some("3.1.1 MQTT-4.3.3-2"));
    assert_eq!(
        notes,
        [
            (BROKER, Some(PUB1), Some(6), "stores PUBLISH 7, delivers nothing yet", qos2_receiver),
            (PUB1, Some(BROKER), Some(7), "waits for PUBCOMP 7", qos2_sender),
            (BROKER, Some(PUB1), Some(8), "releases message 7 to 1 subscriber", qos2_receiver),
            (PUB1, Some(BROKER), Some(9), "frees id 7", Some("3.1.1 MQTT-2.3.1-3")),
            (SUB1, Some(BROKER), Some(10), "stores message 1, delivers nothing yet", qos2_receiver),
            (BROKER, Some(SUB1), Some(11), "waits for PUBCOMP 1 from sub1", qos2_sender),
            (SUB1, Some(BROKER), Some(12), "delivers message 1", qos2_receiver),
            (BROKER, Some(SUB1), Some(13), "sub1 has message 1: id 1 is free", qos2_sender),
        ]
    );
    assert!(sim.capture().notes().all(|note| note.kind != NoteKind::Trouble));
}

#[test]
fn after_the_script_only_keep_alive_is_left() {
    let mut sim = run("qos-2");
    let next = sim.next_event().unwrap();
    assert_eq!((next.at.to_string().as_str(), next.what), ("62.042", UpcomingKind::Timer { end: PUB1 }));
    let known = sim.capture().frames().len();
    assert!(sim.step());
    let ping = sim.capture().frames().nth(known).unwrap();
    assert_eq!((&ping.bytes[..], ping.from), (&[0xc0, 0x00][..], PUB1));
    for _ in 0..20 {
        assert!(sim.step());
    }
    assert_eq!(
        (sim.client(0).status(), sim.client(1).status()),
        (ClientStatus::Connected, ClientStatus::Connected)
    );
}
