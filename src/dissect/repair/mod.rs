//! What a broken packet was most likely meant to be: causes, each with the bytes that would be right.
//!
//! A repair is offered only if the repaired packet has been read again and the fault is gone from it.

mod around;
mod content;
mod edit;
mod lengths;

use self::lengths::Tries;
pub use around::{beginning, longer};
pub use edit::{insert_property, replace};

use crate::codec::{Fault, FaultKind, Packet, PacketType, Spans, Version, annotate, decode_first, measure};

use super::text::{self, said};

/// Repairs that are offered for one packet.
const MOST: usize = 4;

/// Why a packet is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names say it
pub enum Cause {
    RemainingLengthTooLong,
    RemainingLengthTooShort,
    /// The packet's length takes the next packets in.
    TwoPackets,
    /// A two-byte length with its bytes the wrong way round.
    LengthSwapped,
    /// A length that is not that of what follows.
    LengthStale,
    PropertyLength,
    LengthNotMinimal,
    LengthNeverEnds,
    FixedHeaderFlags,
    ReservedBit,
    QosThree,
    DupAtQosZero,
    PacketIdentifierZero,
    EmptyList,
    Wildcard,
    EmptyTopic,
    InvalidUtf8,
    NullCharacter,
    DuplicateProperty,
    MisplacedProperty,
    PropertyValue,
    ReasonCode,
    Protocol,
    WillFlags,
    PasswordFlag,
    Truncated,
    LeftOver,
    OtherVersion,
    PacketType,
    /// The packet before is longer than it says.
    EarlierLength,
    /// It is the end of a packet whose beginning is not here.
    BeginsInside,
    FirstByteLost,
    /// None of these.
    Other,
}

/// What would make it right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Other bytes in place of the packet's first ones.
    Bytes {
        /// How many of the bytes, from the packet's first one on, go.
        old: usize,
        /// What comes in their place.
        new: Vec<u8>,
    },
    /// Other bytes in place of the first ones of a packet before it.
    Before {
        /// How far before the packet's first byte that packet begins.
        back: usize,
        /// How many of its bytes go.
        old: usize,
        /// What comes in their place.
        new: Vec<u8>,
    },
    /// The same bytes read by another version.
    ReadAs(Version),
    /// Nothing that is known: so many bytes are missing.
    More(usize),
}

impl Fix {
    /// How far before the packet bytes change, how many of them go, and what comes in their place.
    pub fn change(&self) -> Option<(usize, usize, &[u8])> {
        match self {
            Self::Bytes { old, new } => Some((0, *old, new)),
            Self::Before { back, old, new } => Some((*back, *old, new)),
            _ => None,
        }
    }
}

/// A likely cause, and what would make the packet right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Why.
    pub cause: Cause,
    /// The byte that is to blame, from the packet's first one.
    pub at: usize,
    /// What to do.
    pub fix: Fix,
    /// That, as the words on a button.
    pub label: String,
}

impl Repair {
    fn bytes(cause: Cause, at: usize, old: usize, new: Vec<u8>, label: String) -> Self {
        Self { cause, at, fix: Fix::Bytes { old, new }, label }
    }

    /// The bytes that change, before and after, without what stays around them; nothing where none does.
    pub fn change<'a>(&'a self, bytes: &'a [u8]) -> Option<(usize, &'a [u8], &'a [u8])> {
        let Fix::Bytes { old, new } = &self.fix else { return None };
        let old = bytes.get(..*old)?;
        let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (old, new) = (&old[same..], &new[same..]);
        let behind = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        Some((same, &old[..old.len() - behind], &new[..new.len() - behind]))
    }
}

/// How broken bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Verdict {
    /// Broken rules of the first packet.
    faults: usize,
    /// It is cut short.
    cut: bool,
    /// Packets behind it that are broken, of at most three.
    behind: usize,
}

impl Verdict {
    const GOOD: Self = Self { faults: 0, cut: false, behind: 0 };

    fn of(bytes: &[u8], version: Version) -> Self {
        let mut verdict = Self::GOOD;
        let mut at = 0;
        for packet in 0..4 {
            let rest = &bytes[at..];
            if rest.is_empty() {
                break;
            }
            let len = match measure(rest) {
                crate::codec::Frame::Len { total, .. } => total.min(rest.len()),
                _ => rest.len(),
            };
            let mut spans = Spans::new();
            let annotated = annotate(&rest[..len], version, &mut spans);
            let broken = spans.faults().len();
            if packet == 0 {
                (verdict.faults, verdict.cut) = (broken, annotated.missing > 0);
            } else {
                // The last one may go on where the paste ends.
                verdict.behind += usize::from(broken > 0);
            }
            at += len;
        }
        verdict
    }
}

/// Bytes above which nothing is looked for: 16 MiB.
pub const MOST_REPAIRED: usize = 16 << 20;

/// Whether nothing is looked for among them.
const fn is_beyond(bytes: &[u8]) -> bool {
    bytes.is_empty() || bytes.len() > MOST_REPAIRED
}

/// The likeliest causes of what is wrong with the packet that `bytes` begin with, the likeliest first; at most four.
/// Behind the packet stands what follows it; `fault` is the rule that it breaks, if it breaks one. Of more than
/// [`MOST_REPAIRED`] nothing is said. In labels bytes are counted from `base`.
pub fn repairs(bytes: &[u8], version: Version, fault: Option<&Fault>, base: usize) -> Vec<Repair> {
    let mut search = Search::new(bytes, version, fault, base);
    while !search.step(bytes, usize::MAX) {}
    search.finish(bytes)
}

/// What [`repairs`] does, some tries at a time: of a large packet thousands of lengths are tried, each of which reads all
/// of it. The bytes have to be the same all along.
#[derive(Debug)]
pub struct Search {
    version: Version,
    fault: Option<Fault>,
    base: usize,
    now: Verdict,
    /// The fault itself says what is to blame.
    direct: bool,
    tries: Tries,
}

impl Search {
    /// As [`repairs`].
    pub fn new(bytes: &[u8], version: Version, fault: Option<&Fault>, base: usize) -> Self {
        let none = is_beyond(bytes);
        let now = if none { Verdict::GOOD } else { Verdict::of(bytes, version) };
        // A list that ended too soon is not empty.
        let ended = |fault: &Fault| fault.kind == FaultKind::EmptyList && now.behind > 0;
        let direct = fault.is_some_and(|fault| is_plain(fault) && !ended(fault));
        let tries = match none || direct && !now.cut {
            true => Tries::None,
            false => Tries::new(bytes, version, now),
        };
        Self { version, fault: fault.copied(), base, now, direct, tries }
    }

    /// Tries so many more lengths; true behind the last one.
    pub fn step(&mut self, bytes: &[u8], tries: usize) -> bool {
        self.tries.step(bytes, tries)
    }

    /// How much has been tried, in thousandths.
    pub fn progress(&self) -> usize {
        self.tries.progress()
    }

    /// What has been found.
    pub fn finish(self, bytes: &[u8]) -> Vec<Repair> {
        let Self { version, fault, base, now, direct, tries } = self;
        if is_beyond(bytes) {
            return vec![];
        }
        let mut found = Vec::new();
        if let (Some(fault), true) = (&fault, direct) {
            found.extend(content::repairs(bytes, version, fault, base));
        }
        let others = [Version::V311, Version::V5].into_iter().filter(|it| *it != version);
        let connect = bytes[0] >> 4 == PacketType::Connect.nibble();
        if now.faults > 0 && !connect {
            found.extend(others.filter_map(|other| read_as(bytes, other)));
        }
        if now.faults == 0 && now.cut {
            found.extend(truncated(bytes));
        }
        found.extend(tries.finish(bytes, version));
        if let (Some(fault), false) = (&fault, direct) {
            found.extend(content::repairs(bytes, version, fault, base));
        }
        if now.faults > 0 && !connect && version != Version::V31 {
            found.extend(read_as(bytes, Version::V31));
        }
        if now != Verdict::GOOD {
            found.extend(around::first_byte_lost(bytes, version));
            found.extend(around::begin_later(bytes, version, base));
        }
        chosen(found, bytes, version, now)
    }
}

/// The best of what was found.
fn chosen(found: Vec<Repair>, bytes: &[u8], version: Version, now: Verdict) -> Vec<Repair> {
    let mut kept: Vec<Repair> = Vec::new();
    for repair in found {
        if is_better(&repair, bytes, version, now) && !kept.iter().any(|it| it.fix == repair.fix) {
            kept.push(repair);
        }
    }
    // What leaves nothing broken goes first; among equals the order is that of likelihood.
    let leaves = |repair: &Repair| match &repair.fix {
        Fix::Bytes { old, new } => Verdict::of(&[new, &bytes[*old..]].concat(), version).faults,
        _ => 0,
    };
    kept.sort_by_cached_key(leaves);
    kept.truncate(MOST);
    kept
}

/// Whether the bytes that are to blame are surely those that the fault points at.
fn is_plain(fault: &Fault) -> bool {
    use FaultKind as K;
    let topic =
        matches!(fault.kind, K::InvalidUtf8 | K::NullCharacter) && fault.packet != Some(PacketType::Connect);
    topic
        || matches!(
            fault.kind,
            K::FixedHeaderFlags
                | K::QosThree
                | K::DupAtQosZero
                | K::ReservedPacketType
                | K::AuthBeforeV5
                | K::VariableByteIntegerNotMinimal
                | K::PacketIdentifierZero
                | K::ConnectFlagsReserved
                | K::WillQosWithoutWill
                | K::WillRetainWithoutWill
                | K::WillQosThree
                | K::PasswordWithoutUserName
                | K::ConnAckFlagsReserved
                | K::SessionPresentWithRefusal
                | K::WildcardInTopicName
                | K::EmptyList
                | K::DuplicateProperty
                | K::ProtocolLevel
        )
}

fn read_as(bytes: &[u8], version: Version) -> Option<Repair> {
    let verdict = Verdict::of(bytes, version);
    // To 3.1.1 the properties of a PUBLISH are payload, whatever they are; they cannot be read as text.
    let payload = match decode_first(bytes, version) {
        Ok(Some((Packet::Publish(publish), _))) => text::readable(publish.payload).is_some(),
        _ => true,
    };
    (verdict == Verdict::GOOD && payload).then(|| Repair {
        cause: Cause::OtherVersion,
        at: 0,
        fix: Fix::ReadAs(version),
        label: said(&["Read as ", version.as_str()]),
    })
}

fn truncated(bytes: &[u8]) -> Option<Repair> {
    let missing = match measure(bytes) {
        crate::codec::Frame::Len { total, .. } => total.checked_sub(bytes.len())?,
        _ => 1,
    };
    let label = said(&[&text::bytes(missing as u32), " more needed"]);
    Some(Repair { cause: Cause::Truncated, at: bytes.len(), fix: Fix::More(missing), label })
}

/// Whether the first fault is gone and nothing else has come.
fn is_better(repair: &Repair, bytes: &[u8], version: Version, now: Verdict) -> bool {
    match &repair.fix {
        Fix::Bytes { old, new } => {
            let after = Verdict::of(&[new, &bytes[*old..]].concat(), version);
            after.faults < now.faults || now.faults == 0 && after < now
        }
        _ => true,
    }
}
