//! What a broker has to do, told as plainly as possible: no bytes, no packet identifiers, no tree, nothing shared with
//! the broker's own code.

use std::collections::{BTreeMap, VecDeque};

/// Milliseconds.
pub type Time = u64;
/// A client's number; it is also its client identifier.
pub type Who = usize;

pub const WINDOW: usize = 2;
pub const QUEUE: usize = 3;
/// Seconds: for ever.
pub const NEVER: u32 = u32::MAX;

/// What a client sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    Accepted {
        present: bool,
    },
    Message(Message),
    /// PUBREL for a message with this payload.
    Release(u32),
    /// The broker has closed the connection.
    Closed,
}

/// A message as a client gets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    pub topic: String,
    /// A number that no other message has.
    pub payload: u32,
    pub qos: u8,
    pub retain: bool,
    pub dup: bool,
    /// Subscription Identifiers, ascending; 5.0 only.
    pub ids: Vec<u32>,
    /// Message Expiry Interval that is left; 5.0 only.
    pub expiry: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Connect {
    pub v5: bool,
    pub clean: bool,
    /// 5.0: Session Expiry Interval.
    pub expiry: u32,
    /// 5.0: Receive Maximum.
    pub receive_maximum: Option<u16>,
    pub will: Option<Will>,
}

#[derive(Clone, Debug)]
pub struct Will {
    pub publish: Publish,
    pub delay: u32,
}

#[derive(Clone, Debug)]
pub struct Publish {
    pub topic: String,
    pub payload: u32,
    /// Whether the payload is empty (it counts as `payload` all the same).
    pub empty: bool,
    pub qos: u8,
    pub retain: bool,
    pub expiry: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Subscribe {
    pub filter: String,
    pub qos: u8,
    pub no_local: bool,
    pub as_published: bool,
    pub handling: u8,
    pub id: u32,
}

/// A message that a session owes its client, at QoS 1 or 2.
#[derive(Clone, Debug)]
struct Owed {
    message: Publish,
    from: Time,
    qos: u8,
    retain: bool,
    ids: Vec<u32>,
    /// Sent on this connection.
    sent: bool,
    /// Its PUBLISH was sent on this connection.
    counts: bool,
    /// Sent on any connection.
    before: bool,
    /// PUBREC came.
    received: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Session {
    connected: bool,
    v5: bool,
    expiry: u32,
    window: usize,
    /// Each with whether it is shared.
    pub subscriptions: BTreeMap<String, (Subscribe, bool)>,
    owed: VecDeque<Owed>,
    /// QoS 2 messages that wait for PUBREL: identifier, message, when it came.
    held: VecDeque<(u16, Publish, Time)>,
    will: Option<Will>,
    will_due: Option<Time>,
    ends: Option<Time>,
}

#[derive(Default)]
pub struct Model {
    pub now: Time,
    pub sessions: BTreeMap<Who, Session>,
    /// Topic → message, when it came, who sent it.
    pub retained: BTreeMap<String, (Publish, Time, Who)>,
    /// Shared subscriptions: members in the order of joining, and whose turn it is.
    groups: BTreeMap<String, (Vec<Who>, usize)>,
    pub seen: Vec<(Who, Seen)>,
}

/// Whether a filter matches a topic, level by level.
fn fits(filter: &str, topic: &str) -> bool {
    fn levels(filter: &[&str], topic: &[&str]) -> bool {
        match (filter, topic) {
            (["#"], _) | ([], []) => true,
            (["+", filter @ ..], [_, topic @ ..]) => levels(filter, topic),
            ([a, filter @ ..], [b, topic @ ..]) if a == b => levels(filter, topic),
            _ => false,
        }
    }
    let (filter, topic): (Vec<_>, Vec<_>) = (filter.split('/').collect(), topic.split('/').collect());
    let hidden = topic[0].starts_with('$') && (filter[0] == "#" || filter[0] == "+");
    !hidden && levels(&filter, &topic)
}

impl Publish {
    /// The number in its payload; 0 for an empty one.
    fn shown(&self) -> u32 {
        if self.empty { 0 } else { self.payload }
    }
}

/// The filter behind `$share/name/`.
fn shared_filter(filter: &str) -> &str {
    filter.splitn(3, '/').nth(2).unwrap_or_default()
}

fn is_over(message: &Publish, from: Time, now: Time) -> bool {
    message.expiry.is_some_and(|secs| from + u64::from(secs) * 1_000 <= now)
}

/// Seconds of its expiry that are left, the one that has begun included.
fn left(message: &Publish, from: Time, now: Time) -> Option<u32> {
    message.expiry.map(|secs| (from + u64::from(secs) * 1_000).saturating_sub(now).div_ceil(1_000) as u32)
}

impl Model {
    fn see(&mut self, who: Who, seen: Seen) {
        self.seen.push((who, seen));
    }

    pub fn is_connected(&self, who: Who) -> bool {
        self.sessions.get(&who).is_some_and(|session| session.connected)
    }

    /// Lets time pass up to a moment; what falls due does so in order.
    pub fn advance(&mut self, to: Time) {
        loop {
            let due = self.sessions.iter().filter_map(|(who, session)| {
                let at = session.will_due.into_iter().chain(session.ends).min()?;
                Some((at, *who))
            });
            match due.min().filter(|(at, _)| *at <= to) {
                Some((at, who)) => {
                    self.now = at;
                    if self.sessions[&who].ends.is_some_and(|ends| ends <= at) {
                        self.end_session(who);
                    } else {
                        self.publish_will(who);
                    }
                }
                None => break,
            }
        }
        self.now = to;
        self.retained.retain(|_, (message, from, _)| !is_over(message, *from, to));
    }

    pub fn connect(&mut self, who: Who, connect: Connect) {
        if self.is_connected(who) {
            self.lose(who);
            self.see(who, Seen::Closed);
        }
        if connect.clean {
            self.end_session(who);
        }
        let present = self.sessions.contains_key(&who);
        let session = self.sessions.entry(who).or_default();
        session.connected = true;
        session.v5 = connect.v5;
        session.expiry = match (connect.v5, connect.clean) {
            (true, _) => connect.expiry,
            (false, true) => 0,
            (false, false) => NEVER,
        };
        session.window = connect.receive_maximum.filter(|_| connect.v5).map_or(WINDOW, usize::from);
        session.will = connect.will;
        (session.will_due, session.ends) = (None, None);
        session.owed.iter_mut().for_each(|owed| (owed.sent, owed.counts) = (false, false));
        self.see(who, Seen::Accepted { present });
        self.pump(who);
    }

    /// DISCONNECT with reason 0.
    pub fn disconnect(&mut self, who: Who) {
        if let Some(session) = self.sessions.get_mut(&who) {
            session.will = None;
        }
        self.lose(who);
    }

    /// The connection ends.
    pub fn lose(&mut self, who: Who) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&who).filter(|session| session.connected) else { return };
        session.connected = false;
        if session.expiry == 0 {
            return self.end_session(who);
        }
        session.ends = (session.expiry != NEVER).then(|| now + u64::from(session.expiry) * 1_000);
        let delay = session.will.as_ref().map(|will| u64::from(will.delay) * 1_000);
        session.will_due = delay.map(|delay| now + delay);
        if delay == Some(0) {
            self.publish_will(who);
        }
    }

    fn end_session(&mut self, who: Who) {
        let Some(session) = self.sessions.remove(&who) else { return };
        for (filter, (_, shared)) in &session.subscriptions {
            if *shared {
                self.leave(filter, who);
            }
        }
        if let Some(will) = session.will {
            self.publish(who, will.publish);
        }
    }

    fn publish_will(&mut self, who: Who) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        session.will_due = None;
        if let Some(will) = session.will.take() {
            self.publish(who, will.publish);
        }
    }

    pub fn subscribe(&mut self, who: Who, mut subscribe: Subscribe) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        if !session.v5 {
            (subscribe.no_local, subscribe.as_published, subscribe.handling, subscribe.id) =
                (false, false, 0, 0);
        }
        let shared = session.v5 && subscribe.filter.starts_with("$share/");
        let filter = subscribe.filter.clone();
        let old = session.subscriptions.insert(filter.clone(), (subscribe.clone(), shared));
        if old.as_ref().is_some_and(|(_, shared)| *shared) && !shared {
            self.leave(&filter, who);
        }
        if shared {
            let members = &mut self.groups.entry(filter).or_default().0;
            if !members.contains(&who) {
                members.push(who);
            }
            return;
        }
        if subscribe.handling == 2 || subscribe.handling == 1 && old.is_some() {
            return;
        }
        for (topic, (message, from, publisher)) in self.retained.clone() {
            let own = subscribe.no_local && publisher == who;
            if fits(&subscribe.filter, &topic) && !own && !is_over(&message, from, self.now) {
                let ids = Some(subscribe.id).filter(|id| *id > 0).into_iter().collect();
                self.owe(who, &message, from, subscribe.qos.min(message.qos), true, ids);
            }
        }
    }

    pub fn unsubscribe(&mut self, who: Who, filter: &str) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        if let Some((_, true)) = session.subscriptions.remove(filter) {
            self.leave(filter, who);
        }
    }

    fn leave(&mut self, filter: &str, who: Who) {
        let Some((members, turn)) = self.groups.get_mut(filter) else { return };
        let Some(at) = members.iter().position(|member| *member == who) else { return };
        members.remove(at);
        if at < *turn {
            *turn -= 1;
        }
        if *turn >= members.len() {
            *turn = 0;
        }
        if members.is_empty() {
            self.groups.remove(filter);
        }
    }

    /// A PUBLISH from a client; at QoS 2 it is held under its identifier.
    pub fn take(&mut self, who: Who, id: u16, publish: Publish) {
        if publish.qos < 2 {
            return self.publish(who, publish);
        }
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&who) else { return };
        if session.held.iter().all(|(held, ..)| *held != id) {
            session.held.push_back((id, publish, now));
        }
    }

    /// The identifier of the QoS 2 message that a client has sent first and not released.
    pub fn first_held(&self, who: Who) -> Option<(u16, Publish)> {
        self.sessions.get(&who)?.held.front().map(|(id, publish, _)| (*id, publish.clone()))
    }

    pub fn held(&self, who: Who) -> usize {
        self.sessions.get(&who).map_or(0, |session| session.held.len())
    }

    /// PUBREL.
    pub fn release(&mut self, who: Who, id: u16) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        let Some(at) = session.held.iter().position(|(held, ..)| *held == id) else { return };
        let now = self.now;
        if let Some((_, publish, from)) =
            session.held.remove(at).filter(|(_, it, from)| !is_over(it, *from, now))
        {
            self.hand_out(who, publish, from);
        }
    }

    fn publish(&mut self, who: Who, publish: Publish) {
        self.hand_out(who, publish, self.now);
    }

    /// Retains a message and hands it to everybody who wants it.
    fn hand_out(&mut self, from: Who, message: Publish, came: Time) {
        if message.retain && message.empty {
            self.retained.remove(&message.topic);
        } else if message.retain {
            self.retained.insert(message.topic.clone(), (message.clone(), came, from));
        }
        for who in self.sessions.keys().copied().collect::<Vec<_>>() {
            let subscriptions = self.sessions[&who].subscriptions.values();
            let wanted: Vec<_> = subscriptions
                .filter(|(it, shared)| !*shared && fits(&it.filter, &message.topic))
                .filter(|(it, _)| !(it.no_local && who == from))
                .map(|(it, _)| it.clone())
                .collect();
            let Some(qos) = wanted.iter().map(|it| it.qos).max() else { continue };
            let retain = message.retain && wanted.iter().any(|it| it.as_published);
            let mut ids: Vec<u32> = wanted.iter().map(|it| it.id).filter(|id| *id > 0).collect();
            ids.sort_unstable();
            self.owe(who, &message, came, qos.min(message.qos), retain, ids);
        }
        for group in self.groups.keys().cloned().collect::<Vec<_>>() {
            if fits(shared_filter(&group), &message.topic) {
                self.share(&group, &message, came);
            }
        }
    }

    /// One member in turn: who can take it at once, else who is there, else anyone.
    fn share(&mut self, group: &str, message: &Publish, came: Time) {
        let (members, turn) = self.groups[group].clone();
        let rank = |who: &Who| {
            let session = &self.sessions[who];
            let qos = session.subscriptions[group].0.qos.min(message.qos);
            let (sent, waiting) = (session.in_flight(), session.waiting());
            match session.connected {
                true if qos == 0 || sent < session.window && waiting == 0 => 0,
                true => 1,
                false => 2,
            }
        };
        let order = (0..members.len()).map(|at| (turn + at) % members.len());
        let Some(chosen) = order.min_by_key(|at| rank(&members[*at])) else { return };
        let who = members[chosen];
        let mine = self.sessions[&who].subscriptions[group].0.clone();
        if let Some((members, turn)) = self.groups.get_mut(group) {
            *turn = (chosen + 1) % members.len();
        }
        let ids = Some(mine.id).filter(|id| *id > 0).into_iter().collect();
        self.owe(who, message, came, mine.qos.min(message.qos), message.retain && mine.as_published, ids);
    }

    fn owe(&mut self, who: Who, message: &Publish, from: Time, qos: u8, retain: bool, ids: Vec<u32>) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        let owed = Owed {
            message: message.clone(),
            from,
            qos,
            retain,
            ids,
            sent: false,
            counts: false,
            before: false,
            received: false,
        };
        if qos == 0 {
            if session.connected {
                let seen = session.shown(&owed, self.now);
                self.see(who, seen);
            }
            return;
        }
        let at_once = session.connected && session.waiting() == 0 && session.in_flight() < session.window;
        if at_once || session.waiting() < QUEUE {
            session.owed.push_back(owed);
            if at_once {
                // A message that does not wait is not too old.
                let last = session.owed.len() - 1;
                let seen = session.send(last, self.now);
                self.see(who, seen);
            }
        }
    }

    /// Sends what a session owes, in order, as far as its window goes.
    fn pump(&mut self, who: Who) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&who).filter(|session| session.connected) else { return };
        let mut seen = vec![];
        let mut counted = session.owed.iter().filter(|owed| owed.counts).count();
        let mut at = 0;
        while at < session.owed.len() {
            let owed = &session.owed[at];
            if owed.sent {
                at += 1;
                continue;
            }
            if owed.received {
                seen.push(Seen::Release(owed.message.shown()));
                session.owed[at].sent = true;
                at += 1;
                continue;
            }
            if !owed.before && is_over(&owed.message, owed.from, now) {
                session.owed.remove(at);
                continue;
            }
            // What was on its way before goes by what is outstanding here; what waits, by all that is on its way.
            let busy = if owed.before { counted } else { session.in_flight() };
            if busy >= session.window {
                break;
            }
            counted += 1;
            seen.push(session.send(at, now));
            at += 1;
        }
        seen.into_iter().for_each(|seen| self.see(who, seen));
    }

    /// Whether a client has a message to acknowledge.
    pub fn can_acknowledge(&self, who: Who) -> bool {
        self.sessions.get(&who).is_some_and(|it| it.owed.iter().any(|owed| owed.sent && !owed.received))
    }

    /// PUBACK, or PUBREC, for the first message that has none.
    pub fn acknowledge(&mut self, who: Who) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        let Some(at) = session.owed.iter().position(|owed| owed.sent && !owed.received) else { return };
        let Some(mut owed) = session.owed.remove(at) else { return };
        if owed.qos == 1 {
            return self.pump(who);
        }
        // Releases go in the order of PUBREC.
        owed.received = true;
        let behind = session
            .owed
            .iter()
            .rposition(|owed| owed.received && owed.sent)
            .map_or(at, |last| (last + 1).max(at));
        let payload = owed.message.shown();
        session.owed.insert(behind, owed);
        self.see(who, Seen::Release(payload));
    }

    pub fn can_complete(&self, who: Who) -> bool {
        self.sessions.get(&who).is_some_and(|it| it.owed.iter().any(|owed| owed.sent && owed.received))
    }

    /// PUBCOMP for the first message that was released.
    pub fn complete(&mut self, who: Who) {
        let Some(session) = self.sessions.get_mut(&who) else { return };
        let Some(at) = session.owed.iter().position(|owed| owed.sent && owed.received) else { return };
        session.owed.remove(at);
        self.pump(who);
    }
}

impl Session {
    fn in_flight(&self) -> usize {
        self.owed.iter().filter(|owed| owed.before).count()
    }

    fn waiting(&self) -> usize {
        self.owed.iter().filter(|owed| !owed.before).count()
    }

    fn send(&mut self, at: usize, now: Time) -> Seen {
        let seen = self.shown(&self.owed[at], now);
        let owed = &mut self.owed[at];
        (owed.sent, owed.counts, owed.before) = (true, true, true);
        seen
    }

    fn shown(&self, owed: &Owed, now: Time) -> Seen {
        Seen::Message(Message {
            topic: owed.message.topic.clone(),
            payload: owed.message.shown(),
            qos: owed.qos,
            retain: owed.retain,
            dup: owed.before,
            ids: if self.v5 { owed.ids.clone() } else { vec![] },
            expiry: left(&owed.message, owed.from, now).filter(|_| self.v5),
        })
    }
}
