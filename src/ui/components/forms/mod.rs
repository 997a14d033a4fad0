//! The forms beside a client's card: fields, then bytes, then a verdict, then what to do. They walk
//! [`crate::view::form`] and add nothing.

mod field;
mod filters;
pub mod host;
mod menu;
mod misbehave;
mod payload;
mod place;
mod preview;
mod properties;
mod settings;

use leptos::prelude::*;
use web_sys::{KeyboardEvent, SubmitEvent};

use super::icon::icon;
use crate::codec::{PropertyHost, Version};
use crate::sim::Action;
use crate::ui::dom::{El, Memo, Slot, el, nothing};
use crate::view::actors::Standing;
use crate::view::form::{Draft, Facts, Field, FormKind, Part, Shown, Tone, layout};

/// What a form needs to know, and what comes of it.
#[derive(Clone, Copy)]
pub struct FormEvents {
    /// What a draft would send and what would come of it; follows the client's state.
    pub shown: Callback<Draft, Shown>,
    /// What helps to fill it in; the same.
    pub facts: Callback<Draft, Facts>,
    /// Do it.
    pub send: Callback<Action>,
    /// Close it.
    pub close: Callback<()>,
    /// It is a simulated client's.
    pub simulated: bool,
}

/// An open form.
#[derive(Clone, Copy)]
struct Form {
    kind: FormKind,
    draft: RwSignal<Draft>,
    shown: Memo<Shown>,
    facts: Memo<Facts>,
    send: Callback<Action>,
    /// The version of the client's connection.
    connected: Version,
    /// It is a simulated client.
    simulated: bool,
}

impl Form {
    /// The version that the packet would have.
    fn version(&self) -> Version {
        match self.kind {
            FormKind::Connect => self.draft.with(Draft::version),
            _ => self.connected,
        }
    }

    fn change(&self, change: impl FnOnce(&mut Draft)) {
        self.draft.update(change);
    }
}

/// A form for a client with this name and version. While `replaces` holds, the moment is a past one: what followed
/// will be replaced.
pub fn actor_form(
    name: &str,
    kind: FormKind,
    connected: Version,
    draft: RwSignal<Draft>,
    replaces: Signal<bool>,
    events: FormEvents,
) -> El {
    let slot = Slot::new(None);
    let form = Form {
        kind,
        draft,
        shown: Memo::new(move |_| events.shown.run(draft.get())),
        facts: Memo::new(move |_| events.facts.run(draft.get())),
        send: events.send,
        connected,
        simulated: events.simulated,
    };
    Effect::new(move |_| {
        if let Some(form) = slot.get() {
            place::focus_first(&form);
        }
    });
    // What is typed may make it higher.
    Effect::new(move |_| {
        form.shown.track();
        form.draft.track();
        if let Some(form) = slot.get() {
            place::beside_card(&form);
        }
    });
    let (_, title, symbol) = kind.words();
    let wide = layout(kind).contains(&Part::Column);
    el("form", if wide { "popover actor-form is-wide" } else { "popover actor-form" })
        .slot(slot)
        .attrs(&[("role", "dialog"), ("aria-labelledby", "form-h"), ("novalidate", "")])
        .on("submit", move |event: SubmitEvent| {
            event.prevent_default();
            if let Ok(preview) = form.shown.get_untracked().result {
                events.send.run(preview.action);
            }
        })
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                events.close.run(());
            }
        })
        .child(el("span", "popover__beak").attr("aria-hidden", "true"))
        .child(head(form, symbol, &[title, name].concat(), events.close))
        .child(el("div", "popover__body").attr("tabindex", "-1").all(columns(form)))
        .child(preview::bytes_preview(form))
        .child(foot(form, replaces, events.close))
}

fn head(form: Form, symbol: &str, title: &str, on_close: Callback<()>) -> El {
    let close = el("button", "icon-button icon-button--sm")
        .attrs(&[("type", "button"), ("aria-label", "Close (Esc)"), ("title", "Close (Esc)")])
        .click(move || on_close.run(()))
        .child(icon("i-close", "icon icon--sm"));
    el("header", "popover__head")
        .child(icon(symbol, "icon icon--sm"))
        .child(el("h2", "").attr("id", "form-h").text(title))
        .dynamic(move || {
            let standing = form.facts.with(|facts| facts.standing);
            standing.map_or_else(nothing, |it| {
                let class = if it == Standing::Connected { "chip chip--ok" } else { "chip" };
                el("span", class).text(it.word())
            })
        })
        .child(el("span", "grow"))
        .child(close)
}

/// The parts of a form, in one or two columns.
fn columns(form: Form) -> Vec<El> {
    let new_column = || el("div", "popover__col");
    let mut columns = vec![new_column()];
    let mut grid = nothing();
    for part in layout(form.kind) {
        let mut open = |group: El, switch: Option<Field>| {
            grid = el("div", "form-grid");
            if let Some(field) = switch {
                grid.clone().bind_flag("hidden", move || !form.draft.with(|draft| draft.is_on(field)));
            }
            if let Some(column) = columns.last() {
                column.clone().child(group.child(grid.clone()));
            }
        };
        match *part {
            Part::Column => columns.push(new_column()),
            Part::Group(title) => {
                let heading = (!title.is_empty()).then(|| el("h3", "").text(title));
                open(el("div", "popover__group").with(heading), None);
            }
            // A page that opens sockets tries again when it is told to.
            Part::Switch(Field::Reconnect, ..) if !form.simulated => grid = nothing(),
            Part::Switch(switch, id, title) => {
                let heading = el("h3", "").child(field::switch(form, switch, id, title));
                open(el("div", "popover__group").child(heading), Some(switch));
            }
            Part::Properties(host) if host != PropertyHost::Will => {
                open(el("div", "popover__group").child(properties::heading(form, host)), None);
                grid.clone().child(properties::list(form, host));
            }
            ref other => {
                grid.clone().child(part_of(form, other));
            }
        }
    }
    columns
}

fn part_of(form: Form, part: &'static Part) -> El {
    match part {
        Part::Field(spec) => field::field(form, spec),
        Part::Properties(host) => properties::list(form, *host),
        Part::Payload => payload::payload(form),
        Part::Filters { options } => filters::filters(form, *options),
        Part::Matches => filters::matches(form),
        Part::Held => filters::held(form),
        Part::Slips => misbehave::slips(form),
        Part::Raw => misbehave::raw(form),
        Part::Told(words) => el("p", "field__hint").text(words),
        Part::Column | Part::Group(_) | Part::Switch(..) => nothing(),
    }
}

fn foot(form: Form, replaces: Signal<bool>, on_close: Callback<()>) -> El {
    let (verb, _, symbol) = form.kind.words();
    let count = move || {
        let packets = form.shown.with(|shown| shown.result.as_ref().map_or(1, |preview| preview.packets));
        if packets > 1 { [verb, " ", &packets.to_string()].concat() } else { verb.to_owned() }
    };
    let send = el("button", "button button--primary")
        .attrs(&[("type", "submit"), ("data-testid", "form-send")])
        .bind_flag("disabled", move || form.shown.with(|shown| shown.result.is_err()))
        .child(icon(symbol, "icon icon--sm"))
        .child(el("span", "").bind_text(count));
    let cancel = el("button", "button").attr("type", "button").click(move || on_close.run(())).text("Cancel");
    el("footer", "popover__foot")
        .dynamic(move || verdict(&form.shown.with(Shown::verdict), replaces.get()))
        .child(cancel)
        .with((form.kind == FormKind::Misbehave).then(|| misbehave::arm(form)))
        .child(send)
}

fn verdict((tone, words): &(Tone, String), replaces: bool) -> El {
    let (class, symbol) = match tone {
        Tone::Good => ("", "i-check"),
        Tone::Note => ("is-note", "i-info"),
        Tone::Bad => ("is-bad", "i-warn"),
    };
    let line = el("p", class).attr("data-testid", "form-verdict").child(icon(symbol, "icon icon--xs"));
    if replaces && *tone != Tone::Bad {
        let past = el("b", "").text("You are in the past: sending here starts another timeline. ");
        return line.child(el("span", "").child(past).text(words));
    }
    line.child(el("span", "").text(words))
}
