//! The fields of the packet that is built.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::Builder;
use crate::codec::PropertyId;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, nothing};
use crate::view::build::{
    BuildField, Entry, addable, held, set, switched, with_filter, with_property, without,
};

/// Fields of a form.
const FIELDS: usize = 120;

pub(super) fn form(it: Builder, fields: Vec<BuildField>) -> El {
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
            let first = field.part.filter(|part| removable != Some(*part));
            removable = field.part.or(removable);
            let remove = first.map(|part| {
                let name = ["Remove ", field.name].concat();
                el("button", "icon-button icon-button--sm")
                    .attrs(&[("type", "button"), ("aria-label", &name), ("title", &name)])
                    .click(move || {
                        let made = it.with(|work| without(&work.dissection, &work.bytes, part));
                        made.into_iter().for_each(|bytes| it.take(bytes));
                    })
                    .child(icon("i-close", "icon icon--xs"))
            });
            row(it, field).with(remove)
        })
        .collect();
    el("div", "build__form").all(rows).with(more).child(additions(it))
}

fn row(it: Builder, field: BuildField) -> El {
    let (shown, again) = (field.clone(), field.clone());
    let value = move || {
        it.work.with(|work| {
            work.as_ref().map_or_else(String::new, |work| held(&work.dissection, &work.bytes, &shown))
        })
    };
    let name = field.name;
    let entry = field.entry;
    let change = move |text: &str| -> Result<(), String> {
        let made = it.with(|work| {
            // What stands or falls with a flag comes and goes with it, where only sound packets are made.
            let whole = text
                .parse()
                .ok()
                .filter(|_| !it.allowed.get_untracked())
                .and_then(|value| switched(&work.bytes, work.dissection.version, field.field, value));
            whole.map_or_else(|| set(&work.dissection, &work.bytes, &field, text), Ok)
        });
        match made {
            Some(Ok(bytes)) => it.try_take(bytes),
            Some(Err(refused)) => Err(refused.message().to_owned()),
            None => Ok(()),
        }
    };
    match entry {
        Entry::Flag => {
            let input = el("input", "")
                .attr("type", "checkbox")
                .bind_property("checked", move || value() == "1")
                .on("change", move |event: Event| {
                    it.hear(change(if event_target_checked(&event) { "1" } else { "0" }));
                    // What was not taken does not look as if it was.
                    let is = it.with(|work| held(&work.dissection, &work.bytes, &again));
                    event_target::<HtmlInputElement>(&event).set_checked(is.as_deref() == Some("1"));
                });
            el("div", "build__row").child(el("label", "check").child(input).text(name))
        }
        // QoS, and how retained messages are handled: few values, of which one is forbidden.
        Entry::Number(2) => {
            let options = (0..4_u8).map(|at| (at, Signal::stored(at.to_string()))).collect();
            let chosen = Signal::derive(move || value().parse().unwrap_or(0));
            let choose = Callback::new(move |at: u8| it.hear(change(&at.to_string())));
            let choice = segmented(name, options, chosen, choose);
            el("div", "build__row")
                .child(el("div", "build__field").child(el("span", "").text(name)).child(choice))
        }
        _ => line(it, name, entry, value, change),
    }
}

fn line(
    it: Builder,
    name: &'static str,
    entry: Entry,
    value: impl Fn() -> String + 'static,
    change: impl Fn(&str) -> Result<(), String> + 'static,
) -> El {
    // What is typed stays; that the packet still holds something else is said beside it.
    let wrong = RwSignal::new(String::new());
    let change = Rc::new(change);
    let typed = Rc::clone(&change);
    let input = el("input", "input input--mono")
        .attrs(&[
            ("type", "text"),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
            ("autocapitalize", "off"),
        ])
        .maybe("inputmode", matches!(entry, Entry::Number(_)).then_some("numeric"))
        .bind_value(value)
        .on("input", move |event: Event| {
            let is_text = entry == Entry::Text;
            // Where anything goes, each digit may make other fields of the packet, drawn under the hand that types.
            if !is_text && it.allowed.get_untracked() {
                return;
            }
            let taken = typed(&event_target_value(&event));
            // A number may be on its way to a right one: what is wrong with it is said once it is whole.
            if is_text || taken.is_ok() {
                wrong.set(taken.err().unwrap_or_default());
            }
        })
        .on("change", move |event: Event| {
            wrong.set(change(&event_target_value(&event)).err().unwrap_or_default());
        })
        .bind_maybe("aria-invalid", move || wrong.with(|wrong| (!wrong.is_empty()).then_some("true")));
    let told = el("span", "field__error").attr("role", "alert").bind_text(move || wrong.get());
    let label = el("label", "build__field").child(el("span", "").text(name)).child(input);
    el("div", "build__row").child(label).child(told)
}

/// What can be added: a property, a topic filter.
fn additions(it: Builder) -> El {
    let properties = move || {
        let all = it.allowed.get();
        let ids: Vec<PropertyId> =
            it.work.with(|work| work.as_ref().map_or_else(Vec::new, |work| addable(&work.dissection, all)));
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
                let made = it.with(|work| Some(with_property(&work.dissection, &work.bytes, id?))).flatten();
                made.into_iter().for_each(|bytes| it.take(bytes));
            })
    };
    let filters = move || {
        let fits = it.work.with(|work| {
            work.as_ref().is_some_and(|work| with_filter(&work.dissection, &work.bytes).is_some())
        });
        if !fits {
            return nothing();
        }
        el("button", "button button--sm")
            .attr("type", "button")
            .click(move || {
                let made = it.with(|work| with_filter(&work.dissection, &work.bytes)).flatten();
                made.into_iter().for_each(|bytes| it.take(bytes));
            })
            .child(icon("i-plus", "icon icon--xs"))
            .text("Add topic filter")
    };
    el("div", "build__more").dynamic(properties).dynamic(filters)
}
