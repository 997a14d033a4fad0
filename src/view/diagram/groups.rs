//! Which lifelines belong together: members of a shared subscription, and ends that exchange messages.

use super::plan::Plan;
use crate::capture::{Capture, EndId, EndRole, Frame, Step};
use crate::codec::{Direction, Packet, PacketType, decode};

/// Clients that share a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name that they share it by: `workers`.
    pub name: String,
    /// What they subscribed to: `jobs/#`.
    pub filter: String,
    /// They, in the order in which they joined.
    pub members: Vec<EndId>,
}

/// A client joins a shared subscription or leaves it; without one, it leaves all.
#[derive(Clone, Debug)]
pub(super) struct Share {
    step: Step,
    end: EndId,
    joins: bool,
    /// Name and filter.
    of: Option<(String, String)>,
}

impl Share {
    /// What a packet changes. Requests are taken at their word: a refusal is rare, and the frame a help to the eye.
    pub(super) fn of(frame: &Frame) -> Vec<Self> {
        let change = |joins: bool, of| Self { step: frame.sent_step, end: frame.from, joins, of };
        let kind = frame.bytes.first().and_then(|first| PacketType::from_nibble(first >> 4));
        let asks =
            matches!(kind, Some(PacketType::Connect | PacketType::Subscribe | PacketType::Unsubscribe));
        if !asks || frame.direction != Direction::ToServer {
            return Vec::new();
        }
        match decode(&frame.bytes, frame.version) {
            Ok(Packet::Connect(it)) if it.clean_start => vec![change(false, None)],
            Ok(Packet::Subscribe(it)) => {
                let shared = it.filters.iter().filter_map(|(filter, _)| shared(filter));
                shared.map(|of| change(true, Some(of))).collect()
            }
            Ok(Packet::Unsubscribe(it)) => {
                let shared = it.filters.iter().filter_map(shared);
                shared.map(|of| change(false, Some(of))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Name and filter of `$share/name/filter`, 5.0 4.8.2.
fn shared(filter: &str) -> Option<(String, String)> {
    let (name, filter) = filter.strip_prefix("$share/")?.split_once('/')?;
    Some((name.to_owned(), filter.to_owned()))
}

impl Plan {
    /// The groups there are at `step`, of at least two clients each.
    pub fn groups(&self, step: Step) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for share in self.shares.iter().take_while(|share| share.step <= step) {
            let is_of = |group: &Group| {
                share.of.as_ref().is_none_or(|(name, filter)| *name == group.name && *filter == group.filter)
            };
            for group in groups.iter_mut().filter(|group| is_of(group)) {
                group.members.retain(|end| *end != share.end);
            }
            let Some((name, filter)) = share.of.as_ref().filter(|_| share.joins) else { continue };
            match groups.iter_mut().find(|group| is_of(group)) {
                Some(group) => group.members.push(share.end),
                None => groups.push(Group {
                    name: name.clone(),
                    filter: filter.clone(),
                    members: vec![share.end],
                }),
            }
        }
        groups.retain(|group| group.members.len() > 1);
        groups
    }
}

/// A bit for each of the first 64 ends: `end` itself, the brokers, and the clients that got a message of its or sent it
/// one, as far as topics and payloads tell.
pub fn talking(capture: &Capture, end: EndId) -> u64 {
    let bit = |end: EndId| 1_u64.checked_shl(end.into()).unwrap_or(0);
    let brokers = capture.ends().iter().zip(0..).filter(|(it, _)| it.role == EndRole::Broker);
    let mut talking = brokers.fold(bit(end), |all, (_, broker)| all | bit(broker));
    let mut messages: Vec<(&str, &[u8])> = Vec::new();
    let own = capture.frames().filter(|frame| frame.from == end || frame.to == end);
    for message in own.filter_map(message) {
        // Kept in order rather than put in order at the end: another sort would be two kilobytes of code.
        if let Err(at) = messages.binary_search(&message) {
            messages.insert(at, message);
        }
    }
    for frame in capture.frames() {
        let client = if frame.direction == Direction::ToServer { frame.from } else { frame.to };
        if talking & bit(client) == 0 && message(frame).is_some_and(|it| messages.binary_search(&it).is_ok())
        {
            talking |= bit(client);
        }
    }
    talking
}

fn message(frame: &Frame) -> Option<(&str, &[u8])> {
    if frame.bytes.first()? >> 4 != PacketType::Publish as u8 {
        return None;
    }
    match decode(&frame.bytes, frame.version).ok()? {
        Packet::Publish(it) => Some((it.topic, it.payload)),
        _ => None,
    }
}
