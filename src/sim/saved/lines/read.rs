//! From lines to a world: into the values of the other form, which are read as they are there.

use super::super::form::Form;
use super::super::json::Value;
use super::super::{FORM, SavedError, describe};
use super::token::{Found, Line, Place, Word, number, seconds};
use super::write::slug;
use super::{LineError, LineFault};
use crate::capture::Step;
use crate::codec::{PropertyId, PropertyKind};
use crate::sim::{BROKERS, Record};

type Entries = Vec<(String, Value)>;

pub(super) fn read(text: &str) -> Result<(Record, Step), LineError> {
    let mut reader = Reader::default();
    for (at, text) in text.lines().enumerate() {
        let mut line = Line::new(text, at + 1);
        if !line.is_over() && !line.peeks('#') {
            reader.line(&mut line)?;
        }
    }
    reader.end()
}

#[derive(Default)]
struct Reader {
    /// The other form's object.
    world: Entries,
    names: Vec<String>,
    clients: Vec<Value>,
    broker_names: Vec<String>,
    brokers: Vec<Value>,
    conditions: Vec<Value>,
    links: Vec<Option<Entries>>,
    script: Vec<Value>,
    actions: Vec<Value>,
    /// Where each value stands, by the names that lead there.
    places: Vec<(String, Place)>,
}

impl Reader {
    fn line(&mut self, line: &mut Line<'_>) -> Result<(), LineError> {
        let from = line.here();
        if line.takes('@') {
            return self.action(line, true);
        }
        if line.peeks('.') || ('0'..='9').any(|digit| line.peeks(digit)) {
            return self.action(line, false);
        }
        let first = line.word("a line")?;
        let place = line.place(from);
        match first.text.as_str() {
            _ if first.quoted => return Err(first.place.error(LineFault::Line)),
            name @ ("mqtt-playground" | "step") => {
                let word = line.word("a number")?;
                let number = number(&word.text).ok_or(word.place.error(LineFault::Expected("a number")))?;
                self.put(&name.replace('-', "_"), Value::Number(number), word.place)?;
            }
            name @ ("id" | "title" | "text" | "broker-name") => {
                let text = line.rest_as_text()?;
                self.put(&name.replace('-', "_"), Value::Text(text), place)?;
            }
            "network" => {
                let mut network = Vec::new();
                self.values(line, "", &mut network)?;
                for (name, value) in network {
                    self.put(&name, value, place)?;
                }
            }
            "broker" => {
                let mut broker = Vec::new();
                self.places.push(("broker".to_owned(), place));
                self.values(line, "broker", &mut broker)?;
                self.put("broker", Value::Object(broker), place)?;
            }
            "another-broker" => self.broker(line)?,
            "client" => self.client(line)?,
            "when" => self.condition(line)?,
            "link" => {
                let index = self.who(line)?;
                let path = ["links ", &(index + 1).to_string()].concat();
                let mut link = Vec::new();
                self.places.push((path.clone(), place));
                self.values(line, &path, &mut link)?;
                self.links.resize(self.links.len().max(index + 1), None);
                self.links[index] = Some(link);
            }
            _ => return Err(first.place.error(LineFault::Line)),
        }
        if line.is_over() { Ok(()) } else { Err(line.expected("the end of the line")) }
    }

    /// An entry of the world, which may come once.
    fn put(&mut self, name: &str, value: Value, place: Place) -> Result<(), LineError> {
        if self.world.iter().any(|(known, _)| known == name) {
            return Err(place.error(LineFault::Expected("this line only once")));
        }
        if !self.places.iter().any(|(known, _)| known == name) {
            self.places.push((name.to_owned(), place));
        }
        self.world.push((name.to_owned(), value));
        Ok(())
    }

    fn client(&mut self, line: &mut Line<'_>) -> Result<(), LineError> {
        let name = line.word("a client's name")?;
        let path = ["clients ", &(self.clients.len() + 1).to_string()].concat();
        let mut client = vec![("name".to_owned(), Value::Text(name.text.clone()))];
        self.places.push((path.clone(), name.place));
        self.values(line, &path, &mut client)?;
        self.broker_number(&path, &mut client)?;
        if !client.iter().any(|(known, _)| known == "client_id") {
            client.push(("client_id".to_owned(), Value::Text(name.text.clone())));
        }
        self.names.push(name.text);
        self.clients.push(Value::Object(client));
        Ok(())
    }

    fn broker(&mut self, line: &mut Line<'_>) -> Result<(), LineError> {
        let name = line.word("a broker's name")?;
        let path = ["brokers ", &(self.brokers.len() + 1).to_string()].concat();
        let mut broker = vec![("name".to_owned(), Value::Text(name.text.clone()))];
        self.places.push((path.clone(), name.place));
        self.values(line, &path, &mut broker)?;
        self.broker_names.push(name.text);
        self.brokers.push(Value::Object(broker));
        Ok(())
    }

    /// Where a broker is named, its number is meant.
    fn broker_number(&self, path: &str, entries: &mut Entries) -> Result<(), LineError> {
        let named =
            entries.iter_mut().find(|(name, value)| name == "broker" && matches!(value, Value::Text(_)));
        let Some((_, value)) = named else { return Ok(()) };
        let Value::Text(name) = &*value else { return Ok(()) };
        let number = match name.as_str() {
            "broker" => Some(0),
            name => self.broker_names.iter().position(|known| known == name).map(|at| at + 1),
        };
        match number {
            Some(number) => *value = Value::Number(number as u64),
            None => {
                let place = nearest(&self.places, &join(path, "broker"));
                return Err(place.unwrap_or(BEGIN).error(LineFault::Broker));
            }
        }
        Ok(())
    }

    /// A client, or a broker, of this name.
    fn party(&self, name: &Word) -> Option<u64> {
        if name.text == "broker" && !name.quoted {
            return Some(BROKERS as u64);
        }
        let broker =
            || self.broker_names.iter().position(|known| *known == name.text).map(|at| BROKERS + at + 1);
        self.index(name).or_else(broker).map(|party| party as u64)
    }

    /// The index of the client that is named next.
    fn who(&self, line: &mut Line<'_>) -> Result<usize, LineError> {
        let name = line.word("a client's name")?;
        self.index(&name).ok_or_else(|| name.place.error(LineFault::Client))
    }

    fn index(&self, name: &Word) -> Option<usize> {
        let index = name.text.strip_prefix('#').filter(|_| !name.quoted).and_then(number);
        let index = index.filter(|index| *index < crate::sim::MAX_CLIENTS as u64);
        index.map(|index| index as usize).or_else(|| self.names.iter().position(|known| *known == name.text))
    }

    /// `2.000 pub1 publish …`
    fn action(&mut self, line: &mut Line<'_>, by_user: bool) -> Result<(), LineError> {
        let list = if by_user { "actions" } else { "script" };
        let count = if by_user { self.actions.len() } else { self.script.len() };
        let path = [list, " ", &(count + 1).to_string()].concat();
        let time = line.word("a time in seconds")?;
        let (at, after) = time.text.split_once('+').filter(|_| by_user).unwrap_or((&time.text, "0"));
        let bad = || time.place.error(LineFault::Expected("seconds with up to six decimals"));
        let (at, after) = (seconds(at).ok_or_else(bad)?, number(after).ok_or_else(bad)?);
        let mut entries: Entries = vec![("at_micros".to_owned(), Value::Number(at))];
        if after > 0 {
            entries.push(("after".to_owned(), Value::Number(after)));
        }
        self.deed(line, &path, &mut entries)?;
        let actions = if by_user { &mut self.actions } else { &mut self.script };
        actions.push(Value::Object(entries));
        Ok(())
    }

    /// `pub1 publish …`, to the line's end.
    fn deed(&mut self, line: &mut Line<'_>, path: &str, entries: &mut Entries) -> Result<(), LineError> {
        let name = line.word("a client's name, or a broker's")?;
        let party = self.party(&name).ok_or_else(|| name.place.error(LineFault::Client))?;
        let of_broker = party >= BROKERS as u64;
        let what = line.word("an action")?;
        let known = what.text.replace('-', "_");
        if of_broker && (!known.contains("broker") || known == "use_broker") {
            return Err(what.place.error(LineFault::Expected(
                "configure-broker, stop-broker, restart-broker or restart-broker-keeping",
            )));
        }
        self.places.push((path.to_owned(), what.place));
        self.places.push(([path, ", do"].concat(), what.place));
        // Where there is one broker, whoever asks for it.
        let client = if party == BROKERS as u64 && self.brokers.is_empty() { 0 } else { party };
        entries.push(("client".to_owned(), Value::Number(client)));
        entries.push(("do".to_owned(), Value::Text(known.clone())));
        match known.as_str() {
            "publish" => self.publish(line, path, entries)?,
            "subscribe" | "unsubscribe" => self.filters(line, path, entries)?,
            _ => {}
        }
        self.values(line, path, entries)?;
        if known == "use_broker" {
            self.broker_number(path, entries)?;
        }
        if line.is_over() { Ok(()) } else { Err(line.expected("a name, then = and a value")) }
    }

    /// `when sub1 receives PUBLISH nth=2 after=5ms do sub1 cut`
    fn condition(&mut self, line: &mut Line<'_>) -> Result<(), LineError> {
        let path = ["conditions ", &(self.conditions.len() + 1).to_string()].concat();
        let of = line.word("a client's name, or broker")?;
        let party = self.party(&of).ok_or_else(|| of.place.error(LineFault::Client))?;
        let what = line.word("sends, receives, connects, disconnects or delivers")?;
        let of_what = match what.text.as_str() {
            "sends" | "receives" => "packet",
            "delivers" => "filter",
            _ => "",
        };
        self.places.push(([&path, ", when, what"].concat(), what.place));
        let mut when: Entries =
            vec![("of".to_owned(), Value::Number(party)), ("what".to_owned(), Value::Text(what.text))];
        let mut entries = Entries::new();
        loop {
            let from = line.here();
            if line.has_name() {
                let name = line.name()?;
                line.takes('=');
                let found = line.value()?;
                let place = line.place(from);
                match (name.text.as_str(), found) {
                    ("nth", Found::Value(Value::Number(nth @ 1..), false)) => {
                        self.put_once(&path, ", when, nth", place)?;
                        when.push(("nth".to_owned(), Value::Number(nth)));
                    }
                    ("after", Found::Value(Value::Number(micros), true)) => {
                        self.put_once(&path, ", later_micros", place)?;
                        entries.push(("later_micros".to_owned(), Value::Number(micros)));
                    }
                    _ => return Err(place.error(LineFault::Expected("nth=2, every, after=20ms or do"))),
                }
                continue;
            }
            let word = line.word("do, a name and an action")?;
            match word.text.as_str() {
                "do" if !word.quoted => break,
                "every" if !word.quoted => {
                    self.put_once(&path, ", when, nth", word.place)?;
                    when.push(("nth".to_owned(), Value::Number(0)));
                }
                _ if !of_what.is_empty() && when.len() == 2 => {
                    self.put_once(&path, &[", when, ", of_what].concat(), word.place)?;
                    when.push((of_what.to_owned(), Value::Text(word.text)));
                }
                _ => return Err(word.place.error(LineFault::Expected("nth=2, every, after=20ms or do"))),
            }
        }
        entries.push(("when".to_owned(), Value::Object(when)));
        self.deed(line, &path, &mut entries)?;
        self.conditions.push(Value::Object(entries));
        Ok(())
    }

    /// Keeps where something stands that may be told once.
    fn put_once(&mut self, path: &str, rest: &str, place: Place) -> Result<(), LineError> {
        let path = [path, rest].concat();
        if self.places.iter().any(|(known, _)| *known == path) {
            return Err(place.error(LineFault::Expected("each of them only once")));
        }
        self.places.push((path, place));
        Ok(())
    }

    fn publish(&mut self, line: &mut Line<'_>, path: &str, entries: &mut Entries) -> Result<(), LineError> {
        let topic = line.word("a topic")?;
        self.places.push(([path, ", topic"].concat(), topic.place));
        entries.push(("topic".to_owned(), Value::Text(topic.text)));
        let (from, bare) = (line.here(), line.peeks('x'));
        if (line.peeks('"') || line.peeks('x') && !line.has_name())
            && let Found::Value(payload @ (Value::Text(_) | Value::Object(_)), _) = line.value()?
        {
            let place = line.place(from);
            if bare && payload == Value::Text("x".to_owned()) {
                return Err(place.error(LineFault::Expected("a payload in quotes")));
            }
            self.places.push(([path, ", payload"].concat(), place));
            entries.push(("payload".to_owned(), payload));
        }
        Ok(())
    }

    fn filters(&mut self, line: &mut Line<'_>, path: &str, entries: &mut Entries) -> Result<(), LineError> {
        let mut filters: Vec<Value> = Vec::new();
        while !line.is_over() && !line.has_name() {
            let filter = line.word("a topic filter")?;
            let path = [path, ", filters ", &(filters.len() + 1).to_string()].concat();
            self.places.push((path, filter.place));
            let mut one = vec![("filter".to_owned(), Value::Text(filter.text))];
            let mut options = 0;
            while line.has_name() && !line.peeks('+') {
                options |= option(line)?;
            }
            if options > 0 {
                one.push(("options".to_owned(), Value::Number(options)));
            }
            filters.push(Value::Object(one));
        }
        entries.push(("filters".to_owned(), Value::List(filters)));
        Ok(())
    }

    /// `name=value` as often as it comes; `path` leads here.
    fn values(&mut self, line: &mut Line<'_>, path: &str, into: &mut Entries) -> Result<(), LineError> {
        let mut properties = Vec::new();
        while !line.is_over() && !line.peeks('}') && !line.peeks(']') {
            let from = line.here();
            if line.takes('+') {
                let path = join(path, &["properties ", &(properties.len() + 1).to_string()].concat());
                let property = property(line)?;
                self.places.push((path, line.place(from)));
                properties.push(property);
                continue;
            }
            let name = line.name()?;
            let found = if line.takes('=') { self.value(line, &join(path, &name.text))? } else { TRUE };
            let Found::Value(value, is_time) = found else {
                return Err(name.place.error(LineFault::Expected("one value")));
            };
            let name = if is_time { name.text + "_micros" } else { name.text };
            let place = line.place(from);
            if into.iter().any(|(known, _)| *known == name) {
                return Err(place.error(LineFault::Expected("each name only once")));
            }
            self.places.push((join(path, &name), place));
            into.push((name, value));
        }
        if !properties.is_empty() {
            into.push(("properties".to_owned(), Value::List(properties)));
        }
        Ok(())
    }

    fn value(&mut self, line: &mut Line<'_>, path: &str) -> Result<Found, LineError> {
        if line.takes('{') {
            return Ok(Found::Value(self.object(line, path)?, false));
        }
        if !line.takes('[') {
            return line.value();
        }
        let mut all = Vec::new();
        loop {
            line.here();
            if line.takes(']') {
                return Ok(Found::Value(Value::List(all), false));
            }
            if !line.takes('{') {
                return Err(line.expected("{ or ]"));
            }
            let path = [path, " ", &(all.len() + 1).to_string()].concat();
            all.push(self.object(line, &path)?);
        }
    }

    /// What stands behind `{`.
    fn object(&mut self, line: &mut Line<'_>, path: &str) -> Result<Value, LineError> {
        // Deeper than any value goes.
        if path.matches(", ").count() > 8 {
            return Err(line.expected("less of { in each other"));
        }
        let mut entries = Vec::new();
        self.values(line, path, &mut entries)?;
        line.here();
        if line.takes('}') { Ok(Value::Object(entries)) } else { Err(line.expected("}")) }
    }

    fn end(mut self) -> Result<(Record, Step), LineError> {
        let usual = |world: &Entries, name: &str, usual| {
            let found = world.iter().find(|(known, _)| known == name);
            found.map_or(Value::Number(usual), |(_, value)| value.clone())
        };
        let network = [usual(&self.world, "latency_micros", 20_000), usual(&self.world, "jitter_micros", 0)];
        let links: Vec<Value> = std::mem::take(&mut self.links)
            .into_iter()
            .map(|link| {
                let mut link = link.unwrap_or_default();
                for (name, from) in [("to_broker_micros", 0), ("to_client_micros", 0), ("jitter_micros", 1)] {
                    if !link.iter().any(|(known, _)| known == name) {
                        link.push((name.to_owned(), network[from].clone()));
                    }
                }
                Value::Object(link)
            })
            .collect();
        let lists = [
            ("brokers", self.brokers),
            ("clients", self.clients),
            ("links", links),
            ("script", self.script),
            ("conditions", self.conditions),
            ("actions", self.actions),
        ];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            self.world.push((name.to_owned(), Value::List(list)));
        }
        if let Some((_, Value::Number(found))) =
            self.world.iter().find(|(name, _)| name == describe::FORM_NAME)
            && (*found == 0 || *found > FORM)
        {
            let place = self.places.iter().find(|(name, _)| name == describe::FORM_NAME);
            let why = LineFault::Value(SavedError::Later { found: *found });
            return Err(place.map_or(BEGIN, |(_, place)| *place).error(why));
        }
        let (mut record, mut step, mut error) = (Record::default(), 0, None);
        let mut form = Form::read(Value::Object(self.world), String::new(), &mut error);
        describe::record(&mut form, &mut record, &mut step);
        form.end();
        let Some(error) = error else { return Ok((record, step)) };
        let place = error.at().and_then(|at| nearest(&self.places, at)).unwrap_or(BEGIN);
        Err(place.error(LineFault::Value(error)))
    }
}

const BEGIN: Place = Place { line: 1, column: 1, len: 1 };

const TRUE: Found = Found::Value(Value::Flag(true), false);

/// The place of what these names lead to, or of what it stands in.
fn nearest(places: &[(String, Place)], mut path: &str) -> Option<Place> {
    loop {
        if let Some((_, place)) = places.iter().find(|(known, _)| known == path) {
            return Some(*place);
        }
        path = &path[..path.rfind(", ")?];
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { [path, ", ", name].concat() }
}

/// One of a subscription's options, as its bits.
fn option(line: &mut Line<'_>) -> Result<u64, LineError> {
    let name = line.name()?;
    line.takes('=');
    let from = line.here();
    let found = line.value()?;
    let place = line.place(from);
    let (shift, most, wrong) = match name.text.as_str() {
        "qos" => (0, 2, "0, 1 or 2"),
        "no_local" => (2, 1, "true or false"),
        "retain_as_published" => (3, 1, "true or false"),
        "retain_handling" => (4, 3, "0, 1 or 2"),
        _ => {
            let known = "qos, no_local, retain_as_published or retain_handling";
            return Err(name.place.error(LineFault::Expected(known)));
        }
    };
    match found {
        Found::Value(Value::Flag(flag), _) if most == 1 => Ok(u64::from(flag) << shift),
        Found::Value(Value::Number(number), false) if most > 1 && number <= most => Ok(number << shift),
        _ => Err(place.error(LineFault::Expected(wrong))),
    }
}

/// `session-expiry-interval=60`, as an entry of the other form.
fn property(line: &mut Line<'_>) -> Result<Value, LineError> {
    let name = line.name()?;
    let id = (0..=u8::MAX).filter_map(PropertyId::from_byte).find(|id| slug(*id) == name.text);
    let id = id.ok_or_else(|| name.place.error(LineFault::Property))?;
    if !line.takes('=') {
        return Err(line.expected("= and a value"));
    }
    let from = line.here();
    let found = line.value()?;
    let mut entries = vec![("id".to_owned(), Value::Number(id as u64))];
    let expected = match (id.kind(), found) {
        (PropertyKind::Utf8StringPair, Found::Pair(name, text)) => {
            entries.push(("name".to_owned(), Value::Text(name)));
            entries.push(("text".to_owned(), Value::Text(text)));
            return Ok(Value::Object(entries));
        }
        (PropertyKind::Utf8StringPair, _) => "two texts in quotes, : between them",
        (PropertyKind::Utf8String, Found::Value(text @ Value::Text(_), _)) => {
            entries.push(("text".to_owned(), text));
            return Ok(Value::Object(entries));
        }
        (PropertyKind::Utf8String, _) => "a text in quotes",
        (PropertyKind::BinaryData, Found::Value(bytes @ (Value::Text(_) | Value::Object(_)), _)) => {
            entries.push(("bytes".to_owned(), bytes));
            return Ok(Value::Object(entries));
        }
        (PropertyKind::BinaryData, _) => "bytes: a text in quotes or x\"00ff\"",
        (_, Found::Value(number @ Value::Number(_), false)) => {
            entries.push(("number".to_owned(), number));
            return Ok(Value::Object(entries));
        }
        _ => "a number",
    };
    Err(line.place(from).error(LineFault::Expected(expected)))
}
