//! Subscriptions, publishing, and the messages that came.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::state::{ConnectState, Phase};
use crate::client::ClientError;
use crate::codec::QoS;
use crate::dissect::readable;
use crate::transport::{MessageList, Received};
use crate::ui::components::field::TextField;
use crate::ui::components::icon::Icon;
use crate::ui::components::inspector::rule_chip;
use crate::ui::components::segmented::Segmented;
use crate::view::bytes::{hex, rule};

/// Characters of a payload, or bytes of one that is no text, that the list shows.
const SHOWN: usize = 120;

#[component]
pub(super) fn Side() -> impl IntoView {
    view! {
        <aside class="connect__side" aria-label="Subscriptions and messages">
            <Subscriptions/>
            <Publish/>
            <Messages/>
        </aside>
    }
}

fn qos_options() -> Vec<(QoS, Signal<String>)> {
    QoS::ALL.map(|qos| (qos, Signal::stored(qos.to_string()))).to_vec()
}

fn is_offline(state: ConnectState) -> Signal<bool> {
    Signal::derive(move || state.phase.get() != Phase::Connected)
}

#[component]
fn Subscriptions() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let forms = state.messages;
    let offline = is_offline(state);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        state.subscribe();
    };
    let list = Memo::new(move |_| {
        let read = state.with_record(|record| {
            let all = record.live.client().subscriptions();
            all.map(|(filter, it)| (filter.to_owned(), it.granted, it.options.qos)).collect::<Vec<_>>()
        });
        read.unwrap_or_default()
    });
    let items = move || {
        let items = list.get().into_iter().map(|(filter, granted, asked)| {
            let less = (granted < asked).then(|| format!(", asked for {asked}"));
            let label = format!("Unsubscribe from {filter}");
            let shown = filter.clone();
            view! {
                <li>
                    <code>{shown}</code>
                    <span class="chip">"QoS " {granted.level()} " granted" {less}</span>
                    <button
                        class="icon-button icon-button--sm" type="button" aria-label=label.clone() title=label
                        disabled=offline on:click=move |_| state.unsubscribe(&filter)
                    >
                        <Icon name="i-close" class="icon icon--xs"/>
                    </button>
                </li>
            }
        });
        items.collect_view()
    };
    view! {
        <form class="pane" aria-label="Subscribe" on:submit=submit>
            <div class="pane__head"><h2>"Subscriptions"</h2></div>
            <ul class="subscription-list">{items}</ul>
            <TextField label="Topic filter" value=forms.filter/>
            <div class="connect__row">
                <span class="field__label">"QoS"</span>
                <Segmented
                    label="QoS asked for" options=qos_options() chosen=forms.filter_qos
                    on_choose=Callback::new(move |qos| forms.filter_qos.set(qos))
                />
                <span class="grow"></span>
                <button class="button" type="submit" disabled=offline title=move || needs(offline)>
                    <Icon name="i-inbox" class="icon icon--sm"/>
                    "Subscribe"
                </button>
            </div>
            {move || forms.filter_error.get().map(refusal)}
            {move || state.notice.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
        </form>
    }
}

#[component]
fn Publish() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let forms = state.messages;
    let offline = is_offline(state);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        state.publish();
    };
    view! {
        <form class="pane" aria-label="Publish" on:submit=submit>
            <div class="pane__head"><h2>"Publish"</h2></div>
            <TextField label="Topic" value=forms.topic/>
            <label class="field">
                <span class="field__label">"Payload"</span>
                <textarea
                    class="input input--mono" rows="2" spellcheck="false"
                    prop:value=move || forms.payload.get()
                    on:input=move |event| forms.payload.set(event_target_value(&event))
                ></textarea>
            </label>
            <div class="connect__row">
                <span class="field__label">"QoS"</span>
                <Segmented
                    label="QoS" options=qos_options() chosen=forms.qos
                    on_choose=Callback::new(move |qos| forms.qos.set(qos))
                />
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || forms.retain.get()
                        on:change=move |event| forms.retain.set(event_target_checked(&event))
                    />
                    "Retain"
                </label>
                <span class="grow"></span>
                <button class="button button--primary" type="submit" disabled=offline title=move || needs(offline)>
                    <Icon name="i-send" class="icon icon--sm"/>
                    "Publish"
                </button>
            </div>
            {move || forms.error.get().map(refusal)}
        </form>
    }
}

fn needs(offline: Signal<bool>) -> Option<&'static str> {
    offline.get().then_some("Needs a connection")
}

/// Why the client core does not send what was asked, with the rule that it would break.
fn refusal(error: ClientError) -> AnyView {
    match error {
        ClientError::Invalid(fault) => {
            let broken = rule(fault.statement());
            let text = broken.demand.unwrap_or("The packet would break a rule.");
            view! { <p class="field__error" role="alert">"Not sent. " {text} " " {rule_chip(&broken)}</p> }
                .into_any()
        }
        error => {
            view! { <p class="field__error" role="alert">"Not sent: " {error.to_string()} "."</p> }.into_any()
        }
    }
}

#[component]
fn Messages() -> impl IntoView {
    let state = expect_context::<ConnectState>();
    let counts = Memo::new(move |_| {
        state.with_record(|it| (it.live.messages().count(), it.live.messages().dropped())).unwrap_or_default()
    });
    let told = move || match counts.get() {
        (0, _) => String::new(),
        (count, 0) => format!("{count} received"),
        (count, dropped) => format!("{count} received, the oldest {dropped} dropped"),
    };
    let list = move || {
        counts.track();
        let list = state.with_record(|it| it.live.messages().iter().rev().cloned().collect::<Vec<_>>());
        list.unwrap_or_default()
    };
    let empty = move || {
        (counts.get().0 == 0).then(|| {
            view! {
                <p class="empty-state">
                    "Messages that arrive are listed here, the newest " {MessageList::MOST} " of them. Connect and subscribe to a filter first."
                </p>
            }
        })
    };
    view! {
        <section class="pane connect__messages" aria-label="Messages">
            <div class="pane__head">
                <h2>"Messages"</h2>
                <span class="grow"></span>
                <span class="dim num connect__count">{told}</span>
            </div>
            {empty}
            <ol class="message-list" reversed=true>
                <For each=list key=|it| it.number children=message/>
            </ol>
        </section>
    }
}

fn message(it: Received) -> AnyView {
    let payload = &it.message.message.payload;
    let text = match readable(payload) {
        Some("") => "empty".to_owned(),
        Some(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}… +{} B", &text[..end], payload.len() - end),
            None => text.to_owned(),
        },
        None => {
            let bytes: Vec<&str> = payload.iter().take(SHOWN / 3).map(|byte| hex(*byte)).collect();
            let hidden = payload.len().saturating_sub(SHOWN / 3);
            let more = if hidden > 0 { format!(" … +{hidden} B") } else { String::new() };
            format!("{}{more}", bytes.join(" "))
        }
    };
    let flags = [it.message.retain.then_some("retained"), it.message.dup.then_some("sent again")];
    let flags = flags.into_iter().flatten().map(|flag| view! { <span>{flag}</span> }).collect_view();
    view! {
        <li value=it.number.to_string()>
            <span class="message-list__topic">{it.message.message.topic.to_string()}</span>
            <span class="message-list__payload">{text}</span>
            <span class="message-list__facts num">
                <span>"QoS " {it.message.qos.level()}</span>
                {flags}
                <span>{it.at.to_string()} " s"</span>
            </span>
        </li>
    }
    .into_any()
}
