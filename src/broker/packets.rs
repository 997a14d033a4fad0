//! Packets of a connected client, one by one.

use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Violation};
use super::output::{ConnectionId, Peer};
use super::sessions::SessionNumber;
use super::state::Broker;
use super::switches::{Check, is_off};
use crate::codec::{Ack, Direction, Packet, PacketType, decode};
use crate::session::{AckMismatch, AckProgress};

/// Which client sent the packet that is handled.
#[derive(Clone, Copy)]
pub(super) struct Sender {
    pub(super) peer: Peer,
    pub(super) session: SessionNumber,
}

/// Packet Identifier not found.
const NOT_FOUND: u8 = 0x92;

impl Broker {
    /// One whole packet.
    pub(super) fn handle_frame(&mut self, connection: ConnectionId, frame: &[u8], call: &mut Call<'_>) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        open.keep_alive.mark(call.now); // 3.1.1 MQTT-3.1.2-24, 5.0 MQTT-3.1.2-22
        self.outbox.counters.received(frame);
        let peer = open.peer;
        let Some(session) = open.session else {
            if open.authentication.is_some() {
                self.handle_before_connack(connection, frame, call);
            } else {
                self.handle_connect(connection, frame, call);
            }
            return;
        };
        let from = Sender { peer, session };
        let handled = match decode(frame, peer.version) {
            Ok(packet) => self.handle_packet(&from, &packet, call),
            Err(fault) => Err(Stop::Malformed(fault)),
        };
        if let Err(stop) = handled {
            self.stop(connection, stop, call);
        }
    }

    fn handle_packet(&mut self, from: &Sender, packet: &Packet<'_>, call: &mut Call<'_>) -> Result<(), Stop> {
        match packet {
            Packet::Publish(publish) => return self.handle_publish(from, publish, call),
            Packet::PubAck(ack) => return self.handle_ack(from, PacketType::PubAck, ack, call),
            Packet::PubRec(ack) => return self.handle_ack(from, PacketType::PubRec, ack, call),
            Packet::PubComp(ack) => return self.handle_ack(from, PacketType::PubComp, ack, call),
            Packet::PubRel(ack) => self.handle_pub_rel(from, ack.packet_id, call),
            Packet::Subscribe(subscribe) => return self.handle_subscribe(from, subscribe, call),
            Packet::Unsubscribe(unsubscribe) => self.handle_unsubscribe(from, unsubscribe, call),
            Packet::PingReq => {
                if is_off(Check::PingResp) {
                    return Ok(());
                }
                self.outbox.packet(&from.peer, &Packet::PingResp); // 3.1.1 MQTT-3.12.4-1, 5.0 MQTT-3.12.4-1
            }
            Packet::Disconnect(reason) => return self.disconnect(from, reason, call),
            Packet::Auth(auth) => return self.handle_auth(from, auth, call),
            // 3.1.1 MQTT-3.1.0-2, 5.0 MQTT-3.1.0-2
            Packet::Connect(_) => return Err(Violation::SecondConnect.into()),
            Packet::ConnAck(_) | Packet::SubAck(_) | Packet::UnsubAck(_) | Packet::PingResp => {
                // 3.1.1 section 2.2.1, 5.0 section 2.1.2
                let packet_type = packet.packet_type();
                debug_assert_ne!(packet_type.sender(from.peer.version), Some(Direction::ToServer));
                return Err(Violation::WrongDirection(packet_type).into());
            }
        }
        Ok(())
    }

    /// PUBACK, PUBREC and PUBCOMP.
    fn handle_ack(
        &mut self,
        from: &Sender,
        packet_type: PacketType,
        ack: &Ack<'_>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        let Some(session) = self.sessions.by_number_mut(from.session) else { return Ok(()) };
        let (version, packet_id, refused) = (from.peer.version, ack.packet_id, ack.reason.is_error());
        let outgoing = &mut session.outgoing;
        let progress = match packet_type {
            PacketType::PubAck => outgoing.pub_ack(packet_id).map(AckProgress::Done),
            PacketType::PubRec => outgoing.pub_rec(packet_id, refused), // 5.0 MQTT-4.4.0-2
            _ => outgoing.pub_comp(packet_id).map(AckProgress::Done),
        };
        let client_id = &*session.client_id;
        let mut code = 0;
        let decision = match progress {
            // 5.0 MQTT-4.8.2-6. A PUBCOMP refuses nothing: with 0x92 it answers a PUBREL that was answered before.
            Ok(AckProgress::Done(_)) if refused && packet_type != PacketType::PubComp => {
                Decision::RefusedByClient { client_id, version, packet_id, code: ack.reason }
            }
            Ok(AckProgress::Done(done)) => {
                Decision::Delivered { client_id, version, packet_id, qos: done.qos }
            }
            Ok(AckProgress::Release) => Decision::Received { client_id, version, packet_id, again: false },
            Ok(AckProgress::ReleaseAgain) => {
                Decision::Received { client_id, version, packet_id, again: true }
            }
            Err(AckMismatch::Unknown { .. }) => {
                code = NOT_FOUND;
                Decision::UnknownAck { client_id, version, packet_type, packet_id }
            }
            Err(AckMismatch::WrongPacket { found, awaits, .. }) => {
                // 3.1.1 MQTT-3.3.4-1, MQTT-4.8.0-1
                return Err(Violation::WrongAck { found, packet_id, awaits }.into());
            }
        };
        call.tell(&decision);
        if packet_type == PacketType::PubRec && !refused && !is_off(Check::PubRel) {
            // 3.1.1 MQTT-4.3.3-1, 5.0 MQTT-4.3.3-4. Also for an identifier that is not in flight: it lets the client
            // forget it.
            self.outbox.ack(&from.peer, PacketType::PubRel, packet_id, code, "");
        } else {
            session.pump(&mut self.outbox, call);
        }
        Ok(())
    }
}
