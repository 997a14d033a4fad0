//! A terminal whose mosquitto_pub, mosquitto_sub and mosquitto_rr go over the connections that are open.

use std::collections::VecDeque;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent, SubmitEvent};

use super::connections::Connections;
use super::state::{ConnectState, Phase};
use crate::client::{ClientError, PublishRequest, Subscription};
use crate::codec::{PropertyBuf, PropertyId, PropertyValue, Version};
use crate::console::{Host, Reaction, Remote};
use crate::time::Duration;
use crate::ui::components::icon::icon;
use crate::ui::components::terminal::history::History;
use crate::ui::dom::{El, Slot, after, el, next_frame, nothing, text};

/// Lines that are kept; older ones go.
const MOST: usize = 500;
/// When sending goes on that waits for acknowledgements, in milliseconds.
const AGAIN: u32 = 20;

const TYPED: &str = "console__cmd";
const KEY: &str = "console__key";
const OUT: &str = "console__msg";
const ERROR: &str = "console__err";
const NOTE: &str = "console__note";

/// A line by its number: one that goes on gets another.
type Line = (u64, &'static str, String);

/// What runs.
struct Running {
    remote: Remote,
    state: ConnectState,
    /// Messages of the connection that it has seen.
    seen: u64,
    /// Its filters, and those among them that had not been subscribed to before.
    filters: Vec<String>,
    own: Vec<String>,
    /// Those that had been, otherwise than it asked for.
    before: Vec<(String, Subscription)>,
    /// The broker has answered its SUBSCRIBE.
    answered: bool,
    left: VecDeque<PublishRequest>,
    pause: Duration,
    _patience: Option<Timeout>,
    turn: Option<Timeout>,
}

/// The terminal's state; made with the page's.
#[derive(Clone, Copy)]
pub struct Terminal {
    lines: RwSignal<VecDeque<Line>>,
    count: StoredValue<u64>,
    /// The last line waits for its end.
    goes_on: StoredValue<bool>,
    typed: RwSignal<String>,
    program: RwSignal<Option<&'static str>>,
    running: StoredValue<Option<Running>, LocalStorage>,
    history: StoredValue<History>,
}

impl Terminal {
    pub fn new() -> Self {
        Self {
            lines: RwSignal::default(),
            count: StoredValue::new(0),
            goes_on: StoredValue::new(false),
            typed: RwSignal::default(),
            program: RwSignal::new(None),
            running: StoredValue::new_local(None),
            history: StoredValue::default(),
        }
    }

    /// Whether a program runs.
    pub fn is_running(self) -> bool {
        self.program.get().is_some()
    }

    fn print(self, class: &'static str, text: &str) {
        for part in text.split_inclusive('\n') {
            let line = part.strip_suffix('\n').unwrap_or(part);
            let class = if class == ERROR && line.starts_with("# ") { NOTE } else { class };
            let number = self.count.try_update_value(|it| {
                *it += 1;
                *it
            });
            let joins = self.goes_on.get_value();
            self.goes_on.set_value(line.len() == part.len());
            self.lines.try_update(|lines| {
                let before = lines.pop_back_if(|it| joins && it.1 == class && class == OUT);
                let text = before.map_or_else(|| line.to_owned(), |it| [&it.2, line].concat());
                lines.push_back((number.unwrap_or(0), class, text));
                lines.drain(..lines.len().saturating_sub(MOST));
            });
        }
    }

    /// Runs the line that stands at the prompt.
    fn enter(self, page: Connections) {
        let line = self.typed.get_untracked().trim().to_owned();
        if line.is_empty() || self.program.get_untracked().is_some() {
            return;
        }
        self.typed.set(String::new());
        self.history.update_value(|it| it.add(&line));
        if line == "clear" {
            return self.lines.update(VecDeque::clear);
        }
        self.print(TYPED, &[&line, "\n"].concat());
        if let Err(text) = self.start(page, &line) {
            self.print(ERROR, &text);
        }
    }

    fn start(self, page: Connections, line: &str) -> Result<(), String> {
        let (_, host) = Remote::read(line, Version::V311)?;
        let (state, version) = untrack(|| find(page, &host))?;
        let (remote, _) = Remote::read(line, version)?;
        self.print(ERROR, &remote.settled());
        let wanted = remote.filters();
        let seen = untrack(|| state.with_inbox(|it| it.messages.count())).unwrap_or(0);
        let identifier = remote.subscribe_properties().as_properties();
        let identifier = identifier.number(PropertyId::SubscriptionIdentifier).unwrap_or(0);
        let now = state.clock();
        let asked = state.change(|live, line| {
            let (mut own, mut before) = (Vec::new(), Vec::new());
            for (filter, options) in &wanted {
                match live.client(line).subscriptions().find(|(it, _)| it == filter) {
                    None => own.push(filter.clone()),
                    Some((_, it)) if it.options == *options && it.identifier == identifier => {}
                    Some((_, it)) => before.push((filter.clone(), it)),
                }
            }
            if !wanted.is_empty() {
                let all: Vec<_> = wanted.iter().map(|(filter, it)| (filter.as_str(), *it)).collect();
                live.ask(line, now, |client| client.subscribe(now, &all, remote.subscribe_properties()))?;
            }
            Ok((own, before))
        });
        let asked = asked.unwrap_or(Err(ClientError::NotConnected));
        let (own, before) = asked.map_err(|error: ClientError| format!("Error: {error}\n"))?;
        let (messages, pause) = remote.messages();
        let patience = remote.patience().map(|it| {
            Timeout::new(it.as_millis() as u32, move || {
                self.print(ERROR, "Timed out\n");
                self.end();
            })
        });
        self.program.set(Some(remote.name()));
        self.running.set_value(Some(Running {
            filters: wanted.into_iter().map(|(filter, _)| filter).collect(),
            remote,
            state,
            seen,
            own,
            before,
            answered: false,
            left: messages.into(),
            pause,
            _patience: patience,
            turn: None,
        }));
        self.send();
        state.drive();
        Ok(())
    }

    /// Sends what is left, one after the other or as many as the client takes.
    fn send(self) {
        let sent = self.running.try_update_value(|running| {
            let it = running.as_mut()?;
            while let Some(request) = it.left.front().cloned() {
                let now = it.state.clock();
                let answer = it.state.change(|live, line| live.publish(line, now, request));
                let wait = match answer.unwrap_or(Err(ClientError::NotConnected)) {
                    Err(ClientError::WindowFull { .. } | ClientError::TooManyRequests) => AGAIN,
                    Err(error) => return Some((it.state, Some(error))),
                    Ok(_) => {
                        it.left.pop_front();
                        if it.pause.is_zero() || it.left.is_empty() {
                            continue;
                        }
                        it.pause.as_millis() as u32
                    }
                };
                it.turn = Some(Timeout::new(wait, move || self.send()));
                return Some((it.state, None));
            }
            Some((it.state, None))
        });
        let Some(Some((state, error))) = sent else { return };
        state.drive();
        if let Some(error) = error {
            self.print(ERROR, &format!("Error: {error}\n"));
            return self.end();
        }
        let done =
            |it: &Option<Running>| it.as_ref().is_some_and(|it| it.left.is_empty() && !it.remote.listens());
        if self.running.with_value(done) {
            self.end();
        }
    }

    /// Prints what has come since the last look.
    fn look(self) {
        let found = self.running.try_update_value(|running| {
            let it = running.as_mut()?;
            let now = it.state.clock();
            let mut all = Vec::new();
            it.state.with_inbox(|inbox| {
                // The record has begun anew, and its numbers with it.
                if inbox.messages.count() < it.seen {
                    it.seen = 0;
                }
                let first = inbox.messages.iter().next().map_or(0, |it| it.number);
                let missed = first.saturating_sub(it.seen + 1);
                if missed > 0 {
                    let error = format!("# {missed} messages more came than are kept.\n");
                    all.push(Reaction { error, ..Reaction::default() });
                }
                let new = inbox.messages.iter().filter(|message| message.number > it.seen);
                all.extend(new.map(|message| it.remote.message(&message.message, now)));
            });
            it.seen = it.state.with_inbox(|inbox| inbox.messages.count()).unwrap_or(it.seen);
            let held = |filter: &String| {
                let has = |client: &crate::client::Client| client.subscriptions().any(|(it, _)| it == filter);
                it.state.with_client(has).unwrap_or(false)
            };
            let waits = it.state.with_client(|client| client.pending_requests() > 0).unwrap_or(true);
            if !it.answered && !waits && !it.filters.is_empty() {
                it.answered = true;
                let is_denied = !it.filters.iter().any(held);
                if is_denied || it.remote.ends_when_answered() {
                    let error = if is_denied { "All subscription requests were denied.\n" } else { "" };
                    all.push(Reaction { error: error.to_owned(), ended: true, ..Reaction::default() });
                }
            }
            if it.state.phase.get() == Phase::Offline {
                let error = "Error: The connection was lost.\n".to_owned();
                all.push(Reaction { error, ended: true, ..Reaction::default() });
            }
            Some(all)
        });
        for it in found.flatten().unwrap_or_default() {
            self.print(OUT, &String::from_utf8_lossy(&it.out));
            self.print(ERROR, &it.error);
            if it.ended {
                return self.end();
            }
        }
    }

    /// The program is over: what only it had subscribed to ends, the rest is as it was before.
    fn end(self) {
        let Some(Some(it)) = self.running.try_update_value(Option::take) else { return };
        let now = it.state.clock();
        it.state.change(|live, line| {
            for filter in &it.own {
                // Where the broker had refused it, or the connection is lost, there is nothing to end.
                let _ = live.unsubscribe(line, now, filter);
            }
            for (filter, before) in &it.before {
                let has = live.client(line).subscriptions().any(|(it, _)| it == filter);
                let mut properties = PropertyBuf::new();
                if before.identifier > 0 {
                    let number = PropertyValue::Number(before.identifier);
                    properties.push(PropertyId::SubscriptionIdentifier, number);
                }
                let again = [(filter.as_str(), before.options)];
                if has {
                    // As above: a lost connection has nothing to set right.
                    let _ = live.ask(line, now, |client| client.subscribe(now, &again, &properties));
                }
            }
        });
        it.state.drive();
        self.program.try_set(None);
    }

    fn interrupt(self) {
        if self.program.get_untracked().is_some() {
            self.print(KEY, "^C\n");
            self.end();
        }
    }

    /// Brings typed lines back.
    fn walk(self, by: isize) {
        let now = self.typed.get_untracked();
        if let Some(Some(line)) = self.history.try_update_value(|it| it.walk(by, &now)) {
            self.typed.set(line);
        }
    }
}

/// The open connection that a line means.
fn find(page: Connections, host: &Host) -> Result<(ConnectState, Version), String> {
    let open = page.open_lines();
    let Some(name) = &host.host else {
        let current = page.current().line;
        let it = open.iter().find(|it| it.0.line == current).or(open.first());
        return it
            .map(|it| (it.0, it.3))
            .ok_or_else(|| "Error: Connection refused\n# No connection is open.\n".to_owned());
    };
    let loopback = |it: &str| matches!(it, "localhost" | "127.0.0.1" | "[::1]" | "::1");
    let fits = |broker: &str| {
        let (its, port) = broker.rsplit_once(':').unwrap_or((broker, ""));
        (its == name || loopback(its) && loopback(name))
            && host.port.is_none_or(|asked| port.parse() == Ok(asked))
    };
    open.iter().find(|it| fits(&it.2)).map(|it| (it.0, it.3)).ok_or_else(|| {
        let names: Vec<&str> = open.iter().map(|it| it.2.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        format!("Error: Connection refused\n# No open connection leads there; open are: {names}.\n")
    })
}

/// The pane below the diagram.
pub(super) fn terminal(page: Connections) -> El {
    let it = page.terminal;
    // Whenever the record has changed.
    after(move || {
        page.with_record(|_| ());
        it.program.track();
        it.look();
    });
    let keys = move || it.lines.with(|lines| lines.iter().map(|(number, ..)| *number).collect());
    let make = move |key: u64| {
        let lines = it.lines.read_untracked();
        lines.iter().find(|(number, ..)| *number == key).map_or_else(nothing, draw)
    };
    let slot = Slot::new(None);
    after(move || {
        it.lines.track();
        next_frame(move || {
            if let Some(out) = slot.try_get_untracked().flatten() {
                out.set_scroll_top(out.scroll_height());
            }
        });
    });
    let out = el("div", "console__out")
        .slot(slot)
        .attrs(&[("role", "log"), ("aria-label", "Output of the terminal"), ("tabindex", "0")])
        .child(el("div", "").each(keys, make));
    el("details", "connect__terminal")
        .child(el("summary", "disclosure").text("Terminal"))
        .child(out)
        .child(prompt(page, it))
}

fn draw((_, class, text): &Line) -> El {
    el("p", class).attr("dir", "ltr").text(if text.is_empty() { "\u{a0}" } else { text })
}

fn prompt(page: Connections, it: Terminal) -> El {
    let runs = move || it.is_running();
    let words = move || match it.program.get() {
        Some(program) => [program, " runs; Ctrl-C ends it"].concat(),
        None => "mosquitto_sub -t 'lab/#' -v".to_owned(),
    };
    let area = el("input", "console__input")
        .attrs(&[
            ("aria-label", "Command"),
            ("spellcheck", "false"),
            ("autocapitalize", "off"),
            ("autocomplete", "off"),
        ])
        .bind("placeholder", words)
        .bind_flag("readonly", runs)
        .bind_value(move || it.typed.get())
        .on("input", move |event: Event| it.typed.set(event_target_value(&event)))
        .on("keydown", move |event: KeyboardEvent| {
            match event.key().as_str() {
                "c" if event.ctrl_key() && untrack(runs) => it.interrupt(),
                "ArrowUp" => it.walk(1),
                "ArrowDown" => it.walk(-1),
                _ => return,
            }
            event.prevent_default();
        });
    // One button for both: it keeps the focus.
    let action = el("button", "button button--sm")
        .bind("type", move || if runs() { "button" } else { "submit" })
        .bind("title", move || if runs() { "Ends what runs" } else { "Run (Enter)" })
        .on("click", move |event: Event| {
            if untrack(runs) {
                event.prevent_default();
                it.interrupt();
            }
        })
        .dynamic(move || if runs() { nothing() } else { icon("i-send", "icon icon--xs") })
        .dynamic(move || text(if runs() { "Ctrl-C" } else { "Run" }));
    let hint = "mosquitto_pub, mosquitto_sub and mosquitto_rr over the open connections: -h and -p choose one, else it is the \
         chosen one. A subscription ends with its program.";
    el("form", "console__prompt")
        .attr("novalidate", "")
        .on("submit", move |event: SubmitEvent| {
            event.prevent_default();
            it.enter(page);
        })
        .child(
            el("div", "prompt-row")
                .child(el("span", "console__sign").attr("aria-hidden", "true").text("$"))
                .child(area)
                .child(action),
        )
        .child(el("p", "console__hint").text(hint))
}
