//! A payload as text, JSON, hex, numbers or a picture.

use leptos::prelude::*;

use crate::codec::{Field, PacketType};
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, nothing};
use crate::view::inspector::PacketView;
use crate::view::payload::{PayloadForm, image_address, payload_forms, payload_text};

/// The application message of a PUBLISH; nothing where there is none, or a short text that stands in the row already.
pub(super) fn payload(view: &PacketView) -> Option<El> {
    let dissection = &view.dissection;
    if dissection.packet_type != Some(PacketType::Publish) {
        return None;
    }
    let node = dissection.nodes.iter().find(|node| node.field == Field::ApplicationMessage)?;
    let bytes = view.bytes.slice(node.range());
    let content =
        dissection.nodes.iter().find(|node| node.aux == 0x03 && node.field == Field::PropertyString);
    let content = content.and_then(|node| core::str::from_utf8(view.bytes.get(node.range())?).ok());
    let forms = payload_forms(&bytes, content);
    let first = *forms.first()?;
    let plain = first == PayloadForm::Text && bytes.len() <= 40;
    if bytes.is_empty() || plain {
        return None;
    }
    let form = RwSignal::new(first);
    let options = forms.iter().map(|it| (*it, Signal::stored(it.name().to_owned()))).collect();
    let choices = segmented("Payload as", options, form.into(), Callback::new(move |it| form.set(it)));
    let shown = move || match form.get() {
        PayloadForm::Image => match image_address(&bytes) {
            Some(address) => {
                el("img", "payload__image").attr("src", &address).attr("alt", "The payload as a picture")
            }
            None => nothing(),
        },
        form => el("pre", "code-box")
            .attr("tabindex", "0")
            .attr("aria-label", "Payload")
            .text(&payload_text(&bytes, form)),
    };
    let head = el("div", "payload__head").child(el("span", "").text("Payload")).child(choices);
    Some(el("div", "payload").child(head).dynamic(shown))
}
