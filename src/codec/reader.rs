//! A bounded cursor over one packet that tells a [`Recorder`] what it passes.

use super::context::{self, Context};
use super::fault::{Fault, FaultKind};
use super::field::Field;
use super::record::Recorder;
use super::text::{self, TextFault};
use super::types::{PacketId, PacketType, Version};
use crate::topic;

/// Reading cannot go on: the recorder has the fault, or the bytes are not all here.
#[derive(Debug)]
pub(crate) struct Stop;

pub(crate) type Read<T> = Result<T, Stop>;

/// The cursor. `end` is where the packet (or the region within it) says it ends, which may be beyond the bytes that
/// are here; `limit` is the nearer of both.
pub(crate) struct Reader<'a, 'r, R> {
    pub(super) data: &'a [u8],
    pub(super) pos: usize,
    end: usize,
    limit: usize,
    /// Nothing may stand behind the packet's end: it is no stream.
    pub(super) alone: bool,
    pub(super) version: Version,
    pub(super) packet: Option<PacketType>,
    pub(super) aux: u8,
    /// Bytes of the last string, which reads as empty if it is ill-formed.
    pub(super) text_len: usize,
    /// The bytes ran out before the packet's claimed end.
    pub(super) incomplete: bool,
    pub(super) rec: &'r mut R,
}

impl<'a, 'r, R: Recorder> Reader<'a, 'r, R> {
    #[inline]
    pub(super) fn new(data: &'a [u8], version: Version, rec: &'r mut R) -> Self {
        Self {
            data,
            pos: 0,
            end: data.len(),
            limit: data.len(),
            alone: true,
            version,
            packet: None,
            aux: 0,
            text_len: 0,
            incomplete: false,
            rec,
        }
    }

    /// Sets the claimed end.
    #[inline]
    pub(super) fn set_end(&mut self, claimed: usize) {
        self.end = claimed;
        self.limit = claimed.min(self.data.len());
    }

    /// The `n` bytes from `from` on, if they are all within the region and here.
    #[inline(always)]
    pub(super) fn bytes(&self, from: usize, n: usize) -> Option<&'a [u8]> {
        if n > self.limit.wrapping_sub(from) { None } else { self.data.get(from..from.wrapping_add(n)) }
    }

    /// The next byte, if it is within the region and here.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        if self.pos < self.limit { self.data.get(self.pos).copied() } else { None }
    }

    /// Where the packet (or the region within it) ends by its own claim.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Bytes left up to the claimed end.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.end - self.pos
    }

    #[inline]
    pub(super) fn is_v5(&self) -> bool {
        matches!(self.version, Version::V5)
    }

    /// What else the packet is held against; `None` at compile time for plain strict reading.
    #[inline(always)]
    pub(super) fn context(&self) -> Option<Context> {
        self.rec.context().copied()
    }

    /// Reports a fault; `Ok` if reading may go on.
    #[cold]
    #[inline(never)]
    pub(super) fn fault(
        &mut self,
        kind: FaultKind,
        field: Field,
        at: (usize, usize),
        numbers: (u32, u32),
    ) -> Read<()> {
        self.report(kind, field, at, None, numbers)
    }

    /// Reports a fault in some bits of the byte at `offset`.
    #[cold]
    #[inline(never)]
    pub(super) fn bit_fault(
        &mut self,
        kind: FaultKind,
        field: Field,
        offset: usize,
        bits: (u8, u8),
        numbers: (u32, u32),
    ) -> Read<()> {
        self.report(kind, field, (offset, 1), Some(bits), numbers)
    }

    fn report(
        &mut self,
        kind: FaultKind,
        field: Field,
        (offset, len): (usize, usize),
        bits: Option<(u8, u8)>,
        (expected, found): (u32, u32),
    ) -> Read<()> {
        if super::fault::switched_off(kind) {
            return Ok(());
        }
        let fault = self.describe(kind, field, (offset, len), bits, (expected, found));
        if self.rec.fault(fault) { Ok(()) } else { Err(Stop) }
    }

    pub(super) fn describe(
        &self,
        kind: FaultKind,
        field: Field,
        (offset, len): (usize, usize),
        bits: Option<(u8, u8)>,
        (expected, found): (u32, u32),
    ) -> Fault {
        Fault {
            kind,
            packet: self.packet,
            version: self.version,
            field,
            aux: self.aux,
            offset: offset as u32,
            len: len as u32,
            bits,
            expected,
            found,
        }
    }

    /// A fault that reading cannot pass.
    #[cold]
    #[inline(never)]
    pub(super) fn fatal(
        &mut self,
        kind: FaultKind,
        field: Field,
        at: (usize, usize),
        numbers: (u32, u32),
    ) -> Stop {
        let _ = self.report(kind, field, at, None, numbers);
        Stop
    }

    /// The next `n` bytes do not fit: a fault if the packet's own length says so, else bytes are missing.
    #[cold]
    #[inline(never)]
    fn short(&mut self, field: Field, n: usize, blame: (usize, usize)) -> Stop {
        if n > self.left() {
            let left = self.left() as u32;
            // 3.1.1 section 2.2.3, 5.0 section 2.1.4: the Remaining Length covers the whole packet.
            return self.fatal(FaultKind::FieldOverrun, field, blame, (n as u32, left));
        }
        self.incomplete = true;
        Stop
    }

    /// Takes `n` bytes without recording them; `blame` is the place of the length that asks for them.
    #[inline]
    fn take(&mut self, field: Field, n: usize, blame: Option<(usize, usize)>) -> Read<&'a [u8]> {
        let from = self.pos;
        match self.bytes(from, n) {
            Some(bytes) => {
                self.pos = from + n;
                Ok(bytes)
            }
            None => {
                let at = blame.unwrap_or((from, self.limit.saturating_sub(from)));
                Err(self.short(field, n, at))
            }
        }
    }

    #[inline]
    pub(super) fn u8(&mut self, field: Field) -> Read<u8> {
        let bytes = self.take(field, 1, None)?;
        self.rec.leaf(field, self.aux, self.pos - 1, 1);
        Ok(bytes[0])
    }

    /// A byte whose bits are fields of their own: opens it; the caller records bits and closes.
    #[inline]
    pub(super) fn flag_byte(&mut self, field: Field) -> Read<(u8, usize)> {
        let bytes = self.take(field, 1, None)?;
        let token = self.rec.open(field, self.aux, self.pos - 1);
        Ok((bytes[0], token))
    }

    #[inline]
    pub(super) fn u16(&mut self, field: Field) -> Read<u16> {
        let bytes = self.take(field, 2, None)?;
        self.rec.leaf(field, self.aux, self.pos - 2, 2);
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    #[inline]
    pub(super) fn u32(&mut self, field: Field) -> Read<u32> {
        let bytes = self.take(field, 4, None)?;
        self.rec.leaf(field, self.aux, self.pos - 4, 4);
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A variable byte integer: value and how many bytes it took.
    #[inline]
    pub(super) fn variable_byte_integer(&mut self, field: Field) -> Read<(u32, usize)> {
        let from = self.pos;
        if let Some(byte) = self.peek()
            && byte < 0x80
        {
            self.pos = from + 1;
            self.rec.leaf(field, self.aux, from, 1);
            return Ok((u32::from(byte), 1));
        }
        self.long_variable_byte_integer(field)
    }

    #[inline(never)]
    fn long_variable_byte_integer(&mut self, field: Field) -> Read<(u32, usize)> {
        let from = self.pos;
        let mut value = 0u32;
        for i in 0..4 {
            let Some(&[byte]) = self.bytes(from + i, 1) else {
                return Err(self.short(field, i + 1, (from, self.limit - from)));
            };
            value |= u32::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                let len = i + 1;
                self.pos = from + len;
                self.rec.leaf(field, self.aux, from, len);
                if byte == 0 && i > 0 {
                    self.not_minimal(field, from, len, value)?;
                }
                return Ok((value, len));
            }
        }
        // 3.1.1 section 2.2.3, 5.0 section 1.5.5: at most four bytes.
        Err(self.fatal(FaultKind::VariableByteIntegerTooLong, field, (from, 4), (4, 5)))
    }

    #[cold]
    fn not_minimal(&mut self, field: Field, from: usize, len: usize, value: u32) -> Read<()> {
        let needed = variable_byte_integer_len(value) as u32;
        let at = (from, len);
        if self.is_v5() {
            // 5.0 MQTT-1.5.5-1
            return self.fault(FaultKind::VariableByteIntegerNotMinimal, field, at, (needed, len as u32));
        }
        let remark =
            self.describe(FaultKind::VariableByteIntegerNotMinimal, field, at, None, (needed, len as u32));
        self.rec.remark(remark);
        Ok(())
    }

    /// The number in the two bytes from `from` on, if they are within the region and here.
    #[inline(always)]
    pub(super) fn two_bytes(&self, from: usize) -> Option<u16> {
        match self.bytes(from, 2) {
            Some(&[high, low]) => Some(u16::from_be_bytes([high, low])),
            _ => None,
        }
    }

    /// The data behind the two-byte length at `from`, if all of it is within the region and here.
    #[inline(always)]
    pub(super) fn behind_length(&self, from: usize) -> Option<&'a [u8]> {
        self.bytes(from + 2, usize::from(self.two_bytes(from)?))
    }

    /// Binary data behind a two-byte length.
    #[inline]
    pub(super) fn binary(&mut self, length: Field, field: Field) -> Read<&'a [u8]> {
        let from = self.pos;
        let Some(bytes) = self.behind_length(from) else { return Err(self.cut_binary(length)) };
        self.pos = from + 2 + bytes.len();
        self.rec.prefixed((length, field), self.aux, from, bytes.len());
        Ok(bytes)
    }

    /// Binary data of which not all is here.
    #[cold]
    #[inline(never)]
    fn cut_binary(&mut self, length: Field) -> Stop {
        match self.u16(length) {
            Ok(n) => self.short(length, usize::from(n), (self.pos - 2, 2)),
            Err(stop) => stop,
        }
    }

    /// A UTF-8 encoded string behind a two-byte length. Ill-formed text reads as empty where reading goes on.
    #[inline]
    pub(super) fn string(&mut self, length: Field, field: Field) -> Read<&'a str> {
        let bytes = self.binary(length, field)?;
        self.text(field, bytes)
    }

    /// The bytes just passed as text; empty where they are ill-formed and reading goes on.
    #[inline]
    pub(super) fn text(&mut self, field: Field, bytes: &'a [u8]) -> Read<&'a str> {
        self.text_len = bytes.len();
        match text::plain::<false>(bytes) {
            Some(text) => Ok(text),
            None => self.unusual_text(field, bytes),
        }
    }

    #[cold]
    #[inline(never)]
    fn unusual_text(&mut self, field: Field, bytes: &'a [u8]) -> Read<&'a str> {
        let start = self.pos - bytes.len();
        match text::check(bytes) {
            Ok(text) => Ok(text),
            Err(TextFault::Null { at }) => {
                // 3.1.1 MQTT-1.5.3-2, 5.0 MQTT-1.5.4-2
                self.fault(FaultKind::NullCharacter, field, (start + at, 1), (0, 0))?;
                Ok(core::str::from_utf8(bytes).unwrap_or_default())
            }
            Err(TextFault::InvalidUtf8 { at, len }) => {
                let found = bytes.get(at).copied().map_or(0, u32::from);
                // 3.1.1 MQTT-1.5.3-1, 5.0 MQTT-1.5.4-1
                self.fault(FaultKind::InvalidUtf8, field, (start + at, len), (0, found))?;
                Ok("")
            }
        }
    }

    /// A topic name: one that a message is published to. `may_be_empty` where a topic alias can stand for it.
    #[inline(always)]
    pub(super) fn topic_name(&mut self, length: Field, field: Field, may_be_empty: bool) -> Read<&'a str> {
        let bytes = self.binary(length, field)?;
        self.text_len = bytes.len();
        match text::plain::<true>(bytes) {
            Some(name) if may_be_empty || !bytes.is_empty() => Ok(name),
            _ => self.unusual_topic_name(field, bytes, may_be_empty),
        }
    }

    #[cold]
    #[inline(never)]
    fn unusual_topic_name(&mut self, field: Field, bytes: &'a [u8], may_be_empty: bool) -> Read<&'a str> {
        let name = self.unusual_text(field, bytes)?;
        self.check_topic_name(name, field, may_be_empty)?;
        Ok(name)
    }

    #[cold]
    pub(super) fn check_topic_name(&mut self, name: &str, field: Field, may_be_empty: bool) -> Read<()> {
        if self.text_len == 0 && !may_be_empty {
            // 3.1.1 MQTT-4.7.3-1, 5.0 MQTT-4.7.3-1
            self.fault(FaultKind::EmptyTopicName, field, (self.pos - 2, 2), (1, 0))?;
        }
        if let Some(at) = topic::first_wildcard(name) {
            // 3.1.1 MQTT-3.3.2-2, MQTT-4.7.1-1; 5.0 MQTT-3.3.2-2, MQTT-4.7.0-1, MQTT-3.3.2-14
            let found = u32::from(name.as_bytes()[at]);
            self.fault(FaultKind::WildcardInTopicName, field, (self.pos - name.len() + at, 1), (0, found))?;
        }
        Ok(())
    }

    /// A topic filter; shared subscriptions are understood in 5.0 only.
    pub(super) fn topic_filter(&mut self) -> Read<&'a str> {
        let field = Field::TopicFilter;
        let bytes = self.binary(Field::TopicFilterLength, field)?;
        self.text_len = bytes.len();
        let filter = match text::plain::<true>(bytes) {
            Some(filter) if !bytes.is_empty() && bytes[0] != b'$' => filter,
            _ => self.unusual_topic_filter(field, bytes)?,
        };
        if let Some(context) = self.context() {
            context::filter(self, &context, filter)?;
        }
        Ok(filter)
    }

    #[inline(never)]
    fn unusual_topic_filter(&mut self, field: Field, bytes: &'a [u8]) -> Read<&'a str> {
        let filter = match text::plain::<false>(bytes) {
            Some(filter) => filter,
            None => self.unusual_text(field, bytes)?,
        };
        if filter.len() < self.text_len {
            return Ok(filter); // ill-formed text, reported already
        }
        let start = self.pos - filter.len();
        if let Err(error) = topic::check_filter(filter, self.is_v5()) {
            use topic::FilterFault as F;
            let (kind, at, len) = match error {
                F::Empty => (FaultKind::EmptyTopicFilter, start - 2, 2), // 3.1.1 MQTT-4.7.3-1, 5.0 MQTT-4.7.3-1
                F::MultiLevel { at } => (FaultKind::MultiLevelWildcard, start + at, 1), // 3.1.1 MQTT-4.7.1-2, 5.0 MQTT-4.7.1-1
                F::SingleLevel { at } => (FaultKind::SingleLevelWildcard, start + at, 1), // 3.1.1 MQTT-4.7.1-3, 5.0 MQTT-4.7.1-2
                F::ShareNameEmpty => (FaultKind::ShareNameEmpty, start, filter.len()),    // 5.0 MQTT-4.8.2-1
                F::ShareNameInvalid { at, len } => (FaultKind::ShareNameInvalid, start + at, len), // 5.0 MQTT-4.8.2-2
            };
            self.fault(kind, field, (at, len), (0, 0))?;
        }
        Ok(filter)
    }

    /// A packet identifier; 0 reads as `None` where reading goes on.
    #[inline]
    pub(super) fn packet_id(&mut self) -> Read<Option<PacketId>> {
        let id = PacketId::new(self.u16(Field::PacketIdentifier)?);
        if id.is_none() {
            // 3.1.1 MQTT-2.3.1-1, 5.0 MQTT-2.2.1-3
            self.fault(FaultKind::PacketIdentifierZero, Field::PacketIdentifier, (self.pos - 2, 2), (1, 0))?;
        }
        Ok(id)
    }

    /// All bytes up to the end as one leaf; none if there are no bytes.
    #[inline]
    pub(super) fn rest(&mut self, field: Field) -> Read<&'a [u8]> {
        let n = self.left();
        let bytes = self.take(field, n, None)?;
        if n > 0 {
            self.rec.leaf(field, self.aux, self.pos - n, n);
        }
        Ok(bytes)
    }

    #[inline]
    pub(super) fn bits(&mut self, field: Field, start: u8, len: u8) {
        self.rec.bits(field, self.pos - 1, start, len);
    }

    #[inline]
    pub(super) fn open(&mut self, field: Field) -> usize {
        self.rec.open(field, self.aux, self.pos)
    }

    #[inline]
    pub(super) fn close(&mut self, token: usize) {
        self.rec.close(token, self.pos);
    }
}

/// How many bytes the value's shortest encoding takes (1 to 4).
pub(crate) const fn variable_byte_integer_len(value: u32) -> usize {
    match value {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        _ => 4,
    }
}
