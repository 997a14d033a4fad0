//! WebSocket frames.

use core::ops::Range;

/// The payloads of frames, each with its mask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frames {
    pub(super) parts: Vec<(Range<usize>, [u8; 4])>,
    pub(super) masked: bool,
}

impl Frames {
    /// The first bytes of the payloads.
    pub(super) fn unwrap(&self, bytes: &[u8], most: usize) -> Vec<u8> {
        let mut inner = Vec::new();
        for (range, mask) in &self.parts {
            inner
                .extend(bytes[range.clone()].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
            if inner.len() >= most {
                break;
            }
        }
        inner.truncate(most);
        inner
    }
}

/// The frames that these bytes are made of; the last one may be cut short. Control frames are left out. RFC 6455
/// section 5.2.
pub(super) fn frames(bytes: &[u8]) -> Option<Frames> {
    let mut found = Frames::default();
    let mut at = 0;
    while at < bytes.len() {
        let first = bytes[at];
        let opcode = first & 0x0f;
        let data = matches!(opcode, 0..=2);
        // No extension bits: MQTT's servers compress nothing that MQTT's clients ask for.
        if first & 0x70 != 0 || !data && !matches!(opcode, 8..=10) || opcode == 0 && found.parts.is_empty() {
            return None;
        }
        let second = *bytes.get(at + 1)?;
        let masked = second & 0x80 != 0;
        let (len, size) = match second & 0x7f {
            126 => (usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?])), 4),
            127 => {
                let long = bytes.get(at + 2..at + 10)?;
                (usize::try_from(u64::from_be_bytes(*long.first_chunk()?)).ok()?, 10)
            }
            short => (usize::from(short), 2),
        };
        let mut mask = [0; 4];
        let mut from = at + size;
        if masked {
            mask = *bytes.get(from..)?.first_chunk()?;
            from += 4;
        }
        let end = from.checked_add(len)?.min(bytes.len());
        if data && from < end {
            found.parts.push((from..end, mask));
        }
        found.masked |= masked;
        at = from.checked_add(len)?;
    }
    (!found.parts.is_empty()).then_some(found)
}
