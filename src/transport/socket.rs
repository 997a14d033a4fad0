//! The browser's WebSocket.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

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
    /// Bytes came, cut anywhere.
    Data(Vec<u8>),
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
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
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
        let on_message = {
            let listener = listener.clone();
            Closure::new(move |event: MessageEvent| {
                listener(match event.data().dyn_into::<ArrayBuffer>() {
                    Ok(buffer) => SocketEvent::Data(Uint8Array::new(&buffer).to_vec()),
                    Err(_) => SocketEvent::Text,
                });
            })
        };
        let on_close = Closure::new(move |event: CloseEvent| {
            listener(SocketEvent::Closed {
                code: event.code(),
                reason: event.reason(),
                clean: event.was_clean(),
            });
        });
        socket.set_onopen(Some(as_function(&on_open)));
        socket.set_onmessage(Some(as_function(&on_message)));
        socket.set_onclose(Some(as_function(&on_close)));
        Ok(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
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
        self.close();
    }
}
