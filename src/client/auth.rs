//! Enhanced authentication (5.0 section 4.12): what this end says in AUTH, and the mechanism behind it.

use core::fmt;
use std::sync::Arc;

use super::decision::Decision;
use super::error::{ClientError, Violation};
use super::event::ClientEvent;
use super::state::{Client, ClientStatus};
use crate::codec::{
    EncodeError, Packet, Properties, PropertyBuf, PropertyId, PropertyValue, Reason, ReasonCode, Version,
};
use crate::time::Instant;

/// A way to authenticate. It comes from the client's owner ([`Client::set_mechanism`]): what is not used takes no room.
pub trait Mechanism: fmt::Debug + Send + Sync {
    /// The Authentication Method.
    fn name(&self) -> &str;

    /// Begins an exchange: what is kept of it, and the first Authentication Data, which may be empty. `number` is
    /// another one for each exchange of a client.
    fn begin(&self, number: u64) -> (Box<dyn Exchange>, Vec<u8>);
}

/// An authentication under way.
pub trait Exchange: fmt::Debug + Send + Sync {
    /// The server has sent this Authentication Data, perhaps none, and wants an answer, which may be empty. `None`:
    /// it cannot be answered, or the server is not who it should be.
    fn step(&mut self, data: &[u8]) -> Option<Vec<u8>>;

    /// The server is content and has sent this at last, perhaps nothing. `false`: this end is not.
    fn finish(&mut self, data: &[u8]) -> bool;

    /// A copy, for a snapshot.
    fn copy(&self) -> Box<dyn Exchange>;
}

/// A connection's authentication.
#[derive(Debug, Default)]
pub(super) struct Authentication {
    exchange: Option<Box<dyn Exchange>>,
}

impl Clone for Authentication {
    fn clone(&self) -> Self {
        Self { exchange: self.exchange.as_ref().map(|exchange| exchange.copy()) }
    }
}

impl Client {
    /// How this client authenticates from the next connection on; it stands in for the Authentication Method and
    /// Data of [`super::ClientConfig::properties`], and user name and password are not sent. Before 5.0 nothing becomes
    /// of it.
    ///
    /// # Errors
    /// While there is a connection: its method stays (5.0 MQTT-4.12.0-5).
    pub fn set_mechanism(&mut self, mechanism: Option<Arc<dyn Mechanism>>) -> Result<(), ClientError> {
        if self.status != ClientStatus::Offline {
            return Err(ClientError::AlreadyConnected);
        }
        self.mechanism = mechanism;
        Ok(())
    }

    /// Authenticates again on this connection (5.0 section 4.12.1), with the method of before. Everything else goes on
    /// meanwhile.
    ///
    /// # Errors
    /// When there is no connection, no mechanism, or an authentication is under way; nothing has changed then.
    pub fn reauthenticate(&mut self, now: Instant) -> Result<(), ClientError> {
        self.ready()?;
        let mechanism = self.mechanism_in_use().ok_or(ClientError::NoMechanism)?;
        if self.link.authentication.exchange.is_some() {
            return Err(ClientError::TooManyRequests);
        }
        let (exchange, data) = mechanism.begin(self.authentications);
        let bytes = self.encode_auth(AGAIN, &data)?;
        self.authentications += 1;
        self.link.authentication.exchange = Some(exchange);
        self.queue(now, bytes);
        Ok(())
    }

    /// The method by which it authenticates at this moment, if it does.
    pub fn authenticating(&self) -> Option<&str> {
        self.link.authentication.exchange.as_ref().and_then(|_| self.method())
    }

    pub(super) fn mechanism_in_use(&self) -> Option<Arc<dyn Mechanism>> {
        self.mechanism.as_ref().filter(|_| self.config.version == Version::V5).map(Arc::clone)
    }

    /// The properties of CONNECT, and the exchange that they begin.
    pub(super) fn begin_authentication(&self) -> Result<(PropertyBuf, Authentication), ClientError> {
        let Some(mechanism) = self.mechanism_in_use() else {
            return Ok((self.config.properties.clone(), Authentication::default()));
        };
        let mut properties = PropertyBuf::new();
        for property in self.config.properties.as_properties().iter() {
            if !matches!(property.id, PropertyId::AuthenticationMethod | PropertyId::AuthenticationData) {
                properties.push(property.id, property.value);
            }
        }
        let (exchange, data) = mechanism.begin(self.authentications);
        push(&mut properties, mechanism.name(), &data)?;
        Ok((properties, Authentication { exchange: Some(exchange) }))
    }

    /// The Authentication Method of this connection's CONNECT.
    fn method(&self) -> Option<&str> {
        match &self.mechanism {
            Some(mechanism) => Some(mechanism.name()),
            None => self.config.properties.as_properties().text(PropertyId::AuthenticationMethod),
        }
    }

    pub(super) fn on_auth(&mut self, now: Instant, auth: Reason<'_>) -> Result<(), Violation> {
        self.check_method(auth.properties)?;
        let exchange = self.link.authentication.exchange.as_mut();
        let exchange = exchange.ok_or(Violation::Auth { method: true })?;
        let data = auth.properties.binary(PropertyId::AuthenticationData).unwrap_or_default();
        match (auth.code.0, self.status) {
            (CONTINUE, _) => {
                let answer = exchange.step(data).ok_or(Violation::NotProved)?;
                // 5.0 MQTT-4.12.0-3
                let bytes = self.encode_auth(CONTINUE, &answer).map_err(|_| Violation::NotProved)?;
                self.decide(Decision::ContinuesAuthentication);
                self.queue(now, bytes);
                Ok(())
            }
            (SUCCESS, ClientStatus::Connected) => self.finish_authentication(data, true),
            // Before CONNACK, CONNACK is what says that it has succeeded.
            _ => Err(Violation::Auth { method: true }),
        }
    }

    /// CONNACK has come: it names the method that CONNECT has named, and no other.
    pub(super) fn authenticated(&mut self, connack: Properties<'_>) -> Result<(), Violation> {
        let named = connack.text(PropertyId::AuthenticationMethod);
        if self.link.authentication.exchange.is_none() {
            // 5.0 MQTT-4.12.0-6
            let unasked = named.is_some() && self.method().is_none();
            return if unasked { Err(Violation::Auth { method: false }) } else { Ok(()) };
        }
        self.check_method(connack)?;
        let data = connack.binary(PropertyId::AuthenticationData).unwrap_or_default();
        self.finish_authentication(data, false)
    }

    fn finish_authentication(&mut self, data: &[u8], again: bool) -> Result<(), Violation> {
        let exchange = self.link.authentication.exchange.take();
        if !exchange.is_some_and(|mut exchange| exchange.finish(data)) {
            return Err(Violation::NotProved);
        }
        self.event(ClientEvent::Authenticated { again });
        Ok(())
    }

    /// 5.0 MQTT-4.12.0-5
    fn check_method(&self, properties: Properties<'_>) -> Result<(), Violation> {
        let Some(method) = self.method() else { return Err(Violation::Auth { method: false }) };
        if properties.text(PropertyId::AuthenticationMethod) == Some(method) {
            Ok(())
        } else {
            Err(Violation::AuthMethod)
        }
    }

    fn encode_auth(&self, code: u8, data: &[u8]) -> Result<bytes::Bytes, ClientError> {
        let mut properties = PropertyBuf::new();
        push(&mut properties, self.method().unwrap_or_default(), data)?;
        let auth = Reason { code: ReasonCode(code), properties: properties.as_properties() };
        let bytes = self.encode_checked(&Packet::Auth(auth))?;
        self.link.limits.check_len(bytes.len())?;
        Ok(bytes)
    }
}

/// 5.0 MQTT-4.12.0-5, MQTT-4.12.1-1: the method goes along with each step.
fn push(properties: &mut PropertyBuf, method: &str, data: &[u8]) -> Result<(), EncodeError> {
    let len = data.len().max(method.len());
    if len > usize::from(u16::MAX) {
        return Err(EncodeError::FieldTooLong { len });
    }
    properties.push(PropertyId::AuthenticationMethod, PropertyValue::Text(method));
    if !data.is_empty() {
        properties.push(PropertyId::AuthenticationData, PropertyValue::Binary(data));
    }
    Ok(())
}

const SUCCESS: u8 = 0x00;
const CONTINUE: u8 = 0x18;
const AGAIN: u8 = 0x19;
