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
        const METHODS: [&[u8]; 8] =
            [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"PATCH "];
        let begins = |with: &[u8]| bytes.starts_with(with);
        if let [record @ 20..=23, 3, 0..=4, _, _, ..] = *bytes {
            return Some(Self::Tls { record });
        }
        if PCAP.iter().any(|magic| begins(magic)) {
            return Some(Self::Pcap);
        }
        if begins(b"HTTP") {
            return Some(Self::HttpAnswer);
        }
        if METHODS.iter().any(|method| begins(method)) {
            return Some(Self::HttpRequest);
        }
        if begins(b"SSH-") {
            return Some(Self::Ssh);
        }
        if begins(&[0x1f, 0x8b, 8]) || begins(b"PK\x03\x04") {
            return Some(Self::Compressed);
        }
        if is_readable(bytes) && fit(bytes).packets == 0 {
            return Some(Self::Text);
        }
        None
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
        }
    }
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
