//! What a decoder reports while it reads: nothing but the first fault ([`Strict`]), or where every field stands ([`Spans`]).

use core::fmt;

use super::context::Context;
use super::fault::Fault;
use super::field::Field;

/// Receives what the one decoder finds. Offsets count from the packet's first byte.
///
/// The decoder is generic over it: with [`Strict<()>`] every call but `fault` compiles to nothing.
pub(super) trait Recorder {
    /// A group or flag byte begins at `offset`; the result goes to [`Recorder::close`].
    fn open(&mut self, field: Field, aux: u8, offset: usize) -> usize;
    /// The group `token` ends before `end`.
    fn close(&mut self, token: usize, end: usize);
    /// A field of whole bytes.
    fn leaf(&mut self, field: Field, aux: u8, offset: usize, len: usize);
    /// A field of `len` bytes behind its two-byte length, which stands at `offset`.
    fn prefixed(&mut self, fields: (Field, Field), aux: u8, offset: usize, len: usize);
    /// A whole fixed header without a fault, whose Remaining Length takes `width` bytes: of a PUBLISH, or of a packet
    /// whose lower four bits are one field.
    fn fixed_header(&mut self, publish: bool, width: usize);
    /// `len` bits of the byte at `offset`, the first of them `start` bits from the most significant.
    fn bits(&mut self, field: Field, offset: usize, start: u8, len: u8);
    /// A broken rule. `true`: reading may go on where it can.
    fn fault(&mut self, fault: Fault) -> bool;
    /// Unusual but allowed.
    fn remark(&mut self, fault: Fault);
    /// What else to hold the packet against; without it those checks compile to nothing.
    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        None
    }
}

/// Records nothing and stops at the first fault: what brokers and clients read with. `C` is what it knows of the
/// connection: `()`, or a [`Context`].
#[derive(Debug)]
pub(super) struct Strict<C> {
    known: C,
    /// The fault that stopped the reading.
    pub(super) fault: Option<Fault>,
}

impl<C> Strict<C> {
    pub(super) fn new(known: C) -> Self {
        Self { known, fault: None }
    }
}

/// What strict reading knows of the connection.
pub(super) trait Known {
    fn context(&self) -> Option<&Context>;
}

impl Known for () {
    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        None
    }
}

impl Known for &Context {
    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        Some(self)
    }
}

impl<C: Known> Recorder for Strict<C> {
    #[inline(always)]
    fn open(&mut self, _: Field, _: u8, _: usize) -> usize {
        0
    }
    #[inline(always)]
    fn close(&mut self, _: usize, _: usize) {}
    #[inline(always)]
    fn leaf(&mut self, _: Field, _: u8, _: usize, _: usize) {}
    #[inline(always)]
    fn prefixed(&mut self, _: (Field, Field), _: u8, _: usize, _: usize) {}
    #[inline(always)]
    fn bits(&mut self, _: Field, _: usize, _: u8, _: u8) {}
    #[inline(always)]
    fn fixed_header(&mut self, _: bool, _: usize) {}
    #[cold]
    fn fault(&mut self, fault: Fault) -> bool {
        self.fault = Some(fault);
        false
    }
    #[inline(always)]
    fn remark(&mut self, _: Fault) {}
    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        self.known.context()
    }
}

/// One field's place. Leaves tile a packet's bytes exactly once, and the bits of a flag byte exactly once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Bytes from the packet's first one.
    pub offset: u32,
    /// Bytes; 1 for a bit field, whose byte it is.
    pub len: u32,
    /// Field, property, depth and bits, a byte each from the lowest on: one word, because writing it is most of what
    /// recording costs.
    kind: u32,
}

/// Bits of a group with something in it.
const PARENT: u32 = 0x80 << 24;

impl Span {
    #[inline(always)]
    const fn new(field: Field, aux: u8, depth: u32, offset: usize, len: u32) -> Self {
        Self { offset: offset as u32, len, kind: field as u32 | (aux as u32) << 8 | depth << 16 }
    }

    #[inline(always)]
    const fn bit_field(field: Field, depth: u32, offset: usize, start: u8, len: u8) -> Self {
        let span = Self::new(field, 0, depth, offset, 1);
        Self { kind: span.kind | (start as u32) << 28 | (len as u32) << 24, ..span }
    }

    const fn parent(self) -> Self {
        Self { kind: self.kind | PARENT, ..self }
    }

    /// What stands here.
    #[inline]
    pub const fn field(&self) -> Field {
        Field::of(self.kind as u8)
    }

    /// The property's identifier, inside a property; else 0.
    #[inline]
    pub const fn aux(&self) -> u8 {
        (self.kind >> 8) as u8
    }

    /// Groups around this span.
    #[inline]
    pub const fn depth(&self) -> u8 {
        (self.kind >> 16) as u8
    }

    /// For a bit field: the first bit, counted from the most significant, and how many.
    #[inline]
    pub const fn bit_range(&self) -> Option<(u8, u8)> {
        let bits = (self.kind >> 24) as u8;
        if bits & 0x0f == 0 { None } else { Some((bits >> 4, bits & 0x0f)) }
    }

    /// Whether nothing stands below it: leaves tile the packet.
    #[inline]
    pub const fn is_leaf(&self) -> bool {
        self.kind & PARENT == 0
    }

    /// Field, property, depth and bits in one word, as [`super::Rows`] has them.
    #[inline(always)]
    pub(super) const fn kind_word(&self) -> u32 {
        self.kind
    }

    /// The span's bytes within the packet.
    pub const fn range(&self) -> core::ops::Range<usize> {
        self.offset as usize..self.offset as usize + self.len as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (depth, aux, bits) = (self.depth(), self.aux(), self.bit_range());
        write!(f, "{:?} {:?} aux {aux:#04x} depth {depth} bits {bits:?}", self.field(), self.range())
    }
}

const OPEN: u32 = u32::MAX;

/// An annotated packet: its spans in reading order, parents before children, and what is wrong with it.
///
/// Reusable: [`super::annotate`] clears it and keeps its memory.
#[derive(Debug, Default, Clone)]
pub struct Spans {
    spans: Vec<Span>,
    faults: Vec<Fault>,
    remarks: Vec<Fault>,
    depth: u32,
    context: Option<Context>,
}

impl Spans {
    /// An empty arena.
    pub fn new() -> Self {
        Self::default()
    }

    /// All spans in reading order; a span's children follow it with a greater depth.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Every broken rule, in reading order; the first is the one that strict reading stops at.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What is unusual but allowed.
    pub fn remarks(&self) -> &[Fault] {
        &self.remarks
    }

    /// The spans without children: they tile the packet.
    pub fn leaves(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.is_leaf())
    }

    pub(super) fn begin(&mut self, context: Option<Context>) {
        self.context = context;
        self.spans.clear();
        self.faults.clear();
        self.remarks.clear();
        self.depth = 0;
    }

    /// Ends every group that a fault left open at `pos`, and names what is left up to `end`.
    pub(super) fn finish(&mut self, pos: usize, end: usize, rest: Field) {
        if self.depth > 0 {
            let last = self.spans.len().saturating_sub(1);
            let spans = self.spans.iter_mut().enumerate();
            for (i, span) in spans.filter(|(_, span)| span.len == OPEN) {
                span.len = pos as u32 - span.offset;
                span.kind |= if i < last { PARENT } else { 0 };
            }
            self.depth = 0;
        }
        if pos < end {
            self.leaf(rest, 0, pos, end - pos);
        }
    }
}

impl Recorder for Spans {
    #[inline]
    fn open(&mut self, field: Field, aux: u8, offset: usize) -> usize {
        let token = self.spans.len();
        self.spans.push(Span::new(field, aux, self.depth, offset, OPEN));
        self.depth += 1;
        token
    }

    #[inline]
    fn close(&mut self, token: usize, end: usize) {
        self.depth -= 1;
        let parent = token + 1 < self.spans.len();
        if let Some(span) = self.spans.get_mut(token) {
            span.len = end as u32 - span.offset;
            span.kind |= if parent { PARENT } else { 0 };
        }
    }

    #[inline]
    fn leaf(&mut self, field: Field, aux: u8, offset: usize, len: usize) {
        self.spans.push(Span::new(field, aux, self.depth, offset, len as u32));
    }

    #[inline]
    fn prefixed(&mut self, (length, field): (Field, Field), aux: u8, offset: usize, len: usize) {
        self.leaf(length, aux, offset, 2);
        self.leaf(field, aux, offset + 2, len);
    }

    #[inline]
    fn bits(&mut self, field: Field, offset: usize, start: u8, len: u8) {
        self.spans.push(Span::bit_field(field, self.depth, offset, start, len));
    }

    #[inline]
    fn fixed_header(&mut self, publish: bool, width: usize) {
        let width = width as u32;
        self.spans.push(Span::new(Field::FixedHeader, 0, 0, 0, 1 + width).parent());
        self.spans.push(Span::new(Field::PacketTypeAndFlags, 0, 1, 0, 1).parent());
        self.spans.push(Span::bit_field(Field::PacketType, 2, 0, 0, 4));
        if publish {
            self.spans.push(Span::bit_field(Field::Dup, 2, 0, 4, 1));
            self.spans.push(Span::bit_field(Field::QosLevel, 2, 0, 5, 2));
            self.spans.push(Span::bit_field(Field::Retain, 2, 0, 7, 1));
        } else {
            self.spans.push(Span::bit_field(Field::FlagsReserved, 2, 0, 4, 4));
        }
        self.spans.push(Span::new(Field::RemainingLength, 0, 1, 1, width));
    }

    fn fault(&mut self, fault: Fault) -> bool {
        self.faults.push(fault);
        true
    }

    fn remark(&mut self, fault: Fault) {
        self.remarks.push(fault);
    }

    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }
}
