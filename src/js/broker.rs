//! The broker core behind JavaScript callbacks, with the browser's clock and timers.

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Uint8Array};
use litemap::LiteMap;
use wasm_bindgen::prelude::*;

use super::config;
use crate::broker::{Broker, BrokerOutput, ConnectionId, IgnoredDirective, Scram};
use crate::time::Instant;

/// Bytes that may wait for a connection whose data nobody takes; over it the client counts as a slow one, and may not
/// send either: no answer has room.
const HIGH_WATER: usize = 1 << 20;
/// The longest delay of a browser's timer, in milliseconds.
const LONGEST_DELAY: u64 = i32::MAX as u64;
/// How many packets are handed over between two looks at the clock.
const LOOK_AFTER: u32 = 256;
/// How long packets may be handed over before the browser gets a turn, in milliseconds.
const TURN_MILLIS: f64 = 50.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &Function);
    #[wasm_bindgen(js_name = reportError)]
    fn report_error(error: &JsValue);
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn random(into: &mut [u8]);
}

/// Why a call is not taken.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("a connection is named by a string or a number")]
    Name,
    #[error("connection {name} is open already")]
    InUse { name: Rc<str> },
    #[error("connection {name} is closed")]
    Closed { name: Rc<str> },
    #[error("send takes a Uint8Array")]
    NotBytes,
    #[error("connection {name} has more than {HIGH_WATER} bytes waiting: take them with onData first")]
    Full { name: Rc<str> },
    #[error("a callback must be a function, or null to take it away")]
    NotAFunction,
}

/// A broker in the tab, whose connections are JavaScript's.
///
/// Packets come to callbacks as microtasks, in the order in which the broker sends them, never inside a call.
pub struct Host(Rc<RefCell<State>>);

/// The client's end of a connection to a [`Host`].
pub struct Connection {
    host: Rc<RefCell<State>>,
    id: ConnectionId,
    name: Rc<str>,
}

struct State {
    broker: Broker,
    ignored: Vec<IgnoredDirective>,
    lines: LiteMap<ConnectionId, Line>,
    names: BTreeSet<Rc<str>>,
    last: ConnectionId,
    /// Lines that have got a callback for what waits.
    refilled: VecDeque<ConnectionId>,
    timer: Option<(Instant, Timeout)>,
    /// Hands packets over; made once, called as often as asked for.
    deliver: Closure<dyn FnMut()>,
    /// Whether that call is due.
    is_due: bool,
    delivered: u32,
    /// When the browser last had a turn.
    turn: f64,
    breath: Option<Timeout>,
}

/// The broker's end of a connection.
struct Line {
    name: Rc<str>,
    on_data: Option<Function>,
    on_close: Option<Function>,
    waiting: VecDeque<Bytes>,
    waiting_bytes: usize,
    /// The broker has closed it: that is told once nothing waits.
    ended: bool,
}

enum Task {
    Data(Function, Bytes),
    Close(Option<Function>),
}

fn clock() -> Instant {
    Instant::from_micros((now() * 1_000.0) as u64)
}

impl Host {
    /// A broker as `settings` say: a mosquitto.conf, an object with its names, or both. Users whose passwords are known
    /// as they are may also prove them with SCRAM-SHA-256.
    ///
    /// # Errors
    /// The first setting that cannot be read, with its line.
    pub fn new(settings: &JsValue) -> Result<Self, JsError> {
        let conf = config::read(settings)?;
        let mut users = config::plain_users(&conf.config).peekable();
        let scram = users.peek().is_some().then(|| {
            let mut seed = [0; 32];
            random(&mut seed);
            users.fold(Scram::new(&seed), |scram, (name, password)| scram.with_user(name, password))
        });
        let mut broker = Broker::new(conf.config);
        if let Some(scram) = scram {
            broker = broker.with_mechanism(Arc::new(scram));
        }
        let host = Rc::new_cyclic(|host: &Weak<RefCell<State>>| {
            let host = host.clone();
            let deliver = Closure::new(move || {
                if let Some(host) = host.upgrade() {
                    deliver(&host);
                }
            });
            RefCell::new(State::new(broker, conf.ignored, deliver))
        });
        arm(&host);
        Ok(Self(host))
    }

    /// The directives that mean nothing here: an array of objects with `directive`, `value` and, of a text, `line`.
    pub fn ignored(&self) -> Array {
        config::told(&self.0.borrow().ignored)
    }

    /// A new connection, named by a string or a number, or else numbered.
    ///
    /// # Errors
    /// When an open connection has that name.
    pub fn connect(&self, name: &JsValue) -> Result<Connection, JsError> {
        let mut state = self.0.borrow_mut();
        let id = state.free_id();
        let name: Rc<str> = match (name.as_string(), name.as_f64()) {
            (Some(text), _) => text.into(),
            (_, Some(_)) => config::written(name).into(),
            _ if name.is_undefined() => id.to_string().into(),
            _ => return Err(CallError::Name.into()),
        };
        if !state.names.insert(Rc::clone(&name)) {
            return Err(CallError::InUse { name }.into());
        }
        state.lines.insert(id, Line::new(&name));
        state.broker.handle_open(clock(), id);
        state.ask();
        drop(state);
        arm(&self.0);
        Ok(Connection { host: Rc::clone(&self.0), id, name })
    }
}

impl Connection {
    /// What it was named.
    pub fn name(&self) -> String {
        (*self.name).to_owned()
    }

    /// Whether it is closed, by one end or the other.
    pub fn is_closed(&self) -> bool {
        !self.host.borrow().lines.contains_key(&self.id)
    }

    /// Sends bytes (a `Uint8Array`), cut anywhere.
    ///
    /// # Errors
    /// When the connection is closed, or too much waits for its `onData`.
    pub fn send(&self, bytes: &JsValue) -> Result<(), JsError> {
        let Some(bytes) = bytes.dyn_ref::<Uint8Array>() else { return Err(CallError::NotBytes.into()) };
        let mut state = self.host.borrow_mut();
        let Some(line) = state.lines.get(&self.id) else {
            return Err(CallError::Closed { name: Rc::clone(&self.name) }.into());
        };
        if line.waiting_bytes > HIGH_WATER {
            return Err(CallError::Full { name: Rc::clone(&self.name) }.into());
        }
        state.broker.handle_data(clock(), self.id, &bytes.to_vec(), &mut ());
        state.ask();
        drop(state);
        arm(&self.host);
        Ok(())
    }

    /// What is called with each packet from the broker, as a `Uint8Array`. Until there is a function, and after `null`,
    /// packets wait.
    ///
    /// # Errors
    /// When `callback` is neither function nor null.
    pub fn on_data(&self, callback: &JsValue) -> Result<(), JsError> {
        let callback = function(callback)?;
        let mut state = self.host.borrow_mut();
        if let Some(line) = state.lines.get_mut(&self.id) {
            let waits = callback.is_some() && !line.waiting.is_empty();
            line.on_data = callback;
            if waits {
                state.refilled.push_back(self.id);
                state.ask();
            }
        }
        Ok(())
    }

    /// What is called once when the broker closes the connection, after its last packet; at once if it has already.
    ///
    /// # Errors
    /// When `callback` is neither function nor null.
    pub fn on_close(&self, callback: &JsValue) -> Result<(), JsError> {
        let callback = function(callback)?;
        match (self.host.borrow_mut().lines.get_mut(&self.id), callback) {
            (Some(line), callback) => line.on_close = callback,
            (None, Some(callback)) => queue_microtask(&callback),
            (None, None) => {}
        }
        Ok(())
    }

    /// Closes the connection, as a client that goes without a word: for DISCONNECT, send one before. What has not been
    /// handed over is dropped, and no callback is called any more.
    pub fn close(&self) {
        let mut state = self.host.borrow_mut();
        if state.forget(self.id).is_some() {
            state.broker.handle_closed(clock(), self.id, &mut ());
            state.ask();
        }
        drop(state);
        arm(&self.host);
    }
}

fn function(callback: &JsValue) -> Result<Option<Function>, CallError> {
    if callback.is_null() || callback.is_undefined() {
        return Ok(None);
    }
    callback.dyn_ref::<Function>().cloned().map(Some).ok_or(CallError::NotAFunction)
}

impl Line {
    fn new(name: &Rc<str>) -> Self {
        Self {
            name: Rc::clone(name),
            on_data: None,
            on_close: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            ended: false,
        }
    }
}

impl State {
    fn new(broker: Broker, ignored: Vec<IgnoredDirective>, deliver: Closure<dyn FnMut()>) -> Self {
        Self {
            broker,
            ignored,
            lines: LiteMap::new(),
            names: BTreeSet::new(),
            last: 0,
            refilled: VecDeque::new(),
            timer: None,
            deliver,
            is_due: false,
            delivered: 0,
            turn: now(),
            breath: None,
        }
    }

    fn free_id(&mut self) -> ConnectionId {
        loop {
            self.last = self.last.wrapping_add(1);
            if !self.lines.contains_key(&self.last) {
                return self.last;
            }
        }
    }

    /// Has packets handed over, soon.
    fn ask(&mut self) {
        if !self.is_due {
            self.is_due = true;
            queue_microtask(self.deliver.as_ref().unchecked_ref());
        }
    }

    /// The next callback to call, if any. A connection of which nothing is left is forgotten.
    fn next_task(&mut self) -> Option<Task> {
        while let Some(&id) = self.refilled.front() {
            if let Some(task) = self.refill(id) {
                return Some(task);
            }
            self.refilled.pop_front();
        }
        while let Some((id, output)) = self.broker.poll_output() {
            let Some(line) = self.lines.get_mut(&id) else { continue };
            match (output, &line.on_data) {
                (BrokerOutput::Send(packet), Some(on_data)) if line.waiting.is_empty() => {
                    return Some(Task::Data(on_data.clone(), packet));
                }
                (BrokerOutput::Send(packet), _) => {
                    let before = line.waiting_bytes;
                    line.waiting_bytes += packet.len();
                    line.waiting.push_back(packet);
                    if before <= HIGH_WATER && line.waiting_bytes > HIGH_WATER {
                        self.broker.handle_writable(clock(), id, false, &mut ());
                    }
                }
                (BrokerOutput::Close, _) if line.waiting.is_empty() => {
                    return self.forget(id).map(|line| Task::Close(line.on_close));
                }
                (BrokerOutput::Close, _) => line.ended = true,
            }
        }
        None
    }

    /// The next packet of those that waited for a callback.
    fn refill(&mut self, id: ConnectionId) -> Option<Task> {
        let line = self.lines.get_mut(&id)?;
        let on_data = line.on_data.clone()?;
        let Some(packet) = line.waiting.pop_front() else {
            let ended = line.ended.then(|| self.forget(id)).flatten();
            return ended.map(|line| Task::Close(line.on_close));
        };
        let before = line.waiting_bytes;
        line.waiting_bytes -= packet.len();
        if before > HIGH_WATER && line.waiting_bytes <= HIGH_WATER {
            self.broker.handle_writable(clock(), id, true, &mut ());
        }
        Some(Task::Data(on_data, packet))
    }

    fn forget(&mut self, id: ConnectionId) -> Option<Line> {
        let line = self.lines.remove(&id)?;
        self.names.remove(&line.name);
        Some(line)
    }

    /// Whether the browser should have a turn before more is handed over.
    fn is_tired(&mut self) -> bool {
        self.delivered += 1;
        self.delivered.is_multiple_of(LOOK_AFTER) && now() - self.turn > TURN_MILLIS
    }
}

/// Calls callbacks until nothing is left for them. They may call back: nothing is borrowed meanwhile.
fn deliver(host: &Rc<RefCell<State>>) {
    loop {
        let mut state = host.borrow_mut();
        if state.is_tired() {
            let weak = Rc::downgrade(host);
            state.breath = Some(Timeout::new(0, move || {
                if let Some(host) = weak.upgrade() {
                    host.borrow_mut().turn = now();
                    deliver(&host);
                }
            }));
            return;
        }
        let Some(task) = state.next_task() else {
            state.is_due = false;
            break;
        };
        drop(state);
        let called = match task {
            Task::Data(on_data, packet) => on_data.call1(&JsValue::UNDEFINED, &Uint8Array::from(&*packet)),
            Task::Close(Some(on_close)) => on_close.call0(&JsValue::UNDEFINED),
            Task::Close(None) => continue,
        };
        if let Err(error) = called {
            // One client's fault is no other's.
            report_error(&error);
        }
    }
    arm(host);
}

/// Sets the timer to the broker's next deadline. One that is set too early stays: it looks again.
fn arm(host: &Rc<RefCell<State>>) {
    let mut state = host.borrow_mut();
    let Some(at) = state.broker.poll_timeout() else {
        state.timer = None;
        return;
    };
    if state.timer.as_ref().is_some_and(|(armed, _)| *armed <= at) {
        return;
    }
    let millis = (at - clock()).as_micros().div_ceil(1_000) as u64;
    let weak = Rc::downgrade(host);
    let timeout = Timeout::new(millis.min(LONGEST_DELAY) as u32, move || {
        let Some(host) = weak.upgrade() else { return };
        let mut state = host.borrow_mut();
        state.timer = None;
        let now = clock();
        if state.broker.poll_timeout().is_some_and(|at| at <= now) {
            state.broker.handle_timeout(now, &mut ());
            state.ask();
        }
        drop(state);
        arm(&host);
    });
    state.timer = Some((at, timeout));
}
