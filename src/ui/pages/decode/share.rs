//! Sharing the packets: a link, a file, a piece of another page, with placeholders for passwords unless they are asked
//! for.

use leptos::prelude::*;
use web_sys::Event;

use super::link;
use super::state::DecodeState;
use crate::ui::components::icon::icon;
use crate::ui::components::modal::modal;
use crate::ui::components::share::{Shared, body as share, waiting};
use crate::ui::dom::{El, after, el, fragment};
use crate::view::decode::Index;
use crate::view::given::{Secrets, lines};

/// Bytes that a file of text is made of.
const MOST: usize = 4 << 20;

/// Opens the dialog, once all packets have been read.
pub(super) fn open(state: DecodeState) {
    if state.index.with_untracked(|index| !index.is_done()) {
        return;
    }
    let title = fragment([icon("i-export", "icon icon--sm"), el("h2", "").text("Share")]);
    modal("dialog--share", "Share packets", title, move || body(state));
}

fn body(state: DecodeState) -> El {
    let bytes = state.bytes.get_untracked();
    let secrets = state.index.with_untracked(|index| Secrets::of(&bytes, index));
    let count = secrets.places.len();
    let hidden = secrets.hidden;
    let (made, shows, with) = (RwSignal::new(None::<Shared>), RwSignal::new(0), RwSignal::new(count == 0));
    let secrets = StoredValue::new(secrets);
    after(move || {
        let all = with.get();
        let given = if all { bytes.to_vec() } else { secrets.with_value(|it| it.without(&bytes)) };
        made.set(None);
        make(state, &given, move |link, file| {
            // Whatever is made last, what is asked for now is shown.
            if with.try_get_untracked() != Some(all) {
                return;
            }
            let words = if all && count > 0 { "It holds passwords, and opens" } else { "It opens" };
            let words = [words, " again with Open file, or when it is dropped."].concat();
            let file = file.map(|text| ("packets.mqtt.txt".to_owned(), text, words));
            let title = untrack(|| state.index.with(told));
            let notes = notes(state, all, count, hidden);
            made.try_set(Some(Shared { link, notes, file, embed: Some(title) }));
        });
    });
    let switch = el("input", "")
        .attr("type", "checkbox")
        .bind_property("checked", move || !with.get())
        .on("change", move |event: Event| with.set(!event_target_checked(&event)));
    let what = match count {
        1 => "A placeholder as long instead of the password in it".to_owned(),
        many => ["Placeholders as long instead of the ", &many.to_string(), " passwords in it"].concat(),
    };
    let choice = (count > 0).then(|| {
        let label = el("label", "check").child(switch).text(&what);
        el("div", "share__secret").child(icon("i-info", "icon icon--sm")).child(label)
    });
    let shown = move || made.get().map_or_else(waiting, |made| share(made, shows));
    el("div", "share-panel").with(choice).child(el("div", "").fill(shown))
}

/// Hands the address of these bytes, and all as text, to `done`; nothing where one of them would be too long.
fn make(state: DecodeState, given: &[u8], done: impl FnOnce(Option<String>, Option<String>) + 'static) {
    let (labels, version) = (state.is_told(), state.version.get_untracked());
    let text = state.index.with_untracked(|index| (given.len() <= MOST).then(|| lines(given, index, labels)));
    let labelled = text.clone().filter(|_| labels);
    link::make(given, labelled, version, move |link| done(link, text));
}

/// `4 packets`
fn told(index: &Index) -> String {
    match index.entries.len() {
        1 => "1 MQTT packet".to_owned(),
        count => [&count.to_string(), " MQTT packets"].concat(),
    }
}

/// What is given away, a sentence each.
fn notes(state: DecodeState, all: bool, secrets: usize, hidden: bool) -> Vec<String> {
    let bytes = state.bytes.with_untracked(|bytes| bytes.len()).to_string();
    let what = state.index.with_untracked(told);
    let mut notes = vec![[&*what, ", ", &bytes, " bytes, without the text around them."].concat()];
    if state.is_told() {
        notes.push("Who sends each packet.".to_owned());
    }
    if let Some(version) = state.version.get_untracked() {
        notes.push(
            ["Read as MQTT ", version.as_str(), ", as chosen; a link says so, a file does not."].concat(),
        );
    }
    if all && secrets > 0 {
        notes.push("The bytes hold passwords: whoever gets this can read them.".to_owned());
    }
    if hidden {
        notes.push(
            "A packet cannot be read whole: what could not be read is given as it is, and may hold a password.".to_owned(),
        );
    }
    notes
}
