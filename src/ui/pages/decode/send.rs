//! Sending packets as they are, whatever rules they break: into the Playground from one of its clients, or over an open
//! connection of the Connect page.

use bytes::Bytes;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

use super::state::DecodeState;
use crate::client::{ClientStatus, Misbehaviour};
use crate::codec::{PacketType, Version};
use crate::dissect::dissect;
use crate::sim::{Action, Record, Sim};
use crate::ui::components::bytes::byte_strip;
use crate::ui::components::dialog::dialog;
use crate::ui::components::icon::icon;
use crate::ui::components::segmented::segmented;
use crate::ui::dom::{El, el, fragment, many, nothing};
use crate::ui::pages::connect::{ConnectState, Connections};
use crate::ui::route::Route;
use crate::view::bytes::{ByteMap, strip};

/// Packets that are sent at a time.
const MOST: usize = 100;
/// Bytes of a packet that the dialog shows, and packets.
const BYTES: usize = 20;
const SHOWN: usize = 3;

/// Calls what the first module lends (`playground::lend`), with null for the world as text; gives what it gives.
pub(super) fn on_stage(asked: Option<&str>) -> Option<String> {
    let lent = Reflect::get(&window(), &"stage".into()).ok()?.dyn_into::<Function>().ok()?;
    lent.call1(&JsValue::NULL, &asked.map_or(JsValue::NULL, JsValue::from_str)).ok()?.as_string()
}

/// Who may send.
#[derive(Clone)]
struct Sender {
    who: Who,
    name: String,
    /// Where it stands, in a few words.
    told: String,
    version: Version,
    is_open: bool,
}

#[derive(Clone)]
enum Who {
    /// A client of the Playground's world.
    Client(usize),
    /// A connection to a broker.
    Line(Box<ConnectState>),
}

/// The clients of the world on stage.
fn clients() -> Vec<Sender> {
    let world = on_stage(None).and_then(|text| Record::from_text(&text).ok());
    let Some((record, step)) = world else { return vec![] };
    let Ok(mut sim) = Sim::of_record(&record) else { return vec![] };
    sim.seek(step);
    let sender = |at: usize| {
        let client = sim.client(at);
        let status = match client.status() {
            ClientStatus::Offline => "not connected",
            ClientStatus::Connecting => "waiting for CONNACK",
            ClientStatus::Connected => "connected",
        };
        let version = client.config().version;
        Sender {
            who: Who::Client(at),
            name: sim.capture().end(sim.end_of_client(at)).map_or_else(String::new, |it| it.name.to_string()),
            told: [status, ", MQTT ", version.as_str()].concat(),
            version,
            is_open: client.status() != ClientStatus::Offline,
        }
    };
    (0..sim.client_count()).filter(|at| !sim.has_left(*at)).map(sender).collect()
}

/// The connections that are open.
fn lines(page: Connections) -> Vec<Sender> {
    let open = page.open_lines().into_iter().map(|(line, client, broker, version)| Sender {
        who: Who::Line(Box::new(line)),
        name: client,
        told: ["to ", &broker, ", MQTT ", version.as_str()].concat(),
        version,
        is_open: true,
    });
    open.collect()
}

/// `PUBLISH, 26 bytes`, or how many packets.
fn told(packets: &[Bytes]) -> String {
    let bytes: usize = packets.iter().map(Bytes::len).sum();
    let what = match packets {
        [one] => {
            let kind = one.first().and_then(|byte| PacketType::from_nibble(byte >> 4));
            kind.map_or("one packet", PacketType::name).to_owned()
        }
        all => [&all.len().to_string(), " packets"].concat(),
    };
    [&*what, ", ", &bytes.to_string(), if bytes == 1 { " byte" } else { " bytes" }].concat()
}

/// The dialog; open while `open` holds. `shown` is the packet that is looked at.
pub(super) fn send_dialog(
    state: DecodeState,
    shown: impl Fn() -> Option<usize> + 'static,
    open: RwSignal<bool>,
) -> El {
    let page = expect_context::<Connections>();
    let body = move || match open.get() {
        true => untrack(|| body(state, page, shown(), open)),
        false => nothing(),
    };
    let title = fragment([icon("i-send", "icon icon--sm"), el("h2", "").text("Send as it is")]);
    let label = ("aria-label", "Send as it is");
    dialog("dialog dialog--ask send", label, title, open, el("div", "").fill(body))
}

/// What is about to be sent, and by whom.
#[derive(Clone, Copy)]
struct Sending {
    state: DecodeState,
    page: Connections,
    open: RwSignal<bool>,
    one: StoredValue<Vec<Bytes>>,
    all: StoredValue<Vec<Bytes>>,
    is_all: RwSignal<bool>,
    senders: StoredValue<Vec<Sender>>,
    /// That of the packets.
    version: Version,
    chosen: RwSignal<usize>,
    connects: RwSignal<bool>,
    trouble: RwSignal<String>,
}

fn body(state: DecodeState, page: Connections, shown: Option<usize>, open: RwSignal<bool>) -> El {
    let bytes = state.bytes.get_untracked();
    let all: Vec<Bytes> = state.index.with_untracked(|index| {
        let part = |at: usize| index.entries.get(at).map(|it| bytes.slice(it.offset..it.offset + it.len));
        match shown {
            Some(shown) => std::iter::once(shown).chain(0..index.entries.len()).filter_map(part).collect(),
            None => vec![],
        }
    });
    let Some((one, all)) = all.split_first() else {
        return el("div", "dialog__body").child(el("p", "").text("There is no packet to send."));
    };
    let mut senders = clients();
    let simulated = senders.len();
    senders.extend(lines(page));
    // Whoever speaks the packet's version, if anybody does.
    let version = state.index.with_untracked(|index| index.version);
    let fits = senders.iter().position(|it| it.version == version).unwrap_or(0);
    let sending = Sending {
        state,
        page,
        open,
        one: StoredValue::new(vec![one.clone()]),
        all: StoredValue::new(all.to_vec()),
        is_all: RwSignal::new(false),
        senders: StoredValue::new(senders),
        version,
        chosen: RwSignal::new(fits),
        connects: RwSignal::new(true),
        trouble: RwSignal::new(String::new()),
    };
    let parts = el("div", "dialog__body")
        .child(sending.amount())
        .child(el("div", "send__bytes").fill(move || sending.pictures()))
        .child(sending.choice(simulated))
        .child(el("div", "send__verdict").attr("role", "status").fill(move || sending.verdict()));
    let trouble = el("p", "field__error").attr("role", "alert").bind_text(move || sending.trouble.get());
    let send = el("button", "button button--primary")
        .attrs(&[("type", "button"), ("data-testid", "send-now")])
        .bind_flag("disabled", move || sending.senders.with_value(Vec::is_empty))
        .click(move || sending.send())
        .child(icon("i-send", "icon icon--sm"))
        .child(el("span", "").bind_text(move || {
            let name = sending.sender().map(|it| it.name).unwrap_or_default();
            ["Send from ", &name].concat()
        }));
    nothing().child(parts).child(el("footer", "dialog__foot").child(trouble).child(send))
}

impl Sending {
    fn packets(self) -> Vec<Bytes> {
        if self.is_all.get() { self.all.get_value() } else { self.one.get_value() }
    }

    fn sender(self) -> Option<Sender> {
        let chosen = self.chosen.get();
        self.senders.with_value(|all| all.get(chosen).cloned())
    }

    /// One packet or all of them.
    fn amount(self) -> El {
        let count = self.all.with_value(Vec::len);
        if (2..=MOST).contains(&count) {
            let name = |packets: StoredValue<Vec<Bytes>>| packets.with_value(|packets| told(packets));
            let options = vec![
                (false, Signal::stored(name(self.one))),
                (true, Signal::stored(["All ", &name(self.all)].concat())),
            ];
            let choose = Callback::new(move |all| self.is_all.set(all));
            return segmented("What is sent", options, self.is_all.into(), choose);
        }
        el("p", "").text(&self.one.with_value(|one| told(one)))
    }

    fn pictures(self) -> El {
        let version = self.sender().map_or(Version::V311, |it| it.version);
        let packets = self.packets();
        let more = packets.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| el("p", "dim").text(&["and ", &more.to_string(), " more"].concat()));
        let strips = packets.iter().take(SHOWN).map(|bytes| {
            let dissection = dissect(bytes, version);
            byte_strip(&strip(bytes, &dissection, &ByteMap::new(&dissection), BYTES), &dissection)
        });
        many(strips).with(more)
    }

    /// The senders in two groups, of which one may be empty.
    fn choice(self, simulated: usize) -> El {
        let option = |at: usize, sender: &Sender| {
            let radio = el("input", "")
                .attrs(&[("type", "radio"), ("name", "send-from")])
                .bind_property("checked", move || self.chosen.get() == at)
                .on("change", move |_: Event| self.chosen.set(at));
            el("label", "")
                .child(radio)
                .child(el("span", "").text(&sender.name))
                .child(el("small", "").text(&sender.told))
        };
        let group = |name: &str, items: Vec<El>, none: Option<El>| {
            let list = el("div", "choice-list").all(items).with(none);
            el("fieldset", "send__group").child(el("legend", "").text(name)).child(list)
        };
        let options: Vec<El> =
            self.senders.with_value(|all| all.iter().enumerate().map(|(at, it)| option(at, it)).collect());
        let (mut first, mut second) = (options, vec![]);
        second.extend(first.drain(simulated..));
        let (no_clients, no_lines) = (first.is_empty(), second.is_empty());
        let nobody = no_clients
            .then(|| el("p", "field__hint").text("The Playground has no clients. Add one there first."));
        let lead = move || {
            // It is kept, and offered again there.
            self.state.parcel.set(untrack(|| self.packets()));
            self.open.set(false);
            go(Route::Connect);
        };
        let closed = no_lines.then(|| {
            let button = el("button", "button button--sm").attr("type", "button").click(lead);
            el("div", "send__none")
                .child(el("p", "field__hint").text("No connection is open. The packet is kept meanwhile."))
                .child(button.text("Open one on Connect"))
        });
        nothing().child(group("Into the Playground, from", first, nobody)).child(group(
            "To a broker, over the connection of",
            second,
            closed,
        ))
    }

    /// What its receiver will say to it, and what is to be known before.
    fn verdict(self) -> El {
        let Some(sender) = self.sender() else { return nothing() };
        let packets = self.packets();
        let faults: Vec<String> = packets
            .iter()
            .flat_map(|bytes| dissect(bytes, sender.version).faults.into_iter().take(1))
            .map(|fault| fault.message)
            .collect();
        let note = |bad: bool, symbol: &str, text: &str| {
            el("p", if bad { "outcome-note outcome-note--bad" } else { "outcome-note" })
                .child(icon(symbol, "icon icon--xs"))
                .child(el("span", "").text(text))
        };
        let other = (sender.version != self.version).then(|| {
            let (theirs, ours) = (sender.version.as_str(), self.version.as_str());
            let text = [&*sender.name, " speaks MQTT ", theirs, ", and what is sent is MQTT ", ours, "."];
            note(true, "i-warn", &text.concat())
        });
        let version = ["Read as MQTT ", sender.version.as_str(), ": "].concat();
        let told = match faults.first() {
            Some(fault) => note(true, "i-warn", &[&*version, fault].concat()),
            None => note(false, "i-check", &[&version, "no rule is broken by the bytes."].concat()),
        };
        let is_connect = packets.first().is_some_and(|it| it.first().is_some_and(|byte| byte >> 4 == 1));
        let connect = (!sender.is_open && !is_connect).then(|| {
            let switch = el("input", "")
                .attr("type", "checkbox")
                .bind_property("checked", move || self.connects.get())
                .on("change", move |event: Event| self.connects.set(event_target_checked(&event)));
            el("label", "check")
                .child(switch)
                .text("Connect first; else these bytes are the first on a new connection")
        });
        let again = (sender.is_open && is_connect)
            .then(|| note(false, "i-info", "It is connected: a second CONNECT ends the connection."));
        nothing().with(other).child(told).with(again).with(connect)
    }

    fn send(self) {
        let Some(sender) = untrack(|| self.sender()) else { return };
        let packets = untrack(|| self.packets());
        let done = match &sender.who {
            Who::Line(line) => {
                let sent = line.send_raw(&packets).map_err(|error| error.to_string());
                sent.map(|frame| self.page.show(**line, frame))
            }
            Who::Client(client) => {
                let is_connect =
                    packets.first().is_some_and(|it| it.first().is_some_and(|byte| byte >> 4 == 1));
                let connects = !sender.is_open && !is_connect && self.connects.get_untracked();
                act(*client, connects, &packets)
            }
        };
        if let Err(why) = done {
            return self.trouble.set(["It cannot be sent: ", &why, "."].concat());
        }
        self.open.set(false);
        go(match sender.who {
            Who::Client(_) => Route::Playground,
            Who::Line(_) => Route::Connect,
        });
    }
}

/// Has a client of the Playground send these bytes now, on a new connection if it is to connect before.
fn act(client: usize, connects: bool, packets: &[Bytes]) -> Result<(), String> {
    let raw = packets.iter().map(|bytes| Action::Misbehave(Misbehaviour::Raw(bytes.clone())));
    for action in connects.then_some(Action::Connect).into_iter().chain(raw) {
        let asked = [&client.to_string(), "\n", &action.to_text()].concat();
        if let Some(why) = on_stage(Some(&asked)) {
            return Err(why);
        }
    }
    Ok(())
}

fn go(route: Route) {
    let _ = window().location().set_hash(route.href());
}

/// On the Connect page, packets that wait there for a connection.
pub fn waiting(page: Connections) -> El {
    let state = expect_context::<DecodeState>();
    let trouble = RwSignal::new(String::new());
    let send = move || {
        let line = untrack(|| page.current());
        let packets = state.parcel.get_untracked();
        match line.send_raw(&packets) {
            Ok(frame) => {
                state.parcel.set(vec![]);
                page.show(line, frame);
            }
            Err(error) => trouble.set(["It cannot be sent: ", &error.to_string(), "."].concat()),
        }
    };
    nothing().dynamic(move || {
        let packets = state.parcel.get();
        if packets.is_empty() {
            return nothing();
        }
        let what =
            [&*told(&packets), if packets.len() == 1 { " waits" } else { " wait" }, " to be sent."].concat();
        let open = move || page.current().is_connected();
        let button = |class: &str, name: &str| el("button", class).attr("type", "button").text(name);
        el("section", "parcel")
            .attr("aria-label", "From Decode")
            .child(icon("i-send", "icon icon--sm"))
            .child(el("p", "").text(&what).text(" ").child(
                el("span", "dim").bind_text(
                    move || {
                        if open() { String::new() } else { "Connect first.".to_owned() }
                    },
                ),
            ))
            .child(el("span", "field__error").attr("role", "alert").bind_text(move || trouble.get()))
            .child(
                button("button button--sm button--primary", "Send it here")
                    .bind_flag("disabled", move || !open())
                    .click(send),
            )
            .child(button("button button--sm", "Back to Decode").click(|| go(Route::Decode)))
            .child(
                el("button", "icon-button icon-button--sm")
                    .attrs(&[
                        ("type", "button"),
                        ("aria-label", "Do not send it"),
                        ("title", "Do not send it"),
                    ])
                    .click(move || state.parcel.set(vec![]))
                    .child(icon("i-close", "icon icon--sm")),
            )
    })
}
