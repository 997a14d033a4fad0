//! What carries a connection's bytes: the browser's WebSocket, or a call within this tab.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::js::{Connection, Host};
use crate::transport::{Address, Carrier, SUBPROTOCOL, Socket, SocketError, SocketEvent};

/// What stands in the address field for the broker in this tab.
pub const IN_TAB: &str = "tab:";

thread_local! {
    /// The broker in this tab: made when it is first asked for, it lives as long as the page.
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a WebSocket listener.
    Socket(Address),
    /// To the broker in this tab.
    Tab,
}

impl Target {
    /// What the broker's lifeline is called.
    pub fn name(&self) -> String {
        match self {
            Self::Socket(address) => address.authority(),
            Self::Tab => "in this tab".to_owned(),
        }
    }

    /// What carries the bytes.
    pub const fn carrier(&self) -> Carrier {
        match self {
            Self::Socket(_) => Carrier::WebSocket,
            Self::Tab => Carrier::Tab,
        }
    }
}

/// An open connection, or one that is being opened.
pub enum Wire {
    Socket(Socket),
    Tab(Tab),
}

impl Wire {
    /// Begins to open it; `listener` is never called before this returns.
    ///
    /// # Errors
    /// When the browser refuses to try.
    pub fn open(
        target: &Target,
        listener: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, SocketError> {
        match target {
            Target::Socket(address) => Socket::open(&address.url, listener).map(Self::Socket),
            Target::Tab => Tab::open(Rc::new(listener)).map(Self::Tab),
        }
    }

    /// Sends bytes, as one frame if there are frames. One that takes nothing any more tells so itself, by closing.
    pub fn send(&self, bytes: &[u8]) {
        match self {
            Self::Socket(socket) => drop(socket.send(bytes)),
            Self::Tab(tab) => drop(tab.connection.send(&Uint8Array::from(bytes).into())),
        }
    }

    /// Bytes handed over that have not been sent yet.
    pub fn unsent(&self) -> u32 {
        match self {
            Self::Socket(socket) => socket.unsent(),
            Self::Tab(_) => 0,
        }
    }

    /// Begins to close it, after what has been handed over.
    pub fn close(&self) {
        match self {
            Self::Socket(socket) => socket.close(),
            Self::Tab(tab) => tab.close(),
        }
    }
}

type Listener = Rc<dyn Fn(SocketEvent)>;

/// A connection to the broker in this tab.
pub struct Tab {
    connection: Connection,
    listener: Listener,
    closing: RefCell<Option<Timeout>>,
    _opening: Timeout,
    _on_data: Closure<dyn Fn(Uint8Array)>,
    _on_close: Closure<dyn Fn()>,
}

impl Tab {
    fn open(listener: Listener) -> Result<Self, SocketError> {
        let connection = HOST.with_borrow_mut(|host| {
            if host.is_none() {
                *host = Host::new(&JsValue::UNDEFINED).ok();
            }
            host.as_ref()?.connect(&JsValue::UNDEFINED).ok()
        });
        let connection = connection.ok_or(SocketError::Forbidden)?;
        let on_data = {
            let listener = Rc::clone(&listener);
            Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| {
                listener(SocketEvent::Data(vec![bytes.to_vec()]));
            })
        };
        let on_close = {
            let listener = Rc::clone(&listener);
            Closure::<dyn Fn()>::new(move || listener(closed()))
        };
        let _ = connection.on_data(on_data.as_ref());
        let _ = connection.on_close(on_close.as_ref());
        let opened = Rc::clone(&listener);
        let opening =
            Timeout::new(0, move || opened(SocketEvent::Open { subprotocol: SUBPROTOCOL.to_owned() }));
        let closing = RefCell::new(None);
        Ok(Self { connection, listener, closing, _opening: opening, _on_data: on_data, _on_close: on_close })
    }

    fn close(&self) {
        self.connection.close();
        let listener = Rc::clone(&self.listener);
        self.closing.replace(Some(Timeout::new(0, move || listener(closed()))));
    }
}

fn closed() -> SocketEvent {
    SocketEvent::Closed { code: 1000, reason: String::new(), clean: true }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let _ = self.connection.on_data(&JsValue::NULL);
        let _ = self.connection.on_close(&JsValue::NULL);
        self.connection.close();
    }
}
