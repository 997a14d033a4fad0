//! Breaking rules: the next acknowledgement, and raw bytes.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Event;

use super::Form;
use super::field::{choice, error, holding};
use super::properties::property_menu;
use crate::client::Misbehaviour;
use crate::codec::{PacketId, PacketType, Version};
use crate::dissect::{dissect, parse_hex};
use crate::sim::Action;
use crate::ui::components::bytes::byte_strip;
use crate::ui::dom::{El, el, many, nothing, text};
use crate::view::actors::Standing;
use crate::view::bytes::{ByteMap, strip};
use crate::view::form::{
    Draft, Field, Key, Place, acknowledgement, example, examples, spaced, with_property,
};

const PACKETS: [(&str, PacketType); 4] = [
    ("PUBACK", PacketType::PubAck),
    ("PUBREC", PacketType::PubRec),
    ("PUBREL", PacketType::PubRel),
    ("PUBCOMP", PacketType::PubComp),
];

/// What may go wrong, by the number that the draft keeps.
const SLIPS: [(&str, &str); 5] = [
    ("Answer as it should", ""),
    ("Withhold it", "The broker waits: the message stays in flight until the client connects again."),
    ("Wrong packet id", "The broker finds no such message and still waits for the right one."),
    ("Send it twice", "The second one finds nothing and is ignored."),
    (
        "Hold all of them until released",
        "The broker's window stays full, and more messages wait in its queue.",
    ),
];

fn packet_of(draft: &Draft) -> PacketType {
    let name = draft.text(Field::SlipPacket);
    PACKETS.iter().find(|it| it.0 == name).map_or(PacketType::PubAck, |it| it.1)
}

/// What is to be armed, if anything.
fn armed(draft: &Draft) -> Option<Action> {
    let packet = packet_of(draft);
    Some(Action::Misbehave(match draft.text(Field::Slip) {
        "1" => Misbehaviour::Withhold(packet),
        "2" => Misbehaviour::WrongId(packet, draft.text(Field::WrongId).parse().ok()?),
        "3" => Misbehaviour::Twice(packet),
        "4" => Misbehaviour::Hold(packet),
        _ => return None,
    }))
}

pub(super) fn slips(form: Form) -> El {
    let due = form.facts.get_untracked().due;
    if let Some((packet, _)) = due {
        form.change(|draft| draft.set_text(Field::SlipPacket, packet.name().to_owned()));
    }
    let told = due.map(|(packet, id)| [packet.name(), " ", &id.to_string(), " is due next."].concat());
    let packets =
        choice(form, Key::Field(Field::SlipPacket), PACKETS.iter().map(|it| (it.0, it.0)).collect());
    let which = el("label", "check").text("The next").child(packets.attr("data-testid", "form-slip-packet"));
    let choices = SLIPS.iter().enumerate().map(|(at, (words, hint))| slip(form, at, words, hint));
    let from_now_on = el("div", "examples").all([
        now(form, "Send no PINGREQ", "Keep alive runs out", || {
            Action::Misbehave(Misbehaviour::NoPings(true))
        }),
        now(form, "Ignore Receive Maximum", "5.0: of the broker", || {
            Action::Misbehave(Misbehaviour::IgnoreReceiveMaximum)
        }),
        now(form, "Let the link fall silent", "Nothing gets through, and neither end is told", || {
            Action::Silence
        }),
    ]);
    el("div", "field")
        .with(told.map(|words| el("p", "field__hint").text(&words)))
        .child(which)
        .child(
            el("div", "choice-list")
                .attrs(&[("role", "radiogroup"), ("aria-label", "Next acknowledgement")])
                .all(choices),
        )
        .dynamic(move || instead(form))
        .child(el("h3", "").text("From now on"))
        .child(from_now_on.dynamic(move || reading(form)))
        .dynamic(move || release(form))
}

/// A button that does something at once.
fn now(form: Form, words: &str, hint: &str, action: fn() -> Action) -> El {
    el("button", "button button--sm")
        .attrs(&[("type", "button"), ("title", hint)])
        .bind_flag("disabled", move || form.facts.with(|facts| facts.standing != Some(Standing::Connected)))
        .click(move || form.send.run(action()))
        .text(words)
}

/// Stops reading, or reads again.
fn reading(form: Form) -> El {
    let Some((packets, bytes)) = form.facts.with(|facts| facts.unread) else {
        return now(form, "Stop reading", "Packets pile up in the link", || Action::StopReading);
    };
    let waiting =
        [&packets.to_string(), " packets, ", &bytes.to_string(), " bytes wait in the link"].concat();
    now(form, "Read again", &waiting, || Action::ReadAgain).child(el("span", "dim").text(" ").text(&waiting))
}

/// Lets go what is held.
fn release(form: Form) -> El {
    let Some(count) = form.facts.with(|facts| facts.holding) else { return nothing() };
    let words = ["Release ", &count.to_string(), " held"].concat();
    let button =
        now(form, &words, "Sends them, and holds none any more", || Action::Misbehave(Misbehaviour::Release));
    el("p", "").child(button.attr("data-testid", "form-release"))
}

fn slip(form: Form, at: usize, words: &str, hint: &str) -> El {
    let value = at.to_string();
    let shown = value.clone();
    let radio = el("input", "")
        .attrs(&[("type", "radio"), ("name", "slip"), ("data-testid", &["form-slip-", &value].concat())])
        .bind_property("checked", move || form.draft.with(|draft| draft.text(Field::Slip) == shown))
        .on("change", move |_: Event| form.change(|draft| draft.set_text(Field::Slip, value.clone())));
    let id = (at == 2).then(|| {
        let input = el("input", "input input--mono")
            .attrs(&[("inputmode", "numeric"), ("aria-label", "Packet id to send")]);
        holding(form, Key::Field(Field::WrongId), input, "form-wrong-id")
    });
    el("label", "")
        .child(radio)
        .text(words)
        .with(id)
        .with((!hint.is_empty()).then(|| el("small", "").text(hint)))
}

/// The right acknowledgement beside the one that goes out, while one is due.
fn instead(form: Form) -> El {
    let drawn = |bytes: &[u8]| {
        let dissection = dissect(bytes, Version::V311);
        byte_strip(&strip(bytes, &dissection, &ByteMap::new(&dissection), 16), &dissection)
    };
    let due = form.facts.with(|facts| facts.due);
    form.draft.with(|draft| {
        let Some((packet, id)) = due.filter(|(packet, _)| *packet == packet_of(draft)) else {
            return nothing();
        };
        let right = acknowledgement(packet, id);
        let sent = match draft.text(Field::Slip) {
            "1" | "4" => text(" sends nothing"),
            "2" => match draft.text(Field::WrongId).parse::<PacketId>() {
                Ok(wrong) => nothing().text(" sends ").child(drawn(&acknowledgement(packet, wrong))),
                Err(_) => return nothing(),
            },
            "3" => nothing().text(" sends ").child(drawn(&right)).child(drawn(&right)),
            _ => return nothing(),
        };
        el("p", "instead").text("instead of ").child(drawn(&right)).child(sent)
    })
}

/// The button that arms the acknowledgement.
pub(super) fn arm(form: Form) -> El {
    el("button", "button")
        .attrs(&[("type", "button"), ("data-testid", "form-arm")])
        .bind_flag("disabled", move || form.draft.with(|draft| armed(draft).is_none()))
        .click(move || {
            if let Some(action) = form.draft.with_untracked(armed) {
                form.send.run(action);
            }
        })
        .text("Arm acknowledgement")
}

pub(super) fn raw(form: Form) -> El {
    const KEY: Key = Key::Field(Field::Raw);
    let area =
        el("textarea", "input input--mono").attrs(&[("rows", "4"), ("aria-label", "Raw bytes in hex")]);
    let begin = move |name: &str| {
        let bytes = example(name, form.connected);
        form.change(|draft| draft.set(KEY, bytes));
    };
    let (broken, whole) = examples();
    let broken = broken.map(|name| {
        el("button", "button button--sm").attr("type", "button").click(move || begin(name)).text(name)
    });
    let whole = whole.map(|name| el("option", "").attr("value", name).text(name));
    let packets = el("select", "select")
        .attrs(&[("aria-label", "A whole packet"), ("data-testid", "form-raw-packet")])
        .child(el("option", "").attr("value", "").text("A whole packet…"))
        .all(whole)
        .on("change", move |event: Event| begin(&event_target_value(&event)));
    let typed = move || {
        parse_hex(&form.draft.with_untracked(|draft| draft.text(Field::Raw).to_owned())).unwrap_or_default()
    };
    let host = move || {
        let packet = typed().first().and_then(|byte| PacketType::from_nibble(byte >> 4))?;
        Some(crate::view::form::host_of(packet))
    };
    let add = move |row| {
        if let Some(bytes) = with_property(&typed(), &row) {
            form.change(|draft| draft.set(KEY, spaced(&bytes)));
        }
    };
    let hint = "Broken bytes show their rule as you type. Nothing stops you from sending them.";
    let menu = (form.connected == Version::V5).then(|| property_menu(Rc::new(host), Rc::new(add)));
    el("div", "field")
        .child(holding(form, KEY, area, "form-raw"))
        .child(error(form, Place::Field(KEY)))
        .child(
            el("div", "examples")
                .child(el("span", "field__hint").text("Start from"))
                .child(many(broken))
                .child(packets)
                .with(menu),
        )
        .child(el("p", "field__hint").text(hint))
}
