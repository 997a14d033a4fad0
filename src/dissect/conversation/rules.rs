//! The rules that only a conversation can show to be broken.

use crate::codec::{
    Ack, ConnAck, Connect, Direction, Fault, FaultKind, Field, Packet, PacketId, PacketType, Properties,
    PropertyId, Publish, QoS, ReasonCode, Spans, Version, switched_off,
};

use super::{Asked, Conversation, Found, Phase};

/// A packet at hand: who sends it, and where its fields stand.
#[derive(Clone, Copy)]
struct Here<'a> {
    packet: PacketType,
    version: Version,
    direction: Option<Direction>,
    spans: &'a Spans,
}

impl Here<'_> {
    /// A fault at the first field of that kind; at the packet's type if there is none.
    fn fault(
        &self,
        kind: FaultKind,
        field: Field,
        aux: u8,
        (expected, found): (usize, usize),
    ) -> Option<Fault> {
        if switched_off(kind) {
            return None;
        }
        let find =
            |field, aux| self.spans.spans().iter().find(|span| span.field() == field && span.aux() == aux);
        let span = find(field, aux).or_else(|| find(Field::PacketType, 0))?;
        Some(Fault {
            kind,
            packet: Some(self.packet),
            version: self.version,
            field: span.field(),
            aux: span.aux(),
            offset: span.offset,
            len: span.len,
            bits: span.bit_range(),
            expected: expected as u32,
            found: found as u32,
        })
    }

    /// A packet that must not come at this point.
    fn out_of_place(&self, kind: FaultKind) -> Option<Fault> {
        self.fault(kind, Field::PacketType, 0, (0, 0))
    }
}

impl Conversation {
    pub(super) fn judge(
        &mut self,
        packet: &Packet<'_>,
        direction: Option<Direction>,
        spans: &Spans,
    ) -> Found {
        let version = match packet {
            Packet::Connect(connect) => connect.version,
            _ => self.end(direction).context.version,
        };
        let here = Here { packet: packet.packet_type(), version, direction, spans };
        let mut found = Found::default();
        if here.packet != PacketType::Connect {
            found.faults.extend(self.timing(here));
        }
        match packet {
            Packet::Connect(connect) => found.faults.extend(self.connect(connect, here)),
            Packet::ConnAck(connack) => found.faults.extend(self.connack(connack, here)),
            Packet::Publish(publish) => self.publish(publish, here, &mut found),
            Packet::Subscribe(it) => {
                let filters = it.filters.iter().count();
                found.faults.extend(self.request(it.packet_id, PacketType::SubAck, filters, here));
            }
            Packet::Unsubscribe(it) => {
                let filters = it.filters.iter().count();
                found.faults.extend(self.request(it.packet_id, PacketType::UnsubAck, filters, here));
            }
            Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
                self.acknowledged(ack, here, &mut found);
            }
            Packet::SubAck(ack) | Packet::UnsubAck(ack) => {
                found.faults.extend(self.codes(ack.packet_id, ack.codes.len(), here));
                self.acknowledged(&Ack::new(ack.packet_id), here, &mut found);
            }
            Packet::Auth(auth) => found.faults.extend(self.authentication(auth.code, auth.properties, here)),
            Packet::Disconnect(_) => self.end(direction).gone = true,
            Packet::PingReq | Packet::PingResp => {}
        }
        found
    }

    /// Who may send at all, before the CONNACK and after the end.
    fn timing(&mut self, here: Here<'_>) -> Option<Fault> {
        use PacketType as P;
        if self.phase != Phase::Unknown && here.direction.is_some() && self.end(here.direction).gone {
            // 3.1.1 MQTT-3.14.4-2, 5.0 MQTT-3.14.4-1
            return here.out_of_place(FaultKind::AfterDisconnect);
        }
        match (self.phase, here.direction, here.packet) {
            // 5.0 MQTT-3.2.0-2; 3.1.1 section 3.2: CONNACK answers CONNECT
            (Phase::Open | Phase::Refused, _, P::ConnAck) => here.out_of_place(FaultKind::SecondConnAck),
            // 5.0 MQTT-3.2.0-1
            (Phase::Asked, _, P::ConnAck | P::Auth) => None,
            // 3.1.1 MQTT-3.2.0-1; 5.0 MQTT-3.2.0-1, MQTT-3.14.0-1
            (Phase::Asked, Some(Direction::ToClient), _) => here.out_of_place(FaultKind::BeforeConnAck),
            // 5.0 MQTT-3.1.2-30
            (Phase::Asked, Some(Direction::ToServer), packet)
                if self.asked.authentication_method.is_some() && packet != P::Disconnect =>
            {
                here.out_of_place(FaultKind::BeforeAuthenticated)
            }
            // 3.1.1 MQTT-3.2.2-5, 5.0 MQTT-3.2.2-7
            (Phase::Refused, Some(Direction::ToClient), _) => here.out_of_place(FaultKind::AfterRefusal),
            _ => None,
        }
    }

    /// Everything begins anew; what the client says holds for the packets to it.
    fn connect(&mut self, connect: &Connect<'_>, here: Here<'_>) -> Option<Fault> {
        let number = |id| connect.properties.number(id);
        let method = connect.properties.text(PropertyId::AuthenticationMethod);
        *self = Self {
            phase: Phase::Asked,
            asked: Asked {
                clean_start: connect.clean_start,
                without_client_id: connect.client_id.is_empty(),
                authentication_method: method.map(str::to_owned),
            },
            ..Self::new(connect.version)
        };
        if connect.version != Version::V5 {
            let lost =
                connect.client_id.is_empty() && !connect.clean_start && connect.version == Version::V311;
            // 3.1.1 MQTT-3.1.3-7
            return here
                .fault(FaultKind::SessionWithoutClientIdentifier, Field::CleanStart, 0, (1, 0))
                .filter(|_| lost);
        }
        self.to_server.context.session_expires_later =
            number(PropertyId::SessionExpiryInterval).unwrap_or(0) > 0;
        self.to_server.context.authentication = method.is_some();
        self.to_client.receive_maximum =
            number(PropertyId::ReceiveMaximum).map_or(u16::MAX, |most| most as u16);
        let context = &mut self.to_client.context;
        context.maximum_packet_size = number(PropertyId::MaximumPacketSize).unwrap_or(u32::MAX);
        context.topic_alias_maximum = number(PropertyId::TopicAliasMaximum).unwrap_or(0) as u16;
        context.response_information = number(PropertyId::RequestResponseInformation) == Some(1);
        context.problem_information = number(PropertyId::RequestProblemInformation) != Some(0);
        context.authentication = method.is_some();
        None
    }

    /// What the server says holds for the packets to it.
    fn connack(&mut self, connack: &ConnAck<'_>, here: Here<'_>) -> Option<Fault> {
        let accepts = connack.code == ReasonCode::SUCCESS;
        let asked = self.phase == Phase::Asked;
        if asked {
            self.phase = if accepts { Phase::Open } else { Phase::Refused };
        }
        // 3.1 does not say whether the server has kept a session.
        self.fresh_session = asked && accepts && !connack.session_present && here.version != Version::V31;
        if !accepts {
            return None;
        }
        if here.version == Version::V5 {
            self.server_limits(connack.properties);
        }
        if !asked {
            return None;
        }
        if self.asked.clean_start && connack.session_present {
            // 3.1.1 MQTT-3.2.2-1, 5.0 MQTT-3.2.2-2
            return here.fault(FaultKind::SessionPresentAfterCleanStart, Field::SessionPresent, 0, (0, 1));
        }
        if here.version != Version::V5 {
            return None;
        }
        let assigned = connack.properties.text(PropertyId::AssignedClientIdentifier);
        if self.asked.without_client_id && assigned.is_none() {
            // 5.0 MQTT-3.1.3-7, MQTT-3.2.2-16
            return here.fault(FaultKind::NoAssignedClientIdentifier, Field::Properties, 0, (1, 0));
        }
        self.same_method(connack.properties, here)
    }

    fn server_limits(&mut self, properties: Properties<'_>) {
        let number = |id| properties.number(id);
        let available = |id| number(id) != Some(0);
        self.to_server.receive_maximum =
            number(PropertyId::ReceiveMaximum).map_or(u16::MAX, |most| most as u16);
        let context = &mut self.to_server.context;
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

    /// The Authentication Method of the CONNECT, and no other.
    fn same_method(&self, properties: Properties<'_>, here: Here<'_>) -> Option<Fault> {
        let method = self.asked.authentication_method.as_deref();
        if self.phase == Phase::Unknown || properties.text(PropertyId::AuthenticationMethod) == method {
            return None;
        }
        // 5.0 MQTT-4.12.0-5, MQTT-4.12.1-1
        let aux = PropertyId::AuthenticationMethod as u8;
        here.fault(FaultKind::AuthenticationMethodChanged, Field::PropertyString, aux, (0, 0))
    }

    fn authentication(&self, code: ReasonCode, properties: Properties<'_>, here: Here<'_>) -> Option<Fault> {
        if self.phase == Phase::Asked && code != ReasonCode(0x18) {
            // 5.0 MQTT-4.12.0-2, MQTT-4.12.0-3: nothing but to go on
            let kind = match here.direction {
                Some(Direction::ToClient) => FaultKind::ServerAuthenticationStep,
                _ => FaultKind::AuthenticationStep,
            };
            return here.fault(kind, Field::ReasonCode, 0, (0x18, code.0.into()));
        }
        self.same_method(properties, here)
    }

    fn publish(&mut self, publish: &Publish<'_>, here: Here<'_>, found: &mut Found) {
        let from_the_start = self.phase != Phase::Unknown && here.direction.is_some();
        let end = self.end(here.direction);
        let alias = publish.properties.number(PropertyId::TopicAlias).map(|alias| alias as u16);
        match alias {
            Some(alias) if publish.topic.is_empty() => match end.aliases.get(&alias) {
                Some(topic) => found.topic = Some(topic.clone()),
                // 5.0 section 3.3.2.3.4
                None if from_the_start => {
                    let (aux, numbers) = (PropertyId::TopicAlias as u8, (0, alias.into()));
                    let kind = FaultKind::UnknownTopicAlias;
                    found.faults.extend(here.fault(kind, Field::PropertyNumber, aux, numbers));
                }
                None => {}
            },
            Some(alias) => drop(end.aliases.insert(alias, publish.topic.to_owned())),
            None => {}
        }
        let Some(id) = publish.packet_id else { return };
        found.faults.extend(self.identifier(publish, id, here));
        let exactly_once = publish.qos == QoS::ExactlyOnce;
        let awaited = if exactly_once { PacketType::PubRec } else { PacketType::PubAck };
        let open = self.phase == Phase::Open;
        let end = self.end(here.direction);
        end.in_flight.insert(id, awaited, 0);
        let (most, now) = (usize::from(end.receive_maximum), end.in_flight.messages());
        if open && here.direction.is_some() && now > most {
            // 5.0 MQTT-3.3.4-7, MQTT-3.3.4-9, MQTT-4.9.0-2
            let kind = match here.direction {
                Some(Direction::ToClient) => FaultKind::ClientReceiveMaximumExceeded,
                _ => FaultKind::ReceiveMaximumExceeded,
            };
            found.faults.extend(here.fault(kind, Field::PacketIdentifier, 0, (most, now)));
        }
    }

    /// A PUBLISH under its packet identifier: new ones take a free one and no DUP; others come again in their turn.
    fn identifier(&mut self, publish: &Publish<'_>, id: PacketId, here: Here<'_>) -> Option<Fault> {
        let (phase, fresh) = (self.phase, self.fresh_session);
        if phase != Phase::Open || here.version == Version::V31 {
            return None;
        }
        let number = (0, usize::from(id.get()));
        match (self.end(here.direction).in_flight.get(id), publish.dup) {
            (Some(_), false) => {
                // 3.1.1 MQTT-2.3.1-2, MQTT-2.3.1-4; 5.0 MQTT-2.2.1-3, MQTT-2.2.1-4
                let kind = match here.direction {
                    Some(Direction::ToClient) => FaultKind::ServerPacketIdentifierInUse,
                    _ => FaultKind::PacketIdentifierInUse,
                };
                here.fault(kind, Field::PacketIdentifier, 0, number)
            }
            // 3.1.1 MQTT-4.3.3-1, 5.0 MQTT-4.3.3-6
            (Some(waiting), true) if waiting.for_packet == PacketType::PubComp => {
                here.fault(FaultKind::PublishAfterPubRel, Field::PacketIdentifier, 0, number)
            }
            // 5.0 MQTT-4.4.0-1
            (Some(_), true) if fresh && here.version == Version::V5 => {
                here.fault(FaultKind::SentAgain, Field::Dup, 0, (0, 1))
            }
            // 3.1.1 MQTT-4.3.2-1, MQTT-4.3.3-1; 5.0 MQTT-4.3.2-2, MQTT-4.3.3-2
            (None, true) if fresh && here.direction.is_some() => {
                let kind = match publish.qos {
                    QoS::ExactlyOnce => FaultKind::DupOfNewAtQosTwo,
                    _ => FaultKind::DupOfNewAtQosOne,
                };
                here.fault(kind, Field::Dup, 0, (0, 1))
            }
            _ => None,
        }
    }

    fn request(&mut self, id: PacketId, answer: PacketType, filters: usize, here: Here<'_>) -> Option<Fault> {
        let judged = self.phase == Phase::Open && here.version != Version::V31;
        let in_flight = &mut self.end(here.direction).in_flight;
        let taken = in_flight.get(id).is_some();
        in_flight.insert(id, answer, filters);
        // 3.1.1 MQTT-2.3.1-2, 5.0 MQTT-2.2.1-3
        let number = (0, usize::from(id.get()));
        here.fault(FaultKind::PacketIdentifierInUse, Field::PacketIdentifier, 0, number)
            .filter(|_| judged && taken)
    }

    /// A code for each topic filter.
    fn codes(&mut self, id: PacketId, codes: usize, here: Here<'_>) -> Option<Fault> {
        let waiting = self.to_server.in_flight.get(id)?;
        let without = here.packet == PacketType::UnsubAck && here.version != Version::V5;
        if waiting.for_packet != here.packet || without || waiting.filters == codes {
            return None;
        }
        // 3.1.1 MQTT-3.8.4-5; 5.0 MQTT-3.8.4-6, section 3.11.3
        here.fault(FaultKind::CodesForFilters, Field::Payload, 0, (waiting.filters, codes))
    }

    /// 3.1.1 MQTT-2.3.1-6, MQTT-2.3.1-7; 5.0 MQTT-2.2.1-5, MQTT-2.2.1-6: an answer has the identifier of its question.
    fn acknowledged(&mut self, ack: &Ack<'_>, here: Here<'_>, found: &mut Found) {
        use PacketType as P;
        let expected = |awaited: P| match here.packet {
            // Once the exchange is that far, both may come again.
            P::PubRec => matches!(awaited, P::PubRec | P::PubRel | P::PubComp),
            P::PubRel => matches!(awaited, P::PubRel | P::PubComp),
            _ => awaited == here.packet,
        };
        // PUBREL goes the way of its PUBLISH, all others come back.
        let senders = match here.direction {
            Some(way) if here.packet == P::PubRel => vec![Some(way)],
            Some(way) => vec![Some(way.reversed())],
            None => vec![None, Some(Direction::ToServer), Some(Direction::ToClient)],
        };
        let fresh_session = self.fresh_session;
        let sender = senders.into_iter().find_map(|sender| {
            let waiting = self.end(sender).in_flight.get(ack.packet_id)?;
            expected(waiting.for_packet).then_some((sender, waiting.for_packet))
        });
        let Some((sender, awaited)) = sender else {
            let number = (0, usize::from(ack.packet_id.get()));
            let kind = FaultKind::PacketIdentifierNotInFlight;
            let remark = here.fault(kind, Field::PacketIdentifier, 0, number);
            return found.remarks.extend(remark.filter(|_| fresh_session));
        };
        let in_flight = &mut self.end(sender).in_flight;
        if awaited == here.packet
            && !in_flight.in_turn(ack.packet_id, here.packet)
            && sender.is_some()
            && fresh_session
        {
            // 3.1.1 and 5.0 MQTT-4.6.0-2, MQTT-4.6.0-3, MQTT-4.6.0-4
            let number = (0, usize::from(ack.packet_id.get()));
            let kind = FaultKind::AcknowledgedOutOfTurn;
            found.faults.extend(here.fault(kind, Field::PacketIdentifier, 0, number));
        }
        match here.packet {
            P::PubRec if ack.reason.is_error() => in_flight.remove(ack.packet_id),
            P::PubRec if awaited == P::PubRec => in_flight.insert(ack.packet_id, P::PubRel, 0),
            P::PubRec => {}
            P::PubRel => in_flight.insert(ack.packet_id, P::PubComp, 0),
            _ => in_flight.remove(ack.packet_id),
        }
    }
}
