//! What bytes are that are not MQTT.

use super::detect::fit;

/// Something else than MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A TLS record: its type and the lower byte of its version.
    Tls {
        /// 20 to 23: change of cipher, alert, handshake, data.
        record: u8,
    },
    /// A request.
    HttpRequest,
    /// An answer.
    HttpAnswer,
    /// A WebSocket frame that carries no MQTT packet.
    WebSocket,
    /// Readable text.
    Text,
    /// Headers of a network with nothing behind them.
    Headers,
    /// A file of captured packets.
    Pcap,
    /// A compressed file.
    Compressed,
    /// An SSH greeting.
    Ssh,
    /// The greeting of AMQP.
    Amqp,
    /// CoAP messages.
    Coap,
    /// MQTT-SN messages.
    MqttSn,
    /// A certificate or a key, as text.
    Pem,
    /// A dump in octal digits, or of characters.
    Octal,
}

impl Foreign {
    /// What these bytes are, if they surely are something else.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        const PCAP: [[u8; 4]; 5] = [
            [0xd4, 0xc3, 0xb2, 0xa1],
            [0xa1, 0xb2, 0xc3, 0xd4],
            [0x4d, 0x3c, 0xb2, 0xa1],
            [0xa1, 0xb2, 0x3c, 0x4d],
            [0x0a, 0x0d, 0x0d, 0x0a],
        ];
        let begins = |with: &[u8]| bytes.starts_with(with);
        if let [record @ 20..=23, 3, 0..=4, _, _, ..] = *bytes {
            return Some(Self::Tls { record });
        }
        if PCAP.iter().any(|magic| begins(magic)) {
            return Some(Self::Pcap);
        }
        if let Some(greeting) = Self::greeting(bytes) {
            return Some(greeting);
        }
        if begins(&[0x1f, 0x8b, 8]) || begins(b"PK\x03\x04") {
            return Some(Self::Compressed);
        }
        if fit(bytes).packets > 0 {
            return None;
        }
        let others = [
            (Self::MqttSn, is_mqtt_sn as fn(&[u8]) -> bool),
            (Self::Coap, is_coap),
            (Self::Text, is_readable),
        ];
        others.into_iter().find(|(_, is)| is(bytes)).map(|(what, _)| what)
    }

    /// What a text without bytes in it is, if it is what another protocol says first.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.starts_with("-----BEGIN ") {
            return Some(Self::Pem);
        }
        if is_octal(text) {
            return Some(Self::Octal);
        }
        Self::greeting(text.as_bytes())
    }

    fn greeting(bytes: &[u8]) -> Option<Self> {
        const METHODS: [&[u8]; 8] =
            [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"PATCH "];
        let begins = |with: &[u8]| bytes.starts_with(with);
        // Of words that begin a sentence too, what follows tells.
        let target = |method: &&&[u8]| {
            let rest = bytes.get(method.len()..).unwrap_or(&[]);
            rest.starts_with(b"/")
                || rest.starts_with(b"*")
                || rest.windows(6).take(2048).any(|it| it == b" HTTP/")
        };
        if begins(b"HTTP") {
            Some(Self::HttpAnswer)
        } else if METHODS.iter().filter(|method| begins(method)).any(|method| target(&method)) {
            Some(Self::HttpRequest)
        } else if begins(b"SSH-") {
            Some(Self::Ssh)
        } else if begins(b"AMQP") {
            Some(Self::Amqp)
        } else {
            None
        }
    }

    /// Whether its bytes hold no packet that could be meant: read as MQTT, all of them would be broken.
    pub const fn is_all(self) -> bool {
        !matches!(self, Self::WebSocket | Self::Headers)
    }

    /// Whether no bytes are to be looked for in this text, whatever numbers it holds.
    pub(super) fn fills(self, text: &str) -> bool {
        let http = || text.trim_start().lines().next().is_some_and(|line| line.contains("HTTP/1."));
        matches!(self, Self::Pem | Self::Octal)
            || matches!(self, Self::HttpRequest | Self::HttpAnswer) && http()
    }

    /// What it is, in a sentence or two, and what to do.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Tls { record: 22 } => {
                "This is not MQTT, it is a TLS handshake: the client speaks TLS here. Take the bytes before they are encrypted, or check that the port is one for TLS (8883)."
            }
            Self::Tls { record: 23 } => {
                "This is not MQTT, it is encrypted TLS data: whatever is inside cannot be read without its keys. Take the bytes before they are encrypted."
            }
            Self::Tls { record: 21 } => {
                "This is not MQTT, it is a TLS alert: one end has refused the encrypted connection."
            }
            Self::Tls { .. } => {
                "This is not MQTT, it is a TLS record. Take the bytes before they are encrypted."
            }
            Self::HttpRequest => {
                "This is not MQTT, it is an HTTP request: a browser or an HTTP client has reached the port, or a WebSocket is being opened."
            }
            Self::HttpAnswer => {
                "This is not MQTT, it is an HTTP answer: a web server or a proxy answers on this port. Its first byte, 48, would be a PUBACK with wrong flags."
            }
            Self::WebSocket => "This is not MQTT, it is a WebSocket frame without an MQTT packet inside.",
            Self::Text => "This is not MQTT, it is readable text.",
            Self::Headers => "These are network headers, with no data behind them.",
            Self::Pcap => {
                "This is a file of captured packets (pcap). Such files cannot be read here yet; paste the bytes of its TCP payload."
            }
            Self::Compressed => "This is not MQTT, it is a compressed file. Unpack it first.",
            Self::Ssh => "This is not MQTT, it is the greeting of an SSH server.",
            Self::Amqp => {
                "This is not MQTT, it is the greeting of AMQP, another protocol for messages (port 5672): a client or a server speaks that here."
            }
            Self::Coap => {
                "This is not MQTT, it is CoAP: requests and answers for small devices, over UDP (port 5683)."
            }
            Self::MqttSn => {
                "This is not MQTT, it is MQTT-SN, its relative for sensor networks, over UDP: a gateway turns it into MQTT."
            }
            Self::Pem => "This is not MQTT, it is a certificate or a key in PEM form.",
            Self::Octal => {
                "This is a dump in octal digits or characters, which is not read here. `od -A x -t x1` or `xxd` write the bytes in hex."
            }
        }
    }
}

/// Whether all of the bytes are messages of MQTT-SN: a length, a type, and what that has at least.
fn is_mqtt_sn(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let (header, len) = match bytes[at..] {
            [1, high, low, ..] => (3, usize::from(u16::from_be_bytes([high, low]))),
            [len, ..] => (1, usize::from(len)),
            [] => return false,
        };
        let Some([kind, rest @ ..]) = bytes.get(at..at + len).and_then(|all| all.get(header..)) else {
            return false;
        };
        // Bytes behind the type: at least, and whether that is all.
        let (least, exact) = match kind {
            0x00 => (3, true),
            0x01 | 0x05 => (1, true),
            0x02 => (1, false),
            // CONNECT: flags, protocol 1, duration, client id.
            0x04 if rest.get(1) == Some(&1) => (5, false),
            0x06 | 0x08 | 0x17 => (0, true),
            0x07 | 0x09 | 0x16 | 0x18 => (0, false),
            0x0a | 0x0c => (5, false),
            0x0b | 0x0d => (5, true),
            0x0e..=0x10 | 0x15 => (2, true),
            0x12 | 0x14 => (4, false),
            0x13 => (6, true),
            _ => return false,
        };
        if rest.len() < least || exact && rest.len() > least {
            return false;
        }
        at += len;
    }
    !bytes.is_empty()
}

/// Whether the bytes are one CoAP message with a request or an answer: version 1, a known code, and options that end where
/// the payload begins.
fn is_coap(bytes: &[u8]) -> bool {
    const OPTIONS: [usize; 19] = [1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 20, 23, 27, 28, 35, 60];
    let [first, code, _, _, rest @ ..] = bytes else { return false };
    let token = usize::from(first & 0x0f);
    if first >> 6 != 1
        || token > 8
        || !matches!(code, 0x01..=0x07 | 0x41..=0x45 | 0x5f | 0x80..=0x8f | 0xa0..=0xa5)
    {
        return false;
    }
    let Some(mut rest) = rest.get(token..).filter(|rest| !rest.is_empty()) else { return false };
    let mut number = 0;
    while let [head, more @ ..] = rest {
        if *head == 0xff {
            return !more.is_empty();
        }
        let mut left = more;
        let mut extended = |nibble: u8| match (nibble, left) {
            (13, [byte, more @ ..]) => {
                left = more;
                Some(13 + usize::from(*byte))
            }
            (14, [high, low, more @ ..]) => {
                left = more;
                Some(269 + usize::from(u16::from_be_bytes([*high, *low])))
            }
            (0..=12, _) => Some(usize::from(nibble)),
            _ => None,
        };
        let (Some(delta), Some(len)) = (extended(head >> 4), extended(head & 0x0f)) else { return false };
        number += delta;
        let Some(behind) = left.get(len..).filter(|_| OPTIONS.contains(&number)) else { return false };
        rest = behind;
    }
    true
}

/// Rows as `od`, `od -b` and `od -c` write them: an octal offset, then octal numbers or characters, but no hex.
fn is_octal(text: &str) -> bool {
    let octal = |word: &str| word.bytes().all(|it| matches!(it, b'0'..=b'7'));
    let row = |line: &str| {
        let (offset, rest) = line.trim_end().split_once(' ')?;
        let cells = || rest.split_ascii_whitespace();
        let numbers = |len: usize| cells().all(|it| it.len() == len && octal(it));
        // Each cell four characters wide, the last of them never blank.
        let character = |cell: &[u8]| cell.len() == 4 && cell[0] == b' ' && cell[3] != b' ';
        let characters = || {
            let line = line.trim_end().as_bytes();
            let cells = line.get(7..).unwrap_or(&[]);
            cells.chunks(4).all(character) && !rest.bytes().all(|it| it.is_ascii_hexdigit() || it == b' ')
        };
        (offset.len() == 7 && octal(offset)).then(|| numbers(3) || numbers(6) || characters())
    };
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.starts_with("0000000 ") && row(line) == Some(true))
        && lines.next().is_none_or(|line| line.starts_with('0') || line.trim() == "*" || line.is_empty())
}

/// Text of at least four characters, nearly all of them printable.
fn is_readable(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    let Some(text) = readable_start(head) else { return false };
    text.chars().count() >= 4 && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

fn readable_start(head: &[u8]) -> Option<&str> {
    match core::str::from_utf8(head) {
        Ok(text) => Some(text),
        // Cut within a character.
        Err(error) if error.error_len().is_none() => core::str::from_utf8(&head[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hex: &str) -> Option<Foreign> {
        let digits: Vec<char> = hex.split_whitespace().flat_map(str::chars).collect();
        let byte = |two: &[char]| u8::from_str_radix(&two.iter().collect::<String>(), 16).expect("hex");
        Foreign::of(&digits.chunks(2).map(byte).collect::<Vec<_>>())
    }

    #[test]
    fn other_protocols_of_messages_are_named() {
        for (hex, what) in [
            ("414d5150 00000901", Foreign::Amqp),
            ("414d5150 03010000", Foreign::Amqp),
            // GET temp, with a token; an answer with a payload; a POST with an option of an extended length.
            ("4401 0001 01020304 b4 74656d70", Foreign::Coap),
            ("6045 0001 c0 ff 32312e35", Foreign::Coap),
            ("4102 0007 aa bd00 73656e736f72732f6b69746368 ff 31", Foreign::Coap),
            // CONNECT, PUBLISH and PINGRESP of MQTT-SN, behind each other too.
            ("0a 04 04 01 003c 61626364", Foreign::MqttSn),
            ("09 0c 00 0001 0000 3231", Foreign::MqttSn),
            ("0a 04 04 01 003c 61626364 02 17", Foreign::MqttSn),
            ("01 000a 0c 00 0001 0000 32", Foreign::MqttSn),
        ] {
            assert_eq!(of(hex), Some(what), "{hex}");
            assert!(what.is_all() && what.message().starts_with("This is not MQTT, it is "), "{hex}");
        }
    }

    #[test]
    fn broken_mqtt_stays_mqtt() {
        // A line's end before a PINGREQ, answers with wrong flags or lengths, the end of a packet, numbers too few to tell.
        for hex in [
            "0a c000",
            "41 02 0007",
            "44 02 0007",
            "40 03 0001 92",
            "50 04 0001 0000",
            "60 02 0007",
            "6f706963 820f 0001 000a 6c61622f2b2f74656d70 01 c000",
            "16 0004 4d515454 04 02 003c 000a 6c61622d6e6f64652d33",
            "00 00",
            "02",
        ] {
            assert_eq!(of(hex), None, "{hex}");
        }
    }

    #[test]
    fn a_text_that_another_protocol_begins_with_is_named() {
        for (text, what) in [
            ("GET / HTTP/1.1\r\nHost: broker:1883\r\n", Some(Foreign::HttpRequest)),
            ("  HTTP/1.1 101 Switching Protocols", Some(Foreign::HttpAnswer)),
            ("SSH-2.0-OpenSSH_9.2", Some(Foreign::Ssh)),
            ("CONNECT fails with code 5", None),
            ("GET me a packet", None),
        ] {
            assert_eq!(Foreign::of_text(text), what, "{text}");
        }
    }
}
