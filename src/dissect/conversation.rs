//! One connection, read packet by packet as both of its ends do: with what the packets before have settled.

use std::collections::BTreeMap;

use crate::codec::{
    Ack, ConnAck, Connect, Context, Direction, Fault, FaultKind, Field, Packet, PacketId, PacketType,
    PropertyId, Publish, QoS, Spans, Version, annotate_in,
};

use super::diagnosis::Place;
use super::node::{Dissection, explain};
use super::text::shown;

/// Reads a connection's packets in their order, both directions: the CONNECT sets the version, CONNECT and CONNACK
/// the limits, topic aliases stand for their topics, acknowledgements are matched with what they acknowledge.
///
/// Keeps at most 65,535 topic aliases and 65,535 packet identifiers a direction; the topics are those of the frames.
#[derive(Clone, Debug)]
pub struct Conversation {
    to_server: End,
    to_client: End,
    /// The connection was seen from its CONNECT on: every topic alias was.
    from_the_start: bool,
    /// Its session began with it too: everything in flight was seen.
    fresh_session: bool,
}

/// What is known of the packets in one direction.
#[derive(Clone, Debug)]
struct End {
    context: Context,
    aliases: BTreeMap<u16, String>,
    /// What the packets sent this way wait for.
    in_flight: BTreeMap<PacketId, PacketType>,
}

impl End {
    fn new(version: Version, direction: Direction) -> Self {
        let context = Context::new(version).towards(direction);
        Self { context, aliases: BTreeMap::new(), in_flight: BTreeMap::new() }
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

/// What a packet shows only beside those before it.
#[derive(Default)]
struct Findings {
    fault: Option<Fault>,
    remark: Option<Fault>,
    topic: Option<String>,
}

impl Conversation {
    /// A connection of which nothing is known yet; `version` is that of packets before its CONNECT.
    pub fn new(version: Version) -> Self {
        Self {
            to_server: End::new(version, Direction::ToServer),
            to_client: End::new(version, Direction::ToClient),
            from_the_start: false,
            fresh_session: false,
        }
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
        let mut spans = Spans::new();
        let annotated = annotate_in(frame, self.context(direction), &mut spans);
        let sound = spans.faults().is_empty() && annotated.missing == 0;
        let found = match &annotated.packet {
            Some(packet) if sound => self.hear(packet, direction, &spans),
            _ => Findings::default(),
        };
        let faults: Vec<Fault> = spans.faults().iter().copied().chain(found.fault).collect();
        let remarks: Vec<Fault> = spans.remarks().iter().copied().chain(found.remark).collect();
        let place = Place::in_packet(frame.len());
        let mut dissection = explain(frame, &annotated, spans.spans(), (&faults, &remarks), place);
        if let Some(topic) = &found.topic {
            let alias = dissection.topic.replace(shown(topic));
            let detail = dissection.details.iter_mut().find(|detail| Some(&**detail) == alias.as_ref());
            if let Some(detail) = detail {
                *detail = shown(topic);
            }
        }
        ConversationPacket { dissection, resolved_topic: found.topic }
    }

    fn end(&mut self, direction: Direction) -> &mut End {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }

    fn hear(&mut self, packet: &Packet<'_>, direction: Direction, spans: &Spans) -> Findings {
        match packet {
            Packet::Connect(connect) => self.connect(connect),
            Packet::ConnAck(connack) => self.connack(connack),
            Packet::Publish(publish) => return self.publish(publish, direction, spans),
            Packet::Subscribe(subscribe) => self.sent(direction, subscribe.packet_id, PacketType::SubAck),
            Packet::Unsubscribe(request) => self.sent(direction, request.packet_id, PacketType::UnsubAck),
            Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
                return self.acknowledged(packet.packet_type(), ack, direction, spans);
            }
            Packet::SubAck(ack) | Packet::UnsubAck(ack) => {
                let ack = Ack::new(ack.packet_id);
                return self.acknowledged(packet.packet_type(), &ack, direction, spans);
            }
            Packet::PingReq | Packet::PingResp | Packet::Disconnect(_) | Packet::Auth(_) => {}
        }
        Findings::default()
    }

    /// Everything begins anew; what the client says holds for the packets to it.
    fn connect(&mut self, connect: &Connect<'_>) {
        *self = Self { from_the_start: true, ..Self::new(connect.version) };
        if connect.version != Version::V5 {
            return;
        }
        let number = |id| connect.properties.number(id);
        let authentication = connect.properties.text(PropertyId::AuthenticationMethod).is_some();
        self.to_server.context.session_expires_later =
            number(PropertyId::SessionExpiryInterval).unwrap_or(0) > 0;
        self.to_server.context.authentication = authentication;
        let context = &mut self.to_client.context;
        context.maximum_packet_size = number(PropertyId::MaximumPacketSize).unwrap_or(u32::MAX);
        context.topic_alias_maximum = number(PropertyId::TopicAliasMaximum).unwrap_or(0) as u16;
        context.response_information = number(PropertyId::RequestResponseInformation) == Some(1);
        context.problem_information = number(PropertyId::RequestProblemInformation) != Some(0);
        context.authentication = authentication;
    }

    /// What the server says holds for the packets to it.
    fn connack(&mut self, connack: &ConnAck<'_>) {
        self.fresh_session = self.from_the_start && connack.code.0 == 0 && !connack.session_present;
        let context = &mut self.to_server.context;
        if context.version == Version::V31 {
            // 3.1 does not say whether the server has kept a session.
            self.fresh_session = false;
        }
        if context.version != Version::V5 || connack.code.0 != 0 {
            return;
        }
        let number = |id| connack.properties.number(id);
        let available = |id| number(id) != Some(0);
        context.maximum_packet_size = number(PropertyId::MaximumPacketSize).unwrap_or(u32::MAX);
        context.topic_alias_maximum = number(PropertyId::TopicAliasMaximum).unwrap_or(0) as u16;
        context.maximum_qos = number(PropertyId::MaximumQos)
            .and_then(|qos| QoS::from_bits(qos as u8))
            .unwrap_or(QoS::ExactlyOnce);
        context.retain_available = available(PropertyId::RetainAvailable);
        context.wildcard_subscription_available = available(PropertyId::WildcardSubscriptionAvailable);
        context.subscription_identifier_available = available(PropertyId::SubscriptionIdentifierAvailable);
        context.shared_subscription_available = available(PropertyId::SharedSubscriptionAvailable);
    }

    fn publish(&mut self, publish: &Publish<'_>, direction: Direction, spans: &Spans) -> Findings {
        let mut found = Findings::default();
        let from_the_start = self.from_the_start;
        let end = self.end(direction);
        let alias = publish.properties.number(PropertyId::TopicAlias).map(|alias| alias as u16);
        match alias {
            Some(alias) if publish.topic.is_empty() => match end.aliases.get(&alias) {
                Some(topic) => found.topic = Some(topic.clone()),
                // 5.0 section 3.3.2.3.4
                None if from_the_start => {
                    let number = (Field::PropertyNumber, PropertyId::TopicAlias as u8, u32::from(alias));
                    found.fault =
                        fault(FaultKind::UnknownTopicAlias, PacketType::Publish, end, spans, number);
                }
                None => {}
            },
            Some(alias) => drop(end.aliases.insert(alias, publish.topic.to_owned())),
            None => {}
        }
        if let Some(id) = publish.packet_id {
            let awaited =
                if publish.qos == QoS::ExactlyOnce { PacketType::PubRec } else { PacketType::PubAck };
            self.sent(direction, id, awaited);
        }
        found
    }

    fn sent(&mut self, direction: Direction, id: PacketId, awaited: PacketType) {
        self.end(direction).in_flight.insert(id, awaited);
    }

    /// 3.1.1 MQTT-2.3.1-6, MQTT-2.3.1-7; 5.0 MQTT-2.2.1-5, MQTT-2.2.1-6: an answer has the identifier of its question.
    fn acknowledged(
        &mut self,
        packet_type: PacketType,
        ack: &Ack<'_>,
        direction: Direction,
        spans: &Spans,
    ) -> Findings {
        use PacketType as P;
        // PUBREL goes the way of its PUBLISH, all others come back.
        let sender = if packet_type == P::PubRel { direction } else { direction.reversed() };
        let in_flight = &mut self.end(sender).in_flight;
        let awaited = in_flight.get(&ack.packet_id).copied();
        let expected = match packet_type {
            // Once the exchange is that far, both may come again.
            P::PubRec => matches!(awaited, Some(P::PubRec | P::PubRel | P::PubComp)),
            P::PubRel => matches!(awaited, Some(P::PubRel | P::PubComp)),
            _ => awaited == Some(packet_type),
        };
        if !expected {
            let number = (Field::PacketIdentifier, 0, u32::from(ack.packet_id.get()));
            let end = self.end(direction);
            let remark = fault(FaultKind::PacketIdentifierNotInFlight, packet_type, end, spans, number);
            return Findings { remark: remark.filter(|_| self.fresh_session), ..Findings::default() };
        }
        let next = match packet_type {
            P::PubRec if ack.reason.is_error() => None,
            P::PubRec if awaited == Some(P::PubRec) => Some(P::PubRel),
            P::PubRec => awaited,
            P::PubRel => Some(P::PubComp),
            _ => None,
        };
        match next {
            Some(next) => in_flight.insert(ack.packet_id, next),
            None => in_flight.remove(&ack.packet_id),
        };
        Findings::default()
    }
}

/// A fault at the first field of that kind.
fn fault(
    kind: FaultKind,
    packet_type: PacketType,
    end: &End,
    spans: &Spans,
    (field, aux, found): (Field, u8, u32),
) -> Option<Fault> {
    let span = spans.spans().iter().find(|span| span.field() == field && span.aux() == aux)?;
    Some(Fault {
        kind,
        packet: Some(packet_type),
        version: end.context.version,
        field,
        aux,
        offset: span.offset,
        len: span.len,
        bits: None,
        expected: 0,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::parse_hex;

    const UP: Direction = Direction::ToServer;
    const DOWN: Direction = Direction::ToClient;

    /// A CONNECT of 5.0 that takes 5 topic aliases, and a CONNACK that takes 10.
    const CONNECT: &str = "10 10 0004 4d515454 05 02 003c 03 22 0005 0000";
    const CONNACK: &str = "20 06 00 00 03 22 000a";

    fn conversation(frames: &[(Direction, &str)]) -> (Conversation, Vec<ConversationPacket>) {
        let mut conversation = Conversation::new(Version::V311);
        let bytes = |hex| parse_hex(hex).expect("hex");
        let heard = frames.iter().map(|(way, hex)| conversation.next(&bytes(hex), *way)).collect();
        (conversation, heard)
    }

    fn statements(packets: &[ConversationPacket]) -> Vec<(usize, &'static str)> {
        let of = |packet: &ConversationPacket| {
            packet.dissection.faults.iter().map(|it| it.statement).collect::<Vec<_>>()
        };
        packets
            .iter()
            .enumerate()
            .flat_map(|(i, packet)| of(packet).into_iter().map(move |it| (i, it)))
            .collect()
    }

    fn remarks(packets: &[ConversationPacket]) -> Vec<(usize, &str)> {
        let all = packets.iter().enumerate().flat_map(|(i, packet)| {
            packet.dissection.remarks.iter().map(move |remark| (i, &*remark.message))
        });
        all.collect()
    }

    #[test]
    fn a_topic_alias_stands_for_the_topic_that_it_was_given() {
        let (_, packets) = conversation(&[
            (UP, CONNECT),
            (DOWN, CONNACK),
            (UP, "30 0a 0003 612f62 03 23 0003 78"),
            (UP, "30 07 0000 03 23 0003 79"),
            // the other direction has its own
            (DOWN, "30 0a 0003 632f64 03 23 0003 78"),
            (DOWN, "30 07 0000 03 23 0003 79"),
            // given another topic
            (UP, "30 0a 0003 652f66 03 23 0003 78"),
            (UP, "30 07 0000 03 23 0003 79"),
        ]);
        let topics: Vec<_> = packets.iter().map(|packet| packet.resolved_topic.as_deref()).collect();
        let (first, other, second) = (Some("a/b"), Some("c/d"), Some("e/f"));
        assert_eq!(topics, [None, None, None, first, None, other, None, second]);
        assert_eq!(packets[3].dissection.topic.as_deref(), Some("a/b"));
        assert_eq!(packets[3].dissection.details, ["QoS 0", "a/b", "1 B"]);
        assert_eq!(statements(&packets), []);
    }

    #[test]
    fn a_topic_alias_that_was_never_given_a_topic_is_a_fault() {
        // 5.0 section 3.3.2.3.4
        let alias = (UP, "30 07 0000 03 23 0003 79");
        let (_, packets) = conversation(&[(UP, CONNECT), (DOWN, CONNACK), alias]);
        assert_eq!(statements(&packets), [(2, "5.0 section 3.3.2.3.4")]);
        let diagnosis = &packets[2].dissection.faults[0];
        assert_eq!((diagnosis.fault.offset, diagnosis.fault.len), (6, 2));
        assert_eq!(diagnosis.fault.reason_code(), 0x82);
        assert!(packets[2].dissection.is_faulty(7));
        // 5.0 MQTT-3.3.2-7: nothing is carried from one connection to the next
        let named = (UP, "30 0a 0003 612f62 03 23 0003 78");
        let frames = [(UP, CONNECT), (DOWN, CONNACK), named, (UP, CONNECT), (DOWN, CONNACK), alias];
        assert_eq!(statements(&conversation(&frames).1), [(5, "5.0 section 3.3.2.3.4")]);
        // seen from its middle on, a connection may have named it before
        let mut joined = Conversation::new(Version::V5);
        let packet = joined.next(&parse_hex(alias.1).expect("hex"), UP);
        assert!(packet.dissection.is_valid() && packet.resolved_topic.is_none());
    }

    #[test]
    fn each_end_is_held_to_the_limits_of_the_other() {
        let (conversation, packets) = conversation(&[
            (UP, CONNECT),
            (DOWN, "20 0e 00 00 0b 24 00 25 00 27 00000014 28 00"),
            (UP, "30 07 0000 03 23 0001 78"), // 5.0 MQTT-3.3.2-9: no alias at all
            (DOWN, "30 08 0001 61 03 23 0006 78"), // 5.0 MQTT-3.3.2-11: 5 at most
            (UP, "32 06 0001 61 0007 00"),    // 5.0 MQTT-3.2.2-11
            (UP, "31 04 0001 61 00"),         // 5.0 MQTT-3.2.2-14
            (UP, "82 07 0001 00 0001 23 00"), // wildcards
            (UP, "30 14 0001 61 00 00000000 00000000 00000000 00000000"), // 5.0 MQTT-3.2.2-15
            (DOWN, "f0 00"),                  // 5.0 MQTT-4.12.0-6
            (UP, "e0 07 00 05 11 00000001"),  // the CONNECT left it at 0
            (UP, "d0 00"),
        ]);
        let expected = [
            (2, "5.0 MQTT-3.3.2-9"),
            (3, "5.0 MQTT-3.3.2-11"),
            (4, "5.0 MQTT-3.2.2-11"),
            (5, "5.0 MQTT-3.2.2-14"),
            (6, "5.0 section 3.2.2.3.11"),
            (7, "5.0 MQTT-3.2.2-15"),
            (8, "5.0 MQTT-4.12.0-6"),
            (9, "5.0 section 3.14.2.2.2"),
            (10, "5.0 section 2.1.2"),
        ];
        assert_eq!(statements(&packets), expected);
        assert_eq!(conversation.context(UP).maximum_packet_size, 20);
        assert_eq!(conversation.context(DOWN).topic_alias_maximum, 5);
    }

    #[test]
    fn acknowledgements_are_matched_with_what_they_acknowledge() {
        let connect = (UP, "10 0c 0004 4d515454 04 02 003c 0000");
        let (_, packets) = conversation(&[
            connect,
            (DOWN, "20 02 00 00"),
            (UP, "82 06 0001 0001 61 02"),
            (DOWN, "90 03 0001 02"),
            (UP, "34 05 0001 61 0007"),
            (DOWN, "50 02 0007"),
            (UP, "62 02 0007"),
            (DOWN, "70 02 0007"),
            (DOWN, "32 05 0001 61 0007"),
            (UP, "40 02 0007"),
            // 3.1.1 MQTT-2.3.1-6: twice, of another kind, and never sent
            (UP, "40 02 0007"),
            (UP, "34 05 0001 61 0008"),
            (DOWN, "40 02 0008"),
            (UP, "62 02 0009"),
            // 3.1.1 MQTT-2.3.1-7
            (DOWN, "b0 02 0001"),
        ]);
        let expected = [
            (10, "Bytes 02–03 are 00 07. Nothing with packet identifier 7 waits for PUBACK."),
            (12, "Bytes 02–03 are 00 08. Nothing with packet identifier 8 waits for PUBACK."),
            (13, "Bytes 02–03 are 00 09. Nothing with packet identifier 9 waits for PUBREL."),
            (14, "Bytes 02–03 are 00 01. Nothing with packet identifier 1 waits for UNSUBACK."),
        ];
        assert_eq!(remarks(&packets), expected);
        assert_eq!(packets[14].dissection.remarks[0].statement, "3.1.1 MQTT-2.3.1-7");
        assert!(packets.iter().all(|packet| packet.dissection.is_valid()), "a remark is no fault");
        // a session kept from before may have left the PUBLISH behind
        let (_, packets) = conversation(&[connect, (DOWN, "20 02 01 00"), (UP, "62 02 0009")]);
        assert_eq!(remarks(&packets), []);
    }

    #[test]
    fn a_refused_publish_is_over_and_a_broken_packet_settles_nothing() {
        let (conversation, packets) = conversation(&[
            (UP, CONNECT),
            (DOWN, CONNACK),
            (UP, "34 06 0001 61 0007 00"),
            (DOWN, "50 03 0007 97"),
            (UP, "62 02 0007"),
            // an alias above the maximum is not taken
            (UP, "30 08 0001 61 03 23 000b 78"),
            // nor one of a packet that is cut short
            (UP, "30 0a 0003 612f62 03 23 0003"),
        ]);
        assert_eq!(remarks(&packets).iter().map(|(i, _)| *i).collect::<Vec<_>>(), [4]);
        assert_eq!(statements(&packets), [(5, "5.0 MQTT-3.3.2-9")]);
        assert!(conversation.to_server.aliases.is_empty());
    }
}
