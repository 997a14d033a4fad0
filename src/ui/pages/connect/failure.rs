//! Why a connection failed, in words; as far as a browser lets one know.

use leptos::prelude::*;

use super::state::{ConnectState, Phase, random_id};
use crate::codec::{PacketType, ReasonCode, Version};
use crate::time::Duration;
use crate::transport::{Address, Cause, Likelihood, Origin, SocketError, causes};
use crate::ui::components::icon::icon;
use crate::ui::components::rule::rule_chip;
use crate::ui::dom::{El, el};
use crate::view::bytes::rule;
use crate::view::inspector::millis;

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The browser did not even try.
    NotTried(SocketError),
    /// The WebSocket did not open; the browser does not say why. `again`: in place of one that was lost.
    NotOpened { address: Address, code: u16, after: Duration, again: bool },
    /// The server opened it without choosing MQTT.
    NoSubprotocol { found: String },
    /// A text frame came.
    TextFrame,
    /// CONNACK refuses.
    Refused { code: ReasonCode, version: Version },
    /// No CONNACK in time.
    ConnAckTimeout,
    /// No PINGRESP in time.
    PingRespTimeout,
    /// The server sent DISCONNECT (5.0).
    ServerDisconnected { code: ReasonCode },
    /// The server broke the protocol.
    Violation { statement: &'static str },
    /// More came than this page could take.
    Overrun,
    /// Lost again and again: another client has the same client identifier.
    TakenOver,
    /// The connection closed without a word of MQTT.
    Lost { code: u16, reason: String, clean: bool, connecting: bool },
}

/// What the page says of a failure.
struct Words {
    title: String,
    detail: String,
    text: String,
    statement: Option<&'static str>,
}

fn words(failure: &Failure) -> Words {
    let told = |title: &str, text: String, statement| Words {
        title: title.to_owned(),
        detail: String::new(),
        text,
        statement,
    };
    match failure {
        Failure::NotTried(error) => told("The browser did not try", error.to_string(), None),
        Failure::NotOpened { address, code, after, .. } => Words {
            title: "The WebSocket did not open".to_owned(),
            detail: format!("{}, given up after {}, close code {code}", address.url, millis(*after)),
            text: "A browser does not say whether name, network, TLS or the WebSocket's opening failed. Possible causes, the likely ones first:".to_owned(),
            statement: None,
        },
        Failure::NoSubprotocol { found } => told(
            "The server does not offer MQTT",
            match found.as_str() {
                "" => "The WebSocket opened, but the server chose no subprotocol; a broker chooses mqtt.".to_owned(),
                found => format!("The WebSocket opened, but the server chose the subprotocol {found} instead of mqtt."),
            },
            Some("3.1.1 MQTT-6.0.0-4"),
        ),
        Failure::TextFrame => told(
            "The server does not speak MQTT",
            "It sent a text frame; MQTT is sent in binary frames only. The connection was closed.".to_owned(),
            Some("3.1.1 MQTT-6.0.0-1"),
        ),
        Failure::Refused { code, version } => refused(*code, *version),
        Failure::ConnAckTimeout => told(
            "No answer to CONNECT",
            "The WebSocket opened and CONNECT was sent, but no CONNACK came within 30 s.".to_owned(),
            None,
        ),
        Failure::PingRespTimeout => told(
            "The broker fell silent",
            "A PINGREQ was not answered within the keep alive time, so the connection was closed.".to_owned(),
            None,
        ),
        Failure::ServerDisconnected { code } => disconnected(*code),
        Failure::TakenOver => told(
            "Another client takes this connection over, again and again",
            "The broker closed it three times within ten seconds, each time soon after it was accepted. That is what happens when another client connects with the same client id: each one throws the other out. Reconnecting has been stopped.".to_owned(),
            Some("3.1.1 MQTT-3.1.4-2"),
        ),
        Failure::Violation { statement } => told(
            "The server broke the protocol",
            "Its last packet breaks a rule, so the connection was closed. The diagram shows the packet.".to_owned(),
            Some(statement),
        ),
        Failure::Overrun => told(
            "More came than this tab could take",
            "The connection was closed so that nothing is lost without a word.".to_owned(),
            None,
        ),
        Failure::Lost { code, reason, clean, connecting } => lost(*code, reason, *clean, *connecting),
    }
}

fn disconnected(code: ReasonCode) -> Words {
    let name = code.name(PacketType::Disconnect, Version::V5).unwrap_or("unknown reason");
    let advice = match code.0 {
        0x8b => "It is stopping. Connect again later.",
        0x8d => "It heard nothing for one and a half times the keep alive time.",
        0x8e => {
            "Another client has connected with the same client id. Connecting again would throw that one out."
        }
        0x87 => "This client may not do what it did.",
        0x95 => "A packet was greater than it takes: its limit stands in CONNACK.",
        0x93 => "More messages were under way than its Receive Maximum allows.",
        0x97 | 0x96 => "There was more than it takes from one client.",
        0x9c | 0x9d => "It asks to use another server.",
        _ => "",
    };
    Words {
        title: format!("The broker disconnected: {name}"),
        detail: format!("DISCONNECT, reason code {:#04x}", code.0),
        text: advice.to_owned(),
        statement: (code.0 == 0x8e).then_some("5.0 MQTT-3.1.4-3"),
    }
}

fn refused(code: ReasonCode, version: Version) -> Words {
    let name = code.name(PacketType::ConnAck, version).unwrap_or("unknown code");
    let advice = match (version, code.0) {
        (Version::V5, 0x84) | (Version::V31 | Version::V311, 1) => "Choose another version of MQTT.",
        (Version::V5, 0x85) | (Version::V31 | Version::V311, 2) => {
            "The broker does not accept this client id. Try another one."
        }
        (Version::V5, 0x88 | 0x89) | (Version::V31 | Version::V311, 3) => {
            "The broker understood, but serves nobody now. Try again later."
        }
        (Version::V5, 0x86 | 0x87) | (Version::V31 | Version::V311, 4 | 5) => {
            "The broker understood and says no. Check user name and password, or the broker's rule for this client id."
        }
        _ => "The broker understood and says no.",
    };
    Words {
        title: format!("The broker refuses: {name}"),
        detail: format!("CONNACK, code {}", code.0),
        text: advice.to_owned(),
        statement: None,
    }
}

fn lost(code: u16, reason: &str, clean: bool, connecting: bool) -> Words {
    let mut detail = format!("close code {code}");
    if !reason.is_empty() {
        detail.push_str(", “");
        detail.push_str(reason);
        detail.push('”');
    }
    let text = match (connecting, clean) {
        (true, _) => {
            "The server closed the connection instead of answering CONNECT. Brokers do that when they do not take the version or the client id, or when the server is no MQTT broker."
        }
        (false, true) => {
            "The server closed the connection, without a reason in MQTT. Brokers do that when another client connects with the same client id, when they stop, or when a packet broke a rule."
        }
        (false, false) => "The connection broke off: network, broker or a proxy in between is gone.",
    };
    Words { title: "The connection was closed".to_owned(), detail, text: text.to_owned(), statement: None }
}

/// How far an attempt came, and what each stage is.
const STAGES: [(&str, &str); 5] = [
    ("Page allows it", "scheme and origin"),
    ("WebSocket", "DNS, TCP, TLS, upgrade"),
    ("Subprotocol", "mqtt"),
    ("CONNECT", "sent"),
    ("CONNACK", "accepted"),
];

/// The stage at which a failure stopped an attempt; `None` if the connection had been accepted.
fn stopped_at(failure: &Failure) -> Option<usize> {
    match failure {
        Failure::NotTried(_) => Some(0),
        Failure::NotOpened { .. } => Some(1),
        Failure::NoSubprotocol { .. } => Some(2),
        Failure::Refused { .. } | Failure::ConnAckTimeout | Failure::Lost { connecting: true, .. } => Some(4),
        _ => None,
    }
}

fn stages(stopped: usize) -> El {
    let items = STAGES.iter().enumerate().map(|(at, (title, about))| {
        let (class, symbol, word) = match at.cmp(&stopped) {
            std::cmp::Ordering::Less => ("", Some("i-check"), *about),
            std::cmp::Ordering::Equal => ("is-bad", Some("i-close"), *about),
            std::cmp::Ordering::Greater => ("is-todo", None, "not reached"),
        };
        let title = el("b", "").with(symbol.map(|name| icon(name, "icon icon--xs"))).text(title);
        el("li", class).child(title).child(el("span", "").text(word))
    });
    el("ol", "attempt__stages").attr("aria-label", "How far it came").all(items)
}

/// A button with which a failure can be dealt with.
fn remedy(label: &str, act: impl Fn() + 'static) -> El {
    el("button", "button button--sm").attr("type", "button").click(act).text(label)
}

/// What helps in a failure's case, besides trying again.
fn remedies(state: ConnectState, failure: &Failure) -> Option<El> {
    let fresh = move || {
        state.form.client_id.set(random_id());
        state.connect();
    };
    let same_id = matches!(
        failure,
        Failure::TakenOver
            | Failure::ServerDisconnected { code: ReasonCode(0x8e) }
            | Failure::Refused { code: ReasonCode(2 | 0x85), .. }
    );
    same_id.then(|| remedy("Connect with a new random id", fresh))
}

/// The failure with what can be done about it.
pub(super) fn failure_note(state: ConnectState, failure: &Failure) -> El {
    let words = words(failure);
    let list = match failure {
        Failure::NotOpened { address, again: false, .. } => {
            Some(cause_list(state, &causes(address, origin())))
        }
        _ => None,
    };
    let label = move || if state.phase.get() == Phase::Waiting { "Try now" } else { "Try again" };
    let again = el("button", "button button--sm")
        .attr("type", "button")
        .click(move || state.connect())
        .child(icon("i-restart", "icon icon--xs"))
        .child(el("span", "").bind_text(move || label().to_owned()));
    let dismiss = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Dismiss"), ("title", "Dismiss")])
        .click(move || state.failure.set(None))
        .child(icon("i-close", "icon icon--xs"));
    let head = el("div", "attempt__head")
        .child(icon("i-warn", "icon"))
        .child(el("span", "").text(&words.title))
        .child(el("small", "num").text(&words.detail))
        .child(el("span", "grow"))
        .with(remedies(state, failure))
        .child(again)
        .child(dismiss);
    let waiting = move || match state.phase.get() {
        Phase::Waiting => " It is tried again by itself, later each time.",
        _ => "",
    };
    let text = el("p", "attempt__text")
        .text(&words.text)
        .child(el("span", "").bind_text(move || waiting().to_owned()))
        .text(" ")
        .with(words.statement.map(|it| rule_chip(&rule(it))));
    el("section", "attempt")
        .attrs(&[("role", "alert"), ("aria-label", "The connection failed")])
        .child(head)
        .with(stopped_at(failure).map(stages))
        .child(text)
        .with(list)
}

/// Where this page came from.
fn origin() -> Origin {
    let host = window().location().hostname().unwrap_or_default();
    let local =
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]";
    Origin { secure: super::secure_page(), local }
}

fn cause_list(state: ConnectState, causes: &[Cause]) -> El {
    let items = causes.iter().map(|cause| {
        let (class, chip, word) = match cause.likelihood {
            Likelihood::Likely => ("cause is-likely", "chip chip--accent", "most likely"),
            Likelihood::Possible => ("cause", "chip", "possible"),
            Likelihood::RuledOut => ("cause is-out", "chip", "ruled out"),
        };
        let instead = cause.try_instead.clone().map(|url| {
            let label = ["Try ", &url].concat();
            remedy(&label, move || {
                state.form.url.set(url.clone());
                state.connect();
            })
        });
        let look = cause.look_at.as_ref().map(|url| {
            el("a", "button button--sm")
                .attrs(&[("href", url.as_str()), ("target", "_blank"), ("rel", "noopener noreferrer")])
                .child(icon("i-open", "icon icon--xs"))
                .text("Open as a page")
        });
        el("li", class)
            .child(el("span", chip).text(word))
            .child(el("p", "").child(el("b", "").text(cause.title)).text(" ").text(&cause.text))
            .with(instead)
            .with(look)
    });
    el("ul", "cause-list").attr("aria-label", "Causes").all(items)
}
