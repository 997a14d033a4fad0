//! The statements that the client names exist.

use mqtt_playground::client::{Decision, Violation};
use mqtt_playground::codec::{PacketType, Version};
use mqtt_playground::session::{AckMismatch, IncomingFull, Stage};
use mqtt_playground::spec;

use crate::rig::id;

fn check(statement: &str, version: Option<Version>) {
    let (named, reference) = statement.split_once(' ').unwrap();
    assert!(version.is_none_or(|version| version.as_str() == named), "{statement} for {version:?}");
    if reference.starts_with("MQTT-") {
        assert!(spec::lookup(statement).is_some(), "{statement}");
    } else {
        assert!(reference.starts_with("section "), "{statement}");
    }
}

#[test]
fn violations_name_real_statements() {
    let packet = PacketType::PubRec;
    let packet_id = id(1);
    for version in Version::ALL {
        let mismatch = |found, awaits| Violation::Ack {
            mismatch: AckMismatch::WrongPacket { packet_id, found, awaits },
            version,
        };
        let count = |packet| Violation::CodeCount { packet, packet_id, expected: 1, found: 2, version };
        let all = [
            Violation::PacketTooLarge { len: 2, limit: 1, version },
            Violation::WrongDirection { packet, version },
            Violation::NotConnAck { packet, version },
            Violation::SecondConnAck { version },
            Violation::SessionPresent { clean_start: true, version },
            Violation::SessionPresent { clean_start: false, version },
            mismatch(PacketType::PubRec, Stage::AwaitPubAck),
            mismatch(PacketType::PubAck, Stage::AwaitPubRec),
            count(PacketType::SubAck),
            count(PacketType::UnsubAck),
            Violation::ReceiveMaximum { full: IncomingFull { limit: 1 }, version },
        ];
        for violation in all {
            check(violation.statement(), Some(version));
        }
    }
    let only_5 = [
        Violation::TopicAlias { alias: 1, maximum: 0 },
        Violation::TopicAlias { alias: 2, maximum: 1 },
        Violation::TopicAlias { alias: 1, maximum: 1 },
        Violation::Auth { method: false },
        Violation::Auth { method: true },
        Violation::AuthMethod,
        Violation::NotProved,
        Violation::SessionExpiryFromServer,
    ];
    for violation in only_5 {
        check(violation.statement(), Some(Version::V5));
    }
}

#[test]
fn decisions_name_real_statements_and_short_sentences() {
    let packet_id = id(1);
    for version in Version::ALL {
        let all = [
            Decision::StartsClean { version },
            Decision::EndsSession { version },
            Decision::Resumes { publishes: 0, releases: 0, version },
            Decision::Resumes { publishes: 1, releases: 2, version },
            Decision::ServerLostSession { forgotten: 0, kept: 0, version },
            Decision::ServerLostSession { forgotten: 1, kept: 0, version },
            Decision::ServerLostSession { forgotten: 0, kept: 1, version },
            Decision::ResendsPublish { packet_id, version },
            Decision::ResendsPubRel { packet_id, version },
            Decision::Stores { packet_id, version },
            Decision::IgnoresCopy { packet_id, version },
            Decision::Releases { packet_id, version },
            Decision::CompletesUnknown { packet_id, version },
            Decision::WaitsForPubComp { packet_id, version },
            Decision::ReleasesUnknown { packet_id, version },
            Decision::FreesId { packet_id, version },
            Decision::KeepsAlive { secs: 5, version },
            Decision::RetriesPublish { packet_id, waited: 20, version },
            Decision::RetriesPubRel { packet_id, waited: 20, version },
            Decision::RetriesRequest { packet_id },
            Decision::ContinuesAuthentication,
            Decision::Reconnects { millis: 1_000, attempt: 1 },
            Decision::GivesUp { attempts: 1 },
            Decision::Withholds { packet: PacketType::PubAck, packet_id },
            Decision::MistakesId { packet: PacketType::PubAck, packet_id, wrong: id(2) },
            Decision::SendsRaw { len: 2 },
            Decision::SendsTwice { packet: PacketType::PubAck, packet_id },
            Decision::Pings { off: true },
            Decision::IgnoresReceiveMaximum,
            Decision::WaitsForQuota { packet_id, receive_maximum: 1 },
            Decision::TooLargeForServer { packet_id, len: 2, limit: 1 },
            Decision::QosAboveMaximum { packet_id },
            Decision::RetainNotAvailable { packet_id },
            Decision::TakesServerKeepAlive { secs: 5 },
            Decision::IgnoresAnswer { packet: PacketType::PingResp, packet_id: None },
        ];
        let mut sentences: Vec<_> = all.iter().map(ToString::to_string).collect();
        assert!(sentences.iter().all(|it| it.len() <= 50 && !it.ends_with('.')), "{sentences:?}");
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), all.len(), "each says something else");
        for statement in all.iter().filter_map(Decision::statement) {
            check(statement, None);
        }
    }
}
