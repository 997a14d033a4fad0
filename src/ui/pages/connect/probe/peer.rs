//! A client of the probe's own on a connection of its own, to be awaited.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use leptos::prelude::window;

use super::super::wire::{Target, Wire};
use super::tape::Tape;
use crate::capture::LinkId;
use crate::client::{Client, ClientConfig, ClientEvent, ClientOutput, PublishRequest, ReceivedMessage};
use crate::codec::{Direction, Framer, PropertyBuf, QoS, ReasonCode, SubscriptionOptions};
use crate::time::Instant;
use crate::transport::SocketEvent;

/// For how long anything is waited for, in milliseconds.
const PATIENCE: u32 = 2_000;
/// How often one looks whether it has come.
const LOOK: u32 = 4;

/// A time to wait.
struct Sleep {
    done: Rc<Cell<bool>>,
    waker: Rc<RefCell<Option<Waker>>>,
    _timer: Timeout,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.done.get() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

/// Waits so many milliseconds.
pub fn sleep(millis: u32) -> impl Future<Output = ()> {
    let (done, waker) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None::<Waker>)));
    let (is_done, wake) = (Rc::clone(&done), Rc::clone(&waker));
    let timer = Timeout::new(millis, move || {
        is_done.set(true);
        if let Some(waker) = wake.take() {
            waker.wake();
        }
    });
    Sleep { done, waker, _timer: timer }
}

fn clock() -> Instant {
    let millis = window().performance().map_or(0.0, |it| it.now());
    Instant::from_micros((millis * 1_000.0) as u64)
}

/// How a connection began.
#[derive(Clone, Debug)]
pub enum Begun {
    /// Accepted, with CONNACK's properties.
    Accepted {
        session_present: bool,
        properties: PropertyBuf,
    },
    Refused(ReasonCode),
    /// No WebSocket, no answer, or closed without one.
    Nothing,
}

struct State {
    client: Client,
    /// Cuts what comes, for the record.
    incoming: Framer,
    wire: Option<Wire>,
    events: VecDeque<ClientEvent>,
    tape: Rc<RefCell<Tape>>,
    link: LinkId,
    opened: bool,
    closed: bool,
}

/// The client.
pub struct Peer(Rc<RefCell<State>>);

impl Peer {
    /// A client that is not connected; `tape` records what goes and comes.
    pub fn new(config: ClientConfig, tape: &Rc<RefCell<Tape>>) -> Self {
        Self(Rc::new(RefCell::new(State {
            client: Client::new(config),
            incoming: Framer::new(usize::MAX),
            wire: None,
            events: VecDeque::new(),
            tape: Rc::clone(tape),
            link: 0,
            opened: false,
            closed: false,
        })))
    }

    /// Connects.
    pub async fn connect(&self, target: &Target) -> Begun {
        {
            let mut state = self.0.borrow_mut();
            (state.opened, state.closed, state.wire) = (false, false, None);
            state.incoming.clear();
            let link = state.tape.borrow_mut().link();
            state.link = link;
        }
        let weak = Rc::downgrade(&self.0);
        let listener = move |event| {
            if let Some(state) = weak.upgrade() {
                heard(&state, event);
            }
        };
        let Ok(wire) = Wire::open(target, listener) else { return Begun::Nothing };
        self.0.borrow_mut().wire = Some(wire);
        let begun = |event: &ClientEvent| match event {
            ClientEvent::Connected { session_present, properties } => {
                Some(Begun::Accepted { session_present: *session_present, properties: properties.clone() })
            }
            ClientEvent::Refused { code, .. } => Some(Begun::Refused(*code)),
            ClientEvent::Closed(_) => Some(Begun::Nothing),
            _ => None,
        };
        self.event(PATIENCE * 2, begun).await.unwrap_or(Begun::Nothing)
    }

    /// The first event that `pick` takes; those before it are gone.
    pub async fn event<T>(&self, patience: u32, pick: impl Fn(&ClientEvent) -> Option<T>) -> Option<T> {
        let until = clock() + std::time::Duration::from_millis(patience.into());
        loop {
            while let Some(event) = self.next_event() {
                if let Some(picked) = pick(&event) {
                    return Some(picked);
                }
            }
            let over = self.0.borrow().closed;
            if over || clock() >= until {
                return None;
            }
            sleep(LOOK).await;
        }
    }

    fn next_event(&self) -> Option<ClientEvent> {
        self.0.borrow_mut().events.pop_front()
    }

    fn ask<T>(&self, request: impl FnOnce(&mut Client, Instant) -> T) -> T {
        let answer = request(&mut self.0.borrow_mut().client, clock());
        drain(&mut self.0.borrow_mut());
        answer
    }

    /// Subscribes, and gives the broker's code.
    pub async fn subscribe(&self, filter: &str, options: SubscriptionOptions) -> Option<ReasonCode> {
        let asked =
            self.ask(|client, now| client.subscribe(now, &[(filter, options)], &PropertyBuf::new())).ok()?;
        let codes = |event: &ClientEvent| match event {
            ClientEvent::Subscribed { packet_id, codes } if *packet_id == asked => codes.first().copied(),
            _ => None,
        };
        self.event(PATIENCE, codes).await
    }

    /// Subscribes at a QoS without options; whether that was granted at all.
    pub async fn listen(&self, filter: &str, qos: QoS) -> bool {
        let options = SubscriptionOptions { qos, ..Default::default() };
        self.subscribe(filter, options).await.is_some_and(|code| !code.is_error())
    }

    /// Publishes, and waits for the end of its exchange: the reason above QoS 0; `None` if it was not sent or not
    /// answered.
    pub async fn publish(&self, request: PublishRequest) -> Option<ReasonCode> {
        let asked = self.ask(|client, now| client.publish(now, request)).ok()?;
        let Some(id) = asked else { return Some(ReasonCode(0)) };
        // Messages that come meanwhile are wanted later.
        let until = clock() + std::time::Duration::from_millis(PATIENCE.into());
        loop {
            let found = {
                let mut state = self.0.borrow_mut();
                let is_it = |event: &ClientEvent| matches!(event, ClientEvent::Published { packet_id, .. } if *packet_id == id);
                let at = state.events.iter().position(is_it);
                at.and_then(|at| state.events.remove(at))
            };
            if let Some(ClientEvent::Published { reason, .. }) = found {
                return Some(reason);
            }
            if self.0.borrow().closed || clock() >= until {
                return None;
            }
            sleep(LOOK).await;
        }
    }

    /// The next message.
    pub async fn message(&self, patience: u32) -> Option<ReceivedMessage> {
        let message = |event: &ClientEvent| match event {
            ClientEvent::Message(message) => Some(message.clone()),
            _ => None,
        };
        self.event(patience, message).await
    }

    /// Messages that come within a time, up to a number.
    pub async fn messages(&self, patience: u32, most: usize) -> Vec<ReceivedMessage> {
        let until = clock() + std::time::Duration::from_millis(patience.into());
        let mut all = Vec::new();
        while all.len() < most {
            let left = (until - clock()).as_millis() as u32;
            match self.message(left).await {
                Some(message) => all.push(message),
                None => break,
            }
        }
        all
    }

    /// Ends a subscription, and forgets what came by it.
    pub async fn unsubscribe(&self, filter: &str) {
        let asked = self.ask(|client, now| client.unsubscribe(now, &[filter], &PropertyBuf::new()));
        if asked.is_ok() {
            let done = |event: &ClientEvent| matches!(event, ClientEvent::Unsubscribed { .. }).then_some(());
            self.event(PATIENCE, done).await;
        }
    }

    /// Sends bytes as they are.
    pub fn raw(&self, bytes: &[u8]) {
        let state = self.0.borrow();
        record(&state, Direction::ToServer, Bytes::copy_from_slice(bytes));
        if let Some(wire) = &state.wire {
            wire.send(bytes);
        }
    }

    /// Says goodbye.
    pub async fn disconnect(&self) {
        let _ = self.ask(|client, now| client.disconnect(now));
        self.event(PATIENCE, |_| None::<()>).await;
        self.drop_wire();
    }

    /// Goes without a word.
    pub fn drop_wire(&self) {
        let wire = self.0.borrow_mut().wire.take();
        drop(wire);
        let mut state = self.0.borrow_mut();
        state.client.handle_closed(clock());
        // Nobody wants to hear of that later.
        drain(&mut state);
        state.closed = true;
        state.events.clear();
    }

    /// Connects the next time as this says.
    pub fn configure(&self, change: impl FnOnce(&mut ClientConfig)) {
        let mut state = self.0.borrow_mut();
        let mut config = state.client.config().clone();
        change(&mut config);
        let _ = state.client.set_config(config);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.drop_wire();
    }
}

fn heard(state: &Rc<RefCell<State>>, event: SocketEvent) {
    let Ok(mut state) = state.try_borrow_mut() else { return };
    let now = clock();
    match event {
        SocketEvent::Open { .. } => {
            state.opened = true;
            if state.client.connect(now).is_err() {
                state.closed = true;
            }
        }
        SocketEvent::Data(frames) => {
            for bytes in frames {
                state.incoming.push(&bytes);
                while let Ok(Some(packet)) = state.incoming.next_frame() {
                    record(&state, Direction::ToClient, packet);
                }
                state.client.handle_data(now, &bytes);
            }
        }
        SocketEvent::Text | SocketEvent::Closed { .. } => {
            state.client.handle_closed(now);
            drain(&mut state);
            state.closed = true;
            return;
        }
    }
    drain(&mut state);
}

fn record(state: &State, direction: Direction, bytes: Bytes) {
    let config = state.client.config();
    let name = if config.client_id.is_empty() { "(no client id)" } else { &config.client_id };
    let about = (direction, config.version);
    state.tape.borrow_mut().record(name, state.link, clock(), about, bytes);
}

fn drain(state: &mut State) {
    while let Some(event) = state.client.poll_event() {
        state.events.push_back(event);
    }
    while let Some(output) = state.client.poll_output() {
        let Some(wire) = &state.wire else { continue };
        match output {
            ClientOutput::Send(bytes) => {
                wire.send(&bytes);
                record(state, Direction::ToServer, bytes);
            }
            ClientOutput::Close => wire.close(),
        }
    }
}
