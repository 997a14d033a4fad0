//! A scenario as a table: nothing but constants, and one function that reads them.

use bytes::Bytes;

use super::super::scenario::{Action, ClientSpec, Scenario, TimedAction};
use crate::broker::BrokerConfig;
use crate::client::{ClientConfig, PublishRequest, WillConfig};
use crate::codec::{PropertyBuf, PropertyId, PropertyValue, QoS, SubscriptionOptions, Version};
use crate::time::Instant;

pub(super) const Q0: QoS = QoS::AtMostOnce;
pub(super) const Q1: QoS = QoS::AtLeastOnce;
pub(super) const Q2: QoS = QoS::ExactlyOnce;

/// A property.
pub(super) type Property = (PropertyId, PropertyValue<'static>);

/// Properties, before they are encoded.
pub(super) type List = &'static [Property];

/// Milliseconds, the place in [`Script::clients`], what it does.
pub(super) type Timed = (u32, usize, Do);

pub(super) struct Script {
    pub id: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    /// How the broker's settings differ from what they are otherwise.
    pub broker: Option<Set>,
    pub clients: &'static [Who],
    pub steps: &'static [Timed],
}

/// Changes settings.
pub(super) type Set = fn(&mut BrokerConfig);

/// A client.
#[derive(Clone, Copy)]
pub(super) struct Who {
    pub name: &'static str,
    /// Its name if it has none of its own.
    pub client_id: Option<&'static str>,
    pub version: Version,
    pub clean_start: bool,
    pub keep_alive_secs: u16,
    pub first_packet_id: u16,
    pub will: Option<Post>,
    /// User name and password.
    pub login: Option<(&'static str, &'static str)>,
    pub properties: List,
}

/// A message.
#[derive(Clone, Copy)]
pub(super) struct Post {
    pub topic: &'static str,
    pub payload: &'static [u8],
    pub qos: QoS,
    pub retain: bool,
    pub properties: List,
}

/// An action.
#[derive(Clone, Copy)]
pub(super) enum Do {
    Connect,
    Configure(&'static Who),
    Publish(Post),
    Subscribe(&'static str, QoS),
    SubscribeWith(&'static str, SubscriptionOptions, List),
    Reauthenticate,
    Broker(Set),
    Disconnect,
    Cut,
    Silence,
}

/// 3.1.1, with a session of the connection only.
pub(super) const fn clean(name: &'static str) -> Who {
    Who {
        name,
        client_id: None,
        version: Version::V311,
        clean_start: true,
        keep_alive_secs: 60,
        first_packet_id: 1,
        will: None,
        login: None,
        properties: &[],
    }
}

/// 3.1.1, with a session that is kept.
pub(super) const fn kept(name: &'static str) -> Who {
    Who { clean_start: false, ..clean(name) }
}

/// 5.0, with a session of the connection only.
pub(super) const fn five(name: &'static str) -> Who {
    Who { version: Version::V5, ..clean(name) }
}

/// 5.0, with a session that outlives the connection as `properties` say.
pub(super) const fn keeping(name: &'static str, properties: List) -> Who {
    Who { clean_start: false, properties, ..five(name) }
}

/// Publishes a message with properties.
pub(super) const fn with(post: Post, properties: List) -> Do {
    Do::Publish(Post { properties, ..post })
}

/// A message without properties, not retained.
pub(super) const fn post(topic: &'static str, payload: &'static str, qos: QoS) -> Post {
    Post { topic, payload: payload.as_bytes(), qos, retain: false, properties: &[] }
}

/// Publishes such a message.
pub(super) const fn publish(topic: &'static str, payload: &'static str, qos: QoS) -> Do {
    Do::Publish(post(topic, payload, qos))
}

impl Script {
    pub fn scenario(&self) -> Scenario {
        let clients = self.clients.iter();
        let steps = self.steps.iter();
        let mut broker = BrokerConfig::default();
        if let Some(set) = self.broker {
            set(&mut broker);
        }
        Scenario {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            text: self.text.to_owned(),
            clients: clients
                .map(|who| ClientSpec { name: who.name.to_owned(), config: who.config() })
                .collect(),
            actions: steps
                .map(|&(millis, client, what)| TimedAction {
                    at: Instant::from_millis(millis.into()),
                    client,
                    action: what.action(&broker),
                })
                .collect(),
            broker,
            ..Scenario::default()
        }
    }
}

impl Who {
    fn config(&self) -> ClientConfig {
        ClientConfig {
            version: self.version,
            clean_start: self.clean_start,
            keep_alive_secs: self.keep_alive_secs,
            will: self.will.map(|will| WillConfig {
                qos: will.qos,
                retain: will.retain,
                topic: will.topic.to_owned(),
                payload: Bytes::from_static(will.payload),
                properties: encoded(will.properties),
            }),
            properties: encoded(self.properties),
            first_packet_id: self.first_packet_id,
            user_name: self.login.map(|(user, _)| user.to_owned()),
            password: self.login.map(|(_, password)| Bytes::from_static(password.as_bytes())),
            ..ClientConfig::new(self.client_id.unwrap_or(self.name))
        }
    }
}

impl Do {
    /// `broker` is how the broker is set at the beginning.
    fn action(self, broker: &BrokerConfig) -> Action {
        match self {
            Self::Connect => Action::Connect,
            Self::Configure(who) => Action::Configure(Box::new(who.config())),
            Self::Publish(Post { topic, payload, qos, retain, properties }) => {
                Action::Publish(PublishRequest {
                    topic: topic.to_owned(),
                    payload: Bytes::from_static(payload),
                    qos,
                    retain,
                    properties: encoded(properties),
                    packet_id: None,
                })
            }
            Self::Subscribe(filter, qos) => Action::Subscribe(
                vec![(filter.to_owned(), SubscriptionOptions::new(qos))],
                PropertyBuf::new(),
            ),
            Self::SubscribeWith(filter, options, properties) => {
                Action::Subscribe(vec![(filter.to_owned(), options)], encoded(properties))
            }
            Self::Reauthenticate => Action::Reauthenticate,
            Self::Broker(set) => {
                let mut broker = broker.clone();
                set(&mut broker);
                Action::ConfigureBroker(Box::new(broker))
            }
            Self::Disconnect => Action::Disconnect,
            Self::Cut => Action::Cut,
            Self::Silence => Action::Silence,
        }
    }
}

fn encoded(list: List) -> PropertyBuf {
    let mut properties = PropertyBuf::new();
    for (id, value) in list {
        properties.push(*id, *value);
    }
    properties
}
