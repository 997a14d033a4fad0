//! The small forms beside a client's card: publish a message, subscribe to a filter, with the bytes that will go out.

use std::rc::Rc;

use bytes::Bytes;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, SubmitEvent};

use super::actors::FormKind;
use super::bytes::{byte_detail, link_field, unlink_field};
use super::icon::{icon, packet_name};
use crate::client::PublishRequest;
use crate::codec::{PropertyBuf, QoS, SubscriptionOptions, Version};
use crate::dissect::dissect;
use crate::sim::Action;
use crate::ui::dom::{El, Slot, el, fragment, nothing};
use crate::view::bytes::{ByteMap, fields, rule};
use crate::view::draft::DraftError;

/// What a client's forms hold; kept while they are closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Topic name of the next message.
    pub topic: String,
    /// Its payload as text.
    pub payload: String,
    /// Its QoS.
    pub qos: QoS,
    /// Its RETAIN flag.
    pub retain: bool,
    /// Topic filter of the next subscription.
    pub filter: String,
    /// The QoS to ask for.
    pub filter_qos: QoS,
}

impl Draft {
    /// The action that the form stands for.
    pub fn action(&self, kind: FormKind) -> Action {
        match kind {
            FormKind::Publish => Action::Publish(PublishRequest {
                topic: self.topic.clone(),
                payload: Bytes::copy_from_slice(self.payload.as_bytes()),
                qos: self.qos,
                retain: self.retain,
                properties: PropertyBuf::new(),
            }),
            FormKind::Subscribe => Action::Subscribe(
                vec![(self.filter.clone(), SubscriptionOptions::new(self.filter_qos))],
                PropertyBuf::new(),
            ),
        }
    }
}

/// The bytes that the client would send, or what is wrong.
pub type Preview = Result<(Bytes, Version), DraftError>;

/// What a form is for, and what comes of it.
#[derive(Clone, Copy)]
pub struct FormEvents {
    /// The bytes that an action would send; follows the client's state.
    pub preview: Callback<Action, Preview>,
    /// Send it.
    pub send: Callback<Action>,
    /// Close it.
    pub close: Callback<()>,
}

/// A form beside the card of client `index` with this name. While `replaces` holds, the moment is a past one: what
/// followed will be replaced.
pub fn actor_form(
    index: usize,
    name: &str,
    kind: FormKind,
    draft: RwSignal<Draft>,
    replaces: Signal<bool>,
    events: FormEvents,
) -> El {
    let slot = Slot::new(None);
    let preview = Memo::new(move |_| events.preview.run(draft.with(|draft| draft.action(kind))));
    let (title, symbol, verb) = match kind {
        FormKind::Publish => (["Publish from ", name].concat(), "i-send", "Publish"),
        FormKind::Subscribe => (["Subscribe ", name].concat(), "i-inbox", "Subscribe"),
    };
    Effect::new(move |_| {
        if let Some(form) = slot.get() {
            place(&form, index);
            focus_first(&form);
        }
    });
    let fields = match kind {
        FormKind::Publish => publish_fields(draft, preview),
        FormKind::Subscribe => subscribe_fields(draft, preview),
    };
    let send = el("button", "button button--primary")
        .attrs(&[("type", "submit"), ("data-testid", "form-send")])
        .bind_flag("disabled", move || preview.with(Result::is_err))
        .child(icon(symbol, "icon icon--sm"))
        .text(verb);
    let foot = el("footer", "popover__foot")
        .dynamic(move || preview.with(|preview| note(replaces.get(), preview)))
        .child(send);
    let column = el("div", "popover__col").child(fields);
    el("form", "popover actor-form")
        .slot(slot)
        .attrs(&[("role", "dialog"), ("aria-labelledby", "form-h"), ("novalidate", "")])
        .on("submit", move |event: SubmitEvent| {
            event.prevent_default();
            if preview.with_untracked(Result::is_ok) {
                events.send.run(draft.with_untracked(|draft| draft.action(kind)));
            }
        })
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                events.close.run(());
            }
        })
        .child(el("span", "popover__beak").attr("aria-hidden", "true"))
        .child(form_head(symbol, &title, events.close))
        .child(el("div", "popover__body").child(column))
        .child(bytes_preview(preview))
        .child(foot)
}

fn form_head(symbol: &str, title: &str, on_close: Callback<()>) -> El {
    let close = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Close (Esc)"), ("title", "Close (Esc)")])
        .click(move || on_close.run(()))
        .child(icon("i-close", "icon icon--sm"));
    el("header", "popover__head")
        .child(icon(symbol, "icon icon--sm"))
        .child(el("h2", "").attr("id", "form-h").text(title))
        .child(el("span", "grow"))
        .child(close)
}

fn publish_fields(draft: RwSignal<Draft>, preview: Memo<Preview>) -> El {
    let topic = text_line(
        "Topic",
        "form-topic",
        preview,
        Box::new(move || draft.read().topic.clone()),
        Box::new(move |text| draft.write().topic = text),
    );
    let label = el("span", "field__label").text("Payload").child(el("span", "dim").text("text, UTF-8"));
    let payload = el("textarea", "input input--mono")
        .attrs(&[("rows", "2"), ("spellcheck", "false"), ("data-testid", "form-payload")])
        .bind_value(move || draft.read().payload.clone())
        .on("input", move |event: Event| draft.write().payload = event_target_value(&event));
    let retain = el("input", "")
        .attrs(&[("type", "checkbox"), ("data-testid", "form-retain")])
        .bind_property("checked", move || draft.read().retain)
        .on("change", move |event: Event| draft.write().retain = event_target_checked(&event));
    let row = el("div", "actor-form__row")
        .child(qos_field(
            Rc::new(move || draft.read().qos),
            Callback::new(move |qos| draft.write().qos = qos),
        ))
        .child(el("label", "check").child(retain).text("Retain"));
    fragment([topic, el("label", "field").child(label).child(payload), row])
}

fn subscribe_fields(draft: RwSignal<Draft>, preview: Memo<Preview>) -> El {
    let filter = text_line(
        "Topic filter",
        "form-filter",
        preview,
        Box::new(move || draft.read().filter.clone()),
        Box::new(move |text| draft.write().filter = text),
    );
    let row = el("div", "actor-form__row").child(qos_field(
        Rc::new(move || draft.read().filter_qos),
        Callback::new(move |qos| draft.write().filter_qos = qos),
    ));
    fragment([filter, el("p", "field__hint").text("+ stands for one level, # for all that follow."), row])
}

/// A line of text; what is wrong with the form's topic or filter stands under it.
fn text_line(
    label: &str,
    id: &str,
    preview: Memo<Preview>,
    value: Box<dyn Fn() -> String>,
    on_input: Box<dyn Fn(String)>,
) -> El {
    let error = move || preview.with(|preview| preview.clone().err().filter(|error| error.at_topic));
    let input = el("input", "input input--mono")
        .attrs(&[
            ("id", id),
            ("data-testid", id),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("spellcheck", "false"),
            ("aria-describedby", "form-error"),
        ])
        .bind_state("aria-invalid", move || error().is_some())
        .bind_value(value)
        .on("input", move |event: Event| on_input(event_target_value(&event)));
    let told = el("p", "field__error")
        .attrs(&[("id", "form-error"), ("role", "alert")])
        .fill(move || error().map_or_else(nothing, |error| error_text(&error)));
    el("div", "field").child(el("label", "field__label").attr("for", id).text(label)).child(input).child(told)
}

fn error_text(error: &DraftError) -> El {
    let chip = error.statement.map(|statement| {
        let rule = rule(statement);
        match rule.link {
            Some(link) => el("a", "chip chip--spec")
                .attrs(&[("href", &link), ("target", "_blank"), ("rel", "noopener")])
                .attr("title", &rule.reference)
                .text(&rule.id),
            None => el("span", "chip chip--spec").text(&rule.id),
        }
    });
    nothing().text(&error.text).text(" ").with(chip)
}

fn qos_field(value: Rc<dyn Fn() -> QoS>, on_choose: Callback<QoS>) -> El {
    let choices = QoS::ALL.into_iter().map(|qos| {
        let value = Rc::clone(&value);
        let level = qos.level().to_string();
        el("button", "")
            .attr("type", "button")
            .attr("data-testid", &["form-qos-", &qos.to_string()].concat())
            .bind_state("aria-pressed", move || value() == qos)
            .click(move || on_choose.run(qos))
            .text(&level)
    });
    let group =
        el("span", "segmented").attrs(&[("role", "group"), ("aria-labelledby", "form-qos")]).all(choices);
    el("div", "field").child(el("span", "field__label").attr("id", "form-qos").text("QoS")).child(group)
}

/// The packet that will be sent; what cannot be sent leaves its room, so that nothing moves.
fn bytes_preview(preview: Memo<Preview>) -> El {
    el("section", "bytes-preview")
        .attrs(&[
            ("aria-label", "Bytes that will be sent"),
            ("data-linkscope", "preview"),
            ("data-testid", "form-bytes"),
        ])
        .on("pointerover", |event: Event| link_field(&event))
        .on("pointerleave", |event: Event| unlink_field(&event))
        .fill(move || preview.with(preview_body))
}

fn preview_body(preview: &Preview) -> El {
    let Ok((bytes, version)) = preview else {
        return el("p", "bytes-preview__head").text("No packet yet.");
    };
    let dissection = dissect(bytes, *version);
    let map = ByteMap::new(&dissection);
    let fields = fields(bytes, &dissection, &map, 64, 256);
    let count = [&bytes.len().to_string(), " bytes will be sent"].concat();
    let head = el("div", "bytes-preview__head")
        .child(packet_name(dissection.packet_type))
        .child(el("span", "num").text(&count));
    fragment([head, byte_detail(&fields, None)])
}

fn note(replaces: bool, preview: &Preview) -> El {
    let (symbol, words) = match preview {
        Err(error) if !error.at_topic => ("i-warn", &*error.text),
        _ if replaces => ("i-info", "You are in the past: sending here replaces what followed."),
        _ => return el("p", ""),
    };
    el("p", "is-note").child(icon(symbol, "icon icon--xs")).text(words)
}

/// Puts the form beside its card, whole within the window.
fn place(form: &HtmlElement, index: usize) {
    let card = [".actor-card[data-client=\"", &index.to_string(), "\"]"].concat();
    let Some(card) = document().query_selector(&card).ok().flatten() else { return };
    let card = card.get_bounding_client_rect();
    let height = f64::from(form.offset_height());
    let window_height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let top = card.top().min(window_height - height - 64.0).max(50.0);
    // Not clamp: it would bring the formatting of floating-point numbers with it.
    let beak = (card.top() + card.height() / 2.0 - top).min(height - 24.0).max(12.0);
    let style = form.style();
    let pixels = |length: f64| [&(length as i32).to_string(), "px"].concat();
    let _ = style.set_property("--top", &pixels(top));
    let _ = style.set_property("--beak", &pixels(beak));
}

fn focus_first(form: &HtmlElement) {
    let first = form.query_selector("input").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = first.focus();
    }
}
