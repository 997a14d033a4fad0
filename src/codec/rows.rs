//! Annotated packets as one array of words: how spans cross into JavaScript, many packets at a time.

use super::field::Field;
use super::frame::{Frame, measure};
use super::packet::{Packet, annotate};
use super::property::PropertyId;
use super::record::{Span, Spans};
use super::types::Version;

/// Words of a row.
pub const ROW_WORDS: usize = 4;
/// What stands in the third word of a row that begins a packet, where other rows have a field's number.
pub const PACKET_ROW: u32 = 0xff;

/// The first packets of a stream, annotated, as rows of [`ROW_WORDS`] words each:
///
/// | Word | A packet's first row | Each of its spans |
/// |---|---|---|
/// | 0 | where it begins, in bytes from the stream's first | where it begins, in bytes from the stream's first |
/// | 1 | its bytes | its bytes; 1 for bits |
/// | 2 | [`PACKET_ROW`], then from bit 8 on how many rules it breaks | from bit 0 on the field, from bit 8 on the property, from bit 16 on the depth; from bit 24 on how many bits and from bit 28 on the first of them; bit 31 of a group |
/// | 3 | how many rows of spans follow | the number that stands there; 0 if it is no number |
///
/// Text and data stay where they are, in the stream's bytes, which the reader has.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    words: Vec<u32>,
    spans: Spans,
}

impl Rows {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// The rows of the last [`Rows::read`].
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Reads up to `packets` whole packets from the beginning of `stream`, in place of what was read before, and says
    /// how many bytes they took and by which version the next is read. Ends before a packet that is not all here or
    /// cannot be cut.
    pub fn read(&mut self, stream: &[u8], mut version: Version, packets: usize) -> (usize, Version) {
        self.words.clear();
        let mut at = 0;
        for _ in 0..packets {
            let rest = stream.get(at..).unwrap_or(&[]);
            let Frame::Len { total, .. } = measure(rest) else { break };
            let Some(frame) = rest.get(..total) else { break };
            if let Some(Packet::Connect(connect)) = annotate(frame, version, &mut self.spans).packet {
                version = connect.version;
            }
            self.append(frame, at as u32);
            at += total;
        }
        (at, version)
    }

    fn append(&mut self, frame: &[u8], base: u32) {
        let (spans, faults) = (self.spans.spans(), self.spans.faults().len() as u32);
        let start = self.words.len();
        self.words.resize(start + ROW_WORDS * (1 + spans.len()), 0);
        let (rows, _) = self.words.get_mut(start..).unwrap_or(&mut []).as_chunks_mut::<ROW_WORDS>();
        if let Some((first, rows)) = rows.split_first_mut() {
            *first = [base, frame.len() as u32, PACKET_ROW | faults << 8, spans.len() as u32];
            for (row, span) in rows.iter_mut().zip(spans) {
                *row = [base + span.offset, span.len, span.kind_word(), number(frame, span)];
            }
        }
    }
}

/// The number that a span holds; 0 if it is none.
#[inline(always)]
fn number(frame: &[u8], span: &Span) -> u32 {
    let at = span.offset as usize;
    if let Some((start, len)) = span.bit_range() {
        let byte = frame.get(at).copied().unwrap_or(0);
        return u32::from(byte >> ((8 - start - len) & 7) & (0xff >> ((8 - len) & 7)));
    }
    if !NUMBERS[span.kind_word() as usize & 0xff] {
        return 0;
    }
    match frame.get(span.range()) {
        Some(&[byte]) => u32::from(byte),
        Some(bytes) if variable(span) => {
            bytes.iter().rev().fold(0, |number, byte| number << 7 | u32::from(byte & 0x7f))
        }
        Some(&[a, b]) => u32::from(a) << 8 | u32::from(b),
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// Whether it is a variable byte integer.
fn variable(span: &Span) -> bool {
    match span.field() {
        Field::RemainingLength | Field::PropertyLength => true,
        Field::PropertyNumber => span.aux() == PropertyId::SubscriptionIdentifier as u8,
        _ => false,
    }
}

/// The fields of whole bytes that are numbers.
static NUMBERS: [bool; 256] = {
    use Field as F;
    let fields = [
        F::PacketTypeAndFlags,
        F::ConnectFlags,
        F::ConnAckFlags,
        F::SubscriptionOptions,
        F::RemainingLength,
        F::ProtocolNameLength,
        F::ProtocolLevel,
        F::KeepAlive,
        F::ConnectReturnCode,
        F::ReasonCode,
        F::PacketIdentifier,
        F::TopicNameLength,
        F::PropertyLength,
        F::PropertyIdentifier,
        F::PropertyNumber,
        F::PropertyStringLength,
        F::PropertyBinaryLength,
        F::PropertyKeyLength,
        F::PropertyValueLength,
        F::ClientIdentifierLength,
        F::WillTopicLength,
        F::WillPayloadLength,
        F::UserNameLength,
        F::PasswordLength,
        F::TopicFilterLength,
        F::SubscribeReturnCode,
        F::SubscribeReasonCode,
        F::UnsubscribeReasonCode,
    ];
    let mut table = [false; 256];
    let mut i = 0;
    while i < fields.len() {
        table[fields[i] as usize] = true;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_of_every_packet_has_a_row_with_its_number() {
        // a QoS 1 PUBLISH with a Message Expiry Interval, then a PUBREL without its flags
        let publish = [0x32, 0x0e, 0, 1, b't', 1, 2, 5, 2, 0, 0, 1, 0, b'p', b'a', b'y'];
        let stream = [&publish[..], &[0x60, 0x02, 0, 7, 0x40]].concat();
        let mut rows = Rows::new();
        assert_eq!(rows.read(&stream, Version::V5, 9), (20, Version::V5), "the last packet is not whole");
        let (rows, rest) = rows.words().as_chunks::<ROW_WORDS>();
        assert!(rest.is_empty());
        let first = rows[0];
        assert_eq!(first[..3], [0, 16, PACKET_ROW]);
        let (spans, next) = rows[1..].split_at(first[3] as usize);
        assert_eq!(next[0][..3], [16, 4, PACKET_ROW | 1 << 8], "one broken rule");
        let number = |field: Field| spans.iter().find(|row| row[2] & 0xff == field as u32).map(|row| row[3]);
        assert_eq!(number(Field::QosLevel), Some(1));
        assert_eq!(number(Field::PacketType), Some(3));
        assert_eq!(number(Field::RemainingLength), Some(14));
        assert_eq!(number(Field::PacketIdentifier), Some(0x0102));
        assert_eq!(number(Field::PropertyNumber), Some(256));
        assert_eq!(number(Field::TopicName), Some(0), "text is no number");
        let whole_bytes = spans.iter().filter(|row| row[2] >> 31 == 0 && row[2] >> 24 == 0);
        assert_eq!(whole_bytes.map(|row| row[1]).sum::<u32>(), 15, "all but the byte of bits");
        let bits = spans.iter().filter(|row| row[2] >> 31 == 0).map(|row| row[2] >> 24 & 0x0f);
        assert_eq!(bits.sum::<u32>(), 8);
    }

    #[test]
    fn a_connect_sets_the_version_of_what_follows_and_batches_join() {
        let connect = [0x10, 0x0d, 0, 4, b'M', b'Q', b'T', b'T', 5, 2, 0, 0, 0, 0, 0];
        let stream = [&connect[..], &[0xe0, 0x01, 0x04]].concat();
        let mut rows = Rows::new();
        let (at, version) = rows.read(&stream, Version::V311, 1);
        assert_eq!((at, version), (15, Version::V5));
        assert_eq!(rows.read(&stream[at..], version, 1), (3, Version::V5));
        assert_eq!(rows.words()[2], PACKET_ROW, "a reason code, as 5.0 has it");
        assert_eq!(rows.read(&[0x30, 0xff, 0xff, 0xff, 0xff, 0x01], version, 1), (0, Version::V5));
        assert!(rows.words().is_empty());
    }
}
