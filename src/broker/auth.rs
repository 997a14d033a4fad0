//! Enhanced authentication (5.0 section 4.12): AUTH, and the mechanisms behind it.

use core::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::call::Call;
use super::connection::Stop;
use super::decision::{Decision, Refusal, Violation};
use super::output::{ConnectionId, reason_string};
use super::packets::Sender;
use super::state::Broker;
use crate::codec::{
    Connect, Packet, PropertyBuf, PropertyId, PropertyValue, Reason, ReasonCode, Version, decode,
};

/// A way to authenticate, by the name that clients give as Authentication Method. It comes from the broker's owner
/// ([`Broker::with_mechanism`]): what is not offered takes no room.
pub trait Mechanism: fmt::Debug + Send + Sync {
    /// The Authentication Method.
    fn name(&self) -> &str;

    /// Begins an exchange with a client. `number` is another one for each exchange of a broker.
    fn begin(&self, number: u64) -> Box<dyn Exchange>;
}

/// One client's authentication under way.
pub trait Exchange: fmt::Debug + Send + Sync {
    /// The client has sent this Authentication Data, perhaps none.
    fn step(&mut self, data: &[u8]) -> Progress;

    /// A copy, for a snapshot.
    fn copy(&self) -> Box<dyn Exchange>;
}

/// What becomes of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The client gets this data and has to answer.
    Continue(Vec<u8>),
    /// The client is who it says: this user. It gets this data too.
    Done {
        /// The user's name, for access rules.
        user_name: String,
        /// Authentication Data; may be empty.
        data: Vec<u8>,
    },
    /// It is not.
    Failed,
}

/// A connection's authentication.
#[derive(Debug)]
pub(super) struct Authentication {
    /// The method of its CONNECT; it stays (5.0 MQTT-4.12.0-5, MQTT-4.12.1-1).
    pub(super) method: Arc<str>,
    /// What is under way, if anything.
    exchange: Option<Box<dyn Exchange>>,
    /// CONNECT, as long as it is not answered.
    connect: Option<Bytes>,
}

impl Clone for Authentication {
    fn clone(&self) -> Self {
        Self {
            method: Arc::clone(&self.method),
            exchange: self.exchange.as_ref().map(|exchange| exchange.copy()),
            connect: self.connect.clone(),
        }
    }
}

impl Authentication {
    /// The method, while an exchange is under way.
    pub(super) fn under_way(&self) -> Option<&str> {
        self.exchange.as_ref().map(|_| &*self.method)
    }
}

/// What CONNACK says of an authentication that has succeeded.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) method: Arc<str>,
    pub(super) data: Vec<u8>,
    pub(super) user_name: String,
}

impl Broker {
    /// CONNECT names an authentication method.
    pub(super) fn begin_authentication(
        &mut self,
        connection: ConnectionId,
        frame: &[u8],
        connect: &Connect<'_>,
        method: &str,
        call: &mut Call<'_>,
    ) {
        let Some(mechanism) = self.mechanisms.iter().find(|mechanism| mechanism.name() == method) else {
            // 5.0 MQTT-4.12.0-1
            return self.refuse(connection, connect.client_id, Refusal::AuthenticationMethod, call);
        };
        self.assigned += 1;
        let exchange = Some(mechanism.begin(self.assigned));
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let (method, connect) = (method.into(), Some(Bytes::copy_from_slice(frame)));
        open.authentication = Some(Box::new(Authentication { method, exchange, connect }));
        let data = match decode(frame, Version::V5) {
            Ok(Packet::Connect(connect)) => connect.properties.binary(PropertyId::AuthenticationData),
            _ => None,
        };
        self.authenticate(connection, data.unwrap_or_default(), call);
    }

    /// AUTH came before CONNECT was answered: any other packet but DISCONNECT is too early (5.0 MQTT-3.1.2-30).
    pub(super) fn handle_before_connack(
        &mut self,
        connection: ConnectionId,
        frame: &[u8],
        call: &mut Call<'_>,
    ) {
        let stop = match decode(frame, Version::V5) {
            Ok(Packet::Auth(auth)) => match self.check_method(connection, &auth) {
                Ok(()) if auth.code.0 == CONTINUE => {
                    let data = auth.properties.binary(PropertyId::AuthenticationData);
                    return self.authenticate(connection, data.unwrap_or_default(), call);
                }
                Ok(()) => Violation::Authentication.into(), // 5.0 MQTT-4.12.0-3
                Err(violation) => violation.into(),
            },
            Ok(Packet::Disconnect(_)) => {
                self.forget(connection);
                return self.outbox.close(connection);
            }
            Ok(other) => Violation::BeforeConnAck(other.packet_type()).into(),
            Err(fault) => Stop::Malformed(fault),
        };
        self.stop(connection, stop, call);
    }

    /// AUTH of a client that was accepted: it authenticates again (5.0 section 4.12.1).
    pub(super) fn handle_auth(
        &mut self,
        from: &Sender,
        auth: &Reason<'_>,
        call: &mut Call<'_>,
    ) -> Result<(), Stop> {
        let connection = from.peer.connection;
        self.check_method(connection, auth)?;
        let Some(open) = self.connections.get_mut(&connection) else { return Ok(()) };
        let Some(state) = &mut open.authentication else { return Ok(()) };
        match (auth.code.0, &state.exchange) {
            (AGAIN, _) => {
                let mechanism = self.mechanisms.iter().find(|mechanism| mechanism.name() == &*state.method);
                self.assigned += 1;
                // It may have been taken out of the configuration since.
                let mechanism = mechanism.ok_or(Violation::NotAuthenticated)?;
                state.exchange = Some(mechanism.begin(self.assigned));
            }
            (CONTINUE, Some(_)) => {}
            _ => return Err(Violation::Authentication.into()), // 5.0 MQTT-4.12.0-3
        }
        let data = auth.properties.binary(PropertyId::AuthenticationData);
        self.authenticate(connection, data.unwrap_or_default(), call);
        Ok(())
    }

    /// The method has to be that of CONNECT (5.0 MQTT-4.12.0-5, MQTT-4.12.0-7, MQTT-4.12.1-1).
    fn check_method(&self, connection: ConnectionId, auth: &Reason<'_>) -> Result<(), Violation> {
        let state = self.connections.get(&connection).and_then(|open| open.authentication.as_ref());
        let Some(state) = state else { return Err(Violation::Authentication) };
        let method = auth.properties.text(PropertyId::AuthenticationMethod);
        if method == Some(&*state.method) { Ok(()) } else { Err(Violation::AuthenticationMethod) }
    }

    /// One step of the exchange that is under way.
    fn authenticate(&mut self, connection: ConnectionId, data: &[u8], call: &mut Call<'_>) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let Some(state) = &mut open.authentication else { return };
        let Some(exchange) = &mut state.exchange else { return };
        let (progress, method, peer) = (exchange.step(data), Arc::clone(&state.method), open.peer);
        if !matches!(progress, Progress::Continue(_)) {
            state.exchange = None;
        }
        let session = open.session.and_then(|number| self.sessions.by_number(number));
        match (progress, session) {
            (Progress::Continue(data), session) => {
                let waiting = state.connect.as_ref().and_then(|frame| client_id_of(frame));
                let client_id = session.map_or(waiting.unwrap_or_default(), |session| &session.client_id);
                call.tell(&Decision::AuthContinues { client_id, method: &method });
                // 5.0 MQTT-4.12.0-2
                self.send_auth(connection, ReasonCode(CONTINUE), &method, &data);
            }
            // It stays the user that it is: the session and the will were checked for that one.
            (Progress::Done { user_name, .. }, Some(session))
                if session.user_name.as_deref() != Some(&*user_name) =>
            {
                self.stop(connection, Violation::NotAuthenticated.into(), call);
            }
            (Progress::Done { data, .. }, Some(session)) => {
                let client_id = &*session.client_id;
                call.tell(&Decision::Authenticated { client_id, method: &method, again: true });
                self.send_auth(connection, ReasonCode::SUCCESS, &method, &data);
            }
            // 5.0 MQTT-4.12.1-2
            (Progress::Failed, Some(_)) => self.stop(connection, Violation::NotAuthenticated.into(), call),
            (progress, None) => {
                let Some(frame) = state.connect.take() else { return };
                let Ok(Packet::Connect(connect)) = decode(&frame, peer.version) else { return };
                match progress {
                    Progress::Done { data, user_name } => {
                        let client_id = connect.client_id;
                        call.tell(&Decision::Authenticated { client_id, method: &method, again: false });
                        self.admit(connection, &connect, Some(Proof { method, data, user_name }), call);
                    }
                    _ => self.refuse(connection, connect.client_id, Refusal::NotAuthenticated, call),
                }
            }
        }
    }

    fn send_auth(&mut self, connection: ConnectionId, code: ReasonCode, method: &str, data: &[u8]) {
        let Some(open) = self.connections.get(&connection) else { return };
        let mut properties = reason_string(&open.peer, "");
        push_authentication(&mut properties, method, data);
        let auth = Reason { code, properties: properties.as_properties() };
        self.outbox.packet(&open.peer, &Packet::Auth(auth));
    }
}

fn client_id_of(frame: &[u8]) -> Option<&str> {
    match decode(frame, Version::V5) {
        Ok(Packet::Connect(connect)) => Some(connect.client_id),
        _ => None,
    }
}

/// 5.0 MQTT-4.12.0-4, MQTT-4.12.0-5: the method goes along with each step.
pub(super) fn push_authentication(properties: &mut PropertyBuf, method: &str, data: &[u8]) {
    properties.push(PropertyId::AuthenticationMethod, PropertyValue::Text(method));
    if !data.is_empty() {
        properties.push(PropertyId::AuthenticationData, PropertyValue::Binary(data));
    }
}

const CONTINUE: u8 = 0x18;
const AGAIN: u8 = 0x19;
