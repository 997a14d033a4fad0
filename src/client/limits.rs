//! What the server said in CONNACK that it takes (5.0 section 3.2.2.3).

use super::error::ClientError;
use crate::codec::{Properties, PropertyId, QoS, SubscriptionOptions};
use crate::topic;

/// The server's limits; before 5.0, and for what CONNACK leaves out, the standard's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Unacknowledged QoS 1 and 2 messages at a time.
    pub receive_maximum: u16,
    /// The greatest QoS of a PUBLISH.
    pub maximum_qos: QoS,
    /// Whether PUBLISH may ask to be retained.
    pub retain_available: bool,
    /// Bytes of a packet.
    pub maximum_packet_size: u32,
    /// The greatest Topic Alias; 0 is none.
    pub topic_alias_maximum: u16,
    /// Whether filters may have wildcards.
    pub wildcard_subscription_available: bool,
    /// Whether SUBSCRIBE may carry a Subscription Identifier.
    pub subscription_identifier_available: bool,
    /// Whether filters may be shared.
    pub shared_subscription_available: bool,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            receive_maximum: u16::MAX,
            maximum_qos: QoS::ExactlyOnce,
            retain_available: true,
            maximum_packet_size: u32::MAX,
            topic_alias_maximum: 0,
            wildcard_subscription_available: true,
            subscription_identifier_available: true,
            shared_subscription_available: true,
        }
    }
}

impl ServerLimits {
    /// Reads CONNACK's properties.
    pub(crate) fn from_properties(properties: Properties<'_>) -> Self {
        let number = |id| properties.number(id);
        let short = |id, default| number(id).map_or(default, |n| u16::try_from(n).unwrap_or(u16::MAX));
        let flag = |id| number(id).is_none_or(|n| n != 0);
        Self {
            receive_maximum: short(PropertyId::ReceiveMaximum, u16::MAX),
            maximum_qos: match number(PropertyId::MaximumQos) {
                Some(0) => QoS::AtMostOnce,
                Some(1) => QoS::AtLeastOnce,
                _ => QoS::ExactlyOnce,
            },
            retain_available: flag(PropertyId::RetainAvailable),
            maximum_packet_size: number(PropertyId::MaximumPacketSize).unwrap_or(u32::MAX),
            topic_alias_maximum: short(PropertyId::TopicAliasMaximum, 0),
            wildcard_subscription_available: flag(PropertyId::WildcardSubscriptionAvailable),
            subscription_identifier_available: flag(PropertyId::SubscriptionIdentifierAvailable),
            shared_subscription_available: flag(PropertyId::SharedSubscriptionAvailable),
        }
    }

    pub(crate) fn check_publish(
        &self,
        qos: QoS,
        retain: bool,
        properties: Properties<'_>,
    ) -> Result<(), ClientError> {
        if qos > self.maximum_qos {
            return Err(ClientError::NotSupported(PropertyId::MaximumQos)); // 5.0 MQTT-3.2.2-11
        }
        if retain && !self.retain_available {
            return Err(ClientError::NotSupported(PropertyId::RetainAvailable)); // 5.0 MQTT-3.2.2-14
        }
        let alias = properties.number(PropertyId::TopicAlias).unwrap_or(0);
        if alias > u32::from(self.topic_alias_maximum) {
            // 5.0 MQTT-3.2.2-17, MQTT-3.2.2-18, MQTT-3.3.2-9
            return Err(ClientError::NotSupported(PropertyId::TopicAliasMaximum));
        }
        Ok(())
    }

    pub(crate) fn check_subscribe(
        &self,
        filters: &[(&str, SubscriptionOptions)],
        properties: Properties<'_>,
    ) -> Result<(), ClientError> {
        // 5.0 sections 3.2.2.3.11 to 3.2.2.3.13: what is not available is not asked for.
        let lacking = filters.iter().find_map(|(filter, _)| {
            if !self.wildcard_subscription_available && topic::first_wildcard(filter).is_some() {
                Some(PropertyId::WildcardSubscriptionAvailable)
            } else if !self.shared_subscription_available && topic::share_name(filter).is_some() {
                Some(PropertyId::SharedSubscriptionAvailable)
            } else {
                None
            }
        });
        let identifier = properties.number(PropertyId::SubscriptionIdentifier).is_some();
        let lacking = lacking.or_else(|| {
            (identifier && !self.subscription_identifier_available)
                .then_some(PropertyId::SubscriptionIdentifierAvailable)
        });
        lacking.map_or(Ok(()), |id| Err(ClientError::NotSupported(id)))
    }

    pub(crate) fn check_len(&self, len: usize) -> Result<(), ClientError> {
        let limit = self.maximum_packet_size;
        if len > limit as usize {
            return Err(ClientError::PacketTooLarge { len, limit }); // 5.0 MQTT-3.2.2-15
        }
        Ok(())
    }
}
