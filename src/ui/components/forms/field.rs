//! One field of a form, whatever it is.

use leptos::prelude::*;
use web_sys::Event;

use super::Form;
use crate::codec::Version;
use crate::ui::dom::{El, Words, el, nothing};
use crate::view::bytes::rule;
use crate::view::form::{Control, Field, Key, Place, Spec, Trouble};

/// A field with its label, what is wrong with it, and a hint.
pub(super) fn field(form: Form, spec: &'static Spec) -> El {
    let id = ["form-", spec.id].concat();
    let lacking = move || form.version() < spec.since;
    let class = match spec.sixths {
        2 => "field is-third",
        3 => "field is-half",
        _ => "field",
    };
    let input = match spec.control {
        Control::Check => {
            let clean = spec.key == Key::Field(Field::CleanStart);
            let words = el("span", "").bind_text(move || match form.version() {
                Version::V31 | Version::V311 if clean => "Clean session",
                _ => spec.label,
            });
            return el("div", class)
                .child(check(form, spec.key, &id, "").child(words))
                .with((!spec.hint.is_empty()).then(|| el("span", "field__hint").text(spec.hint)));
        }
        Control::Segments(options) => segments(form, spec.key, &id, spec.label, options),
        Control::Choice(options) => {
            let options = options.iter().map(|(value, words)| (*value, *words));
            choice(form, spec.key, options.collect()).attr("id", &id).attr("data-testid", &id)
        }
        Control::Area => holding(form, spec.key, el("textarea", "input input--mono").attr("rows", "3"), &id),
        Control::Text | Control::Secret | Control::Number(_) => line(form, spec, &id),
    };
    let labelled = if matches!(spec.control, Control::Segments(_)) { "span" } else { "label" };
    let label = el(labelled, "field__label")
        .maybe("for", (labelled == "label").then_some(&id))
        .text(spec.label)
        .dynamic(move || {
            let words = ["not in ", form.version().as_str()].concat();
            if lacking() { el("span", "dim").text(&words) } else { nothing() }
        });
    el("div", class)
        .bind_class("is-lacking", lacking)
        .child(label)
        .child(input)
        .child(error(form, Place::Field(spec.key)))
        .dynamic(move || extra(form, spec))
}

fn line(form: Form, spec: &'static Spec, id: &str) -> El {
    let input = el("input", "input input--mono").attr("autocomplete", "off").attr("autocapitalize", "off");
    let (input, unit) = match spec.control {
        Control::Secret => (input.attr("type", "password").attr("autocomplete", "new-password"), ""),
        Control::Number(unit) => (input.attr("inputmode", "numeric"), unit),
        _ if spec.key == Key::Field(Field::Topic) => (input.attr("list", "form-topics"), ""),
        _ => (input, ""),
    };
    let input = holding(form, spec.key, input, id);
    if unit.is_empty() {
        return input;
    }
    el("span", "input-group").child(input).child(el("span", "input-group__unit").text(unit))
}

/// What stands under a field: the hint, and what only some have.
fn extra(form: Form, spec: &'static Spec) -> El {
    let hint = |words: &str| el("span", "field__hint").text(words);
    match spec.key {
        Key::Field(Field::Topic) => {
            let topics = form.facts.with(|facts| facts.topics.clone());
            let options =
                topics.into_iter().map(|(topic, reach)| el("option", "").attr("value", &topic).text(&reach));
            let known = el("datalist", "").attr("id", "form-topics").all(options);
            nothing().child(known).child(hint(&form.facts.with(|facts| facts.reach.clone())))
        }
        Key::Field(Field::PacketId) => {
            let next = form.facts.with(|facts| facts.next_id);
            let numbered = form.draft.with(|draft| draft.text(Field::Qos) != "0");
            match next.filter(|_| numbered) {
                Some(id) => hint(&["next free: ", &id.to_string()].concat()),
                None => hint(if numbered { "none is free" } else { "QoS 0 has none" }),
            }
        }
        Key::Field(Field::Version) => match crate::view::form::lacks(form.version()) {
            "" => nothing(),
            words => hint(words),
        },
        _ if spec.hint.is_empty() => nothing(),
        _ => hint(spec.hint),
    }
}

/// An input or area that holds what is typed under a key.
pub(super) fn holding(form: Form, key: Key, input: El, id: &str) -> El {
    input
        .attr("id", id)
        .attr("data-testid", id)
        .attr("spellcheck", "false")
        .bind_state("aria-invalid", move || form.shown.with(|it| it.trouble_at(Place::Field(key)).is_some()))
        .bind_value(move || form.draft.with(|draft| draft.value(key).to_owned()))
        .on("input", move |event: Event| form.change(|draft| draft.set(key, event_target_value(&event))))
}

/// A checkbox with its words.
pub(super) fn check(form: Form, key: Key, id: &str, words: &str) -> El {
    let input = el("input", "")
        .attrs(&[("type", "checkbox"), ("data-testid", id)])
        .bind_property("checked", move || form.draft.with(|draft| !draft.value(key).is_empty()))
        .on("change", move |event: Event| {
            let text = if event_target_checked(&event) { "1" } else { "" };
            form.change(|draft| draft.set(key, text.to_owned()));
        });
    el("label", "check").child(input).text(words)
}

/// A checkbox that is the heading of a group.
pub(super) fn switch(form: Form, field: Field, id: &str, words: &str) -> El {
    check(form, Key::Field(field), &["form-", id].concat(), words)
}

/// One of a few, side by side.
pub(super) fn segments(form: Form, key: Key, id: &str, label: &str, options: &'static [&'static str]) -> El {
    let buttons = options.iter().map(|option| {
        toggle(
            option,
            &[id, "-", option].concat(),
            Box::new(move || form.draft.with(|draft| draft.value(key) == *option)),
            Box::new(move || form.change(|draft| draft.set(key, (*option).to_owned()))),
        )
    });
    el("span", "segmented").attrs(&[("role", "group"), ("aria-label", label)]).all(buttons)
}

/// A button that stays pressed while `on` holds.
pub(super) fn toggle(words: &str, id: &str, on: Box<dyn Fn() -> bool>, act: Box<dyn Fn()>) -> El {
    el("button", "")
        .attrs(&[("type", "button"), ("data-testid", id)])
        .bind_state("aria-pressed", on)
        .click(act)
        .text(words)
}

/// One of many, by value.
pub(super) fn choice(form: Form, key: Key, options: Vec<(&'static str, &'static str)>) -> El {
    select(
        &options,
        Box::new(move || form.draft.with(|draft| draft.value(key).to_owned())),
        Box::new(move |value| form.change(|draft| draft.set(key, value))),
    )
}

/// A select whose choice follows `read`.
pub(super) fn select(
    options: &[(&str, &str)],
    read: Box<dyn Fn() -> String>,
    take: Box<dyn Fn(String)>,
) -> El {
    let options = options.iter().map(|(value, words)| el("option", "").attr("value", value).text(words));
    el("select", "select")
        .all(options)
        .bind_value(move || Words::from(read()))
        .on("change", move |event: Event| take(event_target_value(&event)))
}

/// What is wrong at a place, once it is.
pub(super) fn error(form: Form, place: Place) -> El {
    nothing().dynamic(move || form.shown.with(|shown| shown.trouble_at(place).map_or_else(nothing, told)))
}

fn told(trouble: &Trouble) -> El {
    let chip = trouble.statement.map(|statement| {
        let rule = rule(statement);
        match rule.link {
            Some(link) => el("a", "chip chip--spec")
                .attrs(&[
                    ("href", &link),
                    ("target", "_blank"),
                    ("rel", "noopener"),
                    ("title", &rule.reference),
                ])
                .text(&rule.id),
            None => el("span", "chip chip--spec").text(&rule.id),
        }
    });
    el("p", "field__error").attr("role", "alert").text(&trouble.text).text(" ").with(chip)
}
