//! The field tree of one packet.

use crate::codec::{self, Annotated, Fault, Field, PacketType, Span, Spans, Version};

use super::diagnosis::{self, Diagnosis, Place};
use super::name::{self, Context};
use super::value::{self, Value};
use super::{details, meaning, rules, text};

/// What part of a packet a byte belongs to: one colour each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteGroup {
    /// Packet type and flags.
    FixedHeader,
    /// Remaining Length.
    RemainingLength,
    /// Variable header without its properties.
    VariableHeader,
    /// Properties and Will Properties with their lengths.
    Properties,
    /// Payload.
    Payload,
    /// The whole field is what a broken rule points at.
    Error,
    /// Not read: behind a fault, or the beginning of a packet that is not complete.
    Unknown,
}

/// A group, a flag byte, a bit field or a leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub field: Field,
    /// The property's identifier, inside a property; else 0.
    pub aux: u8,
    /// Bytes from the packet's first one.
    pub offset: usize,
    /// Bytes; of a bit field 1.
    pub len: usize,
    /// Of a bit field: the first bit, counted from the most significant, and how many.
    pub bits: Option<(u8, u8)>,
    /// Groups around it.
    pub depth: u8,
    /// It has no children: the leaves tile the packet.
    pub leaf: bool,
    /// The standard's name by version: `topic name`.
    pub name: &'static str,
    /// The display-filter name: `mqtt.topic`.
    pub filter: Option<&'static str>,
    /// Its part of the packet.
    pub group: ByteGroup,
    /// Its value, typed; a password's too.
    pub value: Value,
    /// Its value as people read it: `2 exactly once`; cut with a count if long, a password as dots.
    pub text: String,
    /// What it tells, as a sentence.
    pub meaning: String,
    /// The statements that govern it, `3.1.1 MQTT-3.3.2-1`, or sections where there is no id.
    pub statements: &'static [&'static str],
}

impl Node {
    /// Its bytes within the packet.
    pub const fn range(&self) -> core::ops::Range<usize> {
        self.offset..self.offset + self.len
    }
}

/// How many entries of one list get nodes of their own: a packet of a megabyte has room for a million.
pub const MOST_ENTRIES: usize = 2_000;

/// One packet, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissection {
    /// Its type, if the first byte names one.
    pub packet_type: Option<PacketType>,
    /// By whose rules it was read: a CONNECT brings its own.
    pub version: Version,
    /// Bytes here.
    pub len: usize,
    /// Bytes missing up to the packet's claimed end; 1 while even that is unknown.
    pub missing: usize,
    /// The tree: parents before their children, in the order of the bytes. Of a list of more than [`MOST_ENTRIES`]
    /// properties, filters or codes the rest is one leaf, [`Field::LeftOut`].
    pub nodes: Vec<Node>,
    /// The broken rules, in reading order; those among entries that are left out are counted there; the first of all is
    /// told too.
    pub faults: Vec<Diagnosis>,
    /// What is unusual but allowed.
    pub remarks: Vec<Diagnosis>,
    /// Short facts to stand behind the type: `QoS 2`, `id 7`; the topic is among them.
    pub details: Vec<String>,
    /// The topic name, or the first topic filter, as it stands among the details.
    pub topic: Option<String>,
}

impl Dissection {
    /// The leaf (of a flag byte: the flag byte) at an offset, as an index into the nodes.
    pub fn byte_node(&self, offset: usize) -> Option<usize> {
        let holds = |node: &Node| {
            node.bits.is_none() && node.range().contains(&offset) && (node.leaf || is_flag_byte(node.field))
        };
        self.nodes.iter().position(holds)
    }

    /// The part of the packet that a byte belongs to; [`ByteGroup::Error`] where a broken rule points at it.
    pub fn byte_group(&self, offset: usize) -> ByteGroup {
        if self.is_faulty(offset) {
            return ByteGroup::Error;
        }
        self.byte_node(offset).and_then(|i| self.nodes.get(i)).map_or(ByteGroup::Unknown, |node| node.group)
    }

    /// Whether a broken rule points at the byte.
    pub fn is_faulty(&self, offset: usize) -> bool {
        self.faults.iter().any(|d| fault_range(&d.fault).contains(&offset))
    }

    /// Whole and without a broken rule.
    pub fn is_valid(&self) -> bool {
        self.faults.is_empty() && self.missing == 0 && self.packet_type.is_some()
    }
}

/// Bytes whose bits are fields.
pub(super) const fn is_flag_byte(field: Field) -> bool {
    matches!(
        field,
        Field::PacketTypeAndFlags | Field::ConnectFlags | Field::ConnAckFlags | Field::SubscriptionOptions
    )
}

/// What holds other fields.
pub(super) const fn is_group(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::FixedHeader | F::VariableHeader | F::Properties | F::WillProperties | F::Property | F::Payload
    ) || matches!(field, F::Subscription)
}

/// A group without anything in it, if it is a leaf, tells nothing.
pub(super) const fn is_empty_group(span: &Span) -> bool {
    span.len == 0 && is_group(span.field())
}

const fn fault_range(fault: &Fault) -> core::ops::Range<usize> {
    fault.offset as usize..fault.offset as usize + fault.len as usize
}

/// Explains one packet by the rules of `version` (a CONNECT brings its own). The bytes may be cut short; what
/// lies behind the packet's claimed end is trailing.
pub fn dissect(frame: &[u8], version: Version) -> Dissection {
    let mut spans = Spans::new();
    let annotated = codec::annotate(frame, version, &mut spans);
    let place = Place::in_packet(frame.len());
    explain(frame, &annotated, spans.spans(), (spans.faults(), spans.remarks()), place)
}

/// What was read and found, in words.
pub(super) fn explain(
    frame: &[u8],
    annotated: &Annotated<'_>,
    all: &[Span],
    (faults, remarks): (&[Fault], &[Fault]),
    place: Place,
) -> Dissection {
    let context = Context::of(frame, annotated);
    let (nodes, told) = nodes(&context, all, faults);
    let (details, topic) = details::details(&context, annotated.packet.as_ref());
    let diagnosed = |fault: &Fault, remark| diagnosis::of(fault, frame, place, remark);
    Dissection {
        packet_type: context.packet_type,
        version: annotated.version,
        len: frame.len(),
        missing: annotated.missing,
        nodes,
        faults: told.iter().map(|fault| diagnosed(fault, false)).collect(),
        remarks: remarks.iter().map(|fault| diagnosed(fault, true)).collect(),
        details,
        topic,
    }
}

/// The tree, and the faults of what it tells.
fn nodes(context: &Context<'_>, all: &[Span], faults: &[Fault]) -> (Vec<Node>, Vec<Fault>) {
    let mut told = faults.to_vec();
    let blame = Blame::of(faults);
    let mut groups = Groups::default();
    let mut nodes = Vec::new();
    let mut entries = 0;
    let mut rest = all.iter();
    while let Some(span) = rest.next() {
        let group = groups.of(span);
        if is_entry(span) {
            entries += 1;
        } else if is_group(span.field()) {
            entries = 0;
        }
        if entries > MOST_ENTRIES {
            let further = rest.as_slice().iter().take_while(|next| next.depth() >= span.depth()).count();
            let (left_out, others) = rest.as_slice().split_at(further);
            nodes.push(left_out_node(span, left_out, group, &mut told));
            (rest, entries) = (others.iter(), 0);
            continue;
        }
        let leaf = span.is_leaf();
        if !leaf || !is_empty_group(span) {
            nodes.push(node(context, span, leaf, group, &blame));
        }
    }
    (nodes, told)
}

/// What a packet can hold any number of, by the field that each begins with.
const fn is_entry(span: &Span) -> bool {
    use Field as F;
    match span.field() {
        F::Property | F::Subscription => true,
        F::SubscribeReturnCode | F::SubscribeReasonCode | F::UnsubscribeReasonCode => true,
        // In UNSUBSCRIBE; that of SUBSCRIBE stands within its subscription.
        F::TopicFilterLength => span.depth() == 1,
        _ => false,
    }
}

/// The entries from `first` on as one leaf; their faults are counted and taken out of `told`, but for the first of all.
fn left_out_node(first: &Span, others: &[Span], group: ByteGroup, told: &mut Vec<Fault>) -> Node {
    let range = first.range().start..others.last().unwrap_or(first).range().end;
    let entries = 1 + others.iter().filter(|span| is_entry(span)).count();
    let is_in = |fault: &Fault| range.contains(&(fault.offset as usize));
    let broken = told.iter().filter(|fault| is_in(fault)).count();
    // The first fault of all is the verdict: it is told wherever it stands.
    let verdict = told.first().copied();
    told.retain(|fault| Some(*fault) == verdict || !is_in(fault));
    let (count, broken) = (text::number(entries as u32), text::number(broken as u32));
    Node {
        field: Field::LeftOut,
        aux: 0,
        offset: range.start,
        len: range.len(),
        bits: None,
        depth: first.depth(),
        leaf: true,
        name: name::name(Version::V5, Field::LeftOut, 0),
        filter: None,
        group,
        value: Value::None,
        text: text::said(&[&count, " more"]),
        meaning: text::said(&[
            &count,
            " more entries stand here, too many to tell one by one; rules broken in them: ",
            &broken,
            ".",
        ]),
        statements: &[],
    }
}

fn node(context: &Context<'_>, span: &Span, leaf: bool, group: ByteGroup, blame: &Blame) -> Node {
    let content = value::read(context.frame, span);
    let mut text = String::new();
    value::push_text(&mut text, context, span, &content);
    let blamed = (leaf || is_flag_byte(span.field())) && blame.hits(span);
    Node {
        field: span.field(),
        aux: span.aux(),
        offset: span.offset as usize,
        len: span.len as usize,
        bits: span.bit_range(),
        depth: span.depth(),
        leaf,
        name: name::of(context, span),
        filter: name::filter(context, span.field(), span.aux()),
        group: if blamed { ByteGroup::Error } else { group },
        meaning: meaning::meaning(context, span, content.number()),
        statements: rules::statements(context, span.field(), span.aux()),
        value: content.into(),
        text,
    }
}

/// Where the broken rules point, in order: there can be as many as fields.
struct Blame {
    /// Faults of whole bytes: the first byte, and the furthest end of those up to here.
    bytes: Vec<(usize, usize)>,
    /// Faults of bits: the byte, and its bits.
    bits: Vec<(usize, (u8, u8))>,
}

impl Blame {
    fn of(faults: &[Fault]) -> Self {
        let whole = faults.iter().filter(|fault| fault.bits.is_none()).map(fault_range);
        let mut bytes: Vec<(usize, usize)> = Vec::new();
        // Faults come nearly in order: putting each in its place takes less code than sorting, and hardly more time.
        for range in whole {
            let at = bytes.partition_point(|it| *it <= (range.start, range.end));
            bytes.insert(at, (range.start, range.end));
        }
        let mut furthest = 0;
        for (_, end) in &mut bytes {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        let mut bits: Vec<(usize, (u8, u8))> = Vec::new();
        for place in faults.iter().filter_map(|fault| Some((fault.offset as usize, fault.bits?))) {
            let at = bits.partition_point(|it| *it <= place);
            bits.insert(at, place);
        }
        Self { bytes, bits }
    }

    /// A fault points at the whole of the span, or at a bit of it.
    fn hits(&self, span: &Span) -> bool {
        let place = span.range();
        let begun = self.bytes.partition_point(|(start, _)| *start <= place.start);
        let covered = begun.checked_sub(1).is_some_and(|last| self.bytes[last].1 >= place.end);
        let first = self.bits.partition_point(|(offset, _)| *offset < place.start);
        let mut bits = self.bits[first..].iter().take_while(|(offset, _)| *offset == place.start);
        let overlaps = |(_, (from, len)): &(usize, (u8, u8))| {
            span.bit_range().is_none_or(|(start, count)| *from < start + count && start < *from + *len)
        };
        !place.is_empty() && (covered || place.len() == 1 && bits.any(overlaps))
    }
}

/// Follows the groups that spans stand in.
#[derive(Default)]
struct Groups {
    /// The innermost group for each depth.
    open: Vec<ByteGroup>,
}

impl Groups {
    fn of(&mut self, span: &Span) -> ByteGroup {
        self.open.truncate(usize::from(span.depth()));
        let group = match span.field() {
            Field::FixedHeader => ByteGroup::FixedHeader,
            Field::RemainingLength => ByteGroup::RemainingLength,
            Field::VariableHeader => ByteGroup::VariableHeader,
            Field::Properties | Field::WillProperties => ByteGroup::Properties,
            Field::Payload => ByteGroup::Payload,
            Field::Unread | Field::Trailing => ByteGroup::Unknown,
            _ => self.open.last().copied().unwrap_or(ByteGroup::Unknown),
        };
        self.open.push(group);
        group
    }
}
