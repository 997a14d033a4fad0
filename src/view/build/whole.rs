//! Changes that reach through the whole packet: a switch that brings its fields along, another version.

use super::template::template;
use crate::codec::{Field, Packet, PacketId, Properties, QoS, Version, Will, decode};

fn encoded(packet: &Packet<'_>, version: Version) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    packet.encode(version, &mut out).ok()?;
    decode(&out, version).is_ok().then_some(out)
}

/// The packet with a field of its flags set to `value`, and with what stands or falls with it: the fields of a will, user
/// name and password, the packet identifier of a PUBLISH. `None` where the bit is all that changes, or where the packet is
/// broken.
pub fn switched(packet: &[u8], version: Version, field: Field, value: u32) -> Option<Vec<u8>> {
    let mut read = decode(packet, version).ok()?;
    match (&mut read, field) {
        (Packet::Connect(connect), Field::WillFlag) => {
            connect.will = (value > 0).then_some(Will {
                qos: QoS::AtMostOnce,
                retain: false,
                properties: Properties::EMPTY,
                topic: "lab/3/status",
                payload: b"lost",
            });
        }
        (Packet::Connect(connect), Field::UserNameFlag) => {
            connect.user_name = (value > 0).then_some("ada");
            // 3.1.1 MQTT-3.1.2-22
            if value == 0 && connect.version != Version::V5 {
                connect.password = None;
            }
        }
        (Packet::Connect(connect), Field::PasswordFlag) => {
            connect.password = (value > 0).then_some(b"secret");
            if value > 0 && connect.version != Version::V5 {
                connect.user_name = connect.user_name.or(Some("ada"));
            }
        }
        (Packet::Publish(publish), Field::QosLevel) => {
            publish.qos = QoS::from_bits(value as u8)?;
            let has_id = publish.qos != QoS::AtMostOnce;
            publish.packet_id = has_id.then(|| publish.packet_id.unwrap_or(PacketId::MIN));
            // 3.1.1 MQTT-3.3.1-2
            publish.dup &= has_id;
        }
        _ => return None,
    }
    encoded(&read, version)
}

/// The same packet as another version writes it, without what that one lacks; where it cannot say it at all, its template.
pub fn as_version(packet: &[u8], from: Version, to: Version) -> Option<Vec<u8>> {
    let mut read = decode(packet, from).ok()?;
    if let Packet::Connect(connect) = &mut read {
        connect.version = to;
    }
    encoded(&read, to).or_else(|| template(read.packet_type(), to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::PacketType;

    #[test]
    fn a_flag_brings_its_fields_and_takes_them_along() {
        for version in Version::ALL {
            let plain = template(PacketType::Connect, version).expect("there is one");
            for field in [Field::WillFlag, Field::UserNameFlag, Field::PasswordFlag] {
                let with = switched(&plain, version, field, 1).expect("it is sound");
                assert!(with.len() > plain.len(), "{field:?} {version}");
                let without = switched(&with, version, field, 0).expect("it is sound");
                let without = switched(&without, version, Field::UserNameFlag, 0).expect("it is sound");
                assert_eq!(without, plain, "{field:?} {version}");
            }
        }
    }

    #[test]
    fn qos_and_packet_identifier_come_and_go_together() {
        let one = template(PacketType::Publish, Version::V311).expect("there is one");
        let none = switched(&one, Version::V311, Field::QosLevel, 0).expect("it is sound");
        assert_eq!(none.len() + 2, one.len());
        assert!(none.ends_with(b"22.4"));
        assert_eq!(switched(&none, Version::V311, Field::QosLevel, 1), Some(one.clone()));
        assert_eq!(switched(&one, Version::V311, Field::QosLevel, 3), None);
        assert_eq!(switched(&one, Version::V311, Field::Retain, 1), None, "the bit is all");
    }

    #[test]
    fn every_template_becomes_one_of_every_other_version() {
        for from in Version::ALL {
            for packet in PacketType::ALL {
                let Some(bytes) = template(packet, from) else { continue };
                for to in Version::ALL {
                    let made = as_version(&bytes, from, to);
                    let there = template(packet, to).is_some();
                    assert_eq!(made.is_some(), there, "{packet} {from} {to}");
                    if let Some(made) = made {
                        assert_eq!(decode(&made, to).map(|it| it.packet_type()), Ok(packet));
                    }
                }
            }
        }
    }
}
