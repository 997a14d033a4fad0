//! What a PUBLISH carries, where it is worth more than its row.

use leptos::prelude::*;

use crate::codec::{Field, PacketType};
use crate::ui::components::payload::payload as show;
use crate::ui::dom::El;
use crate::view::inspector::PacketView;
use crate::view::payload::{PayloadForm, payload_forms};

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
    let plain = payload_forms(&bytes, content).first() == Some(&PayloadForm::Text) && bytes.len() <= 40;
    if bytes.is_empty() || plain {
        return None;
    }
    let content = content.map(str::to_owned);
    Some(show(Signal::stored((bytes, content)), RwSignal::new(None)))
}
