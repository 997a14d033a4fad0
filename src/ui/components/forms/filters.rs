//! Filters of a SUBSCRIBE or UNSUBSCRIBE, and what they would do.

use leptos::prelude::*;
use web_sys::Event;

use super::Form;
use super::field::{error, select, toggle};
use crate::codec::{QoS, RetainHandling, Version};
use crate::ui::components::icon::icon;
use crate::ui::components::rule::rule_chip;
use crate::ui::dom::{El, el, fragment, many, nothing};
use crate::view::bytes::rule;
use crate::view::form::{Draft, FilterDraft, Place};

type Filters = Vec<FilterDraft>;

fn of(draft: &Draft, options: bool) -> &Filters {
    if options { &draft.filters } else { &draft.ended }
}

fn of_mut(draft: &mut Draft, options: bool) -> &mut Filters {
    if options { &mut draft.filters } else { &mut draft.ended }
}

/// One filter of a list.
#[derive(Clone, Copy)]
struct Line {
    form: Form,
    options: bool,
    at: usize,
}

impl Line {
    fn read<R: Default>(&self, read: impl FnOnce(&FilterDraft) -> R) -> R {
        self.form.draft.with(|draft| of(draft, self.options).get(self.at).map(read).unwrap_or_default())
    }

    fn change(&self, change: impl FnOnce(&mut FilterDraft)) {
        self.form.change(|draft| {
            if let Some(line) = of_mut(draft, self.options).get_mut(self.at) {
                change(line);
            }
        });
    }
}

/// The list, with the button that adds one.
pub(super) fn filters(form: Form, options: bool) -> El {
    let keys = move || form.draft.with(|draft| (0..of(draft, options).len() as u64).collect());
    let list = el("ul", "filter-list").each(keys, move |at| line(Line { form, options, at: at as usize }));
    let button = |words: &str, symbol: &str| {
        el("button", "button button--sm button--quiet")
            .attr("type", "button")
            .child(icon(symbol, "icon icon--xs"))
            .text(words)
    };
    let add = button("Add filter", "i-plus").click(move || {
        form.change(|draft| of_mut(draft, options).push(FilterDraft::new(String::new(), QoS::AtMostOnce)));
    });
    let share = (options && form.connected == Version::V5).then(|| {
        button("Make it shared", "i-group").click(move || {
            form.change(|draft| {
                if let Some(last) = draft.filters.last_mut().filter(|it| !it.is_shared()) {
                    last.filter.insert_str(0, "$share/group/");
                }
            });
        })
    });
    el("div", "").child(list).child(el("div", "filter-list__add").child(add).with(share))
}

fn line(line: Line) -> El {
    let number = (line.at + 1).to_string();
    let label = ["Topic filter ", &number].concat();
    let id = if line.at == 0 { "form-filter".to_owned() } else { ["form-filter-", &number].concat() };
    let input = el("input", "input input--mono")
        .attrs(&[("aria-label", &label), ("data-testid", &id), ("autocomplete", "off")])
        .attrs(&[("autocapitalize", "off"), ("spellcheck", "false")])
        .bind_state("aria-invalid", move || {
            line.form.shown.with(|shown| shown.trouble_at(Place::Filter(line.at)).is_some())
        })
        .bind_value(move || line.read(|it| it.filter.clone()))
        .on("input", move |event: Event| line.change(|it| it.filter = event_target_value(&event)));
    let remove = ["Remove filter ", &number].concat();
    let remove = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", &remove), ("title", &remove)])
        .bind_flag("disabled", move || line.form.draft.with(|draft| of(draft, line.options).len() == 1))
        .click(move || {
            line.form.change(|draft| {
                of_mut(draft, line.options).remove(line.at);
            });
        })
        .child(icon("i-close", "icon icon--xs"));
    let row = el("li", "filter-row").child(input);
    let row = if line.options { row.child(qos(line, &number)) } else { row };
    let row = row.child(remove).child(error(line.form, Place::Filter(line.at)));
    if line.options && line.form.connected == Version::V5 { row.child(options_of(line)) } else { row }
}

fn qos(line: Line, number: &str) -> El {
    let buttons = QoS::ALL.into_iter().map(|level| {
        let words = level.to_string();
        let id = if line.at == 0 { "form-qos-" } else { "form-more-qos-" };
        toggle(
            &words,
            &[id, &words].concat(),
            Box::new(move || line.read(|it| Some(it.qos)) == Some(level)),
            Box::new(move || line.change(|it| it.qos = level)),
        )
    });
    let label = ["QoS of filter ", number].concat();
    el("span", "segmented").attrs(&[("role", "group"), ("aria-label", &label)]).all(buttons)
}

fn options_of(line: Line) -> El {
    type Flag = fn(&mut FilterDraft) -> &mut bool;
    let check = move |words: &str, flag: Flag, off: fn(&FilterDraft) -> bool| {
        let input = el("input", "")
            .attr("type", "checkbox")
            .bind_flag("disabled", move || line.read(off))
            .bind_property("checked", move || line.read(|it| *flag(&mut it.clone()) && !off(it)))
            .on("change", move |event: Event| line.change(|it| *flag(it) = event_target_checked(&event)));
        el("label", "check").child(input).text(words)
    };
    let handling = select(
        &[("0", "0 at once"), ("1", "1 if new"), ("2", "2 never")],
        Box::new(move || line.read(|it| (it.retain_handling as u8).to_string())),
        Box::new(move |value| {
            line.change(|it| {
                it.retain_handling = match value.as_str() {
                    "0" => RetainHandling::SendAtSubscribe,
                    "1" => RetainHandling::SendIfNew,
                    _ => RetainHandling::DoNotSend,
                }
            });
        }),
    );
    el("div", "filter-row__opts").all([
        // 5.0 MQTT-3.8.3-4
        check("No Local", |it| &mut it.no_local, FilterDraft::is_shared),
        check("Retain As Published", |it| &mut it.retain_as_published, |_| false),
        el("label", "check").text("Retained").child(handling),
    ])
}

/// What the filters would match.
pub(super) fn matches(form: Form) -> El {
    el("div", "matches").attr("data-testid", "form-matches").fill(move || {
        form.facts.with(|facts| {
            let matches = &facts.matches;
            let rows = matches.topics.iter().map(|(topic, by)| {
                let (class, symbol) = if by.is_empty() { ("is-no", "i-minus") } else { ("", "i-check") };
                el("li", class)
                    .child(icon(symbol, "icon icon--xs"))
                    .child(el("code", "").text(topic))
                    .child(el("small", "").text(&taken(by)))
            });
            let more = (matches.more > 0).then(|| {
                el("p", "field__hint").text(&["and ", &matches.more.to_string(), " topics more"].concat())
            });
            let none =
                matches.topics.is_empty().then(|| el("p", "field__hint").text("No topic has been seen yet."));
            let notes = matches
                .notes
                .iter()
                .map(|(first, rest, statement)| note("outcome-note", first, rest, *statement));
            fragment([el("ul", "match-list").all(rows), many(none.into_iter().chain(more)), many(notes)])
        })
    })
}

fn taken(by: &[usize]) -> String {
    let mut text = if by.is_empty() {
        "not taken"
    } else if by.len() == 1 {
        "filter"
    } else {
        "filters"
    }
    .to_owned();
    for (at, number) in by.iter().enumerate() {
        text.push_str(if at == 0 { " " } else { ", " });
        text.push_str(&number.to_string());
    }
    text
}

/// A boxed remark: what matters, the rest, and the statement behind it.
pub(super) fn note(class: &str, first: &str, rest: &str, statement: Option<&str>) -> El {
    let words = el("span", "").child(el("b", "").text(first)).text(rest);
    let words = match statement {
        Some(statement) => words.text(" ").child(rule_chip(&rule(statement))),
        None => words,
    };
    let symbol = if class.contains("--bad") { "i-warn" } else { "i-info" };
    el("p", class).child(icon(symbol, "icon icon--xs")).child(words)
}

/// The subscriptions that there are, to be ended with a click.
pub(super) fn held(form: Form) -> El {
    el("div", "matches").fill(move || {
        let held = form.facts.with(|facts| facts.held.clone());
        if held.is_empty() {
            return el("p", "field__hint").text("This client holds none.");
        }
        let rows = held.into_iter().map(|(filter, granted)| {
            let take = filter.clone();
            let button =
                el("button", "button button--sm").attr("type", "button").text("Take").click(move || {
                    form.change(|draft| {
                        if draft.ended.iter().any(|it| it.filter == take) {
                            return;
                        }
                        match draft.ended.last_mut().filter(|it| it.filter.is_empty()) {
                            Some(empty) => empty.filter.clone_from(&take),
                            None => draft.ended.push(FilterDraft::new(take.clone(), QoS::AtMostOnce)),
                        }
                    });
                });
            el("li", "")
                .child(icon("i-check", "icon icon--xs"))
                .child(el("code", "").text(&filter))
                .child(el("small", "").text(&["QoS ", &granted.to_string()].concat()).child(button))
        });
        nothing().child(el("ul", "match-list").all(rows))
    })
}
