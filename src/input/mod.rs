//! What people paste, as bytes: which form it has, every byte with its place in the text, what stood around.
//!
//! [`Reader`] finds the form out and reads in slices, so that megabytes of it stop nothing; [`Reading`] is what came of
//! it. Each form is a small machine that is fed the text piece by piece ([`Form`] lists them) and pushes bytes with
//! their places into a [`Placed`]. Behind them `layers` takes off what is around MQTT: Ethernet, IP, TCP, WebSocket
//! frames, a PROXY header. What is not MQTT at all is named: [`Foreign`].

mod base64;
mod detect;
mod dump;
mod escape;
mod flow;
mod foreign;
mod form;
mod gathered;
mod layers;
mod lines;
mod list;
mod log;
mod log_packet;
mod pairs;
mod placed;
mod reader;
mod runs;
#[cfg(test)]
mod tests;
mod text;
mod websocket;
#[cfg(test)]
mod wild;

pub use foreign::Foreign;
pub use form::Form;
pub use layers::Layer;
pub use placed::Placed;
pub use reader::{Mistake, MistakeKind, Reader, Reading, as_text};
