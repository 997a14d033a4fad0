//! Topic Aliases towards the server (5.0 section 3.3.2.3.4): those that the owner sets, and automatic ones.

use std::sync::Arc;

use bytes::Bytes;

use super::error::ClientError;
use super::state::Client;
use crate::codec::{Packet, Properties, PropertyBuf, PropertyId, PropertyValue, Publish, Version};
use crate::session::Message;

/// Bytes that the property takes: a topic that is no longer is sent as it is.
const COST: usize = 3;

/// An alias that the next PUBLISH sets.
pub(super) type NewAlias = Option<(u16, Arc<str>)>;

impl Client {
    /// Topics that go by an alias on this connection (5.0): from the server, and towards it.
    pub fn aliases(&self) -> [impl Iterator<Item = (u16, &str)>; 2] {
        [&self.link.aliases_in, &self.link.aliases_out]
            .map(|aliases| aliases.iter().map(|(alias, topic)| (*alias, &**topic)))
    }

    /// A PUBLISH as it goes out on this connection: with an automatic alias where there is one or one is free. The
    /// first topics get them, and keep them as long as the connection lasts.
    pub(super) fn encode_publish(&self, packet: &Publish<'_>) -> Result<(Bytes, NewAlias), ClientError> {
        let aliased = self.automatic_alias(packet).map(|(alias, known)| {
            let mut properties = PropertyBuf::from(packet.properties);
            properties.push(PropertyId::TopicAlias, PropertyValue::Number(alias.into()));
            let topic = if known { "" } else { packet.topic };
            let packet = Publish { topic, properties: properties.as_properties(), ..*packet };
            let bytes = self.encode_publish_plain(&packet)?;
            Ok((bytes, (!known).then(|| (alias, Arc::from(packet.topic)))))
        });
        match aliased {
            // Setting an alias takes three bytes more, which may be too many.
            None | Some(Err(ClientError::PacketTooLarge { .. })) => {
                Ok((self.encode_publish_plain(packet)?, None))
            }
            Some(aliased) => aliased,
        }
    }

    fn encode_publish_plain(&self, packet: &Publish<'_>) -> Result<Bytes, ClientError> {
        let bytes = self.encode_checked(&Packet::Publish(*packet))?;
        self.link.limits.check_len(bytes.len())?;
        Ok(bytes)
    }

    /// The alias for a packet, and whether the server knows it already.
    fn automatic_alias(&self, packet: &Publish<'_>) -> Option<(u16, bool)> {
        // 5.0 MQTT-3.2.2-17
        let most = self.config.automatic_aliases.min(self.link.limits.topic_alias_maximum);
        let own = packet.properties.number(PropertyId::TopicAlias).is_some();
        if most == 0 || self.config.version != Version::V5 || own || packet.topic.len() <= COST {
            return None;
        }
        let aliases = &self.link.aliases_out;
        if let Some((alias, _)) = aliases.iter().find(|(_, topic)| ***topic == *packet.topic) {
            return Some((*alias, true));
        }
        let free = (1..=most).find(|alias| !aliases.contains_key(alias))?;
        Some((free, false))
    }

    /// A Topic Alias holds for this connection only (5.0 MQTT-3.3.2-7): leaves the message with its full name and
    /// without the alias, as it would be sent again. What the alias stands for counts once the packet is sent.
    pub(super) fn take_alias(&self, message: &mut Message) -> Result<NewAlias, ClientError> {
        let Some(alias) = message.properties.as_properties().number(PropertyId::TopicAlias) else {
            return Ok(None);
        };
        let alias = u16::try_from(alias).unwrap_or(u16::MAX);
        if message.topic.is_empty() {
            let known = self.link.aliases_out.get(&alias);
            message.topic = Arc::clone(known.ok_or(ClientError::UnknownTopicAlias { alias })?);
        }
        message.properties = without_alias(message.properties.as_properties());
        Ok(Some((alias, Arc::clone(&message.topic))))
    }

    pub(super) fn note_alias(&mut self, alias: NewAlias) {
        if let Some((alias, topic)) = alias {
            self.link.aliases_out.insert(alias, topic);
        }
    }
}

pub(super) fn without_alias(properties: Properties<'_>) -> PropertyBuf {
    let mut kept = PropertyBuf::new();
    for property in properties.iter().filter(|property| property.id != PropertyId::TopicAlias) {
        kept.push(property.id, property.value);
    }
    kept
}
