//! What the bytes add up to.

use leptos::prelude::*;

use super::state::DecodeState;
use crate::dissect::ByteGroup;
use crate::ui::components::bytes::group_class;
use crate::ui::components::icon::Icon;
use crate::view::decode::{GROUPS, State};

/// How many packets there are, and what became of them.
#[component]
pub(super) fn Counts() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let counts = Memo::new(move |_| {
        state.index.with(|index| {
            let counted = [State::Valid, State::Malformed].map(|it| index.count(it));
            (counted, index.left_over(), index.read(), index.len())
        })
    });
    let title = move || match counts.get() {
        (_, _, _, 0) => "No packets yet".to_owned(),
        ([0, 0], ..) => "No whole packet".to_owned(),
        ([valid, bad], ..) if valid + bad == 1 => "1 packet".to_owned(),
        ([valid, bad], ..) => format!("{} packets", valid + bad),
    };
    let chips = move || {
        let ([valid, bad], left, ..) = counts.get();
        let valid = (valid > 0).then(|| {
            view! { <span class="chip chip--ok"><Icon name="i-check" class="icon icon--xs"/>{valid} " valid"</span> }
        });
        let bad = (bad > 0).then(|| {
            view! { <span class="chip chip--bad"><Icon name="i-warn" class="icon icon--xs"/>{bad} " malformed"</span> }
        });
        let left = (left > 0).then(|| {
            view! { <span class="chip">{left} {if left == 1 { " byte left" } else { " bytes left" }}</span> }
        });
        view! { {valid}{bad}{left} }
    };
    let reading = move || {
        let (_, _, read, len) = counts.get();
        (read < len).then(|| {
            let percent = (read as f64 / len as f64 * 100.0) as u32;
            view! { <span class="chip chip--accent">{format!("reading, {percent} %")}</span> }
        })
    };
    let empty = move || {
        (counts.get().3 == 0).then(|| {
            view! {
                <p class="empty-state">
                    "Paste the bytes of one or more MQTT packets at the left, or take an example. Each packet is shown byte by byte, with what every byte means and, where a packet breaks a rule, the exact byte and the rule."
                </p>
            }
        })
    };
    view! {
        <div class="section-head">
            <h2>{title}</h2>
            {chips}
            {reading}
        </div>
        {empty}
    }
}

/// "Where the bytes go": a bar of the groups, and their counts.
#[component]
pub(super) fn ByteShares() -> impl IntoView {
    let state = expect_context::<DecodeState>();
    let totals =
        Memo::new(move |_| state.index.with(|index| (index.shares, index.message_bytes, index.read())));
    let title = move || match totals.get().2 {
        1 => "Where the byte goes".to_owned(),
        bytes => format!("Where the {bytes} bytes go"),
    };
    let message = move || {
        let (_, message, read) = totals.get();
        let percent = if read == 0 { 0.0 } else { message as f64 / read as f64 * 100.0 };
        format!("message data: {message} B, {percent:.1} %")
    };
    let shares = move || {
        let (shares, ..) = totals.get();
        GROUPS.into_iter().zip(shares).filter(|(_, bytes)| *bytes > 0).collect::<Vec<_>>()
    };
    let bar = move || {
        let parts = shares().into_iter().map(|(group, bytes)| {
            view! { <i class=group_class(group) style:--share=bytes.to_string()></i> }
        });
        parts.collect_view()
    };
    let list = move || {
        let parts = shares().into_iter().map(|(group, bytes)| {
            view! {
                <li class=group_class(group)>
                    <span class="byte-legend__swatch"></span>
                    {group_name(group)}
                    <b>{bytes}</b>
                </li>
            }
        });
        parts.collect_view()
    };
    view! {
        <section class="stream-summary" aria-label="Where the bytes go">
            <div class="inspector__title">{title} <span>{message}</span></div>
            <div class="share-bar" aria-hidden="true">{bar}</div>
            <ul class="share-list">{list}</ul>
        </section>
    }
}

const fn group_name(group: ByteGroup) -> &'static str {
    match group {
        ByteGroup::FixedHeader => "fixed header",
        ByteGroup::RemainingLength => "length",
        ByteGroup::VariableHeader => "variable header",
        ByteGroup::Properties => "properties",
        ByteGroup::Payload => "payload",
        ByteGroup::Error => "malformed",
        ByteGroup::Unknown => "left over",
    }
}
