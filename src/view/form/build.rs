//! A draft as the action that it stands for.

use bytes::Bytes;

use super::draft::{Draft, Field, Key};
use super::layout::{FormKind, reason};
use super::property::{PropertyDraft, encoded, whole};
use super::repeat;
use crate::client::{ClientConfig, Misbehaviour, PublishRequest, Reconnect, WillConfig};
use crate::codec::{
    Connect, Packet, PacketId, PacketType, PropertyBuf, PropertyHost, Publish, QoS, Reason, Subscribe,
    SubscriptionOptions, SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version,
};
use crate::dissect::parse_hex;
use crate::sim::{Action, MAX_SERIES};
use crate::time::{Duration, Instant};

/// What stands in the way of sending, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What it is about.
    pub place: Place,
    /// What is wrong and what would be right.
    pub text: String,
    /// The statement behind it.
    pub statement: Option<&'static str>,
}

/// What a trouble is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A field.
    Field(Key),
    /// A row of a property list.
    Property(PropertyHost, usize),
    /// A filter of the list.
    Filter(usize),
    /// The form as a whole.
    Form,
    /// Nothing yet: the form has not been touched.
    Untouched,
}

impl Trouble {
    pub(super) const fn whole(text: String) -> Self {
        Self { place: Place::Form, text, statement: None }
    }

    pub(super) const fn at(field: Field, text: String) -> Self {
        Self { place: Place::Field(Key::Field(field)), text, statement: None }
    }
}

/// What a packet's form is made into: who sends it and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub version: Version,
    /// The next free Packet Identifier.
    pub packet_id: PacketId,
    /// Virtual time.
    pub now: Instant,
}

/// The action of a form.
///
/// # Errors
/// What was typed does not say one.
pub(super) fn action(kind: FormKind, draft: &Draft, setting: Setting) -> Result<Action, Trouble> {
    let builder = Builder { draft, setting };
    match kind {
        FormKind::Connect => builder.connect(),
        FormKind::Publish => builder.publish(),
        FormKind::Subscribe => builder.subscribe(),
        FormKind::Unsubscribe => builder.unsubscribe(),
        FormKind::Disconnect => builder.disconnect(),
        FormKind::Misbehave => builder.raw(),
        FormKind::Authenticate => Ok(Action::Reauthenticate),
        _ => Err(Trouble::whole("sends nothing".to_owned())),
    }
}

struct Builder<'a> {
    draft: &'a Draft,
    setting: Setting,
}

impl Builder<'_> {
    fn number(&self, field: Field, least: u32, most: u32) -> Result<u32, Trouble> {
        whole(self.draft.text(field), (least, most)).map_err(|text| Trouble::at(field, text))
    }

    fn short(&self, field: Field) -> Result<u16, Trouble> {
        Ok(self.number(field, 0, u32::from(u16::MAX))? as u16)
    }

    /// The properties of a host; none before 5.0.
    fn properties(&self, host: PropertyHost) -> Result<PropertyBuf, Trouble> {
        if self.setting.version == Version::V5 {
            encoded(host, self.draft.list(host))
        } else {
            Ok(PropertyBuf::new())
        }
    }

    /// Whether a list breaks rules on purpose: then the packet goes out as raw bytes, which nobody checks.
    fn breaks_rules(&self, host: PropertyHost) -> bool {
        let broken = |row: &PropertyDraft| row.breaks_rules(host);
        self.setting.version == Version::V5 && self.draft.list(host).iter().any(broken)
    }

    fn raw_packet(&self, packet: &Packet<'_>) -> Result<Action, Trouble> {
        let mut out = Vec::new();
        packet.encode(self.setting.version, &mut out).map_err(|error| Trouble::whole(error.to_string()))?;
        Ok(Action::Misbehave(Misbehaviour::Raw(out.into())))
    }

    fn connect(&self) -> Result<Action, Trouble> {
        let config = self.config()?;
        let connect = PropertyHost::Packet(PacketType::Connect);
        if !self.breaks_rules(connect) && (config.will.is_none() || !self.breaks_rules(PropertyHost::Will)) {
            return Ok(Action::ConnectAs(Box::new(config)));
        }
        self.raw_packet(&Packet::Connect(Connect {
            version: config.version,
            clean_start: config.clean_start,
            keep_alive_secs: config.keep_alive_secs,
            properties: config.properties.as_properties(),
            client_id: &config.client_id,
            will: config.will.as_ref().map(WillConfig::as_will),
            user_name: config.user_name.as_deref(),
            password: config.password.as_deref(),
        }))
    }

    fn config(&self) -> Result<ClientConfig, Trouble> {
        let draft = self.draft;
        let text = |field: Field| draft.text(field).to_owned();
        let bytes = |field: Field| Bytes::copy_from_slice(draft.text(field).as_bytes());
        let given = |field: Field| draft.is_on(field).then_some(field);
        let reconnect = match given(Field::Reconnect) {
            Some(_) => Some(Reconnect {
                first_millis: self.number(Field::ReconnectFirst, 1, u32::MAX)?,
                most_millis: self.number(Field::ReconnectMost, 1, u32::MAX)?,
                max_attempts: self.number(Field::ReconnectAttempts, 0, u32::MAX)?,
                ..draft.base.reconnect.unwrap_or_default()
            }),
            None => None,
        };
        let will = match given(Field::Will) {
            Some(_) => Some(WillConfig {
                qos: draft.qos(Field::WillQos),
                retain: draft.is_on(Field::WillRetain),
                topic: text(Field::WillTopic),
                payload: bytes(Field::WillPayload),
                properties: self.properties(PropertyHost::Will)?,
            }),
            None => None,
        };
        Ok(ClientConfig {
            version: self.setting.version,
            client_id: text(Field::ClientId),
            clean_start: draft.is_on(Field::CleanStart),
            keep_alive_secs: self.short(Field::KeepAlive)?,
            will,
            user_name: given(Field::UserName).map(text),
            password: given(Field::Password).map(bytes),
            properties: self.properties(PropertyHost::Packet(PacketType::Connect))?,
            first_packet_id: self.number(Field::FirstPacketId, 1, u32::from(u16::MAX))? as u16,
            max_in_flight: self.number(Field::MaxInFlight, 1, u32::from(u16::MAX))? as u16,
            retry_interval_secs: given(Field::RetryInterval).map(|field| self.short(field)).transpose()?,
            automatic_aliases: self.short(Field::AutomaticAliases)?,
            reconnect,
            ..draft.base.clone()
        })
    }

    fn publish(&self) -> Result<Action, Trouble> {
        let (draft, host) = (self.draft, PropertyHost::Packet(PacketType::Publish));
        let numbered = draft.qos(Field::Qos) != QoS::AtMostOnce;
        let packet_id = match draft.text(Field::PacketId).trim() {
            "" => None,
            _ if !numbered => None,
            _ => PacketId::new(self.number(Field::PacketId, 1, u32::from(u16::MAX))? as u16),
        };
        let request = PublishRequest {
            topic: draft.text(Field::Topic).to_owned(),
            packet_id,
            payload: payload(draft)?,
            qos: draft.qos(Field::Qos),
            retain: draft.is_on(Field::Retain),
            properties: self.properties(host)?,
        };
        if self.breaks_rules(host) {
            return self.raw_packet(&Packet::Publish(Publish {
                dup: false,
                qos: request.qos,
                retain: request.retain,
                packet_id: numbered.then_some(packet_id.unwrap_or(self.setting.packet_id)),
                topic: &request.topic,
                properties: request.properties.as_properties(),
                payload: &request.payload,
            }));
        }
        if !draft.is_on(Field::Repeat) {
            return Ok(Action::Publish(request));
        }
        let times = self.number(Field::Times, 1, MAX_SERIES as u32)?;
        let every = Duration::from_millis(self.number(Field::Every, 0, 3_600_000)?.into());
        let one = |n: u32| {
            let later = every * n;
            let payload = repeat::filled(&request.payload, n + 1, self.setting.now + later);
            let packet_id = packet_id.filter(|_| n == 0);
            (later, PublishRequest { payload, packet_id, ..request.clone() })
        };
        Ok(Action::Series((0..times).map(one).collect()))
    }

    fn subscribe(&self) -> Result<Action, Trouble> {
        let host = PropertyHost::Packet(PacketType::Subscribe);
        let properties = self.properties(host)?;
        let version_5 = self.setting.version == Version::V5;
        let filters: Vec<_> = self
            .draft
            .filters
            .iter()
            .map(|it| {
                let mut options = SubscriptionOptions::new(it.qos);
                if version_5 {
                    options.no_local = it.no_local && !it.is_shared(); // 5.0 MQTT-3.8.3-4
                    options.retain_as_published = it.retain_as_published;
                    options.retain_handling = it.retain_handling;
                }
                (it.filter.clone(), options)
            })
            .collect();
        if !self.breaks_rules(host) {
            return Ok(Action::Subscribe(filters, properties));
        }
        let mut list = SubscriptionsBuf::new();
        for (filter, options) in &filters {
            list.push(filter, *options);
        }
        let (packet_id, properties) = (self.setting.packet_id, properties.as_properties());
        let filters = list.as_subscriptions();
        self.raw_packet(&Packet::Subscribe(Subscribe { packet_id, dup: false, properties, filters }))
    }

    fn unsubscribe(&self) -> Result<Action, Trouble> {
        let host = PropertyHost::Packet(PacketType::Unsubscribe);
        let properties = self.properties(host)?;
        let filters: Vec<String> = self.draft.ended.iter().map(|it| it.filter.clone()).collect();
        if !self.breaks_rules(host) {
            return Ok(Action::Unsubscribe(filters, properties));
        }
        let mut list = TopicFiltersBuf::new();
        for filter in &filters {
            list.push(filter);
        }
        let (packet_id, properties) = (self.setting.packet_id, properties.as_properties());
        let filters = list.as_topic_filters();
        self.raw_packet(&Packet::Unsubscribe(Unsubscribe { packet_id, dup: false, properties, filters }))
    }

    fn disconnect(&self) -> Result<Action, Trouble> {
        if self.setting.version != Version::V5 {
            return Ok(Action::Disconnect);
        }
        let host = PropertyHost::Packet(PacketType::Disconnect);
        let (code, properties) = (reason(self.draft.text(Field::Reason)), self.properties(host)?);
        if self.breaks_rules(host) {
            let properties = properties.as_properties();
            return self.raw_packet(&Packet::Disconnect(Reason { code, properties }));
        }
        Ok(Action::DisconnectWith(code, properties))
    }

    fn raw(&self) -> Result<Action, Trouble> {
        let bytes = parse_hex(self.draft.text(Field::Raw));
        let bytes = bytes.map_err(|error| Trouble::at(Field::Raw, error.to_string()))?;
        if bytes.is_empty() {
            let text = "Choose what goes wrong, or type bytes.".to_owned();
            return Err(Trouble { place: Place::Untouched, text, statement: None });
        }
        Ok(Action::Misbehave(Misbehaviour::Raw(bytes.into())))
    }
}

/// The payload, in whichever form it was given.
///
/// # Errors
/// It is not hex, or no file has been chosen.
pub fn payload(draft: &Draft) -> Result<Bytes, Trouble> {
    let text = draft.text(Field::Payload);
    match draft.text(Field::PayloadAs) {
        "Hex" => match parse_hex(text) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(Trouble::at(Field::Payload, error.to_string())),
        },
        "File" => match &draft.file {
            Some((_, bytes)) => Ok(bytes.clone()),
            None => Err(Trouble::at(Field::Payload, "Choose a file.".to_owned())),
        },
        _ => Ok(Bytes::copy_from_slice(text.as_bytes())),
    }
}
