//! All decoded packets for other programs: a dialog with the forms at the left and the text at the right.

use leptos::prelude::*;

use super::state::DecodeState;
use crate::ui::components::copy_as::{copy, shown};
use crate::ui::components::dialog::dialog;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, fragment, nothing};
use crate::view::decode::packet;
use crate::view::report::{ReportFormat, report};

/// Packets that are reported.
const MOST: usize = 500;

/// The dialog; open while `open` holds.
pub(super) fn copy_dialog(state: DecodeState, open: RwSignal<bool>) -> El {
    let format = RwSignal::new(ReportFormat::Text);
    let told = RwSignal::new("");
    let write = move || {
        let bytes = state.bytes.get();
        let format = format.get();
        state.index.with(|index| {
            let count = index.entries.len();
            let packets: Vec<_> = (0..count.min(MOST)).filter_map(|at| packet(&bytes, index, at)).collect();
            report(&packets, count.saturating_sub(MOST), format)
        })
    };
    let names = ReportFormat::ALL.map(|it| (it, Signal::stored(it.name().to_owned())));
    let choose = Callback::new(move |it| {
        told.set("");
        format.set(it);
    });
    let forms = segmented("Form", names.to_vec(), format.into(), choose);
    let out = el("pre", "code-box")
        .attrs(&[("tabindex", "0"), ("aria-label", "Text"), ("data-testid", "report-text")])
        .fill(move || if open.get() { shown(&write()) } else { nothing() });
    let button = el("button", "button button--primary")
        .attr("type", "button")
        .click(move || copy(&untrack(write), told))
        .child(icon("i-copy", "icon icon--sm"))
        .text("Copy");
    let foot = el("footer", "dialog__foot")
        .child(el("p", "").attr("role", "status").bind_text(move || told.get()))
        .child(button);
    let title = fragment([icon("i-copy", "icon icon--sm"), el("h2", "").text("Copy packets as…")]);
    let rest = fragment([el("div", "report").child(forms).child(out), foot]);
    dialog("dialog dialog--wide", ("aria-label", "Copy packets as"), title, open, rest)
}
