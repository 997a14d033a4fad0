//! A packet's bytes as text for other programs.

use base64ct::{Base64, Encoding};

use super::bytes::{hex, tree};
use super::inspector::PacketView;
use crate::codec::{Packet, PacketType, PropertyValue, QoS, Version, decode};

/// A form that a packet can be copied in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    /// `10 0C 00 04`.
    Hex,
    /// Offsets, hex and ASCII, as `hexdump -C` writes them; text2pcap reads it.
    Dump,
    /// An array.
    C,
    /// A constant.
    Rust,
    /// A bytes literal, field by line.
    Python,
    /// A `Uint8Array`.
    JavaScript,
    /// RFC 4648, one line.
    Base64,
    /// One line a field, passwords hidden.
    Fields,
    /// What the packet says in plain words.
    Sentence,
    /// A line for a shell that sends the bytes.
    Netcat,
    /// The command that sends such a message.
    Mosquitto,
}

impl CopyFormat {
    /// All forms in the order they are offered.
    pub const ALL: [Self; 11] = [
        Self::Hex,
        Self::Dump,
        Self::C,
        Self::Rust,
        Self::Python,
        Self::JavaScript,
        Self::Base64,
        Self::Fields,
        Self::Sentence,
        Self::Netcat,
        Self::Mosquitto,
    ];

    /// The letter that chooses it.
    pub const fn key(self) -> char {
        match self {
            Self::Hex => 'h',
            Self::Dump => 'd',
            Self::C => 'a',
            Self::Rust => 'r',
            Self::Python => 'y',
            Self::JavaScript => 'j',
            Self::Base64 => 'b',
            Self::Fields => 't',
            Self::Sentence => 's',
            Self::Netcat => 'n',
            Self::Mosquitto => 'm',
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hex => "Hex",
            Self::Dump => "Hex dump",
            Self::C => "C array",
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Base64 => "Base64",
            Self::Fields => "Text, one line per field",
            Self::Sentence => "Sentence",
            Self::Netcat => "Shell, printf and nc",
            Self::Mosquitto => "mosquitto_pub",
        }
    }
}

/// The packet in this form. Whatever it is, the bytes that it stands for are the packet's.
pub fn render(packet: &PacketView, format: CopyFormat) -> String {
    let bytes: &[u8] = &packet.bytes;
    match format {
        CopyFormat::Hex => joined(bytes, "", " "),
        CopyFormat::Dump => dump(bytes),
        CopyFormat::C => {
            let head = [&comment(packet, "/* ", " */"), "const uint8_t packet[", &bytes.len().to_string()];
            [&head.concat(), "] = {\n", &lines(bytes), "};\n"].concat()
        }
        CopyFormat::Rust => {
            let head = [&comment(packet, "// ", ""), "const PACKET: [u8; ", &bytes.len().to_string()];
            [&head.concat(), "] = [\n", &lines(bytes), "];\n"].concat()
        }
        CopyFormat::Python => {
            let rows = bytes.chunks(ROW).map(|row| ["    \"", &joined(row, "", " "), "\"\n"].concat());
            [&comment(packet, "# ", ""), "packet = bytes.fromhex(\n", &rows.collect::<String>(), ")\n"]
                .concat()
        }
        CopyFormat::JavaScript => {
            [&comment(packet, "// ", ""), "const packet = new Uint8Array([\n", &lines(bytes), "])\n"].concat()
        }
        CopyFormat::Base64 => Base64::encode_string(bytes),
        CopyFormat::Fields => fields(packet),
        CopyFormat::Sentence => packet.sentence.clone(),
        CopyFormat::Netcat => ["printf '", &joined(bytes, "\\x", ""), "' | nc localhost 1883\n"].concat(),
        CopyFormat::Mosquitto => mosquitto(packet),
    }
}

/// In quotes, as a shell takes it for itself.
fn shell(text: &str) -> String {
    ["'", &text.replace('\'', "'\\''"), "'"].concat()
}

/// `mosquitto_pub` with the options that make such a PUBLISH; its packet identifier is its own.
fn mosquitto(packet: &PacketView) -> String {
    let version = packet.dissection.version;
    let Ok(Packet::Publish(publish)) = decode(&packet.bytes, version) else {
        return "# mosquitto_pub has no options for this packet.\n".to_owned();
    };
    let mut options = vec![match version {
        Version::V31 => "-V mqttv31".to_owned(),
        Version::V311 => "-V mqttv311".to_owned(),
        Version::V5 => "-V mqttv5".to_owned(),
    }];
    options.push(["-t ", &shell(publish.topic)].concat());
    if publish.qos != QoS::AtMostOnce {
        options.push(["-q ", &publish.qos.level().to_string()].concat());
    }
    if publish.retain {
        options.push("-r".to_owned());
    }
    for property in publish.properties.iter() {
        let name = property.id.name().to_ascii_lowercase().replace(' ', "-");
        let value = match property.value {
            PropertyValue::Number(number) => number.to_string(),
            PropertyValue::Text(text) => shell(text),
            PropertyValue::Binary(bytes) => shell(&String::from_utf8_lossy(bytes)),
            PropertyValue::Pair(name, value) => [&shell(name), " ", &shell(value)].concat(),
        };
        options.push(["-D publish ", &name, " ", &value].concat());
    }
    let before = match core::str::from_utf8(publish.payload) {
        Ok("") => {
            options.push("-n".to_owned());
            String::new()
        }
        Ok(text) if !text.contains(char::is_control) => {
            options.push(["-m ", &shell(text)].concat());
            String::new()
        }
        // What is no text goes in by standard input.
        _ => {
            options.push("-s".to_owned());
            ["printf '", &joined(publish.payload, "\\x", ""), "' | "].concat()
        }
    };
    [&before, "mosquitto_pub -h localhost ", &options.join(" "), "\n"].concat()
}

const ROW: usize = 12;

fn joined(bytes: &[u8], before: &str, between: &str) -> String {
    let mut text = String::with_capacity(bytes.len() * (2 + before.len() + between.len()));
    for (at, byte) in bytes.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { between });
        text.push_str(before);
        text.push_str(hex(*byte));
    }
    text
}

/// Rows of `0x10, 0x0C,`.
fn lines(bytes: &[u8]) -> String {
    bytes.chunks(ROW).map(|row| ["    ", &joined(row, "0x", ", "), ",\n"].concat()).collect()
}

/// What the packet is. Control characters of a name cannot end the comment: the name is not in it.
fn comment(packet: &PacketView, before: &str, after: &str) -> String {
    let name = packet.dissection.packet_type.map_or("unknown packet", PacketType::name);
    let version = ["MQTT ", packet.dissection.version.as_str()].concat();
    [before, name, ", ", &version, ", ", &packet.bytes.len().to_string(), " bytes", after, "\n"].concat()
}

/// Rows of sixteen: offset, bytes, ASCII.
fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, row) in bytes.chunks(16).enumerate() {
        text.push_str(&format!("{:08x}  {:47}  |", at * 16, joined(row, "", " ").to_ascii_lowercase()));
        text.extend(row.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' }));
        text.push_str("|\n");
    }
    text
}

fn fields(packet: &PacketView) -> String {
    let items = tree(&packet.bytes, &packet.dissection, &packet.map);
    let mut text = [packet.dissection.packet_type.map_or("unknown packet", PacketType::name), "\n"].concat();
    for item in items {
        for _ in 0..=item.depth {
            text.push_str("    ");
        }
        text.push_str(&item.name);
        if !item.text.is_empty() {
            text.push_str(": ");
            text.push_str(&item.text);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::parse_hex;

    fn packet(bytes: &[u8]) -> PacketView {
        let bytes = bytes::Bytes::copy_from_slice(bytes);
        PacketView::of_bytes(bytes, Version::V311, 1, "pub1 pings.".to_owned())
    }

    const PUBLISH: &[u8] = b"\x32\x11\x00\x05a/*/b\x00\x0721.5 */\n";

    /// The bytes that the numbers of a program's text stand for.
    fn numbers(text: &str) -> Vec<u8> {
        let parts = text.split("0x").skip(1);
        parts.map(|part| u8::from_str_radix(&part[..2], 16).expect("a byte")).collect()
    }

    #[test]
    fn every_form_stands_for_the_very_bytes() {
        for bytes in [PUBLISH, b"\xc0\x00", b"", &[0xd0; 100]] {
            let packet = packet(bytes);
            let [hex, dump, c, rust, python, script, base64, ..] =
                CopyFormat::ALL.map(|it| render(&packet, it));
            assert_eq!(parse_hex(&hex).expect("hex"), bytes);
            for text in [c, rust, script] {
                assert_eq!(numbers(&text), bytes, "{text}");
            }
            let quoted: String = python.split('"').skip(1).step_by(2).collect::<Vec<_>>().join(" ");
            assert_eq!(parse_hex(&quoted).expect("hex"), bytes);
            assert_eq!(Base64::decode_vec(&base64).expect("base64"), bytes);
            let columns: String = dump.lines().map(|line| line[10..57].to_owned() + " ").collect();
            assert_eq!(parse_hex(&columns).expect("hex"), bytes);
        }
    }

    #[test]
    fn each_form_has_a_letter_of_its_own() {
        let mut keys = CopyFormat::ALL.map(CopyFormat::key);
        keys.sort_unstable();
        assert!(keys.windows(2).all(|both| both[0] != both[1]), "{keys:?}");
    }

    #[test]
    fn a_dump_has_the_columns_of_hexdump() {
        assert_eq!(
            dump(b"0123456789abcdef\x00\xff"),
            "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  |0123456789abcdef|\n\
             00000010  00 ff                                            |..|\n"
        );
    }

    #[test]
    fn shells_take_text_for_itself() {
        let told = |bytes| render(&packet(bytes), CopyFormat::Mosquitto);
        assert_eq!(
            told(b"\x33\x0b\x00\x03a'b\x00\x07ok;x"),
            "mosquitto_pub -h localhost -V mqttv311 -t 'a'\\''b' -q 1 -r -m 'ok;x'\n"
        );
        assert_eq!(
            told(b"\x30\x05\x00\x01a\xff\x00"),
            "printf '\\xFF\\x00' | mosquitto_pub -h localhost -V mqttv311 -t 'a' -s\n"
        );
        assert_eq!(told(b"\xc0\x00"), "# mosquitto_pub has no options for this packet.\n");
        assert_eq!(
            render(&packet(b"\xc0\x00"), CopyFormat::Netcat),
            "printf '\\xC0\\x00' | nc localhost 1883\n"
        );
    }

    #[test]
    fn bytes_do_not_get_into_comments() {
        let c = render(&packet(PUBLISH), CopyFormat::C);
        assert!(c.starts_with("/* PUBLISH, MQTT 3.1.1, 19 bytes */\nconst uint8_t packet[19] = {\n"), "{c}");
        assert_eq!(c.matches("*/").count(), 1);
    }

    #[test]
    fn text_names_each_field_and_hides_passwords() {
        let connect = b"\x10\x17\x00\x04MQTT\x04\xc2\x00\x3c\x00\x01a\x00\x01u\x00\x05s3cr3";
        let text = render(&packet(connect), CopyFormat::Fields);
        assert!(text.starts_with("CONNECT\n    Fixed header\n        packet type: 1 CONNECT\n"), "{text}");
        assert!(text.contains("client identifier: a") && !text.contains("s3cr3"), "{text}");
    }
}
