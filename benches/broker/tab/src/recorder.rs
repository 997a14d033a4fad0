//! Everything that happens, into a capture as the page has it; every packet annotated when it passes.

use bytes::Bytes;
use mqtt_playground::broker::{ConnectionId, Decision, Observer};
use mqtt_playground::capture::{Capture, EndId, EndRole, Fate, Frame, Note, NoteKind};
use mqtt_playground::codec::{self, Direction, Framer, Spans, Version};
use mqtt_playground::sim::CAPTURE_BUDGET;
use mqtt_playground::time::Instant;

pub struct Recorder {
    capture: Capture,
    broker: EndId,
    /// Cuts what each client sends.
    clients: Vec<(EndId, Framer)>,
    spans: Spans,
    /// Annotated so far.
    pub fields: u32,
    step: u32,
}

impl Recorder {
    pub fn new() -> Self {
        let mut capture = Capture::new(CAPTURE_BUDGET);
        let broker = capture.add_end("Broker", EndRole::Broker);
        Self { capture, broker, clients: Vec::new(), spans: Spans::new(), fields: 0, step: 0 }
    }

    pub fn open(&mut self, connection: ConnectionId) {
        let end = self.capture.add_end(&connection.to_string(), EndRole::Client);
        self.clients.push((end, Framer::new(usize::MAX)));
    }

    pub fn received(&mut self, now: Instant, connection: ConnectionId, mut chunk: &[u8]) {
        self.step += 1;
        while let Ok(Some(packet)) = self.clients[connection as usize].1.next_in(&mut chunk) {
            self.record(now, connection, Direction::ToServer, Bytes::copy_from_slice(&packet));
        }
    }

    pub fn sent(&mut self, now: Instant, connection: ConnectionId, packet: Bytes) {
        self.record(now, connection, Direction::ToClient, packet);
    }

    fn record(&mut self, now: Instant, connection: ConnectionId, direction: Direction, packet: Bytes) {
        codec::annotate(&packet, Version::V311, &mut self.spans);
        self.fields = self.fields.wrapping_add(self.spans.leaves().count() as u32);
        let client = self.clients[connection as usize].0;
        let (from, to) = match direction {
            Direction::ToServer => (client, self.broker),
            Direction::ToClient => (self.broker, client),
        };
        self.capture.push_frame(Frame {
            id: 0,
            link: connection,
            from,
            to,
            direction,
            version: Version::V311,
            bytes: packet,
            sent: now,
            sent_step: self.step,
            end: Some((self.step, Fate::Delivered { at: now })),
            due: None,
        });
    }
}

impl Observer for Recorder {
    fn decision(&mut self, now: Instant, decision: &Decision<'_>) {
        let frame = self.capture.frames().next_back().map(|frame| frame.id);
        self.capture.push_note(Note {
            end: self.broker,
            peer: None,
            frame,
            at: now,
            step: self.step,
            kind: NoteKind::Decision,
            text: decision.to_string().into(),
            statement: decision.statement(),
            verbose: decision.verbose(),
        });
    }
}
