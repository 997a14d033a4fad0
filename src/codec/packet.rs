//! The one packet type for all versions, and the one decoder.

use super::ack::{self, Ack};
use super::connack::{self, ConnAck};
use super::connect::{self, Connect};
use super::context::{self, Context};
use super::disconnect::{self, Reason};
use super::error::EncodeError;
use super::fault::{Fault, FaultKind};
use super::field::Field;
use super::frame::{Frame, measure};
use super::publish::{self, Publish};
use super::reader::{Read, Reader, Stop};
use super::record::{Known, Recorder, Spans, Strict};
use super::suback::{self, SubAck};
use super::subscribe::{self, Subscribe, Unsubscribe};
use super::types::{PacketType, Version};
use super::write;

/// A packet of any version, borrowed from its bytes (or from what it shall be encoded from).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Packet<'a> {
    Connect(Connect<'a>),
    ConnAck(ConnAck<'a>),
    Publish(Publish<'a>),
    PubAck(Ack<'a>),
    PubRec(Ack<'a>),
    PubRel(Ack<'a>),
    PubComp(Ack<'a>),
    Subscribe(Subscribe<'a>),
    SubAck(SubAck<'a>),
    Unsubscribe(Unsubscribe<'a>),
    UnsubAck(SubAck<'a>),
    PingReq,
    PingResp,
    Disconnect(Reason<'a>),
    Auth(Reason<'a>),
}

impl Packet<'_> {
    /// Its type.
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::Connect(_) => PacketType::Connect,
            Self::ConnAck(_) => PacketType::ConnAck,
            Self::Publish(_) => PacketType::Publish,
            Self::PubAck(_) => PacketType::PubAck,
            Self::PubRec(_) => PacketType::PubRec,
            Self::PubRel(_) => PacketType::PubRel,
            Self::PubComp(_) => PacketType::PubComp,
            Self::Subscribe(_) => PacketType::Subscribe,
            Self::SubAck(_) => PacketType::SubAck,
            Self::Unsubscribe(_) => PacketType::Unsubscribe,
            Self::UnsubAck(_) => PacketType::UnsubAck,
            Self::PingReq => PacketType::PingReq,
            Self::PingResp => PacketType::PingResp,
            Self::Disconnect(_) => PacketType::Disconnect,
            Self::Auth(_) => PacketType::Auth,
        }
    }

    /// Appends the packet's bytes as `version` writes them (a CONNECT writes its own). What the version lacks,
    /// such as properties before 5.0, is left out.
    ///
    /// # Errors
    /// When a length does not fit or the version has no such packet; `out` is then as it was.
    // In the page inlined would mean: compiled at its user's level, which is for size.
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Self::Connect(packet) => packet.encode(out),
            Self::ConnAck(packet) => packet.encode(version, out),
            Self::Publish(packet) => packet.encode(version, out),
            Self::PubAck(ack) | Self::PubRec(ack) | Self::PubRel(ack) | Self::PubComp(ack) => {
                ack.encode(self.packet_type(), version, out)
            }
            Self::Subscribe(packet) => packet.encode(version, out),
            Self::SubAck(packet) | Self::UnsubAck(packet) => packet.encode(self.packet_type(), version, out),
            Self::Unsubscribe(packet) => packet.encode(version, out),
            Self::PingReq | Self::PingResp => write::fixed_header(out, self.packet_type().nibble() << 4, 0),
            Self::Auth(_) if version != Version::V5 => Err(EncodeError::NotInVersion),
            Self::Disconnect(packet) | Self::Auth(packet) => packet.encode(self.packet_type(), version, out),
        }
    }
}

/// Decodes one whole packet strictly: what brokers and clients read with. `version` is the connection's; a
/// CONNECT brings its own.
///
/// # Errors
/// The first rule that the packet breaks. Bytes that end too soon are a [`FaultKind::FieldOverrun`] here.
pub fn decode(frame: &[u8], version: Version) -> Result<Packet<'_>, Fault> {
    whole(frame, version, read_strictly(frame, version, (), true))
}

/// As [`decode`], holding the packet against its connection's context too.
///
/// # Errors
/// The first rule that the packet breaks.
pub fn decode_in<'a>(frame: &'a [u8], context: &Context) -> Result<Packet<'a>, Fault> {
    whole(frame, context.version, read_strictly(frame, context.version, context, true))
}

fn whole<'a>(frame: &[u8], version: Version, first: First<'a>) -> Result<Packet<'a>, Fault> {
    match first {
        Ok(Some((packet, _))) => Ok(packet),
        Ok(None) => Err(incomplete(frame, version)),
        Err(fault) => Err(fault),
    }
}

/// The bytes end before the packet does.
#[cold]
fn incomplete(frame: &[u8], version: Version) -> Fault {
    let packet = frame.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
    let own = if packet == Some(PacketType::Connect) { connect::own_version(frame) } else { Ok(None) };
    let wanted = frame.len().saturating_add(missing_bytes(frame));
    Fault {
        kind: FaultKind::FieldOverrun,
        packet,
        version: own.ok().flatten().unwrap_or(version),
        field: Field::RemainingLength,
        aux: 0,
        offset: frame.len() as u32,
        len: 0,
        bits: None,
        expected: u32::try_from(wanted).unwrap_or(u32::MAX),
        found: frame.len() as u32,
    }
}

/// Decodes the packet that begins a stream, as [`decode`] does, and says how many bytes it took; `None` while not
/// all of them are here.
///
/// # Errors
/// The first rule that the packet breaks, as soon as the bytes that are here show it.
pub fn decode_first(stream: &[u8], version: Version) -> Result<Option<(Packet<'_>, usize)>, Fault> {
    read_strictly(stream, version, (), false)
}

/// As [`decode_first`], holding the packet against its connection's context too.
///
/// # Errors
/// The first rule that the packet breaks, as soon as the bytes that are here show it.
pub fn decode_first_in<'a>(
    stream: &'a [u8],
    context: &Context,
) -> Result<Option<(Packet<'a>, usize)>, Fault> {
    read_strictly(stream, context.version, context, false)
}

/// A packet and the bytes that it took; `None` if they are not all here.
type First<'a> = Result<Option<(Packet<'a>, usize)>, Fault>;

/// The one strict reading. `whole`: bytes behind the packet are a fault.
///
/// The packet is written where the caller wants it and never moved: it is large, and moving it took longer than
/// reading it.
fn read_strictly<C: Known>(stream: &[u8], version: Version, known: C, whole: bool) -> First<'_> {
    let mut strict = Strict::new(known);
    let mut reader = Reader::new(stream, version, &mut strict);
    let mut first = Ok(None);
    if let Ok(header) = fixed_header(&mut reader) {
        let end = reader.end();
        reader.alone = whole;
        let put = |packet| first = Ok(Some((packet, end)));
        if body(&mut reader, header, put).is_ok() && !reader.incomplete {
            return first;
        }
    }
    match strict.fault {
        Some(fault) => Err(fault),
        None => Ok(None),
    }
}

/// What [`annotate`] made of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotated<'a> {
    /// The packet, where enough of it could be read; it may be faulty (see [`Spans::faults`]).
    pub packet: Option<Packet<'a>>,
    /// The version by whose rules it was read (a CONNECT brings its own).
    pub version: Version,
    /// Bytes that are missing up to the packet's claimed end; 0 for a whole packet. While even the length is not
    /// complete, 1.
    pub missing: usize,
}

/// Decodes one packet for people: records where every field stands and every rule it breaks, and reads on
/// where it can. `frame` may be cut short; bytes after the packet's claimed end are trailing.
pub fn annotate<'a>(frame: &'a [u8], version: Version, spans: &mut Spans) -> Annotated<'a> {
    spans.begin(None);
    read_on(frame, version, spans)
}

/// As [`annotate`], holding the packet against its connection's context too.
pub fn annotate_in<'a>(frame: &'a [u8], context: &Context, spans: &mut Spans) -> Annotated<'a> {
    spans.begin(Some(*context));
    read_on(frame, context.version, spans)
}

fn read_on<'a>(frame: &'a [u8], version: Version, spans: &mut Spans) -> Annotated<'a> {
    let mut reader = Reader::new(frame, version, spans);
    let mut annotated = Annotated { packet: None, version, missing: 0 };
    if let Ok(header) = fixed_header(&mut reader)
        && body(&mut reader, header, |packet| annotated.packet = Some(packet)).is_err()
    {
        // What was read before a fault that reading could not pass is told by the spans alone.
        annotated.packet = None;
    }
    let (pos, incomplete) = (reader.pos, reader.incomplete);
    annotated.version = reader.version;
    spans.finish(pos, frame.len(), Field::Unread);
    if incomplete {
        annotated.missing = missing_bytes(frame);
    }
    annotated
}

/// Bytes up to the claimed end of a packet that is cut short; 1 while even its length is.
fn missing_bytes(frame: &[u8]) -> usize {
    match measure(frame) {
        Frame::Len { total, .. } => total.saturating_sub(frame.len()),
        Frame::More | Frame::Malformed => 1,
    }
}

/// Everything behind the fixed header; hands out the packet unless not even its packet identifier could be read.
#[inline(always)]
fn body<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    (packet_type, flags): (PacketType, u8),
    put: impl FnOnce(Packet<'a>),
) -> Read<()> {
    use PacketType as P;
    match packet_type {
        P::Publish => put(Packet::Publish(publish::decode(r, flags)?)),
        P::PubAck | P::PubRec | P::PubRel | P::PubComp => {
            if let Some(ack) = ack::decode(r, packet_type, flags)? {
                put(match packet_type {
                    P::PubAck => Packet::PubAck(ack),
                    P::PubRec => Packet::PubRec(ack),
                    P::PubRel => Packet::PubRel(ack),
                    _ => Packet::PubComp(ack),
                });
            }
        }
        P::Connect => put(Packet::Connect(connect::decode(r)?)),
        P::ConnAck => put(Packet::ConnAck(connack::decode(r)?)),
        P::Subscribe => {
            if let Some(subscribe) = subscribe::decode_subscribe(r, flags)? {
                put(Packet::Subscribe(subscribe));
            }
        }
        P::Unsubscribe => {
            if let Some(unsubscribe) = subscribe::decode_unsubscribe(r, flags)? {
                put(Packet::Unsubscribe(unsubscribe));
            }
        }
        P::SubAck => {
            if let Some(ack) = suback::decode(r, packet_type)? {
                put(Packet::SubAck(ack));
            }
        }
        P::UnsubAck => {
            if let Some(ack) = suback::decode(r, packet_type)? {
                put(Packet::UnsubAck(ack));
            }
        }
        P::PingReq => put(Packet::PingReq),
        P::PingResp => put(Packet::PingResp),
        P::Disconnect => put(Packet::Disconnect(disconnect::decode(r, packet_type)?)),
        P::Auth => put(Packet::Auth(disconnect::decode(r, packet_type)?)),
    }
    if r.left() > 0 || r.alone && r.pos < r.data.len() {
        trailing(r)?;
    }
    Ok(())
}

/// Bytes between the last field and the packet's end, or behind its end.
#[cold]
fn trailing<R: Recorder>(r: &mut Reader<'_, '_, R>) -> Read<()> {
    let left = r.left();
    let here = if r.alone { r.data.len() - r.pos } else { left.min(r.data.len() - r.pos) };
    if here == 0 {
        r.incomplete = true;
        return Ok(());
    }
    // 3.1.1 section 2.2.3, 5.0 section 2.1.4: the Remaining Length ends where the packet does.
    r.fault(FaultKind::TrailingBytes, Field::Trailing, (r.pos, here), (0, here as u32))?;
    r.rec.leaf(Field::Trailing, 0, r.pos, here);
    r.pos += here;
    r.incomplete = left > here;
    Ok(())
}

/// The fixed header; bounds the reader to the packet (3.1.1 section 2.2, 5.0 section 2.1).
#[inline(always)]
fn fixed_header<R: Recorder>(r: &mut Reader<'_, '_, R>) -> Read<(PacketType, u8)> {
    let Some((packet_type, flags, remaining, width)) = usual_header(r.data) else {
        return unusual_header(r);
    };
    r.packet = Some(packet_type);
    if packet_type.has_qos(r.version) && packet_type != PacketType::Publish {
        return unusual_header(r); // 3.1's own flags
    }
    r.rec.fixed_header(packet_type == PacketType::Publish, width);
    r.pos = 1;
    if let Some(context) = r.context() {
        context::packet_type(r, &context, packet_type)?;
    }
    r.pos += width;
    r.set_end(r.pos + remaining as usize);
    if let Some(context) = r.context() {
        context::size(r, &context, width)?;
    }
    Ok((packet_type, flags))
}

/// Type, flags, Remaining Length and its width, if there is nothing to say about them.
#[inline(always)]
fn usual_header(data: &[u8]) -> Option<(PacketType, u8, u32, usize)> {
    let (first, rest) = data.split_first()?;
    let (mask, value) = FIXED_FLAGS[usize::from(first >> 4)];
    let packet_type = PacketType::from_nibble(first >> 4)?;
    let (remaining, width) = match rest {
        [a, ..] if *a < 0x80 => (u32::from(*a), 1),
        [a, b, ..] if *b < 0x80 && *b > 0 => (u32::from(a & 0x7f) | u32::from(*b) << 7, 2),
        _ => return None,
    };
    (first & mask == value).then_some((packet_type, first & 0x0f, remaining, width))
}

/// As [`fixed_header`], for any bytes.
#[inline(never)]
fn unusual_header<R: Recorder>(r: &mut Reader<'_, '_, R>) -> Read<(PacketType, u8)> {
    // The claimed end is not known yet; two bytes are the least.
    r.set_end(usize::MAX);
    let group = r.open(Field::FixedHeader);
    let (first, token) = r.flag_byte(Field::PacketTypeAndFlags)?;
    let flags = first & 0x0f;
    r.packet = PacketType::from_nibble(first >> 4);
    r.bits(Field::PacketType, 0, 4);
    if r.packet == Some(PacketType::Publish) {
        r.bits(Field::Dup, 4, 1);
        r.bits(Field::QosLevel, 5, 2);
        r.bits(Field::Retain, 7, 1);
    } else if r.packet.is_some_and(|packet| packet.has_qos(r.version)) {
        r.bits(Field::Dup, 4, 1);
        r.bits(Field::QosLevel, 5, 2);
        r.bits(Field::FlagsReserved, 7, 1);
    } else {
        r.bits(Field::FlagsReserved, 4, 4);
    }
    r.close(token);
    let (mask, value) = FIXED_FLAGS[usize::from(first >> 4)];
    if flags & mask != value {
        unusual_first_byte(r, first)?;
    }
    let packet_type = r.packet.ok_or(Stop)?;
    if let Some(context) = r.context() {
        context::packet_type(r, &context, packet_type)?;
    }
    let (remaining, width) = r.variable_byte_integer(Field::RemainingLength)?;
    r.close(group);
    r.set_end(r.pos + remaining as usize);
    if let Some(context) = r.context() {
        context::size(r, &context, width)?;
    }
    Ok((packet_type, flags))
}

/// For each packet type the flag bits that are fixed, and their values; the impossible pair of types 0 and 15 sends
/// them to the closer look. PUBLISH's bits are its own.
const FIXED_FLAGS: [(u8, u8); 16] = {
    let mut table = [(0x0f, 0x00); 16];
    table[0] = (0x00, 0x01);
    table[PacketType::Publish as usize] = (0x00, 0x00);
    table[PacketType::PubRel as usize] = (0x0f, 0x02);
    table[PacketType::Subscribe as usize] = (0x0f, 0x02);
    table[PacketType::Unsubscribe as usize] = (0x0f, 0x02);
    table[PacketType::Auth as usize] = (0x00, 0x01);
    table
};

/// A first byte that is not the usual one of its type.
#[cold]
#[inline(never)]
fn unusual_first_byte<R: Recorder>(r: &mut Reader<'_, '_, R>, first: u8) -> Read<()> {
    let flags = first & 0x0f;
    let Some(packet_type) = r.packet else {
        return Err(r.fatal(FaultKind::ReservedPacketType, Field::PacketType, (0, 1), (1, 0)));
    };
    if packet_type == PacketType::Auth && r.version != Version::V5 {
        // 3.1.1 section 2.2.1: type 15 is reserved
        return Err(r.fatal(FaultKind::AuthBeforeV5, Field::PacketType, (0, 1), (14, 15)));
    }
    if packet_type == PacketType::Connect {
        // A CONNECT brings its own version, and 3.1 is not strict here: without the level nothing can be said.
        match connect::own_version(r.data) {
            Ok(version) => r.version = version.unwrap_or(r.version),
            Err(Stop) => return Ok(()),
        }
    }
    let required = packet_type.required_flags().unwrap_or(0);
    let allowed = match r.version {
        // 3.1 section 2.1: DUP may be set in packets sent at QoS 1; other packets' bits are not used.
        Version::V31 => required == 0 || flags & !0x08 == required,
        _ => flags == required,
    };
    if !allowed {
        // 3.1.1 MQTT-2.2.2-1, MQTT-3.6.1-1, MQTT-3.8.1-1, MQTT-3.10.1-1, MQTT-3.14.1-1;
        // 5.0 MQTT-2.1.3-1, MQTT-3.6.1-1, MQTT-3.8.1-1, MQTT-3.10.1-1, MQTT-3.14.1-1, MQTT-3.15.1-1
        let numbers = (u32::from(required), u32::from(flags));
        r.bit_fault(FaultKind::FixedHeaderFlags, Field::FlagsReserved, 0, (4, 4), numbers)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{
        Ack, PacketId, Properties, PropertyBuf, PropertyId, PropertyValue, QoS, ReasonCode, Will,
    };

    fn encoded(packet: &Packet<'_>, version: Version) -> Vec<u8> {
        let mut out = Vec::new();
        assert_eq!(packet.encode(version, &mut out), Ok(()));
        out
    }

    fn id(id: u16) -> PacketId {
        PacketId::new(id).expect("not zero")
    }

    #[test]
    fn a_full_connect_has_its_fields_in_the_standard_order() {
        let connect = Packet::Connect(Connect {
            version: Version::V311,
            clean_start: true,
            keep_alive_secs: 60,
            properties: Properties::EMPTY,
            client_id: "c",
            will: Some(Will {
                qos: QoS::AtLeastOnce,
                retain: true,
                properties: Properties::EMPTY,
                topic: "w",
                payload: b"x",
            }),
            user_name: Some("u"),
            password: Some(b"p"),
        });
        // 3.1.1 MQTT-3.1.3-1: client identifier, will topic, will message, user name, password
        let bytes = [
            &[0x10, 0x19][..],
            b"\0\x04MQTT",
            &[0x04, 0xee, 0x00, 0x3c],
            b"\0\x01c\0\x01w\0\x01x\0\x01u\0\x01p",
        ]
        .concat();
        assert_eq!(encoded(&connect, Version::V311), bytes);
        assert_eq!(decode(&bytes, Version::V5), Ok(connect), "a CONNECT brings its own version");
    }

    #[test]
    fn acknowledgements_are_as_short_as_the_version_allows() {
        let plain = Packet::PubAck(Ack::new(id(7)));
        assert_eq!(encoded(&plain, Version::V311), [0x40, 0x02, 0x00, 0x07]);
        assert_eq!(encoded(&plain, Version::V5), [0x40, 0x02, 0x00, 0x07]);
        let mut properties = PropertyBuf::new();
        properties.push(PropertyId::ReasonString, PropertyValue::Text("no"));
        let refused = Packet::PubRec(Ack {
            reason: ReasonCode::UNSPECIFIED_ERROR,
            properties: properties.as_properties(),
            ..Ack::new(id(7))
        });
        let bytes = [0x50, 0x09, 0x00, 0x07, 0x80, 0x05, 0x1f, 0x00, 0x02, b'n', b'o'];
        assert_eq!(encoded(&refused, Version::V5), bytes);
        assert_eq!(decode(&bytes, Version::V5), Ok(refused));
        assert_eq!(encoded(&refused, Version::V311), [0x50, 0x02, 0x00, 0x07], "3.1.1 has no reasons");
    }

    #[test]
    fn a_qos_0_publish_has_no_packet_identifier() {
        // 3.1.1 MQTT-2.3.1-5, 5.0 MQTT-2.2.1-2: also when one is given
        let publish = Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: "t",
            packet_id: Some(id(7)),
            properties: Properties::EMPTY,
            payload: b"x",
        });
        assert_eq!(encoded(&publish, Version::V311), [0x30, 0x04, 0x00, 0x01, b't', b'x']);
        let bytes = [0x30, 0x05, 0x00, 0x01, b't', 0x00, b'x'];
        assert_eq!(encoded(&publish, Version::V5), bytes);
        assert!(matches!(decode(&bytes, Version::V5), Ok(Packet::Publish(Publish { packet_id: None, .. }))));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_leaves_no_trace() {
        let long = "x".repeat(65_536);
        let publish = Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: &long,
            packet_id: None,
            properties: Properties::EMPTY,
            payload: b"",
        });
        let mut out = vec![1, 2, 3];
        assert_eq!(publish.encode(Version::V311, &mut out), Err(EncodeError::FieldTooLong { len: 65_536 }));
        let auth = Packet::Auth(Reason::default());
        assert_eq!(auth.encode(Version::V311, &mut out), Err(EncodeError::NotInVersion));
        assert_eq!(out, [1, 2, 3]);
    }

    #[test]
    fn bytes_that_end_too_soon_are_missing_not_wrong() {
        let mut spans = Spans::new();
        for (bytes, missing) in [
            (&[][..], 1),
            (&[0x30], 1),
            (&[0x30, 0x80], 1),
            (&[0xe0, 0x00], 0),
            (&[0x40, 0x02], 2),
            (&[0xe0, 0x10], 16),
            // cut within 5.0's properties, which end before the packet does
            (&[0x90, 0x07, 0x00, 0x01, 0x03, 0x1f], 3),
        ] {
            let annotated = annotate(bytes, Version::V5, &mut spans);
            assert_eq!(annotated.missing, missing, "{bytes:02x?}");
            assert!(spans.faults().is_empty(), "{bytes:02x?}");
            assert_eq!(decode_first(bytes, Version::V5).map(|first| first.is_none()), Ok(missing > 0));
            assert_eq!(decode(bytes, Version::V5).is_err(), missing > 0, "{bytes:02x?}");
        }
    }

    #[test]
    fn the_first_packet_of_a_stream_says_where_the_next_begins() {
        let stream = [0x40, 0x02, 0x00, 0x07, 0xe0];
        let first = decode_first(&stream, Version::V311);
        assert_eq!(first, Ok(Some((Packet::PubAck(Ack::new(id(7))), 4))));
        assert_eq!(decode_first(&stream[4..], Version::V311), Ok(None));
        // A broken rule shows before the packet is whole.
        let fault = decode_first(&[0x60], Version::V311).expect_err("PUBREL without its flags");
        assert_eq!(fault.statement(), "3.1.1 MQTT-3.6.1-1");
    }

    #[test]
    fn reading_goes_on_behind_a_broken_rule() {
        let mut spans = Spans::new();
        // flags 0 instead of 2, then a filter with a misplaced wildcard, then QoS 3
        let bytes = [0x80, 0x08, 0x00, 0x01, 0x00, 0x03, b'a', b'#', b'b', 0x03];
        let annotated = annotate(&bytes, Version::V311, &mut spans);
        assert!(matches!(annotated.packet, Some(Packet::Subscribe(_))));
        let found: Vec<_> = spans.faults().iter().map(|f| (f.statement(), f.offset, f.bits)).collect();
        let expected = [
            ("3.1.1 MQTT-3.8.1-1", 0, Some((4, 4))),
            ("3.1.1 MQTT-4.7.1-2", 7, None),
            ("3.1.1 MQTT-3.8.3-4", 9, Some((6, 2))),
        ];
        assert_eq!(found, expected);
        assert_eq!(decode(&bytes, Version::V311).err(), spans.faults().first().copied());
    }

    #[test]
    fn packets_with_an_answer_have_dup_and_qos_in_3_1() {
        let flags = |bytes: &[u8], version| {
            let mut spans = Spans::new();
            annotate(bytes, version, &mut spans);
            let bits = spans.leaves().filter(|span| span.offset == 0);
            bits.map(|span| (span.field(), span.bit_range())).collect::<Vec<_>>()
        };
        use Field as F;
        let packet_type = (F::PacketType, Some((0, 4)));
        // 3.1 section 2.1
        let qos = [
            packet_type,
            (F::Dup, Some((4, 1))),
            (F::QosLevel, Some((5, 2))),
            (F::FlagsReserved, Some((7, 1))),
        ];
        for first in [0x6a, 0x8a, 0xaa] {
            assert_eq!(flags(&[first, 2, 0, 7], Version::V31), qos);
        }
        let reserved = [packet_type, (F::FlagsReserved, Some((4, 4)))];
        assert_eq!(flags(&[0x40, 2, 0, 7], Version::V31), reserved);
        assert_eq!(flags(&[0x62, 2, 0, 7], Version::V311), reserved);
    }

    #[test]
    fn a_connects_own_version_judges_its_flags() {
        // 5.0 MQTT-2.1.3-1, 3.1.1 MQTT-2.2.2-1; 3.1 section 2.1 leaves these bits open
        let connect = |name: &[u8], level| {
            let mut bytes = vec![0x1f, name.len() as u8 + 8, 0, name.len() as u8];
            bytes.extend(name);
            bytes.extend([level, 2, 0, 60, 0, 0]);
            bytes
        };
        let mut with_properties = connect(b"MQTT", 5);
        with_properties[1] += 1;
        with_properties.push(0);
        let (old, v311) = (connect(b"MQIsdp", 3), connect(b"MQTT", 4));
        for told in Version::ALL {
            let statement = |bytes: &[u8]| decode(bytes, told).map_err(|fault| fault.statement()).err();
            assert_eq!(statement(&with_properties), Some("5.0 MQTT-2.1.3-1"));
            assert_eq!(statement(&v311), Some("3.1.1 MQTT-2.2.2-1"));
            assert_eq!(statement(&old), None);
            for end in 0..old.len() {
                assert_eq!(decode_first(&old[..end], told), Ok(None), "{end} bytes are a beginning");
            }
        }
        assert!(decode_first(&[0x1f, 0xff, 0xff, 0xff, 0xff], Version::V311).is_err());
    }
}
