//! What each scenario teaches, as the packets that it consists of, told in short.

use std::collections::BTreeSet;
use std::fmt::Write;

use mqtt_playground::capture::{Fate, Frame};
use mqtt_playground::codec::{
    Packet, Properties, PropertyId, PropertyValue, ReasonCode, RetainHandling, SubAck, decode,
};
use mqtt_playground::sim::{Sim, scenarios};

use crate::support::golden;

/// `from > to TYPE fields`, with `lost` behind a frame that does not arrive.
fn line(sim: &Sim, frame: &Frame) -> String {
    let name = |end: u16| sim.capture().ends()[usize::from(end)].name.replace("Broker", "broker");
    let mut out = format!("{} > {} ", name(frame.from), name(frame.to));
    let packet = decode(&frame.bytes, frame.version).unwrap();
    write!(out, "{}", packet.packet_type()).unwrap();
    fields(&mut out, &packet);
    if let Some((_, Fate::Lost { .. })) = frame.end {
        out.push_str(" lost");
    }
    out
}

fn fields(out: &mut String, packet: &Packet<'_>) {
    let mut flag = |set: bool, word: &str| {
        if set {
            write!(out, " {word}").unwrap();
        }
    };
    match packet {
        Packet::Connect(connect) => {
            flag(connect.clean_start, "clean");
            flag(connect.will.is_some(), "will");
            properties(out, connect.properties);
        }
        Packet::ConnAck(connack) => {
            flag(connack.session_present, "present");
            code(out, connack.code);
            properties(out, connack.properties);
        }
        Packet::Publish(publish) => {
            flag(publish.dup, "dup");
            flag(publish.retain, "retain");
            if let Some(id) = publish.packet_id {
                write!(out, " {id}").unwrap();
            }
            let payload = String::from_utf8_lossy(publish.payload);
            write!(out, " q{} {}={payload}", publish.qos, publish.topic).unwrap();
            properties(out, publish.properties);
        }
        Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
            write!(out, " {}", ack.packet_id).unwrap();
            code(out, ack.reason);
            properties(out, ack.properties);
        }
        Packet::Subscribe(subscribe) => {
            for (filter, options) in subscribe.filters.iter() {
                write!(out, " {} q{}", filter, options.qos).unwrap();
                for (set, word) in [
                    (options.no_local, " no-local"),
                    (options.retain_as_published, " as-published"),
                    (options.retain_handling == RetainHandling::SendIfNew, " if-new"),
                    (options.retain_handling == RetainHandling::DoNotSend, " do-not-send"),
                ] {
                    out.push_str(if set { word } else { "" });
                }
            }
            properties(out, subscribe.properties);
        }
        Packet::SubAck(SubAck { codes, .. }) => write!(out, " {codes:?}").unwrap(),
        Packet::Disconnect(reason) => code(out, reason.code),
        Packet::Auth(reason) => {
            code(out, reason.code);
            properties(out, reason.properties);
        }
        _ => {}
    }
}

fn code(out: &mut String, code: ReasonCode) {
    if code != ReasonCode::SUCCESS {
        write!(out, " {:#04x}", code.0).unwrap();
    }
}

fn properties(out: &mut String, properties: Properties<'_>) {
    for property in properties.iter() {
        match (property.id, property.value) {
            // They stand in every CONNACK of ours.
            (PropertyId::TopicAliasMaximum | PropertyId::ReceiveMaximum, PropertyValue::Number(10 | 20)) => {}
            (PropertyId::MaximumPacketSize, PropertyValue::Number(2_000_000)) => {}
            (id, PropertyValue::Number(number)) => write!(out, " {id:?}:{number}").unwrap(),
            (PropertyId::UserProperty, PropertyValue::Pair(name, value)) => {
                write!(out, " {name}:{value}").unwrap();
            }
            (id, PropertyValue::Text(text)) => write!(out, " {id:?}:{text}").unwrap(),
            (id, PropertyValue::Binary(data)) => {
                write!(out, " {id:?}:{}", String::from_utf8_lossy(data)).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
}

/// All packets of a scenario.
fn told(sim: &Sim) -> String {
    let mut out = String::new();
    for frame in sim.capture().frames() {
        out.push_str(&line(sim, frame));
        out.push('\n');
    }
    out
}

/// Scenarios beside those of `sim_scenarios.rs`, each with its packets in the order of sending.
///
/// `UPDATE_GOLDEN=1` writes the file anew; read the difference before committing.
#[test]
fn each_scenario_shows_what_it_tells() {
    let told = scenarios().split_off(3).into_iter().map(|scenario| {
        let mut sim = Sim::new(scenario);
        sim.settle(1_000);
        format!("== {}\n{}", sim.scenario().id, told(&sim))
    });
    golden::compare("scenarios.txt", &told.collect::<String>());
}

#[test]
fn each_scenario_settles_without_a_refusal_and_has_its_own_words() {
    let (mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios() {
        assert!(scenario.title.len() <= 55 && !scenario.title.ends_with('.'), "{}", scenario.title);
        assert!(scenario.text.len() <= 220 && scenario.text.ends_with('.'), "{}", scenario.text);
        assert!(ids.insert(scenario.id.clone()) && titles.insert(scenario.title.clone()), "{}", scenario.id);
        let id = scenario.id.clone();
        let mut sim = Sim::new(scenario);
        sim.settle(1_000);
        assert!(sim.is_settled(), "{id}");
        let refused = sim.capture().notes().find(|note| note.text.starts_with("cannot"));
        assert_eq!(refused, None, "{id}");
        for index in 0..sim.client_count() {
            let client = sim.client(index);
            assert_eq!(client.in_flight().len() + client.incoming().len(), 0, "{id}: client {index}");
        }
    }
}

#[test]
fn what_a_scenario_teaches_beside_its_packets() {
    let run = |id: &str| {
        let mut sim = Sim::new(scenarios().into_iter().find(|scenario| scenario.id == id).unwrap());
        sim.settle(1_000);
        sim
    };
    let received = |id: &str| {
        let sim = run(id);
        (0..sim.client_count()).map(|index| sim.client(index).received_count()).collect::<Vec<_>>()
    };
    for (id, counts) in [
        ("qos-table", &[0, 3, 3, 3][..]),
        ("lost-puback", &[0, 2]),
        ("lost-pubrec", &[0, 1]),
        ("wildcards", &[0, 2, 2]),
        ("retained", &[0, 3, 1, 0]),
        ("queued", &[0, 2]),
        ("will-cut", &[0, 3]),
        ("will-keep-alive", &[0, 3]),
        ("takeover", &[0, 1, 1]),
        ("lab-1-1", &[0, 0]),
        ("lab-1-2", &[0, 0]),
        ("lab-1-3", &[0, 1]),
        ("lab-1-4", &[0, 0]),
        ("lab-1-5", &[0, 0]),
        ("v5-qos-2", &[0, 1]),
        ("v5-session-expiry", &[0, 1]),
        ("v5-message-expiry", &[0, 1]),
        ("v5-shared", &[0, 2, 2, 4]),
        ("v5-topic-alias", &[0, 3]),
        ("v5-user-properties", &[0, 1, 1]),
        ("v5-request-response", &[2, 2]),
        ("v5-payload-format", &[0, 2]),
        ("v5-subscription-identifiers", &[0, 2]),
        ("v5-no-local", &[1, 2]),
        ("v5-retain-options", &[0, 3, 2, 1]),
        ("v5-receive-maximum", &[0, 4]),
        ("v5-maximum-packet-size", &[0, 1, 2]),
        ("v5-will-delay", &[0, 1]),
    ] {
        assert_eq!(received(id), counts, "{id}");
    }
    let closes = |id: &str| {
        let notes: Vec<_> =
            run(id).capture().notes().map(|note| format!("{} {}", note.at, note.text)).collect();
        notes.into_iter().filter(|note| note.ends_with("closes")).collect::<Vec<_>>()
    };
    // Both ends find out by themselves: the broker 1.5 intervals after the last packet that came, the client when its
    // PINGREQ stays unanswered.
    assert_eq!(
        closes("will-keep-alive"),
        ["5.621 nothing from sensor for 1.5 × 2 s: closes", "6.600 no PINGRESP in time: closes"]
    );
}
