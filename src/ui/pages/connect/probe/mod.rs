//! The probe: what a broker says that it can do, and what it does, beside the broker in this tab.

mod checks;
mod peer;
mod proof;
mod tape;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::ScrollLogicalPosition;

use self::checks::{Asked, Finding, Known, ask};
pub use self::proof::Proof;
use self::tape::Tape;
use super::state::ConnectState;
use super::wire::Target;
use crate::capture::Frame;
use crate::ui::components::copy_as::copy;
use crate::ui::components::diagram::Exported;
use crate::ui::components::icon::icon;
use crate::ui::components::scroll::reveal;
use crate::ui::dom::{El, el, fragment, many, nothing, text};

/// Where the probe stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stand {
    #[default]
    Rests,
    /// The broker is asked, or the one in this tab.
    Asks {
        tab: bool,
    },
    Done,
    /// No connection.
    Nothing,
    Stopped,
}

/// The probe's state; made with the page's.
#[derive(Clone, Copy)]
pub struct Probe {
    stand: RwSignal<Stand>,
    /// What the broker is called.
    broker: RwSignal<String>,
    /// Of the broker, and of the one in this tab.
    found: [RwSignal<Vec<Finding>>; 2],
    packets: RwSignal<u32>,
    millis: RwSignal<u32>,
    told: RwSignal<&'static str>,
    /// The packets behind an answer.
    pub proof: Proof,
    stopped: StoredValue<Rc<Cell<bool>>, LocalStorage>,
}

impl Probe {
    pub fn new() -> Self {
        Self {
            stand: RwSignal::new(Stand::default()),
            broker: RwSignal::default(),
            found: [RwSignal::default(), RwSignal::default()],
            packets: RwSignal::new(0),
            millis: RwSignal::new(0),
            told: RwSignal::new(""),
            proof: Proof::new(),
            stopped: StoredValue::new_local(Rc::default()),
        }
    }

    fn is_running(self) -> bool {
        matches!(self.stand.get(), Stand::Asks { .. })
    }

    /// Asks the broker of the form, then the one in this tab.
    fn run(self, state: ConnectState) {
        let Some((target, config)) = state.read_form() else { return };
        let stopped = Rc::new(Cell::new(false));
        self.stopped.set_value(Rc::clone(&stopped));
        self.broker.set(target.name());
        self.told.set("");
        self.found.iter().for_each(|it| it.set(Vec::new()));
        self.stand.set(Stand::Asks { tab: false });
        let space = || format!("mqttpg-probe/{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32);
        self.proof.close();
        let tape = |target: &Target| Rc::new(RefCell::new(Tape::new(target.name())));
        let asked = Asked {
            tape: tape(&target),
            target,
            user_name: config.user_name,
            password: config.password,
            space: space(),
            stopped: Rc::clone(&stopped),
        };
        let tab = Asked {
            tape: tape(&Target::Tab),
            target: Target::Tab,
            user_name: None,
            password: None,
            space: space(),
            stopped: Rc::clone(&stopped),
        };
        let began = state.clock();
        spawn_local(async move {
            let into = |place: usize| {
                let found = self.found[place];
                let tape = Rc::clone(&asked.tape);
                move |finding| {
                    found.try_update(|found| found.push(finding));
                    if place == 0 {
                        self.packets.try_set(tape.borrow().count());
                    }
                }
            };
            let accepted = ask(&asked, &mut into(0)).await;
            self.millis.try_set((state.clock() - began).as_millis() as u32);
            if accepted && !stopped.get() {
                self.stand.try_set(Stand::Asks { tab: true });
                ask(&tab, &mut into(1)).await;
            }
            self.stand.try_set(match (accepted, stopped.get()) {
                (_, true) => Stand::Stopped,
                (true, _) => Stand::Done,
                (false, _) => Stand::Nothing,
            });
        });
    }

    fn stop(self) {
        self.stopped.with_value(|stopped| stopped.set(true));
    }

    /// The two brokers' findings about the same, and whether they differ.
    fn pairs(self) -> Vec<(Finding, Option<Finding>, bool)> {
        let tab = self.found[1].get();
        let pair = |it: Finding| {
            let same = tab.iter().find(|other| other.about == it.about).cloned();
            let differs = same.as_ref().is_some_and(|other| other.found != it.found);
            (it, same, differs)
        };
        self.found[0].get().into_iter().map(pair).collect()
    }

    fn markdown(self) -> String {
        let broker = self.broker.get_untracked();
        let mut out = format!("| | Broker in this tab | {broker} | How known |\n|---|---|---|---|\n");
        for (it, same, _) in untrack(|| self.pairs()) {
            let tab = same.map(|it| it.found).unwrap_or_default();
            out.push_str(&format!("| {} | {tab} | {} | {} |\n", it.about, it.found, known(it.known)));
        }
        out
    }
}

fn known(known: Known) -> String {
    match known {
        Known::ConnAck(id) => format!("CONNACK {:02X}", id as u8),
        Known::ByDefault => "not in CONNACK".to_owned(),
        // The client core knows from CONNACK, or from the version, that it must not.
        Known::Tested(0) => "nothing sent".to_owned(),
        Known::Tested(packets) => format!("tested, {packets} packets"),
    }
}

/// The pane with the table.
pub(super) fn probe(state: ConnectState, export: Callback<Exported>) -> El {
    let it = state.page.probe;
    let run = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("hidden", move || it.is_running())
        .click(move || it.run(state))
        .child(icon("i-search", "icon icon--xs"))
        .child(el("span", "").bind_text(move || match it.stand.get() {
            Stand::Rests => "Probe this broker".to_owned(),
            _ => "Run again".to_owned(),
        }));
    let stop = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("hidden", move || !it.is_running())
        .click(move || it.stop())
        .text("Stop");
    let markdown = el("button", "button button--sm")
        .attr("type", "button")
        .bind_flag("hidden", move || it.is_running() || it.found[0].with(Vec::is_empty))
        .click(move || copy(&it.markdown(), it.told))
        .child(icon("i-copy", "icon icon--xs"))
        .text("Copy as Markdown");
    let differing = move || {
        let pairs = it.pairs();
        let differ = pairs.iter().filter(|(_, _, differs)| *differs).count();
        match (it.stand.get(), differ) {
            (Stand::Done, 0) => el("span", "chip").text("no difference"),
            (Stand::Done, _) => {
                el("span", "chip chip--warn").text(&format!("{differ} of {} differ", pairs.len()))
            }
            _ => nothing(),
        }
    };
    let head = el("div", "probe__head")
        .child(el("h2", "").text("What this broker can do"))
        .dynamic(differing)
        .child(el("span", "grow"))
        .child(
            el("span", "dim connect__count")
                .attr("role", "status")
                .bind_text(move || it.told.get().to_owned()),
        )
        .child(stop)
        .child(run)
        .child(markdown);
    el("section", "probe__pane")
        .attr("aria-label", "Probe")
        .child(head)
        .child(el("p", "dim connect__count").attr("role", "status").bind_text(move || about(it)))
        .dynamic(move || table(it))
        .child(it.proof.pane(export))
}

fn about(it: Probe) -> String {
    const WHAT: &str = "It connects by itself, a few times, to the address at the left, with the user name there; uses topics of a random \
         space; takes some seconds, sends some hundred packets at most, and cleans up after itself.";
    let so_far = it.found[0].with(Vec::len);
    match it.stand.get() {
        Stand::Rests => WHAT.to_owned(),
        Stand::Asks { tab: false } => format!("Asking the broker: {so_far} answers so far."),
        Stand::Asks { tab: true } => "Asking the broker in this tab the same.".to_owned(),
        Stand::Stopped => format!("Stopped after {so_far} answers."),
        Stand::Nothing => "The broker takes no connection: connect to it to see why.".to_owned(),
        Stand::Done => {
            let (packets, millis) = (it.packets.get(), it.millis.get());
            format!("{so_far} answers, {packets} packets, {}.{} s.", millis / 1_000, millis % 1_000 / 100)
        }
    }
}

fn table(it: Probe) -> El {
    let pairs = it.pairs();
    if pairs.is_empty() {
        return nothing();
    }
    let cell = |name: &str| el("th", "").attr("scope", "col").text(name);
    let head = el("tr", "").all(["", "Broker in this tab", &it.broker.get(), "How known"].map(cell));
    let group = |title: &str| {
        el("tr", "is-group").child(el("th", "").attrs(&[("scope", "colgroup"), ("colspan", "4")]).text(title))
    };
    let tested = |pair: &&(Finding, Option<Finding>, bool)| matches!(pair.0.known, Known::Tested(_));
    let says = pairs.iter().filter(|pair| !tested(pair)).map(|pair| row(it, pair));
    let does = pairs.iter().filter(tested).map(|pair| row(it, pair));
    let body = fragment([group("What it says in CONNACK"), many(says), group("What it does"), many(does)]);
    el("table", "probe-table").child(el("thead", "").child(head)).child(el("tbody", "").child(body))
}

fn row(probe: Probe, (it, same, differs): &(Finding, Option<Finding>, bool)) -> El {
    let value = |words: &str| {
        let mark = match words {
            "yes" | "both" => Some(icon("i-check", "icon icon--xs icon--yes")),
            "no" | "none" => Some(icon("i-minus", "icon icon--xs icon--no")),
            _ => None,
        };
        el("td", "").with(mark).child(el("b", "").text(words))
    };
    el("tr", if *differs { "is-diff" } else { "" })
        .child(el("th", "").attr("scope", "row").text(it.about))
        .child(value(same.as_ref().map_or("", |it| &it.found)))
        .child(value(&it.found))
        .child(el("td", "").child(link(probe, 0, it, &known(it.known))).with(same.as_ref().map(|same| {
            let words = match same.known {
                Known::Tested(packets) => packets.to_string(),
                _ => "CONNACK".to_owned(),
            };
            fragment([text(", in this tab "), link(probe, 1, same, &words)])
        })))
}

/// Leads to the packets that show it, of the broker (0) or of the one in this tab (1).
fn link(probe: Probe, place: usize, it: &Finding, words: &str) -> El {
    if it.proof.frames().len() == 0 {
        return text(words);
    }
    let (about, proof, known) = (it.about, Arc::clone(&it.proof), it.known);
    let label = [about, ", packets with the broker", if place == 1 { " in this tab" } else { "" }].concat();
    let show = move || {
        let broker =
            if place == 0 { probe.broker.get_untracked() } else { "the broker in this tab".to_owned() };
        // What CONNACK says, the newest one shows: that of 5.0.
        let is_connack = |frame: &&Frame| frame.bytes.first().is_some_and(|byte| byte >> 4 == 2);
        let connack = || proof.frames().rev().find(is_connack).map(|frame| frame.id);
        let chosen = if matches!(known, Known::Tested(_)) { None } else { connack() };
        probe.proof.show(about, broker, Arc::clone(&proof), chosen);
        reveal(".probe__proof".to_owned(), ScrollLogicalPosition::Start);
    };
    // Its name begins with the words that are seen.
    let name = [words, ": ", &label].concat();
    el("button", "link")
        .attrs(&[("type", "button"), ("title", &label), ("aria-label", &name)])
        .click(show)
        .text(words)
}
