//! From a world to its lines.

use super::super::json::{self, Value, push_text};
use super::token::{micros, number};
use crate::capture::Step;
use crate::codec::{PropertyId, PropertyKind};
use crate::sim::{BROKERS, Record};

type Entries = Vec<(String, Value)>;

pub(super) fn write(record: &Record, step: Step) -> String {
    // What the other form tells is told: nothing can be forgotten here.
    let Ok(Value::Object(mut entries)) = json::parse(&record.to_text(step)) else { return String::new() };
    let mut out = String::new();
    for (name, key) in [
        ("mqtt-playground", "mqtt_playground"),
        ("id", "id"),
        ("title", "title"),
        ("text", "text"),
        ("broker-name", "broker_name"),
    ] {
        match take(&mut entries, key) {
            Some(Value::Number(version)) => line(&mut out, &[name, " ", &version.to_string()]),
            Some(Value::Text(text)) => line(&mut out, &[name, " ", &whole_line(&text)]),
            _ => {}
        }
    }
    let network = ["seed", "latency_micros", "jitter_micros", "processing_micros"];
    let network: Entries =
        network.iter().filter_map(|name| Some(((*name).to_owned(), take(&mut entries, name)?))).collect();
    if !network.is_empty() {
        line(&mut out, &["network", &values(network)]);
    }
    if let Some(Value::Object(broker)) = take(&mut entries, "broker") {
        line(&mut out, &["broker", &values(broker)]);
    }
    let mut names = Names::default();
    for mut broker in objects(take(&mut entries, "brokers")) {
        let name = text_of(take(&mut broker, "name"));
        line(&mut out, &["another-broker ", &quoted_name(&name), &values(broker)]);
        names.brokers.push(name);
    }
    for mut client in objects(take(&mut entries, "clients")) {
        let name = text_of(take(&mut client, "name"));
        // Its name, unless another one is told.
        let client_id = text_of(take(&mut client, "client_id"));
        if client_id != name {
            client.insert(0, ("client_id".to_owned(), Value::Text(client_id)));
        }
        names.put_broker(&mut client);
        line(&mut out, &["client ", &quoted_name(&name), &values(client)]);
        names.clients.push(name);
    }
    for (at, mut link) in objects(take(&mut entries, "links")).into_iter().enumerate() {
        // What is left out would be the network's.
        for (name, usual) in
            [("jitter_micros", 0), ("to_client_micros", 20_000), ("to_broker_micros", 20_000)]
        {
            if !link.iter().any(|(known, _)| known == name) {
                link.insert(0, (name.to_owned(), Value::Number(usual)));
            }
        }
        line(&mut out, &["link ", &names.of(at), &values(link)]);
    }
    for (list, mark) in [("script", ""), ("conditions", "when "), ("actions", "@")] {
        let actions = objects(take(&mut entries, list));
        if !actions.is_empty() {
            out.push('\n');
        }
        for action in actions {
            let write = if list == "conditions" { condition_line } else { action_line };
            line(&mut out, &[mark, &write(&names, action)]);
        }
    }
    if let Some(Value::Number(step)) = take(&mut entries, "step") {
        line(&mut out, &["\nstep ", &step.to_string()]);
    }
    out
}

fn line(out: &mut String, parts: &[&str]) {
    out.push_str(parts.concat().trim_end_matches(' '));
    out.push('\n');
}

fn take(entries: &mut Entries, name: &str) -> Option<Value> {
    let at = entries.iter().position(|(known, _)| known == name)?;
    Some(entries.remove(at).1)
}

fn objects(list: Option<Value>) -> Vec<Entries> {
    let Some(Value::List(all)) = list else { return Vec::new() };
    all.into_iter().map(|it| if let Value::Object(entries) = it { entries } else { Vec::new() }).collect()
}

fn text_of(value: Option<Value>) -> String {
    if let Some(Value::Text(text)) = value { text } else { String::new() }
}

fn number_of(value: Option<Value>) -> u64 {
    if let Some(Value::Number(number)) = value { number } else { 0 }
}

/// What parties are called.
#[derive(Default)]
struct Names {
    clients: Vec<String>,
    brokers: Vec<String>,
}

impl Names {
    /// A client, or from [`BROKERS`] on a broker.
    fn of(&self, party: usize) -> String {
        let broker = party.checked_sub(BROKERS);
        let name = match broker {
            Some(0) => return "broker".to_owned(),
            Some(number) => self.brokers.get(number - 1),
            None => self.clients.get(party),
        };
        name.map_or_else(|| ["#", &party.to_string()].concat(), |name| quoted_name(name))
    }

    /// A broker's name in place of its number.
    fn put_broker(&self, entries: &mut Entries) {
        let broker = entries.iter_mut().find(|(name, _)| name == "broker");
        if let Some((_, value)) = broker
            && let Value::Number(number) = value
            && let Some(name) = (*number as usize).checked_sub(1).and_then(|at| self.brokers.get(at))
            && name != "broker"
        {
            *value = Value::Text(name.clone());
        }
    }
}

/// `2.000+1 pub1 publish sensors/a "21.5" qos=1`
fn action_line(names: &Names, mut action: Entries) -> String {
    let at = number_of(take(&mut action, "at_micros"));
    let after = number_of(take(&mut action, "after"));
    let mut out = seconds(at);
    if after > 0 {
        out += &["+", &after.to_string()].concat();
    }
    out + " " + &deed(names, action)
}

/// `when sub1 receives PUBLISH nth=2 after=5ms do sub1 cut`
fn condition_line(names: &Names, mut action: Entries) -> String {
    let later = number_of(take(&mut action, "later_micros"));
    let mut when = match take(&mut action, "when") {
        Some(Value::Object(when)) => when,
        _ => Vec::new(),
    };
    let of = names.of(number_of(take(&mut when, "of")) as usize);
    let mut out = [&*of, " ", &text_of(take(&mut when, "what"))].concat();
    for name in ["packet", "filter"] {
        if let Some(Value::Text(text)) = take(&mut when, name) {
            // These words say something else there.
            let text = if text == "do" || text == "every" { quote(&text) } else { word(&text) };
            out += &[" ", &text].concat();
        }
    }
    match take(&mut when, "nth") {
        Some(Value::Number(0)) => out += " every",
        Some(Value::Number(nth)) => out += &[" nth=", &nth.to_string()].concat(),
        _ => {}
    }
    if later > 0 {
        out += &[" after=", &time(later)].concat();
    }
    out + " do " + &deed(names, action)
}

/// `pub1 publish sensors/a "21.5" qos=1`
fn deed(names: &Names, mut action: Entries) -> String {
    let client = number_of(take(&mut action, "client")) as usize;
    let what = text_of(take(&mut action, "do"));
    let of_broker = what != "use_broker" && (what.ends_with("_broker") || what.ends_with("_broker_keeping"));
    // Where there is one broker, whoever asks for it.
    let alone = of_broker && client == 0 && names.brokers.is_empty();
    let name = if alone { "broker".to_owned() } else { names.of(client) };
    let mut out = [&*name, " ", &what.replace('_', "-")].concat();
    match what.as_str() {
        "publish" => {
            out += &[" ", &word(&text_of(take(&mut action, "topic")))].concat();
            if let Some(payload) = take(&mut action, "payload") {
                out += &[" ", &quoted(&payload)].concat();
            }
        }
        "subscribe" => {
            for mut filter in objects(take(&mut action, "filters")) {
                out += &[" ", &word(&text_of(take(&mut filter, "filter")))].concat();
                out += &options(number_of(take(&mut filter, "options")));
            }
        }
        "unsubscribe" => {
            for mut filter in objects(take(&mut action, "filters")) {
                out += &[" ", &word(&text_of(take(&mut filter, "filter")))].concat();
            }
        }
        "use_broker" if action.is_empty() => out += " broker=broker",
        "use_broker" => names.put_broker(&mut action),
        "arm" if !action.iter().any(|(name, _)| name == "fault") => out += " fault=cut_before",
        _ => {}
    }
    out + &values(action)
}

/// Subscription options, bit by bit.
fn options(byte: u64) -> String {
    let mut out = [" qos=", &(byte & 3).to_string()].concat();
    for (bit, name) in [(4, " no_local=true"), (8, " retain_as_published=true")] {
        out += if byte & bit == 0 { "" } else { name };
    }
    if byte >> 4 > 0 {
        out += &[" retain_handling=", &(byte >> 4).to_string()].concat();
    }
    out
}

/// Three decimals, or six where they are needed.
fn seconds(micros: u64) -> String {
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    let part = if part % 1_000 == 0 { format!("{:03}", part / 1_000) } else { format!("{part:06}") };
    [&whole.to_string(), ".", &part].concat()
}

/// A client's name, in quotes where it could be taken for something else.
pub(super) fn quoted_name(name: &str) -> String {
    if name == "broker" || name.starts_with('#') { quote(name) } else { word(name) }
}

fn whole_line(text: &str) -> String {
    let plain =
        text.trim() == text && !text.is_empty() && !text.starts_with('"') && !text.contains(char::is_control);
    if plain { text.to_owned() } else { quote(text) }
}

fn quote(text: &str) -> String {
    let mut out = String::new();
    push_text(text, &mut out);
    out
}

/// A word of its own.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '=' | '{' | '}' | '[' | ']');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quote(text) }
}

/// ` name=value name`: all of them.
fn values(entries: Entries) -> String {
    let mut out = String::new();
    for (name, value) in entries {
        match (name.as_str(), value) {
            ("properties", Value::List(list)) => {
                list.into_iter().for_each(|property| out += &self::property(property));
            }
            (_, Value::Flag(true)) => out += &[" ", &name].concat(),
            (_, Value::Number(number)) if name.ends_with("_micros") => {
                out += &[" ", name.trim_end_matches("_micros"), "=", &time(number)].concat();
            }
            (_, value) => out += &[" ", &name, "=", &self::value(value)].concat(),
        }
    }
    out
}

/// With the largest unit that is whole.
fn time(micros: u64) -> String {
    let (number, unit) = match micros {
        0 => (0, "ms"),
        _ if micros.is_multiple_of(1_000_000) => (micros / 1_000_000, "s"),
        _ if micros.is_multiple_of(1_000) => (micros / 1_000, "ms"),
        _ => (micros, "us"),
    };
    [&number.to_string(), unit].concat()
}

fn value(value: Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => {
            let like_another =
                number(&text).is_some() || micros(&text).is_some() || text == "true" || text == "false";
            if like_another { quote(&text) } else { word(&text) }
        }
        Value::Object(entries) => match entries.as_slice() {
            [(name, Value::Text(hex))] if name == "hex" => ["x", &quote(hex)].concat(),
            _ => ["{", values(entries).trim_start(), "}"].concat(),
        },
        Value::List(all) => {
            let all: Vec<String> = all.into_iter().map(self::value).collect();
            ["[", &all.join(" "), "]"].concat()
        }
    }
}

/// A text or bytes, always in quotes.
fn quoted(value: &Value) -> String {
    match value {
        Value::Text(text) => quote(text),
        other => self::value(other.clone()),
    }
}

/// ` +session-expiry-interval=60`
fn property(property: Value) -> String {
    let Value::Object(mut entries) = property else { return String::new() };
    let Some(id) = PropertyId::from_byte(number_of(take(&mut entries, "id")) as u8) else {
        return String::new();
    };
    let text = |entries: &mut Entries, name| quote(&text_of(take(entries, name)));
    let value = match id.kind() {
        PropertyKind::Utf8String => text(&mut entries, "text"),
        PropertyKind::Utf8StringPair => [text(&mut entries, "name"), text(&mut entries, "text")].join(":"),
        PropertyKind::BinaryData => match take(&mut entries, "bytes") {
            Some(bytes) => quoted(&bytes),
            None => quote(""),
        },
        _ => number_of(take(&mut entries, "number")).to_string(),
    };
    [" +", &slug(id), "=", &value].concat()
}

/// `Session Expiry Interval` → `session-expiry-interval`
pub(super) fn slug(id: PropertyId) -> String {
    id.name().to_lowercase().replace(' ', "-")
}
