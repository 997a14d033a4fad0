//! How the owner ends a connection.

use super::error::ClientError;
use super::event::CloseReason;
use super::reconnect::Attempts;
use super::state::{Client, ClientStatus};
use super::switches::{Check, is_off};
use crate::codec::{Packet, PropertyBuf, PropertyId, Reason, ReasonCode, Version};
use crate::time::Instant;

impl Client {
    /// Sends DISCONNECT and closes; the server forgets the will (3.1.1 MQTT-3.14.4-3, 5.0 MQTT-3.14.4-3). A client
    /// that waits to connect again stops waiting.
    ///
    /// # Errors
    /// When there is no connection, nor one to come.
    pub fn disconnect(&mut self, now: Instant) -> Result<(), ClientError> {
        if self.status == ClientStatus::Offline && self.attempts.due.take().is_some() {
            self.attempts = Attempts::default();
            return Ok(());
        }
        self.disconnect_with(now, ReasonCode::SUCCESS, &PropertyBuf::new())
    }

    /// Sends DISCONNECT with a reason and properties, which 5.0 alone has, and closes. Reason 0x04 leaves the will to
    /// the server; a Session Expiry Interval stands in for that of CONNECT.
    ///
    /// # Errors
    /// When there is no connection, or DISCONNECT would break a rule; nothing has changed then.
    pub fn disconnect_with(
        &mut self,
        now: Instant,
        code: ReasonCode,
        properties: &PropertyBuf,
    ) -> Result<(), ClientError> {
        if self.status == ClientStatus::Offline {
            return Err(ClientError::NotConnected);
        }
        let mut reason = Reason::default();
        if self.config.version == Version::V5 {
            reason = Reason { code, properties: properties.as_properties() };
        }
        if !matches!(reason.code.0, 0x00 | 0x04 | 0x80..=0x83 | 0x90 | 0x93..=0x99) {
            return Err(ClientError::ServersReason(code)); // 5.0 section 3.14.2.1
        }
        let expiry = reason.properties.number(PropertyId::SessionExpiryInterval);
        let announced = self.config.number(PropertyId::SessionExpiryInterval).unwrap_or(0);
        if expiry.is_some_and(|secs| secs > 0) && announced == 0 {
            return Err(ClientError::SessionExpiry); // 5.0 section 3.14.2.2.2
        }
        let bytes = self.encode_checked(&Packet::Disconnect(reason))?;
        self.link.limits.check_len(bytes.len())?; // 5.0 MQTT-3.14.2-3
        self.link.keeps_session = expiry.map_or(self.link.keeps_session, |secs| secs > 0);
        self.queue(now, bytes);
        if is_off(Check::DisconnectEnds) {
            return Ok(());
        }
        self.close(now, CloseReason::Requested);
        Ok(())
    }
}
