//! The small forms beside a client's card: publish a message, subscribe to a filter, with the bytes that will go out.

use bytes::Bytes;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::actors::FormKind;
use super::bytes::{byte_detail, link_field, unlink_field};
use super::icon::{Icon, PacketName};
use crate::client::PublishRequest;
use crate::codec::{PropertyBuf, QoS, SubscriptionOptions, Version};
use crate::dissect::dissect;
use crate::sim::Action;
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
            FormKind::Subscribe => {
                Action::Subscribe(vec![(self.filter.clone(), SubscriptionOptions::new(self.filter_qos))])
            }
        }
    }
}

/// The bytes that the client would send, or what is wrong.
pub type Preview = Result<(Bytes, Version), DraftError>;

/// A form beside the card of client `index`.
#[component]
pub fn ActorForm(
    /// Which client.
    index: usize,
    /// Its name.
    name: String,
    /// Which form.
    kind: FormKind,
    /// What it holds.
    draft: RwSignal<Draft>,
    /// The bytes that an action would send; follows the client's state.
    preview: Callback<Action, Preview>,
    /// The moment is a past one: what followed will be replaced.
    replaces: Signal<bool>,
    /// Send it.
    on_send: Callback<Action>,
    /// Close it.
    on_close: Callback<()>,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let preview = Memo::new(move |_| preview.run(draft.with(|draft| draft.action(kind))));
    let (title, icon) = match kind {
        FormKind::Publish => (format!("Publish from {name}"), "i-send"),
        FormKind::Subscribe => (format!("Subscribe {name}"), "i-inbox"),
    };
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            place(&form, index);
            focus_first(&form);
        }
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if preview.with_untracked(Result::is_ok) {
            on_send.run(draft.with_untracked(|draft| draft.action(kind)));
        }
    };
    let close_on_escape = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            on_close.run(());
        }
    };
    view! {
        <form
            node_ref=form
            class="popover actor-form"
            role="dialog"
            aria-labelledby="form-h"
            novalidate
            on:submit=send
            on:keydown=close_on_escape
        >
            <span class="popover__beak" aria-hidden="true"></span>
            <header class="popover__head">
                <Icon name=icon class="icon icon--sm"/>
                <h2 id="form-h">{title}</h2>
                <span class="grow"></span>
                <button
                    type="button"
                    class="icon-button icon-button--sm"
                    aria-label="Close (Esc)"
                    title="Close (Esc)"
                    on:click=move |_| on_close.run(())
                >
                    <Icon name="i-close" class="icon icon--sm"/>
                </button>
            </header>
            <div class="popover__body">
                <div class="popover__col">
                    {match kind {
                        FormKind::Publish => publish_fields(draft, preview),
                        FormKind::Subscribe => subscribe_fields(draft, preview),
                    }}
                </div>
            </div>
            {bytes_preview(preview)}
            <footer class="popover__foot">
                {move || note(replaces.get(), &preview.read())}
                <button
                    type="submit"
                    class="button button--primary"
                    data-testid="form-send"
                    disabled=move || preview.with(Result::is_err)
                >
                    <Icon name=icon class="icon icon--sm"/>
                    {if kind == FormKind::Publish { "Publish" } else { "Subscribe" }}
                </button>
            </footer>
        </form>
    }
}

fn publish_fields(draft: RwSignal<Draft>, preview: Memo<Preview>) -> AnyView {
    view! {
        {text_field("Topic", "form-topic", preview, move || draft.read().topic.clone(), move |text| draft.write().topic = text)}
        <label class="field">
            <span class="field__label">"Payload" <span class="dim">"text, UTF-8"</span></span>
            <textarea
                class="input input--mono"
                rows="2"
                spellcheck="false"
                data-testid="form-payload"
                prop:value=move || draft.read().payload.clone()
                on:input=move |event| draft.write().payload = event_target_value(&event)
            ></textarea>
        </label>
        <div class="actor-form__row">
            {qos_field(move || draft.read().qos, move |qos| draft.write().qos = qos)}
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="form-retain"
                    prop:checked=move || draft.read().retain
                    on:change=move |event| draft.write().retain = event_target_checked(&event)
                />
                "Retain"
            </label>
        </div>
    }
    .into_any()
}

fn subscribe_fields(draft: RwSignal<Draft>, preview: Memo<Preview>) -> AnyView {
    view! {
        {text_field("Topic filter", "form-filter", preview, move || draft.read().filter.clone(), move |text| draft.write().filter = text)}
        <p class="field__hint">"+ stands for one level, # for all that follow."</p>
        <div class="actor-form__row">
            {qos_field(move || draft.read().filter_qos, move |qos| draft.write().filter_qos = qos)}
        </div>
    }
    .into_any()
}

/// A line of text; what is wrong with the form's topic or filter stands under it.
fn text_field(
    label: &'static str,
    id: &'static str,
    preview: Memo<Preview>,
    value: impl Fn() -> String + Send + 'static,
    on_input: impl Fn(String) + 'static,
) -> AnyView {
    let error = move || preview.with(|preview| preview.clone().err().filter(|error| error.at_topic));
    let wrong = Memo::new(move |_| error().is_some());
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <input
                class="input input--mono"
                id=id
                data-testid=id
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid=move || wrong.get().to_string()
                aria-describedby="form-error"
                prop:value=value
                on:input=move |event| on_input(event_target_value(&event))
            />
            <p class="field__error" id="form-error" role="alert">{move || error().map(|error| error_text(&error))}</p>
        </div>
    }
    .into_any()
}

fn error_text(error: &DraftError) -> AnyView {
    let chip = error.statement.map(|statement| {
        let rule = rule(statement);
        match rule.link {
            Some(link) => view! {
                <a class="chip chip--spec" href=link target="_blank" rel="noopener" title=rule.reference>{rule.id}</a>
            }
            .into_any(),
            None => view! { <span class="chip chip--spec">{rule.id}</span> }.into_any(),
        }
    });
    view! { {error.text.clone()} " " {chip} }.into_any()
}

fn qos_field(
    value: impl Fn() -> QoS + Copy + Send + 'static,
    on_choose: impl Fn(QoS) + Copy + 'static,
) -> AnyView {
    let choices = QoS::ALL.into_iter().map(|qos| {
        let pressed = move || if value() == qos { "true" } else { "false" };
        view! {
            <button type="button" aria-pressed=pressed data-testid=format!("form-qos-{qos}") on:click=move |_| on_choose(qos)>
                {qos.level()}
            </button>
        }
    });
    view! {
        <div class="field">
            <span class="field__label" id="form-qos">"QoS"</span>
            <span class="segmented" role="group" aria-labelledby="form-qos">{choices.collect_view()}</span>
        </div>
    }
    .into_any()
}

/// The packet that will be sent; what cannot be sent leaves its room, so that nothing moves.
fn bytes_preview(preview: Memo<Preview>) -> AnyView {
    let body = move || {
        preview.with(|preview| match preview {
            Err(_) => view! { <p class="bytes-preview__head">"No packet yet."</p> }.into_any(),
            Ok((bytes, version)) => {
                let dissection = dissect(bytes, *version);
                let map = ByteMap::new(&dissection);
                let fields = fields(bytes, &dissection, &map, 64, 256);
                let count = format!("{} bytes will be sent", bytes.len());
                view! {
                    <div class="bytes-preview__head">
                        <PacketName of=dissection.packet_type/>
                        <span class="num">{count}</span>
                    </div>
                    {byte_detail(&fields, None)}
                }
                .into_any()
            }
        })
    };
    view! {
        <section
            class="bytes-preview"
            aria-label="Bytes that will be sent"
            data-linkscope="preview"
            data-testid="form-bytes"
            on:pointerover=|event| link_field(&event)
            on:pointerleave=|event| unlink_field(&event)
        >
            {body}
        </section>
    }
    .into_any()
}

fn note(replaces: bool, preview: &Preview) -> AnyView {
    match preview {
        Err(error) if !error.at_topic => {
            view! { <p class="is-note"><Icon name="i-warn" class="icon icon--xs"/>{error.text.clone()}</p> }.into_any()
        }
        _ if replaces => view! {
            <p class="is-note"><Icon name="i-info" class="icon icon--xs"/>"You are in the past: sending here replaces what followed."</p>
        }
        .into_any(),
        _ => view! { <p></p> }.into_any(),
    }
}

/// Puts the form beside its card, whole within the window.
fn place(form: &web_sys::HtmlFormElement, index: usize) {
    let Ok(cards) = document().query_selector_all(".actors .actor-card") else { return };
    // The broker's card is the first.
    let Some(card) = cards.item(index as u32 + 1).and_then(|card| card.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let card = card.get_bounding_client_rect();
    let height = f64::from(form.offset_height());
    let window_height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let top = card.top().min(window_height - height - 64.0).max(50.0);
    let beak = (card.top() + card.height() / 2.0 - top).clamp(12.0, (height - 24.0).max(12.0));
    let style = web_sys::HtmlElement::style(form);
    let _ = style.set_property("--top", &format!("{top}px"));
    let _ = style.set_property("--beak", &format!("{beak}px"));
}

fn focus_first(form: &web_sys::HtmlFormElement) {
    let first = form.query_selector("input").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = first.focus();
    }
}
