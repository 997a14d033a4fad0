//! Packets of a connected client, one by one.

use super::connection::Stop;
use super::decision::{Decision, Observer, Violation};
use super::output::ConnectionId;
use super::publication::Publication;
use super::session::Stored;
use super::state::Broker;
use crate::codec::{Ack, Direction, Packet, PacketId, PacketType, Publish, QoS, Version, decode};
use crate::session::{AckMismatch, AckProgress};
use crate::time::Instant;
use crate::topic::SubscriberId;

/// Which client sent the packet that is handled.
#[derive(Clone, Copy)]
pub(super) struct From {
    pub(super) connection: ConnectionId,
    pub(super) session: SubscriberId,
    pub(super) version: Version,
}

impl Broker {
    /// One whole packet.
    pub(super) fn handle_frame<O: Observer>(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        frame: &[u8],
        observer: &mut O,
    ) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        open.keep_alive.mark(now); // 3.1.1 MQTT-3.1.2-24
        let version = open.version;
        let Some(session) = open.session else {
            self.handle_connect(now, connection, frame, observer);
            return;
        };
        let from = From { connection, session, version };
        let handled = match decode(frame, version) {
            Ok(packet) => self.handle_packet(now, from, &packet, observer),
            Err(fault) => Err(Stop::Malformed(fault)),
        };
        if let Err(stop) = handled {
            self.stop(now, connection, stop, observer);
        }
    }

    #[inline]
    fn handle_packet<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        packet: &Packet<'_>,
        observer: &mut O,
    ) -> Result<(), Stop> {
        match packet {
            Packet::Publish(publish) => return self.handle_publish(now, from, publish, observer),
            Packet::PubAck(ack) => {
                return self.handle_ack(now, from, PacketType::PubAck, ack.packet_id, observer);
            }
            Packet::PubRec(ack) => {
                return self.handle_ack(now, from, PacketType::PubRec, ack.packet_id, observer);
            }
            Packet::PubComp(ack) => {
                return self.handle_ack(now, from, PacketType::PubComp, ack.packet_id, observer);
            }
            Packet::PubRel(ack) => self.handle_pub_rel(now, from, ack.packet_id, observer),
            Packet::Subscribe(subscribe) => self.handle_subscribe(now, from, subscribe, observer),
            Packet::Unsubscribe(unsubscribe) => self.handle_unsubscribe(now, from, unsubscribe, observer),
            // 3.1.1 MQTT-3.12.4-1
            Packet::PingReq => self.outbox.packet(from.connection, from.version, &Packet::PingResp),
            Packet::Disconnect(_) => self.disconnect(now, from.connection, observer),
            Packet::Connect(_) => return Err(Stop::Violated(Violation::SecondConnect)), // 3.1.1 MQTT-3.1.0-2
            Packet::ConnAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp
            | Packet::Auth(_) => {
                // 3.1.1 section 2.2.1 (AUTH is none of 3.x's packets and does not decode)
                let packet_type = packet.packet_type();
                debug_assert_ne!(packet_type.sender(from.version), Some(Direction::ToServer));
                return Err(Stop::Violated(Violation::WrongDirection(packet_type)));
            }
        }
        Ok(())
    }

    #[inline]
    fn handle_publish<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        publish: &Publish<'_>,
        observer: &mut O,
    ) -> Result<(), Stop> {
        if publish.retain && !self.config.retain_available {
            return Err(Stop::Violated(Violation::RetainNotAvailable));
        }
        let From { connection, version, .. } = from;
        let mut publication = Publication::new(publish, version);
        match (publish.qos, publish.packet_id) {
            (QoS::ExactlyOnce, Some(packet_id)) => {
                self.store(now, from, &mut publication, packet_id, observer)?;
            }
            (QoS::AtLeastOnce, Some(packet_id)) => {
                // 3.1.1 MQTT-4.3.2-2: acknowledged, and any later PUBLISH with this identifier is a new one
                self.outbox.packet(connection, version, &Packet::PubAck(Ack::new(packet_id)));
                self.hand_on(now, &mut publication, false, observer);
            }
            _ => self.hand_on(now, &mut publication, false, observer),
        }
        Ok(())
    }

    /// QoS 2: keeps the message for its PUBREL, unless it is kept already (3.1.1 MQTT-4.3.3-2).
    fn store<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        publication: &mut Publication<'_>,
        packet_id: PacketId,
        observer: &mut O,
    ) -> Result<(), Stop> {
        let From { connection, version, .. } = from;
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        let retain = publication.retain;
        let stored =
            session.incoming.publish(packet_id, || Stored { message: publication.message(), retain });
        let client_id = &*session.client_id;
        let decision = match stored {
            Ok(true) => Decision::Stored { client_id, version, packet_id, topic: publication.topic },
            Ok(false) => Decision::Recognised { client_id, version, packet_id },
            Err(full) => {
                let violation = Violation::TooManyUnreleased { limit: full.limit };
                return Err(Stop::Violated(violation)); // 3.1.1 MQTT-4.8.0-2
            }
        };
        observer.decision(now, &decision);
        self.outbox.packet(connection, version, &Packet::PubRec(Ack::new(packet_id)));
        Ok(())
    }

    /// QoS 2: completes, then hands the message on.
    fn handle_pub_rel<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        packet_id: PacketId,
        observer: &mut O,
    ) {
        let From { connection, version, .. } = from;
        let Some(session) = self.sessions.by_number_mut(from.session) else { return };
        // 3.1.1 MQTT-4.3.3-2: PUBCOMP is due whether or not anything is kept
        self.outbox.packet(connection, version, &Packet::PubComp(Ack::new(packet_id)));
        let Some(stored) = session.incoming.release(packet_id) else {
            let client_id = &*session.client_id;
            observer.decision(now, &Decision::NothingToRelease { client_id, version, packet_id });
            return;
        };
        let mut publication =
            Publication::of_message(&stored.message, QoS::ExactlyOnce, stored.retain, version);
        publication.packet_id = Some(packet_id);
        self.hand_on(now, &mut publication, true, observer);
    }

    /// PUBACK, PUBREC and PUBCOMP.
    #[inline]
    fn handle_ack<O: Observer>(
        &mut self,
        now: Instant,
        from: From,
        packet_type: PacketType,
        packet_id: PacketId,
        observer: &mut O,
    ) -> Result<(), Stop> {
        let From { connection, version, .. } = from;
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        let outgoing = &mut session.outgoing;
        let progress = match packet_type {
            PacketType::PubAck => outgoing.pub_ack(packet_id).map(AckProgress::Done),
            PacketType::PubRec => outgoing.pub_rec(packet_id, false),
            _ => outgoing.pub_comp(packet_id).map(AckProgress::Done),
        };
        let client_id = &*session.client_id;
        let decision = match progress {
            Ok(AckProgress::Done(done)) => {
                Decision::Delivered { client_id, version, packet_id, qos: done.qos }
            }
            Ok(AckProgress::Release) => Decision::Received { client_id, version, packet_id, again: false },
            Ok(AckProgress::ReleaseAgain) => {
                Decision::Received { client_id, version, packet_id, again: true }
            }
            Err(AckMismatch::Unknown { .. }) => {
                Decision::UnknownAck { client_id, version, packet_type, packet_id }
            }
            Err(AckMismatch::WrongPacket { found, awaits, .. }) => {
                // 3.1.1 MQTT-3.3.4-1, MQTT-4.8.0-1
                return Err(Stop::Violated(Violation::WrongAck { found, packet_id, awaits }));
            }
        };
        observer.decision(now, &decision);
        if packet_type == PacketType::PubRec {
            // 3.1.1 MQTT-4.3.3-1. Also for an identifier that is not in flight: it lets the client forget it.
            self.outbox.packet(connection, version, &Packet::PubRel(Ack::new(packet_id)));
        } else {
            session.pump(now, &self.config, &mut self.outbox, observer);
        }
        Ok(())
    }
}
