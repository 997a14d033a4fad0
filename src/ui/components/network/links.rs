//! How a link is: presets, and each number by itself.

use leptos::prelude::*;
use web_sys::Event;

use super::{Asks, button};
use crate::sim::{Action, LinkSettings};
use crate::ui::components::forms::host::{World, name_of};
use crate::ui::dom::{El, el, nothing, text};

type Part = fn(&mut LinkSettings) -> &mut u64;

/// Each number: what it is called, its unit, how many of the setting's make one of that, and where it is.
const NUMBERS: [(&str, &str, u64, Part); 9] = [
    ("To broker", "ms", 1_000, |it| &mut it.to_broker_micros),
    ("From broker", "ms", 1_000, |it| &mut it.to_client_micros),
    ("Jitter", "ms", 1_000, |it| &mut it.jitter_micros),
    ("Loss", "%", 10, |it| &mut it.loss_per_mille),
    ("Speed", "B/s", 1, |it| &mut it.bytes_per_second),
    ("Pieces of", "B", 1, |it| &mut it.segment_bytes),
    ("Joined within", "ms", 1_000, |it| &mut it.join_micros),
    ("Up for", "s", 1_000_000, |it| &mut it.up_micros),
    ("Then down for", "s", 1_000_000, |it| &mut it.down_micros),
];

/// More makes no sense: an hour, all lost, a terabyte a second.
const MOST: [u64; 9] = [
    3_600_000_000,
    3_600_000_000,
    3_600_000_000,
    1_000,
    1 << 40,
    1 << 40,
    3_600_000_000,
    3_600_000_000,
    3_600_000_000,
];

pub(super) fn body(world: World, client: usize, asks: Asks) -> El {
    let now = move || world.with(|sim| sim.link_settings(client).0.clone());
    let draft = RwSignal::new(untrack(now));
    let wrong = RwSignal::new(0_u16);
    let presets = LinkSettings::presets().into_iter().map(|(name, preset)| {
        let same = preset.clone();
        button("", name).bind_state("aria-pressed", move || draft.with(|draft| *draft == same)).click(
            move || {
                draft.set(preset.clone());
                wrong.set(0);
            },
        )
    });
    let down = el("input", "")
        .attrs(&[("type", "checkbox"), ("data-testid", "link-down")])
        .bind_property("checked", move || draft.with(|draft| draft.down))
        .on("change", move |event: Event| draft.update(|draft| draft.down = event_target_checked(&event)));
    let set = button("button", "Set link")
        .attr("data-testid", "link-set")
        .bind_flag("disabled", move || wrong.get() != 0 || draft.get() == now())
        .click(move || asks.act.run((client, Action::SetLink(Box::new(draft.get_untracked())))));
    let state = move || match world.with(|sim| sim.link_settings(client).1) {
        true => text("It is down now. "),
        false => text(""),
    };
    el("section", "popover__group network__link")
        .child(el("h3", "").text("How the link is"))
        .child(
            el("span", "segmented network__presets")
                .attrs(&[("role", "group"), ("aria-label", "Presets")])
                .all(presets),
        )
        .child(
            el("div", "link-numbers")
                .all((0..NUMBERS.len()).map(|index| number(index, draft, wrong)))
                .child(el("label", "check").child(down).text("down")),
        )
        .child(
            el("p", "network__note")
                .dynamic(state)
                .child(el("b", "").text("Loss is a delay here, not a hole: "))
                .text("a lost piece is sent again after 200 ms, as TCP does, and later packets wait for it. ")
                .text("Jitter never reorders. 0 is no bound."),
        )
        .child(el("div", "network__foot").child(set))
}

fn number(index: usize, draft: RwSignal<LinkSettings>, wrong: RwSignal<u16>) -> El {
    let (label, unit, ..) = NUMBERS[index];
    let id = ["link-", &index.to_string()].concat();
    el("div", "link-number").child(el("label", "field__label").attr("for", &id).text(label)).child(
        el("span", "link-number__value")
            .child(input(index, &id, draft, wrong))
            .child(el("small", "").text(unit)),
    )
}

fn input(index: usize, id: &str, draft: RwSignal<LinkSettings>, wrong: RwSignal<u16>) -> El {
    let (_, _, scale, part) = NUMBERS[index];
    let bit = 1 << index;
    el("input", "input input--mono")
        .attrs(&[("id", id), ("data-testid", id), ("inputmode", "decimal"), ("autocomplete", "off")])
        .bind_value(move || draft.with(|draft| decimal(*part(&mut draft.clone()), scale)))
        .bind_state("aria-invalid", move || wrong.get() & bit != 0)
        .on("input", move |event: Event| {
            match parsed(&event_target_value(&event), scale).filter(|it| *it <= MOST[index]) {
                None => wrong.update(|wrong| *wrong |= bit),
                Some(value) => {
                    wrong.update(|wrong| *wrong &= !bit);
                    draft.update(|draft| *part(draft) = value);
                }
            }
        })
}

/// Whose link it is, where there are several.
pub(super) fn choice(world: World, client: RwSignal<usize>) -> El {
    let names = names(world);
    if names.len() < 2 {
        return nothing();
    }
    let options = names.iter().map(|(index, name)| {
        let index = *index;
        el("option", "")
            .num("value", index)
            .text(name)
            .bind_property("selected", move || client.get() == index)
    });
    let choice = el("select", "select").attr("data-testid", "link-client").all(options).on(
        "change",
        move |event: Event| {
            if let Ok(chosen) = event_target_value(&event).parse() {
                client.set(chosen);
            }
        },
    );
    el("label", "popover__group network__whose").child(el("span", "").text("Client")).child(choice)
}

/// The clients that are there, by their numbers.
fn names(world: World) -> Vec<(usize, String)> {
    let count = untrack(|| {
        world.with(|sim| (0..sim.client_count()).filter(|at| !sim.has_left(*at)).collect::<Vec<_>>())
    });
    count.into_iter().map(|index| (index, name_of(world, index))).collect()
}

/// Links that the table lists; the others are chosen one by one.
const ROWS: usize = 24;

/// The numbers of a row: latency each way, jitter, loss.
const COLUMNS: usize = 4;

/// A line of the table: whose link, as it is set, what is no number.
#[derive(Clone, Copy)]
struct Row {
    client: usize,
    draft: RwSignal<LinkSettings>,
    wrong: RwSignal<u16>,
}

/// All links beside each other.
pub(super) fn table(world: World, asks: Asks) -> El {
    let names = names(world);
    if names.len() < 2 {
        return nothing();
    }
    let now = move |client: usize| world.with(|sim| sim.link_settings(client).0.clone());
    let row = |(client, _): &(usize, String)| Row {
        client: *client,
        draft: RwSignal::new(untrack(|| now(*client))),
        wrong: RwSignal::new(0),
    };
    let rows: Vec<Row> = names.iter().take(ROWS).map(row).collect();
    let more = names.len() - rows.len();
    let lines = rows.iter().zip(&names).map(|(row, (_, name))| line(*row, name));
    let all = StoredValue::new(rows.clone());
    let changed = move || {
        all.with_value(|rows| {
            rows.iter().filter(|row| row.draft.get() != now(row.client)).copied().collect::<Vec<Row>>()
        })
    };
    let any_wrong = move || all.with_value(|rows| rows.iter().any(|row| row.wrong.get() != 0));
    let set = button("button button--primary", "Set links")
        .attr("data-testid", "links-set")
        .bind_flag("disabled", move || any_wrong() || changed().is_empty())
        .click(move || {
            for row in untrack(changed) {
                asks.act.run((row.client, Action::SetLink(Box::new(row.draft.get_untracked()))));
            }
        });
    let same = button("button", "As the first").click(move || {
        all.with_value(|rows| {
            let first = rows.first().map(|row| row.draft.get_untracked()).unwrap_or_default();
            for row in rows {
                row.draft.set(first.clone());
                row.wrong.set(0);
            }
        });
    });
    let heads = NUMBERS.iter().take(COLUMNS).map(|(label, unit, ..)| {
        el("th", "").attr("scope", "col").text(label).text(" ").child(el("small", "").text(unit))
    });
    let head = el("tr", "")
        .child(el("th", "").attr("scope", "col").text("Client"))
        .child(el("th", "").attr("scope", "col").text("Kind"))
        .all(heads);
    let left = (more > 0)
        .then(|| el("p", "network__note").text(&[&more.to_string(), " more: choose one above."].concat()));
    el("section", "popover__group")
        .child(el("h3", "").text("All links"))
        .child(el("div", "link-table__scroll").child(
            el("table", "link-table").child(el("thead", "").child(head)).child(el("tbody", "").all(lines)),
        ))
        .with(left)
        .child(el("div", "network__foot").child(same).child(el("span", "grow")).child(set))
}

fn line(row: Row, name: &str) -> El {
    let Row { client, draft, wrong } = row;
    let preset = move || LinkSettings::presets().iter().position(|(_, it)| draft.with(|draft| draft == it));
    let own =
        el("option", "").attr("value", "").text("own").bind_property("selected", move || preset().is_none());
    let kinds = LinkSettings::presets().into_iter().enumerate().map(|(at, (name, _))| {
        el("option", "").num("value", at).text(name).bind_property("selected", move || preset() == Some(at))
    });
    let kind = el("select", "select")
        .attr("aria-label", &["Kind of link of ", name].concat())
        .attr("data-testid", &["link-kind-", name].concat())
        .child(own)
        .all(kinds)
        .on("change", move |event: Event| {
            let chosen = event_target_value(&event).parse::<usize>().ok();
            if let Some((_, preset)) = chosen.and_then(|at| LinkSettings::presets().into_iter().nth(at)) {
                draft.set(preset);
                wrong.set(0);
            }
        });
    let cells = (0..COLUMNS).map(|index| {
        let id = ["link-", &client.to_string(), "-", &index.to_string()].concat();
        let words = [NUMBERS[index].0, ", ", name].concat();
        el("td", "").child(input(index, &id, draft, wrong).attr("aria-label", &words))
    });
    el("tr", "")
        .child(el("th", "").attr("scope", "row").text(name))
        .child(el("td", "").child(kind))
        .all(cells)
}

/// A number of the setting as so many of its unit, with what decimals it needs.
pub(super) fn decimal(value: u64, scale: u64) -> String {
    let (whole, mut rest) = (value / scale, value % scale);
    let mut out = whole.to_string();
    if rest > 0 {
        out.push('.');
        while rest > 0 {
            rest *= 10;
            out.push(char::from(b'0' + (rest / scale) as u8));
            rest %= scale;
        }
    }
    out
}

/// The other way round.
pub(super) fn parsed(text: &str, scale: u64) -> Option<u64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let whole: u64 = if whole.is_empty() && !part.is_empty() { 0 } else { whole.parse().ok()? };
    let mut value = whole.checked_mul(scale)?;
    let mut worth = scale;
    for digit in part.chars() {
        worth /= 10;
        value += u64::from(digit.to_digit(10)?) * worth;
    }
    Some(value)
}
