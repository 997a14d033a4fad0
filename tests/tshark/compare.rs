//! One packet as we and as Wireshark read it.

use std::fmt;

use mqtt_playground::dissect::{Dissection, Node, Value};

use crate::pdml::{self, Field};

/// A field that one side lacks, or that both have at one place but not alike.
pub struct Difference<'a> {
    pub ours: Option<&'a Node>,
    pub theirs: Option<&'a Field>,
}

impl Difference<'_> {
    /// The display-filter name.
    pub fn name(&self) -> &str {
        let ours = self.ours.and_then(|node| node.filter);
        ours.or(self.theirs.map(|field| &field.name[..])).unwrap_or_default()
    }
}

/// How many fields are equal, and what differs.
pub fn differences<'a>(
    ours: &'a Dissection,
    bytes: &[u8],
    theirs: &'a pdml::Packet,
) -> (usize, Vec<Difference<'a>>) {
    let mut left: Vec<&Field> = theirs.iter().collect();
    let (mut equal, mut out) = (0, Vec::new());
    for node in ours.nodes.iter().filter(|node| node.filter.is_some()) {
        let same_place = |field: &&Field| Some(&field.name[..]) == node.filter && field.pos == node.offset;
        let field = left.iter().position(same_place).map(|index| left.remove(index));
        match field {
            Some(field) if field.size == node.len && same_value(node, bytes, field) => equal += 1,
            field => out.push(Difference { ours: Some(node), theirs: field }),
        }
    }
    out.extend(left.into_iter().map(|field| Difference { ours: None, theirs: Some(field) }));
    (equal, out)
}

fn same_value(node: &Node, bytes: &[u8], field: &Field) -> bool {
    let raw = hex(&bytes[node.range()]);
    match &node.value {
        Value::None => field.show.is_empty() && field.value.is_empty(),
        Value::Flag(_) | Value::Number(_) => {
            let number = match node.value {
                Value::Number(number) => number,
                _ => u32::from(node.value == Value::Flag(true)),
            };
            let same_raw = if node.bits.is_some() {
                u32::from_str_radix(&field.value, 16) == Ok(number)
            } else {
                field.value == raw
            };
            same_raw && shown_number(&field.show) == Some(number)
        }
        Value::Text(text) => field.value == hex(text.as_bytes()) && field.show == *text,
        Value::Bytes(data) => {
            let as_text = || String::from_utf8_lossy(data) == field.show;
            // Wireshark reads passwords and binary properties as text: only what can be read stays readable.
            let unreadable = data.iter().any(|byte| !matches!(byte, b' '..=b'~'));
            field.value == hex(data) && (field.show == colons(data) || unreadable || as_text())
        }
    }
}

fn shown_number(show: &str) -> Option<u32> {
    match show.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => show.parse().ok(),
    }
}

fn hex(bytes: &[u8]) -> String {
    joined(bytes, "")
}

fn colons(bytes: &[u8]) -> String {
    joined(bytes, ":")
}

fn joined(bytes: &[u8], between: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(3 * bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ours ", self.name())?;
        match self.ours {
            Some(node) => write!(f, "{} +{} {:?} {:?}", node.offset, node.len, node.bits, node.value)?,
            None => write!(f, "none")?,
        }
        match self.theirs {
            Some(field) => {
                write!(f, ", theirs {} +{} “{}” {}", field.pos, field.size, field.show, field.value)
            }
            None => write!(f, ", theirs none"),
        }
    }
}

#[test]
fn another_name_place_size_or_value_is_a_difference() {
    use mqtt_playground::{codec::Version, dissect::dissect};
    let bytes = [0x40, 0x02, 0x00, 0x07];
    let ours = dissect(&bytes, Version::V311);
    let field = |name: &str, show: &str, value: &str, pos, size| Field {
        name: name.to_owned(),
        show: show.to_owned(),
        value: value.to_owned(),
        pos,
        size,
    };
    let theirs = vec![
        field("mqtt.hdrflags", "0x40", "40", 0, 1),
        field("mqtt.msgtype", "4", "4", 0, 1),
        field("mqtt.hdr_reserved", "0", "0", 0, 1),
        field("mqtt.len", "2", "02", 1, 1),
        field("mqtt.msgid", "7", "0007", 2, 2),
    ];
    let count = |theirs: &pdml::Packet| {
        let (equal, differing) = differences(&ours, &bytes, theirs);
        (equal, differing.len())
    };
    assert_eq!(count(&theirs), (5, 0));
    let changed = |change: fn(&mut Field)| {
        let mut theirs = theirs.clone();
        change(&mut theirs[4]);
        count(&theirs)
    };
    assert_eq!(changed(|field| field.name = "mqtt.ver".to_owned()), (4, 2));
    assert_eq!(changed(|field| field.pos = 1), (4, 2));
    assert_eq!(changed(|field| field.size = 1), (4, 1));
    assert_eq!(changed(|field| field.show = "8".to_owned()), (4, 1));
    assert_eq!(changed(|field| field.value = "0008".to_owned()), (4, 1));
    assert_eq!(count(&theirs[..4].to_vec()), (4, 1));
}
