//! What is typed into a client's forms.

use bytes::Bytes;

use super::property::{PropertyDraft, Which, host_index};
use crate::client::ClientConfig;
use crate::codec::{PropertyHost, PropertyId, QoS, RetainHandling, Version};

/// A text, number, choice or switch that a form holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // named as what they are
pub enum Field {
    Version,
    ClientId,
    CleanStart,
    KeepAlive,
    UserName,
    Password,
    Will,
    WillTopic,
    WillPayload,
    WillQos,
    WillRetain,
    Reconnect,
    ReconnectFirst,
    ReconnectMost,
    ReconnectAttempts,
    RetryInterval,
    AutomaticAliases,
    FirstPacketId,
    MaxInFlight,
    Topic,
    Payload,
    PayloadAs,
    Qos,
    /// Of the next PUBLISH; empty is the next free one.
    PacketId,
    Retain,
    Repeat,
    Times,
    Every,
    Reason,
    /// What goes wrong with the next acknowledgement.
    Slip,
    /// Of which type that is.
    SlipPacket,
    WrongId,
    Raw,
}

const FIELDS: usize = Field::Raw as usize + 1;

/// Where a field's text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// On its own.
    Field(Field),
    /// In the property list; no text is no property.
    Property(PropertyHost, PropertyId),
}

/// A filter with its options, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterDraft {
    /// The topic filter.
    pub filter: String,
    /// Requested QoS (5.0: Maximum QoS).
    pub qos: QoS,
    /// No Local; not for shared filters (5.0 MQTT-3.8.3-4).
    pub no_local: bool,
    /// Retain As Published.
    pub retain_as_published: bool,
    /// Retain Handling.
    pub retain_handling: RetainHandling,
}

impl FilterDraft {
    /// A filter without options.
    pub const fn new(filter: String, qos: QoS) -> Self {
        let retain_handling = RetainHandling::SendAtSubscribe;
        Self { filter, qos, no_local: false, retain_as_published: false, retain_handling }
    }

    /// Whether it is shared.
    pub fn is_shared(&self) -> bool {
        self.filter.starts_with("$share/")
    }
}

/// All that a client's forms hold; kept while they are closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The settings that the connect form began with; what it does not show is theirs.
    pub base: ClientConfig,
    /// The file that is the payload: its name and its bytes.
    pub file: Option<(String, Bytes)>,
    /// The filters of SUBSCRIBE, at least one.
    pub filters: Vec<FilterDraft>,
    /// The filters of UNSUBSCRIBE, at least one.
    pub ended: Vec<FilterDraft>,
    texts: [String; FIELDS],
    lists: [Vec<PropertyDraft>; 16],
}

impl Draft {
    /// What the forms of a client with these settings begin with.
    pub fn new(base: &ClientConfig, topic: &str, filter: &str) -> Self {
        let mut draft = Self {
            base: base.clone(),
            file: None,
            filters: vec![FilterDraft::new(filter.to_owned(), QoS::ExactlyOnce)],
            ended: vec![FilterDraft::new(filter.to_owned(), QoS::AtMostOnce)],
            texts: std::array::from_fn(|_| String::new()),
            lists: Default::default(),
        };
        for (field, text) in [
            (Field::Topic, topic),
            (Field::Payload, "21.7"),
            (Field::PayloadAs, "Text"),
            (Field::Qos, "2"),
            (Field::Times, "10"),
            (Field::Every, "500"),
            (Field::Reason, "0"),
            (Field::Slip, "0"),
            (Field::SlipPacket, "PUBACK"),
            (Field::WrongId, "99"),
        ] {
            draft.set_text(field, text.to_owned());
        }
        draft.fill_connect(base);
        draft
    }

    /// Begins the connect form anew with these settings, if others were set since.
    pub fn follow(&mut self, config: &ClientConfig) {
        if self.base != *config {
            self.fill_connect(config);
        }
    }

    fn fill_connect(&mut self, config: &ClientConfig) {
        let reconnect = config.reconnect.unwrap_or_default();
        let will = config.will.as_ref();
        let shown = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        let on = |on: bool| if on { "1" } else { "" }.to_owned();
        let texts = [
            (Field::Version, config.version.as_str().to_owned()),
            (Field::ClientId, config.client_id.clone()),
            (Field::CleanStart, on(config.clean_start)),
            (Field::KeepAlive, config.keep_alive_secs.to_string()),
            (Field::UserName, config.user_name.clone().unwrap_or_default()),
            (Field::Password, config.password.as_ref().map(shown).unwrap_or_default()),
            (Field::Will, on(will.is_some())),
            (
                Field::WillTopic,
                will.map_or_else(|| ["status/", &config.client_id].concat(), |it| it.topic.clone()),
            ),
            (Field::WillPayload, will.map_or_else(|| "offline".to_owned(), |it| shown(&it.payload))),
            (Field::WillQos, will.map_or(QoS::AtLeastOnce, |it| it.qos).to_string()),
            (Field::WillRetain, on(will.is_some_and(|it| it.retain))),
            (Field::Reconnect, on(config.reconnect.is_some())),
            (Field::ReconnectFirst, reconnect.first_millis.to_string()),
            (Field::ReconnectMost, reconnect.most_millis.to_string()),
            (Field::ReconnectAttempts, reconnect.max_attempts.to_string()),
            (Field::RetryInterval, config.retry_interval_secs.map(|it| it.to_string()).unwrap_or_default()),
            (Field::AutomaticAliases, config.automatic_aliases.to_string()),
            (Field::FirstPacketId, config.first_packet_id.to_string()),
            (Field::MaxInFlight, config.max_in_flight.to_string()),
        ];
        for (field, text) in texts {
            self.set_text(field, text);
        }
        let connect = PropertyHost::Packet(crate::codec::PacketType::Connect);
        *self.list_mut(connect) = PropertyDraft::read(config.properties.as_properties());
        *self.list_mut(PropertyHost::Will) =
            will.map(|it| PropertyDraft::read(it.properties.as_properties())).unwrap_or_default();
        self.base = config.clone();
    }

    /// What was typed into a field.
    pub fn text(&self, field: Field) -> &str {
        &self.texts[field as usize]
    }

    /// Types into a field.
    pub fn set_text(&mut self, field: Field, text: String) {
        self.texts[field as usize] = text;
    }

    /// Whether a switch is on.
    pub fn is_on(&self, field: Field) -> bool {
        !self.text(field).is_empty()
    }

    /// What was typed, wherever it is kept.
    pub fn value(&self, key: Key) -> &str {
        match key {
            Key::Field(field) => self.text(field),
            Key::Property(host, id) => self.property(host, id).map_or("", |it| &it.first),
        }
    }

    /// Types, wherever it is kept.
    pub fn set(&mut self, key: Key, text: String) {
        let (host, id) = match key {
            Key::Field(field) => return self.set_text(field, text),
            Key::Property(host, id) => (host, id),
        };
        let list = self.list_mut(host);
        let at = list.iter().position(|it| it.which == Which::Known(id));
        match (at, text.is_empty()) {
            (Some(at), true) => {
                list.remove(at);
            }
            (Some(at), false) => list[at].first = text,
            (None, true) => {}
            (None, false) => {
                list.insert(0, PropertyDraft { first: text, ..PropertyDraft::new(Which::Known(id)) })
            }
        }
    }

    fn property(&self, host: PropertyHost, id: PropertyId) -> Option<&PropertyDraft> {
        self.list(host).iter().find(|it| it.which == Which::Known(id))
    }

    /// The properties of a packet or of the will, in the order in which they are sent.
    pub fn list(&self, host: PropertyHost) -> &Vec<PropertyDraft> {
        &self.lists[host_index(host)]
    }

    /// The same, to change them.
    pub fn list_mut(&mut self, host: PropertyHost) -> &mut Vec<PropertyDraft> {
        &mut self.lists[host_index(host)]
    }

    /// The version that the connect form asks for.
    pub fn version(&self) -> Version {
        Version::parse(self.text(Field::Version)).unwrap_or(Version::V311)
    }

    pub(super) fn qos(&self, field: Field) -> QoS {
        self.text(field).parse().ok().and_then(QoS::from_bits).unwrap_or_default()
    }
}
