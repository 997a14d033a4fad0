//! Taking note of packets that this broker is said to have sent, so that a session recorded elsewhere can go on.

use std::sync::Arc;

use bytes::Bytes;

use super::output::ConnectionId;
use super::state::Broker;
use crate::codec::{PropertyBuf, Publish};
use crate::session::Message;

impl Broker {
    /// A PUBLISH of QoS 1 or 2 is in flight on a connection under the identifier that it names: what this broker has in
    /// flight with that topic and payload takes the identifier; if it has none, the message comes in flight.
    pub fn adopt(&mut self, connection: ConnectionId, publish: &Publish<'_>) {
        let Some(id) = publish.packet_id else { return };
        let Some(session) = self.connections.get(&connection).and_then(|open| open.session) else { return };
        let Some(session) = self.sessions.by_number_mut(session) else { return };
        let id = session.packet_ids.choose(id);
        let outgoing = &mut session.outgoing;
        if !outgoing.rename(publish.topic, publish.payload, id) {
            outgoing.abandon(id);
            let payload = Bytes::copy_from_slice(publish.payload);
            let message = Message::new(publish.topic, payload, PropertyBuf::from(publish.properties));
            outgoing.push(id, publish.qos, publish.retain, Arc::new(message));
            outgoing.next_transmission(u16::MAX);
        }
    }
}
