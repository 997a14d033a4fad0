//! What will be done by itself, at its time or when something happens: a list, and a form that adds to it and changes it.

use leptos::prelude::*;
use web_sys::Event;

use super::change::change;
use super::{Asks, button};
use crate::codec::PacketType;
use crate::sim::{Happening, Record, Sim};
use crate::time::{Duration, Instant};
use crate::ui::components::forms::host::World;
use crate::ui::components::icon::icon;
use crate::ui::dom::{El, Memo, el, fragment, many, nothing};
use crate::view::plan::{Planned, parties, planned, with_planned};

/// Actions: their name in a line, what they are called, and an example of what belongs to them.
const ACTIONS: [(&str, &str, &str); 18] = [
    ("connect", "connects", ""),
    ("publish", "publishes", "sensors/kitchen/temp \"21.5\" qos=1"),
    ("subscribe", "subscribes", "sensors/# qos=1"),
    ("unsubscribe", "unsubscribes", "sensors/#"),
    ("disconnect", "disconnects", ""),
    ("cut", "loses its link", ""),
    ("silence", "has a half-open link", ""),
    ("power-loss", "loses power", ""),
    ("arm", "gets a fault", "fault=cut_before packet=PUBACK"),
    ("set-link", "gets another link", "to_broker=300ms to_client=300ms"),
    ("stop-reading", "stops reading", ""),
    ("read-again", "reads again", ""),
    ("use-broker", "turns to a broker", "broker=broker"),
    ("leave", "leaves for good", ""),
    ("stop-broker", "is stopped (a broker)", ""),
    ("restart-broker", "restarts, nothing kept (a broker)", ""),
    ("restart-broker-keeping", "restarts from its disk (a broker)", ""),
    ("configure-broker", "gets settings (a broker)", "max_inflight_messages=1"),
];
/// What can happen, as a sentence goes on: in the order of [`Happening::NAMES`].
const HAPPENS: [&str; 5] =
    ["sends a packet", "receives a packet", "is accepted", "loses its connection", "delivers a message"];
const TIMES: [(&str, &str); 6] = [
    ("1", "the first time"),
    ("2", "the 2nd time"),
    ("3", "the 3rd time"),
    ("4", "the 4th time"),
    ("5", "the 5th time"),
    ("0", "every time"),
];

/// The form's state.
#[derive(Clone, Copy)]
struct Form {
    record: Memo<Record>,
    draft: RwSignal<Planned>,
    /// Which one is changed; none where one is added.
    place: RwSignal<Option<usize>>,
    trouble: RwSignal<Option<String>>,
}

pub(super) fn body(world: World, asks: Asks) -> El {
    let record = Memo::new(move |_| world.with(Sim::record));
    let first = parties(&record.get_untracked()).into_iter().next().map_or_else(String::new, |it| it.0);
    let now = untrack(|| world.now()) + Duration::from_millis(1_000);
    let form = Form {
        record,
        draft: RwSignal::new(Planned {
            at: now.to_string(),
            of: first.clone(),
            what: Happening::NAMES[1].to_owned(),
            nth: "1".to_owned(),
            who: first,
            action: ACTIONS[1].0.to_owned(),
            with: ACTIONS[1].2.to_owned(),
            ..Planned::default()
        }),
        place: RwSignal::new(None),
        trouble: RwSignal::new(None),
    };
    let wrong = Memo::new(move |_| {
        let (draft, place) = (form.draft.get(), form.place.get());
        form.record
            .with(|record| with_planned(record, place, Some(&draft)).err().map(|it| it.why.to_string()))
    });
    let save = button("button button--primary", "")
        .attr("data-testid", "plan-save")
        .bind_text(move || if form.place.get().is_some() { "Save" } else { "Add" })
        .bind_flag("disabled", move || wrong.with(Option::is_some))
        .click(move || form.put(world, asks, Some(form.draft.get_untracked())));
    let instead = move || match form.place.get() {
        Some(_) => button("button", "Keep it as it was").click(move || form.place.set(None)),
        None => nothing(),
    };
    let told = move || match wrong.get().or_else(|| form.trouble.get()) {
        Some(words) => {
            el("p", "plan__wrong").attrs(&[("role", "alert"), ("data-testid", "plan-wrong")]).text(&words)
        }
        None => el("p", "").child(el("code", "").bind_text(move || form.draft.with(Planned::line))),
    };
    fragment([
        el("div", "network")
            .child(el("div", "popover__group").fill(move || list(form, world, asks)))
            .child(el("div", "popover__group").child(fields(form))),
        el("footer", "dialog__foot").child(el("div", "plan__told").fill(told)).dynamic(instead).child(save),
    ])
}

impl Form {
    /// Puts `it` in place of what is being changed, or behind all others, or takes that one away.
    fn put(self, world: World, asks: Asks, it: Option<Planned>) {
        let place = self.place.get_untracked();
        let (changed, since) = self.record.with_untracked(|record| {
            let time = |it: &Planned| seconds(&it.at).filter(|_| !it.waits);
            let was = place.and_then(|place| planned(record).get(place).and_then(time));
            let since = [it.as_ref().and_then(time), was].into_iter().flatten().min();
            (with_planned(record, place, it.as_ref()), since)
        });
        let changed = changed.map_err(|error| error.why.to_string()).and_then(|record| {
            change(world, asks, "what is planned", &record, since).map_err(|error| error.to_string())
        });
        if changed.is_ok() {
            self.place.set(None);
        }
        self.trouble.set(changed.err());
    }

    fn edit(self, read: impl FnOnce(&mut Planned)) {
        self.trouble.set(None);
        self.draft.update(read);
    }
}

/// A time in seconds.
fn seconds(text: &str) -> Option<Instant> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let micros: u64 = [part, "000000"].concat().get(..6)?.parse().ok()?;
    Some(Instant::from_micros(whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)?))
}

/// All that is planned, each with the ways to change it.
fn list(form: Form, world: World, asks: Asks) -> El {
    let all = form.record.with(planned);
    if all.is_empty() {
        return el("p", "network__note").text("Nothing is planned yet: add what shall happen by itself.");
    }
    let chosen = form.place.get();
    let line = |(at, it): (usize, &Planned)| {
        let small = |words: &str, symbol: &str| {
            el("button", "icon-button icon-button--sm")
                .attrs(&[("type", "button"), ("title", words)])
                .attr("aria-label", &[words, " planned action ", &(at + 1).to_string()].concat())
                .child(icon(symbol, "icon icon--xs"))
        };
        let known = it.clone();
        let edit = small("Edit", "i-edit").click(move || {
            form.draft.set(known.clone());
            form.trouble.set(None);
            form.place.set(Some(at));
        });
        let remove = small("Remove", "i-trash").click(move || {
            form.place.set(Some(at));
            form.put(world, asks, None);
            form.place.set(None);
        });
        el("li", if chosen == Some(at) { "is-selected" } else { "" })
            .child(el("span", "plan__when").text(&when(it)))
            .child(el("span", "plan__deed").text(&deed(it)))
            .child(edit)
            .child(remove)
    };
    el("ul", "plan-list").attr("aria-label", "Planned actions").all(all.iter().enumerate().map(line))
}

/// `2.000 s`, `when sub1 receives a packet: PUBLISH, the 2nd time, 5ms later`
fn when(it: &Planned) -> String {
    if !it.waits {
        return [&*it.at, " s"].concat();
    }
    let place = Happening::NAMES.iter().position(|name| *name == it.what).unwrap_or_default();
    let mut out = ["when ", &it.of, " ", HAPPENS[place]].concat();
    if !it.which.is_empty() {
        out += &[": ", &*it.which].concat();
    }
    match TIMES.iter().find(|(nth, _)| *nth == it.nth) {
        Some(("1", _)) => {}
        Some((_, words)) => out += &[", ", *words].concat(),
        None => out += &[", time ", &*it.nth].concat(),
    }
    if !it.later.is_empty() {
        out += &[", ", &*it.later, " later"].concat();
    }
    out
}

fn deed(it: &Planned) -> String {
    let known = ACTIONS.iter().find(|(name, ..)| *name == it.action);
    let words = known.map_or(&*it.action, |(_, words, _)| words.trim_end_matches(" (a broker)"));
    [&*it.who, " ", words, " ", &it.with].concat()
}

fn fields(form: Form) -> El {
    let waits = Memo::new(move |_| form.draft.with(|it| it.waits));
    let kind = [(false, "At a time"), (true, "When something happens")].map(|(value, words)| {
        el("button", "")
            .attr("type", "button")
            .bind_state("aria-pressed", move || waits.get() == value)
            .click(move || form.edit(|it| it.waits = value))
            .text(words)
    });
    let which = Memo::new(move |_| form.draft.with(|it| it.what.clone()));
    let before = move || match waits.get() {
        false => line("Time in seconds", "plan-at", form, |it| &mut it.at, "2.000"),
        true => fragment([
            choose("Whose", "plan-of", form, |it| &mut it.of, move || form.record.with(parties)),
            choose(
                "What happens",
                "plan-what",
                form,
                |it| &mut it.what,
                || pairs(Happening::NAMES.iter().zip(HAPPENS).map(|(name, words)| (*name, words))),
            ),
            el("div", "plan__which").fill(move || match which.get().as_str() {
                "delivers" => line("Topic filter", "plan-which", form, |it| &mut it.which, "any"),
                "sends" | "receives" => choose(
                    "Packet",
                    "plan-which",
                    form,
                    |it| &mut it.which,
                    || {
                        let packets = PacketType::ALL.map(|it| (it.name(), it.name()));
                        pairs([("", "any")].into_iter().chain(packets))
                    },
                ),
                _ => nothing(),
            }),
            choose("Which time", "plan-nth", form, |it| &mut it.nth, || pairs(TIMES)),
            line("How much later", "plan-later", form, |it| &mut it.later, "0ms"),
        ]),
    };
    let actions = move || {
        // What the list has no words for is told by its name.
        let own = form.draft.with(|it| it.action.clone());
        let own = (!ACTIONS.iter().any(|(name, ..)| *name == own)).then(|| (own.clone(), own));
        pairs(ACTIONS.iter().map(|(name, words, _)| (*name, *words))).into_iter().chain(own).collect()
    };
    let action = Memo::new(move |_| form.draft.with(|it| it.action.clone()));
    let example = move || ACTIONS.iter().find(|(name, ..)| *name == action.get()).map_or("", |it| it.2);
    let with = line("With", "plan-with", form, |it| &mut it.with, "").bind_class("plan__with", || true);
    fragment([
        el("h3", "").bind_text(move || if form.place.get().is_some() { "Change it" } else { "Plan another" }),
        el("div", "segmented network__presets").attrs(&[("role", "group"), ("aria-label", "When")]).all(kind),
        el("div", "plan__fields").fill(before),
        el("div", "plan__fields")
            .child(choose("Who", "plan-who", form, |it| &mut it.who, move || form.record.with(parties)))
            .child(choose("Does what", "plan-action", form, |it| &mut it.action, actions).on(
                "change",
                move |_: Event| {
                    // Behind the choice itself: another action comes with an example of its own.
                    let with = untrack(example).to_owned();
                    form.edit(|it| it.with = with);
                },
            ))
            .child(with),
        el("p", "network__note").text(
            "What belongs to an action stands there as in the world's text: a topic or filters, \"a payload\", name=value.",
        ),
    ])
}

fn pairs<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    all.into_iter().map(|(value, words)| (value.to_owned(), words.to_owned())).collect()
}

type Part = fn(&mut Planned) -> &mut String;

fn read(form: Form, part: Part) -> String {
    form.draft.with(|it| part(&mut it.clone()).clone())
}

fn line(words: &str, id: &'static str, form: Form, part: Part, placeholder: &'static str) -> El {
    let input = el("input", "input input--mono")
        .attrs(&[("data-testid", id), ("placeholder", placeholder), ("autocomplete", "off")])
        .attrs(&[("autocapitalize", "off"), ("spellcheck", "false")])
        .bind_value(move || read(form, part))
        .on("input", move |event: Event| form.edit(|it| *part(it) = event_target_value(&event)));
    el("label", "field").child(el("span", "field__label").text(words)).child(input)
}

fn choose(
    words: &str,
    id: &'static str,
    form: Form,
    part: Part,
    options: impl Fn() -> Vec<(String, String)> + 'static,
) -> El {
    let option = move |(value, words): (String, String)| {
        let own = value.clone();
        el("option", "")
            .attr("value", &value)
            .text(&words)
            .bind_property("selected", move || read(form, part) == own)
    };
    let select = el("select", "select")
        .attr("data-testid", id)
        .fill(move || many(options().into_iter().map(option)))
        .on("change", move |event: Event| form.edit(|it| *part(it) = event_target_value(&event)));
    el("label", "field").child(el("span", "field__label").text(words)).child(select)
}
