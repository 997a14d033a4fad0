//! Building a packet: a template, and a form of the packet that is chosen, beside its bytes.

use leptos::prelude::*;
use web_sys::Event;

use super::state::DecodeState;
use crate::codec::{PacketType, PropertyId, Version};
use crate::dissect::{Dissection, Fix, dissect};
use crate::ui::components::bytes::group_class;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, Memo, el, many, nothing};
use crate::view::build::{
    BuildField, Entry, addable, build_fields, held, set, template, with_filter, with_property, without,
};
use crate::view::bytes::{BitGroup, BitView, ByteMap, bits, hex};
use crate::view::decode::packet;
use crate::view::inspector::PacketView;

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
        .child(bits_of(state, work, take))
        .child(send)
}

/// The bits of the byte that is chosen: each is turned by a click.
fn bits_of(state: DecodeState, work: Memo<Option<Work>>, take: Callback<Vec<u8>>) -> El {
    let at = Memo::new(move |_| {
        let len = work.with(|work| work.as_ref().map_or(0, |it| it.bytes.len()));
        state.choice.get().map_or(0, |choice| choice.offset).min(len.saturating_sub(1))
    });
    let picture = Memo::new(move |_| {
        work.with(|work| {
            let work = work.as_ref()?;
            bits(&work.bytes, &work.dissection, &ByteMap::new(&work.dissection), at.get())
        })
    });
    let there = Memo::new(move |_| picture.with(Option::is_some));
    nothing().dynamic(move || match there.get() {
        true => bit_editor(state, work, at, picture, take),
        false => nothing(),
    })
}

fn bit_editor(
    state: DecodeState,
    work: Memo<Option<Work>>,
    at: Memo<usize>,
    picture: Memo<Option<BitView>>,
    take: Callback<Vec<u8>>,
) -> El {
    let last = move || work.with(|work| work.as_ref().map_or(0, |it| it.bytes.len().saturating_sub(1)));
    let go = move |to: usize| {
        let Some(packet) = work.get_untracked() else { return };
        let view = PacketView::of_bytes(packet.bytes, packet.dissection.version, 0, String::new());
        // Of the packet in the form; on a phone the inspector stays closed.
        state.choice.set(view.choose_byte(to));
    };
    let turn = move |mask: u8| {
        let bytes = work.with_untracked(|work| work.as_ref().map(|it| it.bytes.to_vec()));
        if let Some(mut bytes) = bytes {
            if let Some(byte) = bytes.get_mut(at.get_untracked()) {
                *byte ^= mask;
            }
            take.run(bytes);
        }
    };
    let step = |name: &'static str, symbol: &'static str| {
        el("button", "icon-button icon-button--sm")
            .attrs(&[("type", "button"), ("aria-label", name), ("title", name)])
            .child(icon(symbol, "icon icon--sm"))
    };
    let told = move || {
        let value = picture.with(|it| it.as_ref().map_or(0, |it| it.value));
        let byte = ["Byte ", &text_of(at.get()), " of ", &text_of(last() + 1), ": ", hex(value)];
        byte.concat()
    };
    let head = el("div", "bit-editor__head")
        .child(el("h3", "").text("Bits"))
        .child(
            step("Previous byte", "i-up")
                .bind_flag("disabled", move || at.get() == 0)
                .click(move || go(at.get_untracked() - 1)),
        )
        .child(
            step("Next byte", "i-down")
                .bind_flag("disabled", move || at.get() >= last())
                .click(move || go(at.get_untracked() + 1)),
        )
        .child(el("span", "num").bind_text(told))
        .child(el("span", "field__hint").text("A click turns a bit."));
    let set = move |index: u8| picture.with(|it| it.as_ref().is_some_and(|it| it.is_set(index)));
    let name = move |index: u8| {
        let group = picture.with(|it| {
            let mut groups = it.as_ref()?.groups.iter();
            groups.find(|it| (it.start..it.start + it.len).contains(&index)).map(|it| it.name)
        });
        // With what is written on it: names by voice find the button, too.
        let value = if set(index) { ": 1" } else { ": 0" };
        ["Bit ", &text_of(usize::from(7 - index)), ", ", group.unwrap_or(""), value].concat()
    };
    let wrong =
        move |index: u8| picture.with(|it| it.as_ref().is_some_and(|it| it.wrong[usize::from(index)]));
    let class = move |index: u8| {
        let zero = if set(index) { "" } else { " bit-view__bit--zero" };
        ["bit-view__bit", zero, if wrong(index) { " is-wrong" } else { "" }].concat()
    };
    let buttons = (0..8).map(|index| {
        el("button", "")
            .attr("type", "button")
            .bind("class", move || class(index))
            .bind_state("aria-pressed", move || set(index))
            .bind("aria-label", move || name(index))
            .click(move || turn(0x80 >> index))
            .bind_text(move || if set(index) { "1" } else { "0" })
    });
    let names = move || {
        let groups = picture.with(|it| it.as_ref().map_or_else(Vec::new, |it| it.groups.clone()));
        let name = |group: BitGroup| {
            el("span", "bit-view__name")
                .style("--bits", &text_of(usize::from(group.len)))
                .child(el("b", "").text(group.name))
                .text(&group.text)
        };
        many(groups.into_iter().map(name))
    };
    let group = move || {
        let group = picture.with(|it| it.as_ref().map(|it| it.group));
        ["bit-view ", group.map_or("is-un", group_class)].concat()
    };
    let view = el("div", "")
        .bind("class", group)
        .attrs(&[("role", "group"), ("aria-label", "Bits of the byte")])
        .all(["7", "6", "5", "4", "3", "2", "1", "0"].map(|n| el("span", "bit-view__index").text(n)))
        .all(buttons)
        .child(el("div", "bit-editor__names").fill(names));
    el("div", "bit-editor").child(head).child(view)
}

fn text_of(number: usize) -> String {
    number.to_string()
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
        .on(
            // A text is one with each letter; a number is none before it is whole.
            if entry == Entry::Text { "input" } else { "change" },
            move |event: Event| change(&event_target_value(&event)),
        );
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
