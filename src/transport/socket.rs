//! The browser's WebSocket.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, Event, MessageChannel, MessageEvent, WebSocket};

/// The subprotocol of MQTT (3.1.1 MQTT-6.0.0-3, 5.0 MQTT-6.0.0-3).
pub const SUBPROTOCOL: &str = "mqtt";

/// What happens on a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open. `subprotocol` is what the server chose, which must be [`SUBPROTOCOL`] (3.1.1 MQTT-6.0.0-4).
    Open {
        /// The server's choice; empty if it made none.
        subprotocol: String,
    },
    /// Binary frames came, whose bytes are cut anywhere: one, or those of one turn of the browser.
    Data(Vec<Vec<u8>>),
    /// A text frame came, which MQTT does not use (3.1.1 MQTT-6.0.0-1).
    Text,
    /// It is closed, or never opened; nothing follows.
    Closed {
        /// The close code; 1006 where the browser knows or tells nothing.
        code: u16,
        /// The server's words, mostly empty.
        reason: String,
        /// Both sides have said goodbye.
        clean: bool,
    },
}

/// Why a socket cannot even be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SocketError {
    /// The browser does not take the address.
    #[error("The browser does not take this address.")]
    Address,
    /// The browser's rules forbid it: mixed content, or the page's own policy.
    #[error("The browser does not let this page open the address.")]
    Forbidden,
}

/// The socket takes nothing now: it is not open (yet, or any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the socket is not open")]
pub struct SendError;

/// A WebSocket that tells what happens to one listener, until it is dropped; dropping closes it.
pub struct Socket {
    socket: WebSocket,
    waiting: Waiting,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
    _on_turn: Closure<dyn FnMut()>,
}

/// So many frames of a turn are told as they come: what answers one message. None is in the turn behind one that had more.
const TOLD_AT_ONCE: usize = 4;

/// Frames that wait for the end of the browser's turn. The first ones of a turn are told at once; the others together, so
/// that what they lead to is done once for all of them.
#[derive(Clone)]
struct Waiting {
    frames: Rc<RefCell<Vec<JsValue>>>,
    /// The turn's end has been asked for.
    asked: Rc<Cell<bool>>,
    /// How many more of this turn are told at once.
    at_once: Rc<Cell<usize>>,
    turn: MessageChannel,
}

impl Waiting {
    /// `true` if a frame is to be told at once; otherwise it has been put aside.
    fn tells_at_once(&self, frame: &JsValue) -> bool {
        if !self.asked.replace(true) {
            // A task of its own: it comes after those that are due already.
            let _ = self.turn.port2().post_message(&JsValue::NULL);
        }
        match self.at_once.get() {
            0 => {
                self.frames.borrow_mut().push(frame.clone());
                false
            }
            left => {
                self.at_once.set(left - 1);
                true
            }
        }
    }

    /// The turn is over: what waits, in the order in which it came.
    fn end_turn(&self) -> Vec<JsValue> {
        self.asked.set(false);
        let frames = self.take();
        self.at_once.set(if frames.is_empty() { TOLD_AT_ONCE } else { 0 });
        frames
    }

    fn take(&self) -> Vec<JsValue> {
        self.frames.take()
    }
}

/// Tells of frames in the order in which they came.
fn tell(frames: Vec<JsValue>, listener: &impl Fn(SocketEvent)) {
    let mut data = Vec::with_capacity(frames.len());
    let mut text = false;
    for frame in frames {
        match frame.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => data.push(Uint8Array::new(&buffer).to_vec()),
            // Nothing that follows counts: who hears of it closes.
            Err(_) => {
                text = true;
                break;
            }
        }
    }
    if !data.is_empty() {
        listener(SocketEvent::Data(data));
    }
    if text {
        listener(SocketEvent::Text);
    }
}

impl Socket {
    /// Begins to open `url`; `listener` is never called before this returns.
    ///
    /// # Errors
    /// When the browser refuses to try.
    pub fn open(url: &str, listener: impl Fn(SocketEvent) + Clone + 'static) -> Result<Self, SocketError> {
        let socket = WebSocket::new_with_str(url, SUBPROTOCOL).map_err(|error| {
            let name = error.dyn_ref::<js_sys::Error>().map(|it| String::from(it.name()));
            let name = name.or_else(|| js_sys::Reflect::get(&error, &"name".into()).ok()?.as_string());
            if name.as_deref() == Some("SecurityError") {
                SocketError::Forbidden
            } else {
                SocketError::Address
            }
        })?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_open = {
            let (listener, socket) = (listener.clone(), socket.clone());
            Closure::new(move |_: Event| listener(SocketEvent::Open { subprotocol: socket.protocol() }))
        };
        let turn = MessageChannel::new().map_err(|_| SocketError::Forbidden)?;
        let at_once = Rc::new(Cell::new(TOLD_AT_ONCE));
        let waiting = Waiting { frames: Rc::default(), asked: Rc::default(), at_once, turn };
        let on_message = {
            let (listener, waiting) = (listener.clone(), waiting.clone());
            Closure::new(move |event: MessageEvent| {
                let frame = event.data();
                if waiting.tells_at_once(&frame) {
                    tell(vec![frame], &listener);
                }
            })
        };
        let on_turn = {
            let (listener, waiting) = (listener.clone(), waiting.clone());
            Closure::new(move || {
                let frames = waiting.end_turn();
                tell(frames, &listener);
            })
        };
        let late = waiting.clone();
        let on_close = Closure::new(move |event: CloseEvent| {
            tell(late.take(), &listener);
            listener(SocketEvent::Closed {
                code: event.code(),
                reason: event.reason(),
                clean: event.was_clean(),
            });
        });
        socket.set_onopen(Some(as_function(&on_open)));
        socket.set_onmessage(Some(as_function(&on_message)));
        socket.set_onclose(Some(as_function(&on_close)));
        waiting.turn.port1().set_onmessage(Some(as_function(&on_turn)));
        Ok(Self {
            socket,
            waiting,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
            _on_turn: on_turn,
        })
    }

    /// Sends bytes as one binary frame.
    ///
    /// # Errors
    /// When the socket is not open.
    pub fn send(&self, bytes: &[u8]) -> Result<(), SendError> {
        if self.socket.ready_state() != WebSocket::OPEN {
            return Err(SendError);
        }
        self.socket.send_with_u8_array(bytes).map_err(|_| SendError)
    }

    /// Bytes handed over that the browser has not sent yet.
    pub fn unsent(&self) -> u32 {
        self.socket.buffered_amount()
    }

    /// Begins to close it, after what has been handed over; [`SocketEvent::Closed`] follows.
    pub fn close(&self) {
        let _ = self.socket.close_with_code(1000);
    }
}

fn as_function<T: ?Sized>(closure: &Closure<T>) -> &js_sys::Function {
    closure.as_ref().unchecked_ref()
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.waiting.turn.port1().close();
        self.close();
    }
}
