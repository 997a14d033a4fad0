//! One connection, read packet by packet as both of its ends do: with what the packets before have settled.

mod flight;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::codec::{Annotated, Context, Direction, Fault, PacketType, Spans, Version, annotate_in};

use super::diagnosis::Place;
use super::node::{Dissection, explain};
use super::text::shown;
use flight::InFlight;

/// Reads a connection's packets in their order, both directions: the CONNECT sets the version, CONNECT and CONNACK
/// the limits, topic aliases stand for their topics, acknowledgements are matched with what they acknowledge, and who
/// may send what depends on what came before.
///
/// Keeps at most 65,535 topic aliases and 65,535 packet identifiers a direction; the topics are those of the frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    to_server: End,
    to_client: End,
    /// Packets of which it is not known who sent them.
    either: End,
    phase: Phase,
    /// Its session began with it too: everything in flight was seen.
    fresh_session: bool,
    asked: Asked,
    /// Each packet stands for itself.
    apart: bool,
}

/// How far the connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its beginning was not seen.
    Unknown,
    /// There was a CONNECT.
    Asked,
    /// And a CONNACK that accepts.
    Open,
    /// Or one that refuses.
    Refused,
}

/// What the CONNECT asked for, as far as the answer depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    clean_start: bool,
    without_client_id: bool,
    authentication_method: Option<String>,
}

/// What is known of the packets in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    context: Context,
    aliases: BTreeMap<u16, String>,
    /// What the packets sent this way wait for.
    in_flight: InFlight,
    /// The receiver's Receive Maximum.
    receive_maximum: u16,
    /// The sender has sent DISCONNECT.
    gone: bool,
}

impl End {
    fn new(version: Version, direction: Option<Direction>) -> Self {
        let context = Context { direction, ..Context::new(version) };
        Self {
            context,
            aliases: BTreeMap::new(),
            in_flight: InFlight::default(),
            receive_maximum: u16::MAX,
            gone: false,
        }
    }
}

/// A packet of a [`Conversation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationPacket {
    /// The packet explained; of a PUBLISH with a topic alias alone, the topic and the details name what it stands for.
    pub dissection: Dissection,
    /// The topic that the PUBLISH's topic alias stands for, where it has no topic name itself.
    pub resolved_topic: Option<String>,
}

/// What a [`Conversation`] has heard of one packet: enough to explain it later without those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What the packet was held against.
    pub context: Context,
    /// What shows only beside the packets before; most often nothing.
    found: Option<Box<Found>>,
}

/// What a packet shows only beside those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) faults: Vec<Fault>,
    pub(super) remarks: Vec<Fault>,
    topic: Option<String>,
}

impl Conversation {
    /// A connection of which nothing is known yet; `version` is that of packets before its CONNECT.
    pub fn new(version: Version) -> Self {
        Self {
            to_server: End::new(version, Some(Direction::ToServer)),
            to_client: End::new(version, Some(Direction::ToClient)),
            either: End::new(version, None),
            phase: Phase::Unknown,
            fresh_session: false,
            asked: Asked::default(),
            apart: false,
        }
    }

    /// From here on each packet stands for itself, as where those of several connections are mixed, and is read by
    /// `version`. A CONNECT still sets the version.
    pub(super) fn take_apart(&mut self, version: Version) {
        if !self.apart || self.either.context.version != version {
            *self = Self { apart: true, ..Self::new(version) };
        }
    }

    pub(super) const fn is_apart(&self) -> bool {
        self.apart
    }

    /// What the next packet that way will be held against.
    pub const fn context(&self, direction: Direction) -> &Context {
        match direction {
            Direction::ToServer => &self.to_server.context,
            Direction::ToClient => &self.to_client.context,
        }
    }

    /// Explains the next packet. One that is broken or incomplete settles nothing for those behind it.
    pub fn next(&mut self, frame: &[u8], direction: Direction) -> ConversationPacket {
        let heard = self.hear(frame, Some(direction));
        let dissection = heard.explain(frame, Place::in_packet(frame.len()));
        ConversationPacket { dissection, resolved_topic: heard.found.and_then(|found| found.topic) }
    }

    /// Hears the next packet without explaining it. Where it is not known who sends, the packet's type tells if only
    /// one side sends such packets; the others are then held to no limit.
    pub fn hear(&mut self, frame: &[u8], direction: Option<Direction>) -> Heard {
        let mut spans = Spans::new();
        let (context, _, found) = self.listen(frame, direction, &mut spans);
        let found = (found != Found::default()).then(|| Box::new(found));
        Heard { context, found }
    }

    /// As [`Conversation::hear`], with what was read.
    pub(super) fn listen<'a>(
        &mut self,
        frame: &'a [u8],
        direction: Option<Direction>,
        spans: &mut Spans,
    ) -> (Context, Annotated<'a>, Found) {
        let packet_type = frame.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
        let sender = packet_type.and_then(|packet| packet.sender(self.either.context.version));
        let direction = direction.or(sender);
        let context = self.end(direction).context;
        let annotated = annotate_in(frame, &context, spans);
        if self.apart {
            if matches!(annotated.packet, Some(crate::codec::Packet::Connect(_))) {
                *self = Self { apart: true, ..Self::new(annotated.version) };
            }
            return (context, annotated, Found::default());
        }
        let sound = spans.faults().is_empty() && annotated.missing == 0;
        let found = match &annotated.packet {
            Some(packet) if sound => self.judge(packet, direction, spans),
            _ => Found::default(),
        };
        (context, annotated, found)
    }

    fn end(&mut self, direction: Option<Direction>) -> &mut End {
        match direction {
            Some(Direction::ToServer) => &mut self.to_server,
            Some(Direction::ToClient) => &mut self.to_client,
            None => &mut self.either,
        }
    }
}

impl Heard {
    /// The packet in words; `frame` is the one that was heard.
    pub(super) fn explain(&self, frame: &[u8], place: Place) -> Dissection {
        let mut spans = Spans::new();
        let annotated = annotate_in(frame, &self.context, &mut spans);
        let nothing = Found::default();
        let found = self.found.as_deref().unwrap_or(&nothing);
        let faults: Vec<Fault> = spans.faults().iter().chain(&found.faults).copied().collect();
        let remarks: Vec<Fault> = spans.remarks().iter().chain(&found.remarks).copied().collect();
        let mut dissection = explain(frame, &annotated, spans.spans(), (&faults, &remarks), place);
        if let Some(topic) = &found.topic {
            let alias = dissection.topic.replace(shown(topic));
            let detail = dissection.details.iter_mut().find(|detail| Some(&**detail) == alias.as_ref());
            if let Some(detail) = detail {
                *detail = shown(topic);
            }
        }
        dissection
    }
}
