//! Building a packet: a template, and a form of the packet that is chosen, beside its bytes.

use leptos::prelude::*;
use web_sys::Event;

use super::state::DecodeState;
use crate::codec::{PacketType, PropertyId, Version};
use crate::dissect::{Dissection, Fix, dissect};
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::build::{
    BuildField, Entry, addable, build_fields, held, set, template, with_filter, with_property, without,
};
use crate::view::decode::packet;

/// A packet above this many bytes has no form.
const LARGEST: usize = 4096;
/// Fields of a form.
const FIELDS: usize = 120;

/// The packet under construction.
#[derive(Clone, PartialEq)]
struct Work {
    at: usize,
    bytes: bytes::Bytes,
    dissection: Dissection,
}

/// The form of the packet that is selected, or shown without that.
pub(super) fn builder(state: DecodeState, sending: RwSignal<bool>) -> El {
    let allowed = RwSignal::new(false);
    let trouble = RwSignal::new(String::new());
    let work = Memo::new(move |_| {
        let bytes = state.bytes.get();
        let default = || state.index.with(|index| DecodeState::default_packet(index, state.page.get()));
        let at = state.selected.get().or_else(default)?;
        let view = state.index.with(|index| packet(&bytes, index, at))?;
        (view.bytes.len() <= LARGEST).then_some(Work { at, bytes: view.bytes, dissection: view.dissection })
    });
    // Drawn anew where the fields are others, not where they hold something else: whoever types stays there.
    let shape = Memo::new(move |_| {
        work.with(|work| work.as_ref().map(|work| (work.at, build_fields(&work.dissection))))
    });
    let take = move |bytes: Vec<u8>| {
        let Some(before) = work.get_untracked() else { return };
        let version = before.dissection.version;
        let broken =
            dissect(&bytes, version).faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>();
        let was = before.dissection.faults.len();
        if !allowed.get_untracked() && broken.len() > was {
            trouble.set(["Not taken, as the rules forbid it. ", &broken.join(" ")].concat());
            return;
        }
        trouble.set(String::new());
        state.change(before.at, &Fix::Bytes { old: before.bytes.len(), new: bytes });
    };
    let take = Callback::new(take);
    let switch = el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || allowed.get())
        .on("change", move |event: Event| allowed.set(event_target_checked(&event)));
    let rules = el("label", "check").child(switch).text("Allow what the rules forbid");
    let told = el("p", "build__trouble").attr("role", "alert").bind_text(move || trouble.get());
    let form = el("div", "").fill(move || match shape.get() {
        Some((_, fields)) => form(work, fields, allowed, trouble, take),
        None => el("p", "field__hint").text("Take a template, or paste a packet: its form stands here."),
    });
    let send = nothing().dynamic(move || match shape.with(Option::is_some) {
        true => el("button", "button")
            .attr("type", "button")
            .click(move || sending.set(true))
            .child(icon("i-send", "icon icon--sm"))
            .text("Send this packet…"),
        false => nothing(),
    });
    el("details", "build")
        .child(el("summary", "").child(el("h2", "").text("Build a packet")))
        .child(templates(state))
        .child(rules)
        .child(told)
        .child(form)
        .child(send)
}

/// A packet to begin with.
fn templates(state: DecodeState) -> El {
    let version = RwSignal::new(Version::V5);
    let options = Version::ALL.map(|it| (it, Signal::stored(it.as_str().to_owned()))).to_vec();
    let versions = segmented(
        "Version of the template",
        options,
        version.into(),
        Callback::new(move |it| version.set(it)),
    );
    let names = PacketType::ALL
        .iter()
        .enumerate()
        .map(|(at, packet)| el("option", "").attr("value", &at.to_string()).text(packet.name()));
    let choose = move |event: Event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        let version = version.get_untracked();
        let made = at.and_then(|at| template(*PacketType::ALL.get(at)?, version));
        let Some(bytes) = made else {
            state.told.set("This version has no such packet.");
            return;
        };
        state.told.set("");
        state.selected.set(None);
        state.version.set(Some(version));
        state.set_text(super::link::spaced(&bytes));
    };
    let select = el("select", "select")
        .attr("aria-label", "Template")
        .child(el("option", "").attr("value", "").text("Template…"))
        .all(names)
        .on("change", choose);
    el("div", "build__templates").child(select).child(versions)
}

fn form(
    work: Memo<Option<Work>>,
    fields: Vec<BuildField>,
    allowed: RwSignal<bool>,
    trouble: RwSignal<String>,
    take: Callback<Vec<u8>>,
) -> El {
    let left_out = fields.len().saturating_sub(FIELDS);
    let more = (left_out > 0).then(|| {
        el("p", "field__hint").text(&[&left_out.to_string(), " more fields are left out."].concat())
    });
    let mut removable = None;
    let rows: Vec<El> = fields
        .into_iter()
        .take(FIELDS)
        .map(|field| {
            // One button a property, at its first field.
            let first = field.property.filter(|property| removable != Some(*property));
            removable = field.property.or(removable);
            let remove = first.map(|property| {
                let name = ["Remove ", field.name].concat();
                el("button", "icon-button icon-button--sm")
                    .attrs(&[("type", "button"), ("aria-label", &name), ("title", "Remove this property")])
                    .click(move || {
                        let made = work.with_untracked(|work| {
                            work.as_ref().map(|it| without(&it.dissection, &it.bytes, property))
                        });
                        made.into_iter().for_each(|bytes| take.run(bytes));
                    })
                    .child(icon("i-close", "icon icon--xs"))
            });
            row(work, field, trouble, take).with(remove)
        })
        .collect();
    el("div", "build__form").all(rows).with(more).child(additions(work, allowed, take))
}

fn row(
    work: Memo<Option<Work>>,
    field: BuildField,
    trouble: RwSignal<String>,
    take: Callback<Vec<u8>>,
) -> El {
    let shown = field.clone();
    let value = move || {
        work.with(|work| work.as_ref().map_or_else(String::new, |it| held(&it.dissection, &it.bytes, &shown)))
    };
    let name = field.name;
    let entry = field.entry;
    let change = move |text: &str| {
        let made =
            work.with_untracked(|work| work.as_ref().map(|it| set(&it.dissection, &it.bytes, &field, text)));
        match made {
            Some(Ok(bytes)) => take.run(bytes),
            Some(Err(refused)) => trouble.set(refused.message().to_owned()),
            None => {}
        }
    };
    if entry == Entry::Flag {
        let input = el("input", "")
            .attr("type", "checkbox")
            .bind_property("checked", move || value() == "1")
            .on("change", move |event: Event| change(if event_target_checked(&event) { "1" } else { "0" }));
        return el("div", "build__row").child(el("label", "check").child(input).text(name));
    }
    let input = el("input", "input input--mono")
        .attrs(&[
            ("type", "text"),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
            ("autocapitalize", "off"),
        ])
        .maybe("inputmode", matches!(entry, Entry::Number(_)).then_some("numeric"))
        .bind_value(value)
        .on("change", move |event: Event| change(&event_target_value(&event)));
    let label = el("label", "build__field").child(el("span", "").text(name)).child(input);
    el("div", "build__row").child(label)
}

/// What can be added: a property, a topic filter.
fn additions(work: Memo<Option<Work>>, allowed: RwSignal<bool>, take: Callback<Vec<u8>>) -> El {
    let properties = move || {
        let all = allowed.get();
        let ids: Vec<PropertyId> =
            work.with(|work| work.as_ref().map_or_else(Vec::new, |it| addable(&it.dissection, all)));
        if ids.is_empty() {
            return nothing();
        }
        let names =
            ids.into_iter().map(|id| el("option", "").attr("value", &(id as u8).to_string()).text(id.name()));
        el("select", "select")
            .attr("aria-label", "Add property")
            .child(el("option", "").attr("value", "").text("Add property…"))
            .all(names)
            .on("change", move |event: Event| {
                let id = event_target_value(&event).parse().ok().and_then(PropertyId::from_byte);
                let made = work.with_untracked(|work| {
                    let work = work.as_ref()?;
                    Some(with_property(&work.dissection, &work.bytes, id?))
                });
                made.into_iter().for_each(|bytes| take.run(bytes));
            })
    };
    let filters = move || {
        let fits = work
            .with(|work| work.as_ref().is_some_and(|it| with_filter(&it.dissection, &it.bytes).is_some()));
        if !fits {
            return nothing();
        }
        el("button", "button button--sm")
            .attr("type", "button")
            .click(move || {
                let made = work.with_untracked(|work| {
                    work.as_ref().and_then(|it| with_filter(&it.dissection, &it.bytes))
                });
                made.into_iter().for_each(|bytes| take.run(bytes));
            })
            .child(icon("i-plus", "icon icon--xs"))
            .text("Add topic filter")
    };
    el("div", "build__more").dynamic(properties).dynamic(filters)
}
