//! The property list of a packet or of the will, with the menu that adds to it.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Event;

use super::Form;
use super::field::{error, select};
use super::menu::{Entry, menu};
use crate::codec::{PropertyHost, PropertyId, PropertyKind, Version};
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, el};
use crate::view::bytes::hex;
use crate::view::form::{Place, PropertyDraft, Which, choices, words};

/// The title with how many are set.
pub(super) fn heading(form: Form, host: PropertyHost) -> El {
    let count = move || {
        let count = form.draft.with(|draft| draft.list(host).len()).to_string();
        match form.version() {
            Version::V5 => [&count, " set"].concat(),
            version => ["not sent in ", version.as_str()].concat(),
        }
    };
    el("h3", "").text("Properties").child(el("span", "num").bind_text(count))
}

/// The rows, and the button that adds one.
pub(super) fn list(form: Form, host: PropertyHost) -> El {
    let keys = move || {
        form.draft.with(|draft| {
            let key = |(at, row): (usize, &PropertyDraft)| (at as u64) << 8 | u64::from(code(row.which));
            draft.list(host).iter().enumerate().map(key).collect()
        })
    };
    let rows = el("ul", "").each(keys, move |key| row(form, host, (key >> 8) as usize));
    let label = if host == PropertyHost::Will { "Add will property" } else { "Add property" };
    let entries = move || {
        let all = form.draft.with(|draft| choices(host, draft.list(host)));
        all.into_iter()
            .map(|it| Entry { code: it.id, name: it.name.to_owned(), small: it.size, enabled: it.enabled })
            .collect()
    };
    let add = move |at: usize| {
        form.change(|draft| {
            if let Some(choice) = choices(host, draft.list(host)).get(at) {
                draft.list_mut(host).push(PropertyDraft::new(choice.which));
            }
        });
    };
    el("div", "property-list")
        .bind_class("is-lacking", move || form.version() != Version::V5)
        .attr(
            "data-testid",
            if host == PropertyHost::Will { "form-will-properties" } else { "form-properties" },
        )
        .child(rows)
        .child(menu(label, "i-plus", Rc::new(entries), Rc::new(add)))
}

fn code(which: Which) -> u8 {
    match which {
        Which::Known(id) => id as u8,
        Which::Other => 0,
    }
}

fn row(form: Form, host: PropertyHost, at: usize) -> El {
    let Some(first) = form.draft.with_untracked(|draft| draft.list(host).get(at).cloned()) else {
        return el("li", "");
    };
    let (id, name) = match first.which {
        Which::Known(id) => (hex(id as u8), id.name()),
        Which::Other => ("??", "Other id"),
    };
    let line = el("li", "").child(el("code", "").text(id)).child(el("span", "").text(name));
    if words(host, &first).is_some() {
        let words = move || {
            form.draft
                .with(|draft| draft.list(host).get(at).and_then(|it| words(host, it)).unwrap_or_default())
        };
        return line.child(el("span", "dim").bind_text(words));
    }
    let remove = ["Remove ", name].concat();
    let remove = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", &remove), ("title", &remove)])
        .click(move || {
            form.change(|draft| {
                let list = draft.list_mut(host);
                if at < list.len() {
                    list.remove(at);
                }
            });
        })
        .child(icon("i-close", "icon icon--xs"));
    line.child(values(form, host, at, first.which, name))
        .child(remove)
        .child(error(form, Place::Property(host, at)))
}

fn values(form: Form, host: PropertyHost, at: usize, which: Which, name: &str) -> El {
    let text = move |second: bool, label: &str| {
        el("input", "input input--mono")
            .attrs(&[
                ("aria-label", label),
                ("autocomplete", "off"),
                ("autocapitalize", "off"),
                ("spellcheck", "false"),
            ])
            .bind_value(move || read(form, host, at, second))
            .on("input", move |event: Event| write(form, host, at, second, event_target_value(&event)))
    };
    let two = |first: &str, second: &str| {
        let first = text(false, &[name, first].concat());
        el("span", "property-list__pair").child(first).child(text(true, &[name, second].concat()))
    };
    match which {
        Which::Other => two(", identifier in hex", ", bytes in hex"),
        Which::Known(id) => match id.kind() {
            PropertyKind::Utf8StringPair => two(", name", ", value"),
            PropertyKind::Byte => {
                let read = Box::new(move || read(form, host, at, false));
                let write = Box::new(move |value| write(form, host, at, false, value));
                select(flags(id), read, write).attr("aria-label", name)
            }
            PropertyKind::BinaryData => text(false, name).attr("placeholder", "text, or 0x and hex"),
            PropertyKind::Utf8String => text(false, name),
            _ => text(false, name).attr("inputmode", "numeric"),
        },
    }
}

const fn flags(id: PropertyId) -> &'static [(&'static str, &'static str)] {
    match id {
        PropertyId::PayloadFormatIndicator => &[("0", "0 = bytes"), ("1", "1 = UTF-8")],
        _ => &[("0", "0 = no"), ("1", "1 = yes")],
    }
}

fn read(form: Form, host: PropertyHost, at: usize, second: bool) -> String {
    form.draft.with(|draft| match draft.list(host).get(at) {
        Some(row) => if second { &row.second } else { &row.first }.clone(),
        None => String::new(),
    })
}

fn write(form: Form, host: PropertyHost, at: usize, second: bool, text: String) {
    form.change(|draft| {
        if let Some(row) = draft.list_mut(host).get_mut(at) {
            *if second { &mut row.second } else { &mut row.first } = text;
        }
    });
}

/// A menu of all properties that a packet may have, for what has no list of its own.
pub(super) fn property_menu(
    host: Rc<dyn Fn() -> Option<PropertyHost>>,
    take: Rc<dyn Fn(PropertyDraft)>,
) -> El {
    let all = move || untrack(|| host()).map_or_else(Vec::new, |host| choices(host, &[]));
    let list = all.clone();
    let entries = move || {
        all()
            .into_iter()
            .map(|it| Entry { code: it.id, name: it.name.to_owned(), small: it.size, enabled: true })
            .collect()
    };
    let add = move |at: usize| {
        if let Some(choice) = list().get(at) {
            take(PropertyDraft::new(choice.which));
        }
    };
    menu("Add property", "i-plus", Rc::new(entries), Rc::new(add))
}
