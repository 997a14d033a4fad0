//! What the ends decide, in words for their lifelines.

use std::sync::Arc;

use super::fault::{Fault, FaultKind};
use super::scenario::{ActError, Action};
use crate::broker;
use crate::capture::{EndId, NoteKind};
use crate::client::{ClientEvent, CloseReason, ReceivedMessage, Violation};
use crate::codec::PacketType;
use crate::time::Instant;

/// A note before it knows its place.
#[derive(Debug)]
pub(super) struct Words {
    pub kind: NoteKind,
    pub text: Arc<str>,
    pub statement: Option<&'static str>,
    /// As mosquitto's log has it.
    pub verbose: Option<&'static str>,
    /// The end that it concerns, where that is not the other end of the link.
    pub peer: Option<EndId>,
}

impl Words {
    pub fn new(kind: NoteKind, text: impl Into<Arc<str>>) -> Self {
        Self { kind, text: text.into(), statement: None, verbose: None, peer: None }
    }

    fn with_statement(self, statement: Option<&'static str>) -> Self {
        Self { statement, ..self }
    }
}

/// An action that could not be done.
pub(super) fn refused(action: &Action, error: ActError) -> Words {
    Words::new(NoteKind::Trouble, format!("cannot {}: {error}", action.verb()))
}

pub(super) fn opened() -> Words {
    Words::new(NoteKind::LinkOpened, "connection opened")
}

pub(super) fn closed() -> Words {
    Words::new(NoteKind::LinkClosed, "connection closed")
}

pub(super) fn cut(lost: usize) -> Words {
    let text = match lost {
        0 => "link cut".to_owned(),
        1 => "link cut, 1 packet lost".to_owned(),
        more => format!("link cut, {more} packets lost"),
    };
    Words::new(NoteKind::LinkCut, text)
}

pub(super) fn configured() -> Words {
    Words::new(NoteKind::Decision, "reads its settings anew")
}

pub(super) fn moved() -> Words {
    Words::new(NoteKind::Decision, "will connect to this broker")
}

pub(super) fn restarted(keeps: bool, was_stopped: bool) -> Words {
    let text = match keeps {
        true => "stops, and starts with what its disk has kept",
        false => "stops, and starts with nothing kept",
    };
    let kind = if was_stopped { NoteKind::Decision } else { NoteKind::Trouble };
    let text = &text[if was_stopped { "stops, and ".len() } else { 0 }..];
    Words { verbose: Some("mosquitto version 2.0.11 running"), ..Words::new(kind, text) }
}

pub(super) fn stopped() -> Words {
    let text = "stops: publishes wills, closes its connections";
    Words { verbose: Some("mosquitto version 2.0.11 terminating"), ..Words::new(NoteKind::Trouble, text) }
}

pub(super) fn nobody_listens() -> Words {
    Words::new(NoteKind::LinkRefused, "connection refused: no broker listens")
}

pub(super) fn armed(fault: &Fault) -> Words {
    let packet = fault.packet.map_or("the next packet", PacketType::name);
    Words::new(NoteKind::Decision, ["fault waits for ", packet, ": ", fault.kind.words()].concat())
}

pub(super) fn disarmed() -> Words {
    Words::new(NoteKind::Decision, "no fault waits any more")
}

pub(super) fn struck(packet: Option<PacketType>, kind: FaultKind) -> Words {
    let packet = packet.map_or("the packet", PacketType::name);
    Words::new(NoteKind::Trouble, ["fault strikes ", packet, ": ", kind.words()].concat())
}

pub(super) fn set_link(was_down: bool, is_down: bool) -> Words {
    match (was_down, is_down) {
        (false, true) => Words::new(NoteKind::Trouble, "link goes down"),
        (true, false) => Words::new(NoteKind::Decision, "link comes up"),
        _ => Words::new(NoteKind::Decision, "link is set otherwise"),
    }
}

pub(super) fn powered_off() -> Words {
    Words::new(NoteKind::Trouble, "loses power, and with it all it knew; nobody is told")
}

pub(super) fn silent() -> Words {
    Words::new(NoteKind::Trouble, "link falls silent: neither end is told")
}

pub(super) fn stops_reading() -> Words {
    Words::new(NoteKind::Trouble, "stops reading: packets pile up in the link")
}

pub(super) fn reads_again(packets: usize) -> Words {
    let text = match packets {
        1 => "reads again: 1 packet was waiting".to_owned(),
        many => format!("reads again: {many} packets were waiting"),
    };
    Words::new(NoteKind::Decision, text)
}

pub(super) fn link_is_full() -> Words {
    Words::new(NoteKind::Trouble, "the link takes no more: only answers go out, messages wait or are dropped")
}

pub(super) fn left() -> Words {
    Words::new(NoteKind::LinkClosed, "leaves")
}

/// Hears a broker: turns its decisions into notes, or, where nobody wants them, counts them.
pub(super) struct Ear<'a> {
    /// By client identifier: whose lifeline it is.
    ends: &'a dyn Fn(&str) -> Option<EndId>,
    wants_words: bool,
    pub heard: Vec<Words>,
    pub unwritten: u64,
}

impl<'a> Ear<'a> {
    pub fn new(ends: &'a dyn Fn(&str) -> Option<EndId>, wants_words: bool) -> Self {
        Self { ends, wants_words, heard: Vec::new(), unwritten: 0 }
    }
}

impl broker::Observer for Ear<'_> {
    fn decision(&mut self, _: Instant, decision: &broker::Decision<'_>) {
        if !self.wants_words {
            self.unwritten += 1;
            return;
        }
        self.heard.push(Words {
            kind: kind(decision),
            text: decision.to_string().into(),
            statement: decision.statement(),
            verbose: decision.verbose(),
            peer: decision.client_id().and_then(self.ends),
        });
    }
}

fn kind(decision: &broker::Decision<'_>) -> NoteKind {
    use broker::Decision as D;
    match decision {
        D::Refused { .. }
        | D::Malformed { .. }
        | D::Violated { .. }
        | D::Lost { .. }
        | D::SubscriptionRefused { .. }
        | D::RetainedFull { .. }
        | D::Rejected { .. }
        | D::RefusedByClient { .. }
        | D::SessionExpired { .. }
        | D::Dropped { .. } => NoteKind::Trouble,
        _ => NoteKind::Decision,
    }
}

/// What a client's event says on its lifeline; what its packets say already is no note.
pub(super) fn client_event(event: &ClientEvent) -> Option<Words> {
    let trouble = |text: String| Some(Words::new(NoteKind::Trouble, text));
    let decision = |text: &str| Some(Words::new(NoteKind::Decision, text));
    match event {
        ClientEvent::Decision(decision) => {
            Some(Words::new(NoteKind::Decision, decision.to_string()).with_statement(decision.statement()))
        }
        ClientEvent::Message(message) => delivered(message),
        ClientEvent::Refused { code, .. } => trouble(format!("connection refused with code {:#04x}", code.0)),
        ClientEvent::Subscribed { codes, .. } => {
            let refused = codes.iter().filter(|code| code.is_error()).count();
            (refused > 0).then(|| {
                let text = format!("{refused} of {} subscriptions refused", codes.len());
                Words::new(NoteKind::Trouble, text)
            })
        }
        ClientEvent::Faulty(violation) => {
            Some(Words::new(NoteKind::Trouble, broken(violation)).with_statement(Some(violation.statement())))
        }
        ClientEvent::Closed(reason) => match reason {
            CloseReason::ConnAckTimeout => trouble("no CONNACK in time: closes".to_owned()),
            CloseReason::PingRespTimeout => trouble("no PINGRESP in time: closes".to_owned()),
            CloseReason::Overrun => trouble("too many events wait: closes".to_owned()),
            // The link's own note, the refusal or the violation has told it.
            CloseReason::Requested
            | CloseReason::TransportClosed
            | CloseReason::Refused(_)
            | CloseReason::ServerDisconnected(_)
            | CloseReason::Violation(_) => None,
        },
        ClientEvent::Authenticated { again: false } => decision("has authenticated"),
        ClientEvent::Authenticated { again: true } => decision("has authenticated again"),
        ClientEvent::Connected { .. }
        | ClientEvent::Published { .. }
        | ClientEvent::Unsubscribed { .. }
        | ClientEvent::ReconnectDue => None,
    }
}

/// A message for the application. At QoS 2 the decision to release it has told that.
fn delivered(message: &ReceivedMessage) -> Option<Words> {
    let text = match (message.qos.level(), message.packet_id) {
        (2, _) => return None,
        (_, Some(id)) if message.dup => format!("delivers message {id}, perhaps not for the first time"),
        (_, Some(id)) => format!("delivers message {id}"),
        (_, None) => "delivers the message".to_owned(),
    };
    Some(Words::new(NoteKind::Decision, text))
}

fn broken(violation: &Violation) -> String {
    match violation {
        Violation::Packet(fault) => match fault.packet {
            Some(packet) => format!("{packet} is malformed: closes"),
            None => "packet is malformed: closes".to_owned(),
        },
        Violation::PacketTooLarge { len, limit, .. } => {
            format!("packet of {len} bytes, {limit} at most: closes")
        }
        Violation::WrongDirection { packet, .. } => format!("{packet} from a server: closes"),
        Violation::NotConnAck { packet, .. } => format!("{packet} in place of CONNACK: closes"),
        Violation::SecondConnAck { .. } => "second CONNACK: closes".to_owned(),
        Violation::SessionPresent { .. } => "server claims a session that is not there: closes".to_owned(),
        Violation::CodeCount { packet, expected, found, .. } => {
            format!("{packet} has {found} codes for {expected} filters: closes")
        }
        Violation::ReceiveMaximum { .. } => "too many QoS 2 messages without PUBREL: closes".to_owned(),
        _ => "the server breaks the protocol: closes".to_owned(),
    }
}
