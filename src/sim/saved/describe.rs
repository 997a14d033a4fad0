//! What a saved world consists of: each function describes a value both for writing and for reading.

use bytes::Bytes;

use super::action::{action, packet};
use super::form::Form;
use crate::broker::{Access, AccessList, AccessRule, AccessWho, BrokerConfig, QueueOverflow, Secret, User};
use crate::capture::Step;
use crate::client::{ClientConfig, PublishRequest, Reconnect, WillConfig};
use crate::codec::{PropertyBuf, PropertyId, PropertyKind, PropertyValue, QoS, Version};
use crate::sim::record::{MAX_ACTIONS, Record, UserAction};
use crate::sim::run::BROKER_NAME;
use crate::sim::{
    Action, BROKERS, ClientSpec, ConditionalAction, Happening, LinkSettings, MAX_BROKERS, MAX_CLIENTS,
    MAX_CONDITIONS, Scenario, TimedAction,
};
use crate::time::{Duration, Instant};
use crate::topic::check_filter;

/// The entry that tells a saved world from other JSON.
pub(super) const FORM_NAME: &str = "mqtt_playground";

/// Entries of lists that have no bound of their own.
pub(super) const MANY: usize = 10_000;
/// An hour: longer ways make no sense, and keep sums of times from overflowing.
pub(super) const LONGEST_MICROS: u64 = 3_600_000_000;
/// A thousand days.
pub(super) const LATEST_MICROS: u64 = 86_400_000_000_000;
/// Bytes a second: more is no bound.
const FASTEST: u64 = 1 << 40;

pub(super) fn record(form: &mut Form<'_>, record: &mut Record, step: &mut Step) {
    form.number(FORM_NAME, super::FORM, 0, super::FORM);
    scenario(form, &mut record.scenario);
    let parties = (record.scenario.clients.len(), record.scenario.brokers.len() + 1);
    let actions = &mut record.actions;
    form.list("actions", actions.len(), MAX_ACTIONS, &mut |form, at| {
        let mut it = actions.get(at).cloned().unwrap_or_else(UserAction::nothing);
        (it.client, it.at) = place(form, it.client, it.at);
        it.after = form.number("after", it.after.into(), 0, u32::MAX.into()) as u32;
        it.action = action(form, it.action.clone());
        someone(form, it.client, parties, &it.action);
        keep(form, actions, it);
    });
    *step = form.number("step", (*step).into(), 0, Step::MAX.into()) as Step;
}

/// Appends what was read; what was written is there.
pub(super) fn keep<T>(form: &Form<'_>, list: &mut Vec<T>, value: T) {
    if form.is_reading() {
        list.push(value);
    }
}

fn scenario(form: &mut Form<'_>, it: &mut Scenario) {
    let usual = Scenario::default();
    for (name, text) in [("id", &mut it.id), ("title", &mut it.title), ("text", &mut it.text)] {
        *text = form.text(name, std::mem::take(text));
    }
    it.seed = form.number("seed", it.seed, usual.seed, u64::MAX);
    for (name, micros, usual) in [
        ("latency_micros", &mut it.latency_micros, usual.latency_micros),
        ("jitter_micros", &mut it.jitter_micros, usual.jitter_micros),
        ("processing_micros", &mut it.processing_micros, usual.processing_micros),
    ] {
        *micros = form.number(name, *micros, usual, LONGEST_MICROS);
    }
    let broker = &mut it.broker;
    form.object("broker", *broker != usual.broker, &mut |form| broker_config(form, broker, &usual.broker));
    it.broker_name = form.text("broker_name", std::mem::take(&mut it.broker_name));
    if !it.broker_name.is_empty() && !ClientSpec::is_name(&it.broker_name) {
        form.refuse("broker_name", "a name that can be seen");
    }
    let first = it.first_broker().to_owned();
    let brokers = &mut it.brokers;
    form.list("brokers", brokers.len(), MAX_BROKERS - 1, &mut |form, at| {
        let mut spec = brokers.get(at).cloned().unwrap_or_default();
        let others = brokers.iter().map(|other| &*other.name).chain([&*first]);
        spec.name = name(form, spec.name, &others.collect::<Vec<_>>());
        broker_config(form, &mut spec.config, &usual.broker);
        keep(form, brokers, spec);
    });
    let (clients, homes) = (&mut it.clients, &mut it.homes);
    form.list("clients", clients.len(), MAX_CLIENTS, &mut |form, at| {
        let mut spec = clients.get(at).cloned().unwrap_or_default();
        let others = clients.iter().map(|other| &other.name).chain(brokers.iter().map(|other| &other.name));
        let others = others.chain([&first]);
        spec.name = name(form, spec.name, &others.map(|name| &**name).collect::<Vec<_>>());
        let home = homes.get(at).copied().unwrap_or_default();
        let home = form.number("broker", home as u64, 0, brokers.len() as u64) as usize;
        if form.is_reading() && home > 0 {
            homes.resize(at, 0);
            homes.push(home);
        }
        config(form, &mut spec.config);
        keep(form, clients, spec);
    });
    let links = &mut it.links;
    form.list("links", links.len(), MAX_CLIENTS, &mut |form, at| {
        let mut settings = links.get(at).cloned().unwrap_or_default();
        link(form, &mut settings);
        keep(form, links, settings);
    });
    let (script, parties) = (&mut it.actions, (clients.len(), brokers.len() + 1));
    form.list("script", script.len(), MAX_ACTIONS, &mut |form, at| {
        let nothing = || TimedAction { at: Instant::ZERO, client: 0, action: Action::Connect };
        let mut timed = script.get(at).cloned().unwrap_or_else(nothing);
        (timed.client, timed.at) = place(form, timed.client, timed.at);
        timed.action = action(form, timed.action.clone());
        someone(form, timed.client, parties, &timed.action);
        keep(form, script, timed);
    });
    let conditions = &mut it.conditions;
    form.list("conditions", conditions.len(), MAX_CONDITIONS, &mut |form, at| {
        let mut it = conditions.get(at).cloned().unwrap_or_else(ConditionalAction::nothing);
        if !form.object("when", true, &mut |form| condition(form, &mut it, parties)) {
            form.refuse("when", "what it waits for");
        }
        let after = form.number("later_micros", it.after.as_micros() as u64, 0, LONGEST_MICROS);
        it.after = Duration::from_micros(after);
        it.client = form.number("client", it.client as u64, 0, u32::MAX.into()) as usize;
        it.action = action(form, it.action);
        someone(form, it.client, parties, &it.action);
        keep(form, conditions, it);
    });
}

/// A name over a lifeline that none of the others has.
fn name(form: &mut Form<'_>, it: String, others: &[&str]) -> String {
    let it = form.text("name", it);
    let taken = it == BROKER_NAME || others.contains(&&*it);
    if form.is_reading() && (taken || !ClientSpec::is_name(&it)) {
        form.refuse("name", "a name that can be seen and that no other lifeline has");
    }
    it
}

/// What an action waits for.
fn condition(form: &mut Form<'_>, it: &mut ConditionalAction, (clients, brokers): (usize, usize)) {
    it.of = form.number("of", it.of as u64, 0, u32::MAX.into()) as usize;
    let (kind, known) = match it.of.checked_sub(BROKERS) {
        Some(broker) => (2, broker < brokers),
        None => (Happening::NAMES.len(), it.of < clients),
    };
    if !known {
        form.refuse("of", "the number of a client or a broker");
    }
    // Of a broker, only packets can be waited for.
    let what = form.choice("what", it.what.index(), usize::MAX, &Happening::NAMES[..kind]);
    let (mut kind, mut filter) = (None, String::new());
    match &mut it.what {
        Happening::Sends(it) | Happening::Receives(it) => kind = *it,
        Happening::Delivers(it) => filter = std::mem::take(it),
        _ => {}
    }
    if what < 2 {
        kind = packet(form, kind);
    } else if what == 4 {
        filter = form.text("filter", filter);
        if !filter.is_empty() && check_filter(&filter, false).is_err() {
            form.refuse("filter", "a topic filter");
        }
    }
    it.what = match what {
        0 => Happening::Sends(kind),
        1 => Happening::Receives(kind),
        2 => Happening::Connects,
        3 => Happening::Disconnects,
        4 => Happening::Delivers(filter),
        _ => {
            form.refuse("what", "what happens");
            Happening::Connects
        }
    };
    it.nth = form.number("nth", it.nth.into(), 1, u32::MAX.into()) as u32;
}

fn place(form: &mut Form<'_>, client: usize, at: Instant) -> (usize, Instant) {
    let client = form.number("client", client as u64, 0, usize::MAX as u64) as usize;
    (client, Instant::from_micros(form.number("at_micros", at.as_micros(), 0, LATEST_MICROS)))
}

/// What is done to a broker needs no client.
fn someone(form: &mut Form<'_>, client: usize, (clients, brokers): (usize, usize), action: &Action) {
    let of_broker = matches!(
        action,
        Action::ConfigureBroker(_)
            | Action::RestartBroker(_)
            | Action::RestartBrokerKeeping(_)
            | Action::StopBroker
    );
    let known = client.checked_sub(BROKERS).is_none_or(|broker| broker < brokers);
    if client >= clients && !of_broker || !known {
        form.refuse("client", "the number of a client");
    }
    if matches!(action, Action::UseBroker(number) if *number >= brokers) {
        form.refuse("broker", "the number of a broker");
    }
}

/// How a link is.
pub(super) fn link(form: &mut Form<'_>, it: &mut LinkSettings) {
    let usual = LinkSettings::default();
    it.down = form.flag("down", it.down, usual.down);
    for (name, value, usual, most) in [
        ("to_broker_micros", &mut it.to_broker_micros, usual.to_broker_micros, LONGEST_MICROS),
        ("to_client_micros", &mut it.to_client_micros, usual.to_client_micros, LONGEST_MICROS),
        ("jitter_micros", &mut it.jitter_micros, usual.jitter_micros, LONGEST_MICROS),
        ("loss_per_mille", &mut it.loss_per_mille, usual.loss_per_mille, 1_000),
        ("resend_micros", &mut it.resend_micros, usual.resend_micros, LONGEST_MICROS),
        ("bytes_per_second", &mut it.bytes_per_second, usual.bytes_per_second, FASTEST),
        ("segment_bytes", &mut it.segment_bytes, usual.segment_bytes, FASTEST),
        ("join_micros", &mut it.join_micros, usual.join_micros, LONGEST_MICROS),
        ("up_micros", &mut it.up_micros, usual.up_micros, LATEST_MICROS),
        ("down_micros", &mut it.down_micros, usual.down_micros, LATEST_MICROS),
    ] {
        *value = form.number(name, *value, usual, most);
    }
}

/// Each field under its own name, by its kind.
macro_rules! fields {
    ($form:ident, $it:ident, $usual:ident; flags: $($flag:ident)*; numbers: $($number:ident: $type:ty),*) => {
        $($it.$flag = $form.flag(stringify!($flag), $it.$flag, $usual.$flag);)*
        $($it.$number = $form.number(
            stringify!($number), $it.$number as u64, $usual.$number as u64, <$type>::MAX as u64,
        ) as $type;)*
    };
}

pub(super) fn broker_config(form: &mut Form<'_>, it: &mut BrokerConfig, usual: &BrokerConfig) {
    fields!(form, it, usual;
        flags: allow_anonymous allow_zero_length_clientid check_control_characters check_payload_format
            queue_qos0_messages reason_strings retain_available server_moved shared_subscription_available
            subscription_identifier_available upgrade_outgoing_qos use_username_as_clientid
            wildcard_subscription_available;
        numbers: connect_timeout_secs: u16, max_connections: usize, max_inflight_messages: u16, max_keepalive: u16,
            max_output_packets: usize, max_packet_size: usize, max_queued_bytes: usize, max_queued_messages: usize,
            max_retained_bytes: usize, max_retained_messages: usize, max_sessions: usize, max_subscriptions: usize,
            max_topic_alias: u16, max_topic_alias_broker: u16, max_topic_levels: usize,
            max_unreleased_messages: u16, message_size_limit: usize, persistent_client_expiration_secs: u32,
            sys_interval_secs: u16);
    for (version, accept) in Version::ALL.into_iter().zip(&mut it.accept_protocol_versions) {
        *accept = form.flag(&["accept_", version.as_str()].concat(), *accept, true);
    }
    it.max_qos = qos(form, "max_qos", it.max_qos, QoS::ExactlyOnce);
    let oldest = form.flag("drop_oldest", it.queue_overflow == QueueOverflow::DropOldest, false);
    it.queue_overflow = if oldest { QueueOverflow::DropOldest } else { QueueOverflow::DropNewest };
    it.response_information = form.maybe("response_information", it.response_information.take());
    it.server_reference = form.maybe("server_reference", it.server_reference.take());
    it.clientid_prefixes = form.text("clientid_prefixes", std::mem::take(&mut it.clientid_prefixes));
    let prefix = (it.auto_id_prefix != usual.auto_id_prefix).then(|| it.auto_id_prefix.clone());
    if let Some(prefix) = form.maybe("auto_id_prefix", prefix) {
        it.auto_id_prefix = prefix;
    }
    let denied = &mut it.deny_subscribe;
    form.list("deny_subscribe", denied.len(), MANY, &mut |form, at| {
        let filter = form.text("filter", denied.get(at).cloned().unwrap_or_default());
        keep(form, denied, filter);
    });
    access(form, it);
}

/// Who may connect, and who may read and write what.
fn access(form: &mut Form<'_>, it: &mut BrokerConfig) {
    let users = &mut it.users;
    form.list("users", users.len(), MANY, &mut |form, at| {
        let nobody = || User { name: String::new(), password: Secret::Plain(Vec::new()) };
        let mut user = users.get(at).cloned().unwrap_or_else(nobody);
        user.name = form.text("name", user.name);
        // What a hash is held against is no data: who writes one cannot have it read again.
        let password = if let Secret::Plain(password) = user.password { password } else { Vec::new() };
        user.password = Secret::Plain(form.bytes("password", password.into()).to_vec());
        keep(form, users, user);
    });
    let mut rules = it.access.take().map(|list| list.rules);
    let is_there = form.flag("access_list", rules.is_some(), false);
    let rules = rules.get_or_insert_default();
    form.list("access", rules.len(), MANY, &mut |form, at| {
        let nothing =
            || AccessRule { who: AccessWho::Pattern, access: Access::ReadWrite, filter: String::new() };
        let rule = rules.get(at).cloned().unwrap_or_else(nothing);
        let (who, name) = match rule.who {
            AccessWho::Pattern => (0, String::new()),
            AccessWho::Anonymous => (1, String::new()),
            AccessWho::User(name) => (2, name),
            AccessWho::Client(id) => (3, id),
        };
        let who = form.choice("who", who, 0, &["pattern", "anonymous", "user", "client"]);
        let name = form.text("name", name);
        let who = match who {
            0 => AccessWho::Pattern,
            1 => AccessWho::Anonymous,
            2 => AccessWho::User(name),
            _ => AccessWho::Client(name),
        };
        const KINDS: [Access; 4] = [Access::ReadWrite, Access::Read, Access::Write, Access::Deny];
        let place = KINDS.iter().position(|known| *known == rule.access).unwrap_or_default();
        let access = KINDS[form.choice("access", place, 0, &["readwrite", "read", "write", "deny"])];
        let filter = form.text("filter", rule.filter);
        keep(form, rules, AccessRule { who, access, filter });
    });
    it.access = is_there.then(|| AccessList { rules: std::mem::take(rules) });
}

pub(super) fn config(form: &mut Form<'_>, it: &mut ClientConfig) {
    let usual = ClientConfig::default();
    let names = Version::ALL.map(Version::as_str);
    let place = |version| Version::ALL.iter().position(|known| *known == version).unwrap_or_default();
    it.version = Version::ALL[form.choice("version", place(it.version), place(usual.version), &names)];
    it.client_id = form.text("client_id", std::mem::take(&mut it.client_id));
    fields!(form, it, usual; flags: clean_start;
        numbers: keep_alive_secs: u16, first_packet_id: u16, max_in_flight: u16, max_incoming: u16,
            max_packet_size: u32, connack_timeout_secs: u16, automatic_aliases: u16);
    it.user_name = form.maybe("user_name", it.user_name.take());
    it.password = form.maybe_bytes("password", it.password.take());
    properties(form, &mut it.properties);
    let is_set = it.retry_interval_secs.is_some();
    let mut seconds = it.retry_interval_secs.unwrap_or_default();
    let is_set = form.object("retry", is_set, &mut |form| {
        seconds = form.number("secs", seconds.into(), 0, u16::MAX.into()) as u16;
    });
    it.retry_interval_secs = is_set.then_some(seconds);
    let mut again = it.reconnect.unwrap_or_default();
    let is_set = form.object("reconnect", it.reconnect.is_some(), &mut |form| {
        let usual = Reconnect::default();
        fields!(form, again, usual; flags: ;
            numbers: first_millis: u32, most_millis: u32, max_attempts: u32, seed: u64);
    });
    it.reconnect = is_set.then_some(again);
    let has_will = it.will.is_some();
    let mut will = it.will.take().map_or_else(PublishRequest::default, |will| PublishRequest {
        topic: will.topic,
        payload: will.payload,
        qos: will.qos,
        retain: will.retain,
        properties: will.properties,
        packet_id: None,
    });
    let is_set = form.object("will", has_will, &mut |form| message(form, &mut will));
    let PublishRequest { topic, payload, qos, retain, properties, .. } = will;
    it.will = is_set.then_some(WillConfig { qos, retain, topic, payload, properties });
}

pub(super) fn message(form: &mut Form<'_>, it: &mut PublishRequest) {
    it.topic = form.text("topic", std::mem::take(&mut it.topic));
    it.payload = form.bytes("payload", std::mem::take(&mut it.payload));
    it.qos = qos(form, "qos", it.qos, QoS::AtMostOnce);
    it.retain = form.flag("retain", it.retain, false);
    properties(form, &mut it.properties);
}

fn qos(form: &mut Form<'_>, name: &str, value: QoS, usual: QoS) -> QoS {
    let level = form.number(name, value.level().into(), usual.level().into(), 2);
    QoS::from_bits(level as u8).unwrap_or_default()
}

pub(super) fn properties(form: &mut Form<'_>, list: &mut PropertyBuf) {
    let known = list.clone();
    let known: Vec<_> = known.as_properties().iter().collect();
    form.list("properties", known.len(), MANY, &mut |form, at| {
        let it = known.get(at);
        let id = form.number("id", it.map_or(0, |it| it.id as u64), 0, u8::MAX.into()) as u8;
        let Some(id) = PropertyId::from_byte(id) else {
            return form.refuse("id", "the number of a property");
        };
        let (mut number, mut text, mut bytes, mut name) = (0, String::new(), Bytes::new(), String::new());
        match it.map(|it| it.value) {
            Some(PropertyValue::Number(value)) => number = value,
            Some(PropertyValue::Text(value)) => text = value.to_owned(),
            Some(PropertyValue::Binary(value)) => bytes = Bytes::copy_from_slice(value),
            Some(PropertyValue::Pair(key, value)) => (name, text) = (key.to_owned(), value.to_owned()),
            None => {}
        }
        number = form.number("number", number.into(), 0, u32::MAX.into()) as u32;
        (name, text) = (form.text("name", name), form.text("text", text));
        bytes = form.bytes("bytes", bytes);
        if form.is_reading() {
            list.push(
                id,
                match id.kind() {
                    PropertyKind::Utf8String => PropertyValue::Text(&text),
                    PropertyKind::BinaryData => PropertyValue::Binary(&bytes),
                    PropertyKind::Utf8StringPair => PropertyValue::Pair(&name, &text),
                    _ => PropertyValue::Number(number),
                },
            );
        }
    });
}
