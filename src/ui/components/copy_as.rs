//! Copying a packet for other programs: a dialog with the forms at the left and the text at the right. Part of the second
//! module alone.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::KeyboardEvent;

use super::icon::icon;
use super::inspector::Inspected;
use super::modal::modal;
use crate::ui::dom::{El, el, fragment, nothing};
use crate::ui::route;
use crate::view::copy::{CopyFormat, render};

/// Characters of a text that are shown; all are copied.
const SHOWN: usize = 6_000;

/// Opens the dialog for a packet.
pub fn open(packet: Inspected) {
    let title = match packet.number {
        0 => "Copy packet as…".to_owned(),
        number => ["Copy packet ", &number.to_string(), " as…"].concat(),
    };
    let title = fragment([icon("i-copy", "icon icon--sm"), el("h2", "").text(&title)]);
    modal("dialog--wide", "Copy packet as", title, move || body(packet));
}

fn body(packet: Inspected) -> El {
    let format = RwSignal::new(0_usize);
    let told = RwSignal::new("");
    let choose = move |at: usize| {
        format.set(at);
        told.set("");
    };
    let forms = CopyFormat::ALL.iter().enumerate().map(|(at, form)| {
        el("button", "menu__item")
            .attrs(&[("type", "button"), ("role", "option")])
            .bind_state("aria-selected", move || format.get() == at)
            .bind("tabindex", move || if format.get() == at { "0" } else { "-1" })
            .maybe("autofocus", (at == 0 && !route::is_embedded()).then_some(""))
            .click(move || choose(at))
            .child(el("span", "").text(form.name()))
            .child(el("kbd", "").attr("aria-hidden", "true").text(&form.key().to_string()))
            .attr("aria-keyshortcuts", &form.key().to_string())
    });
    let forms = el("div", "copy-as__list")
        .attrs(&[("role", "listbox"), ("aria-label", "Form")])
        .on("keydown", move |event: KeyboardEvent| walk(&event, format, true, choose))
        .all(forms);
    let text = {
        let packet = packet.clone();
        move || render(&packet, CopyFormat::ALL[format.get()])
    };
    let out = el("pre", "code-box")
        .attrs(&[("tabindex", "0"), ("aria-label", "Text"), ("data-testid", "copy-text")])
        .fill(move || shown(&text()));
    let copy = el("button", "button button--primary")
        .attrs(&[("type", "button"), ("data-testid", "copy-now")])
        .click(move || copy(&render(&packet, CopyFormat::ALL[format.get_untracked()]), told))
        .child(icon("i-copy", "icon icon--sm"))
        .text("Copy");
    let note = "Hex, dump and programs hold all bytes, a password's too.";
    let foot = el("footer", "dialog__foot")
        .child(el("p", "").attr("role", "status").bind_text(move || {
            let told = told.get();
            if told.is_empty() { note } else { told }
        }))
        .child(copy);
    let all = el("div", "copy-as").child(forms).child(el("div", "copy-as__out").child(out));
    nothing()
        .child(all.on("keydown", move |event: KeyboardEvent| walk(&event, format, false, choose)))
        .child(foot.on("keydown", move |event: KeyboardEvent| walk(&event, format, false, choose)))
}

/// The beginning of a text, and how much of it is not shown.
pub fn shown(text: &str) -> El {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let hidden = text[end..].chars().count();
    let more = (hidden > 0).then(|| {
        el("span", "dim").text(&["\n… ", &hidden.to_string(), " more characters, copied too"].concat())
    });
    nothing().text(&text[..end]).with(more)
}

/// Letters choose a form anywhere; arrows only within the list.
fn walk(event: &KeyboardEvent, format: RwSignal<usize>, within: bool, choose: impl Fn(usize)) {
    let (at, last) = (format.get_untracked(), CopyFormat::ALL.len() - 1);
    let key = event.key();
    let lettered = CopyFormat::ALL.iter().position(|form| key == form.key().to_string());
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let to = match key.as_str() {
        "ArrowDown" if within => (at + 1).min(last),
        "ArrowUp" if within => at.saturating_sub(1),
        "Home" if within => 0,
        "End" if within => last,
        _ => match lettered.filter(|_| !modified) {
            Some(to) => to,
            None => return,
        },
    };
    event.prevent_default();
    event.stop_propagation();
    choose(to);
    let dialog = super::bytes::target_element(event).and_then(|it| it.closest(".dialog").ok().flatten());
    let list = dialog.and_then(|it| it.query_selector("[role=listbox]").ok().flatten());
    let next = list.and_then(|it| it.children().item(to as u32)?.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(next) = next {
        let _ = next.focus();
    }
}

/// Puts a text on the clipboard and tells how that went.
pub fn copy(text: &str, told: RwSignal<&'static str>) {
    const REFUSED: &str = "The browser does not let this page copy. Select the text and copy it by hand.";
    // Only a page that came over https or from this machine has a clipboard.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or_default();
    if clipboard.is_undefined() {
        told.set(REFUSED);
        return;
    }
    let done = Closure::once(move |_: JsValue| {
        told.try_set("Copied.");
    });
    let failed = Closure::once(move |_: JsValue| {
        told.try_set(REFUSED);
    });
    let _ = window().navigator().clipboard().write_text(text).then2(&done, &failed);
    // One of the two is called once, and then both are done with.
    done.forget();
    failed.forget();
}
