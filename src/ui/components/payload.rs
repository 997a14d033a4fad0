//! A payload as text, JSON, hex, numbers or a picture.

use bytes::Bytes;
use leptos::prelude::*;

use super::segmented::segmented;
use crate::ui::dom::{El, Memo, el, nothing};
use crate::view::payload::{PayloadForm, image_address, payload_forms, payload_text};

/// The bytes and their content type, with a choice of how they are shown: `chosen`, as far as they are anything of the
/// kind, else the likeliest. The choices stay in place while other bytes take the place of these.
pub fn payload(content: Signal<(Bytes, Option<String>)>, chosen: RwSignal<Option<PayloadForm>>) -> El {
    let forms = Memo::new(move |_| content.with(|(bytes, kind)| payload_forms(bytes, kind.as_deref())));
    let form = Memo::new(move |_| {
        forms.with(|all| {
            let likeliest = all.first().copied().unwrap_or(PayloadForm::Hex);
            chosen.get().filter(|it| all.contains(it)).unwrap_or(likeliest)
        })
    });
    let choices = move || {
        let options = forms.get().into_iter().map(|it| (it, Signal::stored(it.name().to_owned()))).collect();
        segmented("Payload as", options, form.into(), Callback::new(move |it| chosen.set(Some(it))))
    };
    let shown = move || match (form.get(), content.get().0) {
        (PayloadForm::Image, bytes) => match image_address(&bytes) {
            Some(address) => {
                el("img", "payload__image").attr("src", &address).attr("alt", "The payload as a picture")
            }
            None => nothing(),
        },
        (form, bytes) => el("pre", "code-box")
            .attrs(&[("tabindex", "0"), ("aria-label", "Payload")])
            .text(&payload_text(&bytes, form)),
    };
    let head = el("div", "payload__head").child(el("span", "").text("Payload")).dynamic(choices);
    el("div", "payload").child(head).dynamic(shown)
}
