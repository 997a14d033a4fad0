//! How a link is: presets, and each number by itself.

use leptos::prelude::*;
use web_sys::Event;

use super::{Asks, button};
use crate::sim::{Action, LinkSettings};
use crate::ui::components::forms::host::World;
use crate::ui::dom::{El, el, text};

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
        .click(move || asks.act.run(Action::SetLink(Box::new(draft.get_untracked()))));
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
    let (label, unit, scale, part) = NUMBERS[index];
    let bit = 1 << index;
    let id = ["link-", &index.to_string()].concat();
    let input = el("input", "input input--mono")
        .attrs(&[("id", &id), ("data-testid", &id), ("inputmode", "decimal"), ("autocomplete", "off")])
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
        });
    el("div", "link-number")
        .child(el("label", "field__label").attr("for", &id).text(label))
        .child(el("span", "link-number__value").child(input).child(el("small", "").text(unit)))
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
