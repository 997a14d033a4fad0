//! What a decoder reports while it reads: nothing but the first fault ([`Strict`]), or where every field stands ([`Spans`]).

use super::context::Context;
use super::fault::Fault;
use super::field::Field;

/// Receives what the one decoder finds. Offsets count from the packet's first byte.
///
/// The decoder is generic over it: with [`Strict`] every call but `fault` compiles to nothing.
pub trait Recorder {
    /// A group or flag byte begins at `offset`; the result goes to [`Recorder::close`].
    fn open(&mut self, field: Field, aux: u8, offset: usize) -> usize;
    /// The group `token` ends before `end`.
    fn close(&mut self, token: usize, end: usize);
    /// A field of whole bytes.
    fn leaf(&mut self, field: Field, aux: u8, offset: usize, len: usize);
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

/// Records nothing and stops at the first fault: what brokers and clients read with.
#[derive(Debug, Default)]
pub struct Strict {
    /// The fault that stopped the reading.
    pub fault: Option<Fault>,
}

impl Recorder for Strict {
    #[inline(always)]
    fn open(&mut self, _: Field, _: u8, _: usize) -> usize {
        0
    }
    #[inline(always)]
    fn close(&mut self, _: usize, _: usize) {}
    #[inline(always)]
    fn leaf(&mut self, _: Field, _: u8, _: usize, _: usize) {}
    #[inline(always)]
    fn bits(&mut self, _: Field, _: usize, _: u8, _: u8) {}
    #[cold]
    fn fault(&mut self, fault: Fault) -> bool {
        self.fault = Some(fault);
        false
    }
    #[inline(always)]
    fn remark(&mut self, _: Fault) {}
}

/// As [`Strict`], holding the packet against a context too.
#[derive(Debug)]
pub(super) struct StrictIn<'c> {
    pub(super) context: &'c Context,
    /// As in [`Strict`].
    pub(super) fault: Option<Fault>,
}

impl<'c> StrictIn<'c> {
    pub(super) fn new(context: &'c Context) -> Self {
        Self { context, fault: None }
    }
}

impl Recorder for StrictIn<'_> {
    #[inline(always)]
    fn open(&mut self, _: Field, _: u8, _: usize) -> usize {
        0
    }
    #[inline(always)]
    fn close(&mut self, _: usize, _: usize) {}
    #[inline(always)]
    fn leaf(&mut self, _: Field, _: u8, _: usize, _: usize) {}
    #[inline(always)]
    fn bits(&mut self, _: Field, _: usize, _: u8, _: u8) {}
    #[cold]
    fn fault(&mut self, fault: Fault) -> bool {
        self.fault = Some(fault);
        false
    }
    #[inline(always)]
    fn remark(&mut self, _: Fault) {}
    #[inline(always)]
    fn context(&self) -> Option<&Context> {
        Some(self.context)
    }
}

/// One field's place. Leaves tile a packet's bytes exactly once, and the bits of a flag byte exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Bytes from the packet's first one.
    pub offset: u32,
    /// Bytes; 1 for a bit field, whose byte it is.
    pub len: u32,
    /// What stands here.
    pub field: Field,
    /// The property's identifier, inside a property; else 0.
    pub aux: u8,
    /// Groups around this span.
    pub depth: u8,
    bits: u8,
}

impl Span {
    /// For a bit field: the first bit, counted from the most significant, and how many.
    pub const fn bit_range(&self) -> Option<(u8, u8)> {
        if self.bits == 0 { None } else { Some((self.bits >> 4, self.bits & 0x0f)) }
    }

    /// The span's bytes within the packet.
    pub const fn range(&self) -> core::ops::Range<usize> {
        self.offset as usize..self.offset as usize + self.len as usize
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
    depth: u8,
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
        self.spans
            .iter()
            .enumerate()
            .filter(|(i, s)| self.spans.get(i + 1).is_none_or(|next| next.depth <= s.depth))
            .map(|(_, s)| s)
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
            for span in self.spans.iter_mut().filter(|s| s.len == OPEN) {
                span.len = pos as u32 - span.offset;
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
        self.spans.push(Span { offset: offset as u32, len: OPEN, field, aux, depth: self.depth, bits: 0 });
        self.depth += 1;
        token
    }

    #[inline]
    fn close(&mut self, token: usize, end: usize) {
        self.depth -= 1;
        if let Some(span) = self.spans.get_mut(token) {
            span.len = end as u32 - span.offset;
        }
    }

    #[inline]
    fn leaf(&mut self, field: Field, aux: u8, offset: usize, len: usize) {
        self.spans.push(Span {
            offset: offset as u32,
            len: len as u32,
            field,
            aux,
            depth: self.depth,
            bits: 0,
        });
    }

    #[inline]
    fn bits(&mut self, field: Field, offset: usize, start: u8, len: u8) {
        self.spans.push(Span {
            offset: offset as u32,
            len: 1,
            field,
            aux: 0,
            depth: self.depth,
            bits: start << 4 | len,
        });
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
