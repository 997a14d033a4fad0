//! Building a packet: a template, and a form of the packet that is chosen, beside its bytes, its bits and the rules that it
//! breaks.

mod bits;
mod bytes;
mod form;

use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use self::bits::bits_of;
use self::bytes::sheet;
use self::form::form;
use super::state::DecodeState;
use crate::codec::{PacketType, Version};
use crate::dissect::{Dissection, Fix, dissect};
use crate::ui::components::scroll::reveal;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, effect, el};
use crate::view::build::{as_version, build_fields, template};
use crate::view::decode::packet;

/// A packet above this many bytes has no form.
const LARGEST: usize = 4096;

/// The packet under construction.
#[derive(Clone, PartialEq)]
struct Work {
    at: usize,
    bytes: ::bytes::Bytes,
    dissection: Dissection,
}

/// What all parts of the builder share.
#[derive(Clone, Copy)]
struct Builder {
    state: DecodeState,
    work: Memo<Option<Work>>,
    /// What the rules forbid is taken too.
    allowed: RwSignal<bool>,
    /// Why something was not taken.
    trouble: RwSignal<String>,
}

impl Builder {
    /// Looks at the packet, if there is one.
    fn with<T>(self, look: impl FnOnce(&Work) -> T) -> Option<T> {
        self.work.with_untracked(|work| work.as_ref().map(look))
    }

    /// Takes other bytes for the packet, and says it where they are not taken.
    fn take(self, bytes: Vec<u8>) {
        self.hear(self.try_take(bytes));
    }

    /// Says why something was not taken, where there is no field to say it at.
    fn hear(self, taken: Result<(), String>) {
        if let Err(why) = taken {
            self.trouble.set(why);
        }
    }

    /// Takes other bytes for the packet, unless they break more rules than before: then why.
    fn try_take(self, bytes: Vec<u8>) -> Result<(), String> {
        let Some(Work { at, bytes: before, dissection }) = self.work.get_untracked() else { return Ok(()) };
        let broken = dissect(&bytes, dissection.version).faults;
        if !self.allowed.get_untracked() && broken.len() > dissection.faults.len() {
            let told: Vec<String> = broken.into_iter().map(|fault| fault.message).collect();
            return Err(["Not taken, as the rules forbid it. ", &told.join(" ")].concat());
        }
        self.put(at, before.len(), bytes);
        Ok(())
    }

    /// Takes bytes in place of the first `old` ones of the packet at `at`, whatever they break; false where that cannot
    /// be.
    fn put(self, at: usize, old: usize, bytes: Vec<u8>) -> bool {
        self.trouble.set(String::new());
        self.state.change(at, &Fix::Bytes { old, new: bytes })
    }
}

/// Shows where packets are built.
pub(super) fn show() {
    reveal(".build".to_owned(), web_sys::ScrollLogicalPosition::Start);
}

/// The form of the packet that is selected, or shown without that, beside its bytes.
pub(super) fn builder(state: DecodeState, sending: RwSignal<bool>) -> El {
    let work = Memo::new(move |_| {
        let bytes = state.bytes.get();
        let default = || state.index.with(|index| DecodeState::default_packet(index, state.page.get()));
        let at = state.selected.get().or_else(default)?;
        let view = state.index.with(|index| packet(&bytes, index, at))?;
        (view.bytes.len() <= LARGEST).then_some(Work { at, bytes: view.bytes, dissection: view.dissection })
    });
    let it = Builder { state, work, allowed: RwSignal::new(false), trouble: RwSignal::new(String::new()) };
    // Drawn anew where the fields are others, not where they hold something else: whoever types stays there.
    let shape = Memo::new(move |_| {
        work.with(|work| work.as_ref().map(|work| (work.at, build_fields(&work.dissection))))
    });
    let switch = el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || it.allowed.get())
        .on("change", move |event: Event| it.allowed.set(event_target_checked(&event)));
    let rules = el("label", "check").child(switch).text("Allow what the rules forbid");
    let told = el("p", "build__trouble").attr("role", "alert").bind_text(move || it.trouble.get());
    let which = move || match shape.with(|shape| shape.as_ref().map(|shape| shape.0)) {
        Some(at) if state.index.with(|index| index.entries.len()) > 1 => {
            ["Packet ", &(at + 1).to_string(), " of the text"].concat()
        }
        _ => String::new(),
    };
    let fields = el("div", "").fill(move || match shape.get() {
        Some((_, fields)) => form(it, fields),
        None => el("p", "field__hint").text(if state.bytes.with(|bytes| bytes.is_empty()) {
            "Take a template, or paste a packet: its form stands here."
        } else {
            "A packet of more than 4,096 bytes has no form."
        }),
    });
    let head = el("div", "section-head")
        .child(el("h2", "").text("Build a packet"))
        .child(el("span", "build__which num").bind_text(which));
    let there = Memo::new(move |_| shape.with(Option::is_some));
    el("section", "build")
        .attr("aria-label", "Build a packet")
        .child(
            el("div", "build__input").child(head).child(templates(it)).child(rules).child(told).child(fields),
        )
        .child(
            el("div", "build__output")
                .fill(move || if there.get() { sheet(it, sending).child(bits_of(it)) } else { empty() }),
        )
}

fn empty() -> El {
    el("p", "empty-state").text(
        "The bytes of the packet stand here, field by field and bit by bit, and which rules they break. Change a \
         field, and the bytes follow; change a byte or a bit, and the fields do.",
    )
}

/// A packet to begin with, and its version.
fn templates(it: Builder) -> El {
    let state = it.state;
    let version = RwSignal::new(Version::V5);
    // That of the packet, until another one is chosen.
    let present = Memo::new(move |_| it.work.with(|work| work.as_ref().map(|work| work.dissection.version)));
    effect(move || {
        if let Some(present) = present.get() {
            version.set(present);
        }
    });
    let options = Version::ALL.map(|it| (it, Signal::stored(it.as_str().to_owned()))).to_vec();
    let turn = move |to: Version| {
        version.set(to);
        // A packet that stands alone is written by the other version.
        let alone = state.index.with_untracked(|index| index.entries.len() == 1);
        let made = it.with(|work| as_version(&work.bytes, work.dissection.version, to)).flatten();
        if let (true, Some(bytes)) = (alone, made) {
            state.begin(bytes, to);
        }
    };
    let versions = segmented("Version of the template", options, version.into(), Callback::new(turn));
    let names = PacketType::ALL
        .iter()
        .enumerate()
        .map(|(at, packet)| el("option", "").attr("value", &at.to_string()).text(packet.name()));
    let choose = move |event: Event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        // The same one can be taken once more.
        event_target::<HtmlSelectElement>(&event).set_value("");
        let version = version.get_untracked();
        let made = at.and_then(|at| template(*PacketType::ALL.get(at)?, version));
        let Some(bytes) = made else {
            it.trouble.set(["MQTT ", version.as_str(), " has no such packet."].concat());
            return;
        };
        it.trouble.set(String::new());
        state.begin(bytes, version);
        // What is drawn above grows with the packet.
        show();
    };
    let select = el("select", "select")
        .attr("aria-label", "Template")
        .child(el("option", "").attr("value", "").text("Template…"))
        .all(names)
        .on("change", choose);
    el("div", "build__templates").child(select).child(versions)
}
