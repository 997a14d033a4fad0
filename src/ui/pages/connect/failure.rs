//! Why a connection failed, in words; as far as a browser lets one know.

use leptos::prelude::*;

use super::state::ConnectState;
use crate::codec::{PacketType, ReasonCode, Version};
use crate::time::Duration;
use crate::transport::{Address, Cause, Likelihood, SocketError, causes};
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
    /// The WebSocket did not open; the browser does not say why.
    NotOpened { address: Address, code: u16, after: Duration },
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
        Failure::NotOpened { address, code, after } => Words {
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
        Failure::ServerDisconnected { code } => {
            let name = code.name(PacketType::Disconnect, Version::V5).unwrap_or("unknown reason");
            told(
                &format!("The broker disconnected: {name}"),
                format!("It sent DISCONNECT with reason code {:#04x}.", code.0),
                None,
            )
        }
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

/// The failure with what can be done about it.
pub(super) fn failure_note(state: ConnectState, failure: &Failure) -> El {
    let words = words(failure);
    let list = match failure {
        Failure::NotOpened { address, .. } => Some(cause_list(state, &causes(address, super::secure_page()))),
        _ => None,
    };
    let again = el("button", "button button--sm")
        .attr("type", "button")
        .click(move || state.connect())
        .child(icon("i-restart", "icon icon--xs"))
        .text("Try again");
    let dismiss = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Dismiss"), ("title", "Dismiss")])
        .click(move || state.failure.set(None))
        .child(icon("i-close", "icon icon--xs"));
    let head = el("div", "attempt__head")
        .child(icon("i-warn", "icon"))
        .child(el("span", "").text(&words.title))
        .child(el("small", "num").text(&words.detail))
        .child(el("span", "grow"))
        .child(again)
        .child(dismiss);
    let text = el("p", "attempt__text")
        .text(&words.text)
        .text(" ")
        .with(words.statement.map(|it| rule_chip(&rule(it))));
    el("section", "attempt")
        .attrs(&[("role", "alert"), ("aria-label", "The connection failed")])
        .child(head)
        .child(text)
        .with(list)
}

fn cause_list(state: ConnectState, causes: &[Cause]) -> El {
    let items = causes.iter().map(|cause| {
        let (class, chip, word) = match cause.likelihood {
            Likelihood::Likely => ("cause is-likely", "chip chip--accent", "most likely"),
            Likelihood::Possible => ("cause", "chip", "possible"),
            Likelihood::RuledOut => ("cause is-out", "chip", "ruled out"),
        };
        let instead = cause.try_instead.clone().map(|url| {
            let shown = ["Try ", &url].concat();
            let take = move || {
                state.form.url.set(url.clone());
                state.connect();
            };
            el("button", "button button--sm").attr("type", "button").click(take).text(&shown)
        });
        el("li", class)
            .child(el("span", chip).text(word))
            .child(el("p", "").child(el("b", "").text(cause.title)).text(" ").text(&cause.text))
            .with(instead)
    });
    el("ul", "cause-list").attr("aria-label", "Causes").all(items)
}
