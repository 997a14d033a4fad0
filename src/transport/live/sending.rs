//! What a line's transport is given: packets that are due together go together.

use super::line::Line;
use super::record::{Carrier, LineId, Live};
use crate::capture::NoteKind;
use crate::client::ClientOutput;
use crate::codec::Version;
use crate::time::Instant;

/// Bytes that are joined at most; one packet alone may have more.
const MOST_JOINED: usize = 64 * 1024;

/// What a transport has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Send these bytes, as one frame if there are frames: one packet, or several that are due at the same time
    /// (3.1.1 MQTT-6.0.0-2, 5.0 MQTT-6.0.0-2).
    Send(Vec<u8>),
    /// Close, once everything before has been sent.
    Close,
}

impl Live {
    /// What a line's transport has to do next.
    pub fn poll_errand(&mut self, line: LineId, now: Instant) -> Option<Errand> {
        let mut bytes = match self.lines[line].outputs.pop_front()? {
            ClientOutput::Send(packet) => Vec::from(packet),
            ClientOutput::Close => return Some(Errand::Close),
        };
        let mut packets = 1;
        while let Some(packet) = next_that_fits(&mut self.lines[line], bytes.len()) {
            bytes.extend_from_slice(&packet);
            packets += 1;
        }
        if packets > 1 && self.lines[line].carrier == Carrier::WebSocket {
            self.joined(line, now, packets);
        }
        Some(Errand::Send(bytes))
    }

    /// Notes that packets went as one of the transport's frames.
    fn joined(&mut self, line: LineId, now: Instant, packets: usize) {
        let statement = match self.lines[line].client.config().version {
            Version::V5 => "5.0 MQTT-6.0.0-2",
            _ => "3.1.1 MQTT-6.0.0-2",
        };
        let mut text = packets.to_string();
        text.push_str(" packets sent in one WebSocket frame");
        self.step += 1;
        // A row of its own, behind them.
        let last = self.lines[line].last.take();
        self.note(line, now, NoteKind::Decision, text, Some(statement));
        self.lines[line].last = last;
    }
}

fn next_that_fits(line: &mut Line, taken: usize) -> Option<bytes::Bytes> {
    match line.outputs.front()? {
        ClientOutput::Send(packet) if taken + packet.len() <= MOST_JOINED => {}
        _ => return None,
    }
    match line.outputs.pop_front()? {
        ClientOutput::Send(packet) => Some(packet),
        ClientOutput::Close => None,
    }
}
