//! Taking note of packets that this client is said to have sent, so that a session recorded elsewhere can go on.

use std::sync::Arc;

use bytes::Bytes;

use super::event::CloseReason;
use super::request::{Pending, Request};
use super::state::Client;
use crate::codec::{self, Packet, PacketId, PropertyBuf, PropertyId};
use crate::session::{Message, PacketIds};
use crate::time::Instant;

impl Client {
    /// What a packet says becomes true of this end, as if it had come from here, and nothing is sent. Bytes that are no
    /// packet change nothing. From its CONNECT on the client pings no more by itself, as
    /// [`Misbehaviour::NoPings`](super::Misbehaviour::NoPings) has it.
    pub fn adopt(&mut self, now: Instant, bytes: &Bytes) {
        let Ok(packet) = codec::decode(bytes, self.config.version) else { return };
        match packet {
            Packet::Connect(connect) => {
                self.open(now);
                self.link.no_pings = true;
                if connect.clean_start {
                    self.session.clear();
                }
            }
            Packet::Publish(publish) => {
                let outgoing = &mut self.session.outgoing;
                if let Some(id) = publish.packet_id.filter(|id| !outgoing.contains(*id)) {
                    let payload = Bytes::copy_from_slice(publish.payload);
                    let message = Message::new(publish.topic, payload, PropertyBuf::from(publish.properties));
                    outgoing.push(id, publish.qos, publish.retain, Arc::new(message));
                    outgoing.next_transmission(u16::MAX);
                    self.go_on_behind(id);
                }
            }
            Packet::PubRel(ack) => {
                // Of a message that nobody knows there is nothing to note.
                let _ = self.session.outgoing.pub_rec(ack.packet_id, false);
            }
            Packet::Subscribe(subscribe) => {
                let filters = subscribe.filters.iter().map(|(filter, options)| (Arc::from(filter), options));
                let identifier = subscribe.properties.number(PropertyId::SubscriptionIdentifier).unwrap_or(0);
                let request = Request::Subscribe(filters.collect(), identifier);
                self.ask_adopted(now, subscribe.packet_id, request, bytes);
            }
            Packet::Unsubscribe(unsubscribe) => {
                let filters = unsubscribe.filters.iter().map(Arc::from).collect();
                self.ask_adopted(now, unsubscribe.packet_id, Request::Unsubscribe(filters), bytes);
            }
            Packet::PingReq => self.link.ping_sent = Some(now),
            Packet::Disconnect(_) => self.end(now, CloseReason::Requested),
            _ => {}
        }
        self.link.keep_alive.mark(now);
    }

    fn ask_adopted(&mut self, now: Instant, packet_id: PacketId, request: Request, bytes: &Bytes) {
        let known = self.link.pending.iter().any(|it| it.packet_id == packet_id);
        if !known && self.link.pending.len() < super::PENDING_LIMIT {
            let bytes = bytes.clone();
            self.link.pending.push_back(Pending { packet_id, request, bytes, sent: now });
            self.go_on_behind(packet_id);
        }
    }

    fn go_on_behind(&mut self, id: PacketId) {
        self.ids = PacketIds::starting_at(id.checked_add(1).unwrap_or(PacketId::MIN));
    }
}
