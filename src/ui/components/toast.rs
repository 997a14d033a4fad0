//! What is told in passing, at the foot of the page.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::icon::icon;
use crate::ui::dom::{El, after, el, nothing};
use crate::ui::state::Notice;

/// How long a notice stays that is not about something wrong.
const SHOWN_MILLIS: u32 = 6_000;

/// Shows the newest notice; `undo` takes back what it tells of.
pub fn toast(notice: RwSignal<Option<Notice>>, undo: Callback<()>) -> El {
    let turn = StoredValue::new(0_u32);
    after(move || {
        let turn_now = turn.try_update_value(|turn| {
            *turn = turn.wrapping_add(1);
            *turn
        });
        if notice.with(|notice| notice.as_ref().is_some_and(|notice| !notice.is_bad)) {
            Timeout::new(SHOWN_MILLIS, move || {
                if turn.try_get_value() == turn_now {
                    notice.try_set(None);
                }
            })
            .forget();
        }
    });
    // The regions are there before their texts: only then are these read out.
    let region = move |role: &str, bad: bool| {
        el("div", "toasts").attr("role", role).fill(move || match notice.get() {
            Some(it) if it.is_bad == bad => one(&it, notice, undo),
            _ => nothing(),
        })
    };
    nothing().child(region("status", false)).child(region("alert", true))
}

fn one(it: &Notice, notice: RwSignal<Option<Notice>>, undo: Callback<()>) -> El {
    let (class, symbol) = if it.is_bad { ("toast toast--bad", "i-warn") } else { ("toast", "i-check") };
    let back = it.undo.then(|| {
        el("button", "button button--sm").attr("type", "button").click(move || undo.run(())).text("Undo")
    });
    let close = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Dismiss"), ("title", "Dismiss")])
        .click(move || notice.set(None))
        .child(icon("i-close", "icon icon--sm"));
    el("div", class)
        .child(icon(symbol, "icon icon--sm"))
        .child(el("span", "").text(&it.text))
        .with(back)
        .child(close)
}
