//! Raw bytes to begin with: whole packets, broken ones, and a property put into one.

use super::property::PropertyDraft;
use crate::codec::{Field, Version};
use crate::dissect::{Value, dissect, parse_hex};
use crate::view::bytes::hex;

/// A packet to begin with: its name, its bytes before 5.0 and in 5.0.
type Template = (&'static str, &'static str, &'static str);

/// A packet of each type, nothing wrong with it but perhaps its sender.
const WHOLE: [Template; 15] = [
    ("CONNECT", "100D00044D5154540402003C000163", "100E00044D5154540502003C00000163"),
    ("CONNACK", "20020000", "2003000000"),
    ("PUBLISH", "300400016178", "30050001610078"),
    ("PUBACK", "40020001", "400400010000"),
    ("PUBREC", "50020001", "500400010000"),
    ("PUBREL", "62020001", "620400010000"),
    ("PUBCOMP", "70020001", "700400010000"),
    ("SUBSCRIBE", "8206000100016100", "820700010000016100"),
    ("SUBACK", "9003000100", "900400010000"),
    ("UNSUBSCRIBE", "A20500010001 61", "A2060001000001 61"),
    ("UNSUBACK", "B0020001", "B00500010000 00"),
    ("PINGREQ", "C000", "C000"),
    ("PINGRESP", "D000", "D000"),
    ("DISCONNECT", "E000", "E0020000"),
    ("AUTH", "F000", "F0021800"),
];

/// Packets that break a rule each.
const BROKEN: [Template; 7] = [
    ("Second CONNECT", WHOLE[0].1, WHOLE[0].2),
    ("PUBLISH to a/+", "30060003612F2B78", "30070003612F2B0078"),
    ("Reserved flag", "8006000100016100", "800700010000016100"),
    ("QoS 3", "360500016100 01", "360600016100 0100"),
    ("Length too long", "C0FFFFFFFF7F", "C0FFFFFFFF7F"),
    ("Packet id 0", "320500016100 00", "320600016100 0000"),
    ("Half a packet", "82090002000361", "82090002000003"),
];

/// The names of the broken packets, and of the whole ones.
pub fn examples() -> (impl Iterator<Item = &'static str>, impl Iterator<Item = &'static str>) {
    (BROKEN.iter().map(|it| it.0), WHOLE.iter().map(|it| it.0))
}

/// The example of a name, in hex.
pub fn example(name: &str, version: Version) -> String {
    let found = BROKEN.iter().chain(&WHOLE).find(|it| it.0 == name);
    let text = found.map_or("", |it| if version == Version::V5 { it.2 } else { it.1 });
    spaced(&parse_hex(text).unwrap_or_default())
}

/// Bytes as they are typed: `30 04 00`.
pub fn spaced(bytes: &[u8]) -> String {
    let digits: Vec<&str> = bytes.iter().map(|byte| hex(*byte)).collect();
    digits.join(" ")
}

/// The same packet with one more property, at the end of its first list, its lengths right again. `None` where it
/// is not whole or has no list.
pub fn with_property(packet: &[u8], row: &PropertyDraft) -> Option<Vec<u8>> {
    let dissection = dissect(packet, Version::V5);
    let find = |field| dissection.nodes.iter().find(|node| node.field == field);
    let (header, list) = (find(Field::RemainingLength)?, find(Field::PropertyLength)?);
    let Value::Number(listed) = list.value else { return None };
    let from = list.offset + list.len;
    let (old, rest) = packet.get(from..)?.split_at_checked(usize::try_from(listed).ok()?)?;
    let added = super::property::bytes_of(row).ok()?;
    let mut body = packet.get(header.offset + header.len..list.offset)?.to_vec();
    push_length(&mut body, old.len() + added.len());
    body.extend_from_slice(old);
    body.extend_from_slice(&added);
    body.extend_from_slice(rest);
    let mut out = vec![*packet.first()?];
    push_length(&mut out, body.len());
    out.extend_from_slice(&body);
    Some(out)
}

/// A variable byte integer (5.0 section 1.5.5).
fn push_length(out: &mut Vec<u8>, mut len: usize) {
    loop {
        let more = if len > 0x7f { 0x80 } else { 0 };
        out.push((len & 0x7f) as u8 | more);
        len >>= 7;
        if len == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Which;
    use super::*;
    use crate::codec::PropertyId;

    #[test]
    fn whole_packets_are_whole_and_broken_ones_are_not() {
        for version in [Version::V311, Version::V5] {
            for (name, ..) in WHOLE {
                let bytes = parse_hex(&example(name, version)).expect("hex");
                let dissection = dissect(&bytes, version);
                let old_auth = name == "AUTH" && version == Version::V311;
                assert_eq!(dissection.is_valid(), !old_auth, "{name} {version}: {:?}", dissection.faults);
                assert_eq!(dissection.packet_type.map(|it| it.name()), Some(name));
            }
            // A second CONNECT is wrong only because it is one.
            for (name, ..) in &BROKEN[1..] {
                let bytes = parse_hex(&example(name, version)).expect("hex");
                assert!(!dissect(&bytes, version).is_valid(), "{name} {version}");
            }
        }
    }

    #[test]
    fn a_property_is_put_into_any_packet_that_has_a_list() {
        let row = PropertyDraft::new(Which::Known(PropertyId::UserProperty));
        for (name, ..) in WHOLE {
            let mut bytes = parse_hex(&example(name, Version::V5)).expect("hex");
            if name.starts_with("PING") {
                assert_eq!(with_property(&bytes, &row), None);
                continue;
            }
            let len = bytes.len();
            for _ in 0..12 {
                bytes = with_property(&bytes, &row).expect("a list");
                assert!(dissect(&bytes, Version::V5).is_valid(), "{name}");
            }
            assert!(bytes.len() > len + 12 * 14, "{name}");
        }
        assert_eq!(with_property(&[0x30, 9, 0], &row), None);
    }
}
