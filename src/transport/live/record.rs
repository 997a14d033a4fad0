//! The record, and what happens on its lines.

use bytes::Bytes;

use super::line::Line;
use crate::capture::{Capture, End, EndId, EndRole, Fate, Frame, FrameId, LinkId, Note, NoteKind, Step};
use crate::client::{
    Client, ClientConfig, ClientError, ClientEvent, ClientOutput, ClientStatus, Decision, Misbehaviour,
    PublishRequest,
};
use crate::codec::{Direction, PacketId, PropertyBuf, SubscriptionOptions, Version};
use crate::time::Instant;

/// Bytes that the capture of live connections may hold.
const CAPTURE_BYTES: usize = 32 * 1024 * 1024;
/// Lines at most.
pub const MOST_LINES: usize = 8;
/// Lifelines at most; with one more the record begins anew.
const MOST_ENDS: usize = 24;
/// Filters in one SUBSCRIBE when subscribing again.
const FILTERS_AT_ONCE: usize = 100;

/// What carries a line's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// The browser's WebSocket.
    #[default]
    WebSocket,
    /// Nothing: the broker is in the same tab.
    Tab,
}

/// A line's number, from 0.
pub type LineId = usize;

/// Clients on connections that someone else drives, and the record of what they send and get.
///
/// A packet counts as delivered when the transport takes it, and as sent when it comes: nobody here sees the other
/// side's clock.
#[derive(Clone, Debug)]
pub struct Live {
    capture: Capture,
    record_number: u32,
    pub(super) step: Step,
    links: LinkId,
    pub(super) lines: Vec<Line>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// One line, not connected, and nothing recorded.
    pub fn new() -> Self {
        Self {
            capture: Capture::new(CAPTURE_BYTES),
            record_number: 0,
            step: 0,
            links: 0,
            lines: vec![Line::new()],
        }
    }

    /// One more line, unless there are [`MOST_LINES`].
    pub fn add_line(&mut self) -> Option<LineId> {
        (self.lines.len() < MOST_LINES).then(|| {
            self.lines.push(Line::new());
            self.lines.len() - 1
        })
    }

    /// How many lines there are.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Whether a CONNECT of this configuration could be sent.
    ///
    /// # Errors
    /// The rule that it would break.
    pub fn check(config: &ClientConfig) -> Result<(), ClientError> {
        Client::new(config.clone()).connect(Instant::ZERO)
    }

    /// A line's transport is open: sends CONNECT. With another client or broker than before it gets lifelines of its
    /// own, and if no other line has any, the record begins anew.
    ///
    /// # Errors
    /// When CONNECT as configured would break a rule, or there is a connection already.
    pub fn opened(
        &mut self,
        line: LineId,
        now: Instant,
        config: ClientConfig,
        broker: &str,
        carrier: Carrier,
    ) -> Result<(), ClientError> {
        let names = (config.client_id.clone(), broker.to_owned());
        let before = &self.lines[line];
        let same = before.ends.is_some() && names == before.names;
        let mut client = if same { before.client.clone() } else { Client::new(ClientConfig::default()) };
        client.set_config(config)?;
        client.connect(now)?;
        if !same {
            let losses = std::mem::take(&mut self.lines[line].losses);
            self.lines[line] = Line { names, losses, ..Line::new() };
            self.place(line);
        }
        self.lines[line].carrier = carrier;
        let it = &mut self.lines[line];
        it.client = client;
        it.again = false;
        self.begin(line, now);
        Ok(())
    }

    /// The transport that [`ClientEvent::ReconnectDue`] asked for is open: sends CONNECT once more. What had been
    /// subscribed to is subscribed to again if the broker turns out to have forgotten it.
    ///
    /// # Errors
    /// When there is a connection already.
    pub fn reopened(&mut self, line: LineId, now: Instant) -> Result<(), ClientError> {
        self.lines[line].client.connect(now)?;
        self.lines[line].again = true;
        self.begin(line, now);
        Ok(())
    }

    fn begin(&mut self, line: LineId, now: Instant) {
        self.links += 1;
        self.step += 1;
        let it = &mut self.lines[line];
        it.incoming.clear();
        (it.pieces, it.last, it.link, it.is_open) = (0, None, self.links, true);
        let (text, statement) = match (it.carrier, it.client.config().version) {
            (Carrier::Tab, _) => ("open, in this tab", None),
            (_, Version::V31) => ("WebSocket open, subprotocol mqtt", None),
            (_, Version::V311) => ("WebSocket open, subprotocol mqtt", Some("3.1.1 MQTT-6.0.0-4")),
            (_, Version::V5) => ("WebSocket open, subprotocol mqtt", Some("5.0 MQTT-6.0.0-4")),
        };
        self.note(line, now, NoteKind::LinkOpened, text.into(), statement);
        self.drain(line, now);
    }

    /// Gives a line's client and broker lifelines.
    fn place(&mut self, line: LineId) {
        let alone = self.lines.iter().enumerate().all(|(at, it)| at == line || it.ends.is_none());
        if self.capture.ends().len() + 2 > MOST_ENDS || alone {
            return self.clear();
        }
        self.find_ends(line);
    }

    /// Gives a line its two ends: brokers are shared. Clients are not, for each connection has packet identifiers of its
    /// own.
    fn find_ends(&mut self, line: LineId) {
        self.lines[line].ends = None;
        let taken: Vec<EndId> =
            self.lines.iter().filter_map(|it| it.ends).map(|(client, _)| client).collect();
        let names = (self.lines[line].client_name().to_owned(), self.lines[line].names.1.clone());
        let client = self.end(&names.0, EndRole::Client, &taken);
        let broker = self.end(&names.1, EndRole::Broker, &[]);
        self.lines[line].ends = Some((client, broker));
    }

    fn end(&mut self, name: &str, role: EndRole, taken: &[EndId]) -> EndId {
        let mut ends = self.capture.ends().iter().enumerate();
        let fits = |(at, end): &(usize, &End)| {
            *end.name == *name && end.role == role && !taken.contains(&(*at as EndId))
        };
        match ends.find(fits) {
            Some((at, _)) => at as EndId,
            None => self.capture.add_end(name, role),
        }
    }

    /// Begins the record anew, with the lifelines of the lines that have a name.
    pub fn clear(&mut self) {
        self.record_number += 1;
        self.capture = Capture::new(CAPTURE_BYTES);
        self.step = 0;
        for line in &mut self.lines {
            (line.ends, line.last) = (None, None);
        }
        for line in 0..self.lines.len() {
            if self.lines[line].names.1.is_empty() {
                continue;
            }
            self.find_ends(line);
            if self.lines[line].is_open {
                let open = "open since before the record".to_owned();
                self.note(line, Instant::ZERO, NoteKind::LinkOpened, open, None);
            }
        }
    }

    /// Forgets what a line was; it can be used for another connection.
    pub fn reset(&mut self, line: LineId) {
        self.lines[line] = Line::new();
    }

    /// One of the transport's frames came, whose bytes are cut anywhere (3.1.1 MQTT-6.0.0-2, 5.0 MQTT-6.0.0-2).
    pub fn received(&mut self, line: LineId, now: Instant, chunk: &[u8]) {
        let it = &mut self.lines[line];
        it.incoming.push(chunk);
        it.pieces += 1;
        let packets: Vec<Bytes> =
            std::iter::from_fn(|| self.lines[line].incoming.next_frame().ok().flatten()).collect();
        if !packets.is_empty() {
            let pieces = std::mem::replace(&mut self.lines[line].pieces, 1);
            self.carried(line, now, pieces, packets.len());
        }
        for packet in packets {
            self.step += 1;
            self.record(line, now, Direction::ToClient, packet.clone());
            self.lines[line].client.handle_packet(now, &packet);
            self.drain(line, now);
        }
        let it = &mut self.lines[line];
        if it.incoming.pending().is_empty() {
            it.pieces = 0;
        }
        if it.incoming.next_frame().is_err() || it.client.status() == ClientStatus::Offline {
            self.leftover(line, now);
        }
    }

    /// Notes how the next packets' bytes lay in the transport's frames, if not one in one.
    fn carried(&mut self, line: LineId, now: Instant, pieces: u32, packets: usize) {
        let text = match (pieces, packets) {
            (1, 1) => return,
            (1, _) => format!("{packets} packets in one WebSocket frame"),
            (_, 1) => format!("one packet in {pieces} WebSocket frames"),
            _ => format!("one packet in {pieces} WebSocket frames, {} more in the last of them", packets - 1),
        };
        let statement = match self.lines[line].client.config().version {
            Version::V5 => "5.0 MQTT-6.0.0-2",
            _ => "3.1.1 MQTT-6.0.0-2",
        };
        self.step += 1;
        self.lines[line].last = None;
        self.note(line, now, NoteKind::Decision, text, Some(statement));
    }

    /// What cannot become a packet any more stays visible as what it is.
    fn leftover(&mut self, line: LineId, now: Instant) {
        let it = &mut self.lines[line];
        let rest = Bytes::copy_from_slice(it.incoming.pending());
        it.incoming.clear();
        it.pieces = 0;
        if !rest.is_empty() {
            self.step += 1;
            self.record(line, now, Direction::ToClient, rest.clone());
            self.lines[line].client.handle_data(now, &rest);
            self.drain(line, now);
        }
    }

    /// The transport is gone; `why` is the note on the client's lifeline. `true` if reconnecting has been stopped because
    /// another client seems to have the same client identifier.
    pub fn closed(&mut self, line: LineId, now: Instant, kind: NoteKind, why: &str) -> bool {
        self.leftover(line, now);
        self.step += 1;
        self.lines[line].is_open = false;
        self.note(line, now, kind, why.into(), None);
        let it = &mut self.lines[line];
        let lost = it.client.status() == ClientStatus::Connected && kind == NoteKind::LinkCut;
        let reconnects = it.client.config().reconnect.is_some();
        let loops = lost && reconnects && it.losses.count(now);
        it.client.handle_closed(now);
        if loops {
            it.client.stop_reconnecting();
        }
        self.drain(line, now);
        loops
    }

    /// The transport that [`ClientEvent::ReconnectDue`] asked for did not open.
    pub fn unreachable(&mut self, line: LineId, now: Instant) {
        self.step += 1;
        self.note(line, now, NoteKind::Trouble, "the WebSocket did not open".into(), None);
        self.lines[line].client.handle_unreachable(now);
        self.drain(line, now);
    }

    /// No further attempt to reconnect.
    pub fn give_up(&mut self, line: LineId, now: Instant) {
        self.step += 1;
        self.lines[line].client.stop_reconnecting();
        self.drain(line, now);
    }

    /// The moment of [`Live::poll_timeout`] has come.
    pub fn timeout(&mut self, line: LineId, now: Instant) {
        self.step += 1;
        self.lines[line].client.handle_timeout(now);
        self.drain(line, now);
    }

    /// Publishes a message.
    ///
    /// # Errors
    /// Those of [`Client::publish`].
    pub fn publish(
        &mut self,
        line: LineId,
        now: Instant,
        request: PublishRequest,
    ) -> Result<Option<PacketId>, ClientError> {
        self.ask(line, now, |client| client.publish(now, request))
    }

    /// Subscribes to a filter.
    ///
    /// # Errors
    /// Those of [`Client::subscribe`].
    pub fn subscribe(
        &mut self,
        line: LineId,
        now: Instant,
        filter: &str,
        options: SubscriptionOptions,
    ) -> Result<PacketId, ClientError> {
        self.ask(line, now, |client| client.subscribe(now, &[(filter, options)], &PropertyBuf::new()))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// Those of [`Client::unsubscribe`].
    pub fn unsubscribe(&mut self, line: LineId, now: Instant, filter: &str) -> Result<PacketId, ClientError> {
        self.ask(line, now, |client| client.unsubscribe(now, &[filter], &PropertyBuf::new()))
    }

    /// Sends DISCONNECT and closes.
    ///
    /// # Errors
    /// Those of [`Client::disconnect`].
    pub fn disconnect(&mut self, line: LineId, now: Instant) -> Result<(), ClientError> {
        self.ask(line, now, |client| client.disconnect(now))
    }

    /// Sends bytes as they are, whatever rules they break: what they say changes nothing at this end.
    ///
    /// # Errors
    /// Those of [`Client::misbehave`], and when there is no connection: none is opened for them.
    pub fn send_raw(&mut self, line: LineId, now: Instant, bytes: Bytes) -> Result<(), ClientError> {
        if !self.lines[line].is_open {
            return Err(ClientError::NotConnected);
        }
        self.ask(line, now, |client| client.misbehave(now, Misbehaviour::Raw(bytes)))
    }

    /// Asks a line's client for something.
    ///
    /// # Errors
    /// Those of the request.
    pub fn ask<T>(
        &mut self,
        line: LineId,
        now: Instant,
        request: impl FnOnce(&mut Client) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let answer = request(&mut self.lines[line].client)?;
        self.step += 1;
        self.drain(line, now);
        Ok(answer)
    }

    /// What a line's owner has to hear next, and the packet that led to it: everything but decisions, which are noted.
    pub fn poll_event(&mut self, line: LineId) -> Option<(ClientEvent, Option<FrameId>)> {
        self.lines[line].events.pop_front()
    }

    /// When [`Live::timeout`] wants to be called next for a line.
    pub fn poll_timeout(&self, line: LineId) -> Option<Instant> {
        self.lines[line].client.poll_timeout()
    }

    /// A line's client as it is.
    pub fn client(&self, line: LineId) -> &Client {
        &self.lines[line].client
    }

    /// The lifelines of a line, once it has been connected.
    pub fn ends(&self, line: LineId) -> Option<(EndId, EndId)> {
        self.lines[line].ends
    }

    /// The newest packet of a line's connection.
    pub fn last_frame(&self, line: LineId) -> Option<FrameId> {
        self.lines[line].last
    }

    /// What went over the connections.
    pub const fn capture(&self) -> &Capture {
        &self.capture
    }

    /// Which record it is, counted from 0: another one has nothing in common with the one before.
    pub const fn record_number(&self) -> u32 {
        self.record_number
    }

    /// The step of the newest entry.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Takes over what the client wants, recording what it sends and decides.
    fn drain(&mut self, line: LineId, now: Instant) {
        while let Some(event) = self.lines[line].client.poll_event() {
            match event {
                ClientEvent::Decision(decision) => self.decided(line, now, &decision),
                event => {
                    match event {
                        ClientEvent::Connected { session_present: false, .. } if self.lines[line].again => {
                            self.subscribe_again(line, now);
                        }
                        ClientEvent::Connected { .. }
                        | ClientEvent::Subscribed { .. }
                        | ClientEvent::Unsubscribed { .. } => self.lines[line].remember(),
                        _ => {}
                    }
                    let it = &mut self.lines[line];
                    it.events.push_back((event, it.last));
                }
            }
        }
        while let Some(output) = self.lines[line].client.poll_output() {
            if let ClientOutput::Send(bytes) = &output {
                self.record(line, now, Direction::ToServer, bytes.clone());
            }
            self.lines[line].outputs.push_back(output);
        }
    }

    fn decided(&mut self, line: LineId, now: Instant, decision: &Decision) {
        use Decision as D;
        let about_connection = matches!(
            decision,
            D::Reconnects { .. }
                | D::GivesUp { .. }
                | D::StartsClean { .. }
                | D::Resumes { .. }
                | D::ServerLostSession { .. }
                | D::ResendsPublish { .. }
                | D::ResendsPubRel { .. }
        );
        if about_connection {
            // It has a row of its own, for beside a packet there is no room with only two lifelines.
            self.step += 1;
            self.lines[line].last = None;
        }
        self.note(line, now, NoteKind::Decision, decision.to_string(), decision.statement());
    }

    /// A broker that has no session knows of no subscription.
    fn subscribe_again(&mut self, line: LineId, now: Instant) {
        let it = &mut self.lines[line];
        let held = std::mem::take(&mut it.held);
        for some in held.chunks(FILTERS_AT_ONCE) {
            let filters: Vec<_> = some.iter().map(|(filter, options)| (filter.as_str(), *options)).collect();
            // What was taken once is taken again, unless the broker's limits are others now: the list shows it.
            let _ = it.client.subscribe(now, &filters, &PropertyBuf::new());
        }
    }

    fn record(&mut self, line: LineId, now: Instant, direction: Direction, bytes: Bytes) {
        let it = &mut self.lines[line];
        let Some((client, broker)) = it.ends else { return };
        let (from, to) = match direction {
            Direction::ToServer => (client, broker),
            Direction::ToClient => (broker, client),
        };
        let frame = Frame {
            id: 0,
            link: it.link,
            from,
            to,
            direction,
            version: it.client.config().version,
            bytes,
            sent: now,
            sent_step: self.step,
            end: Some((self.step, Fate::Delivered { at: now })),
            due: None,
        };
        it.last = Some(self.capture.push_frame(frame));
    }

    pub(super) fn note(
        &mut self,
        line: LineId,
        now: Instant,
        kind: NoteKind,
        text: String,
        statement: Option<&'static str>,
    ) {
        let it = &self.lines[line];
        let Some((client, broker)) = it.ends else { return };
        self.capture.push_note(Note {
            end: client,
            peer: Some(broker),
            frame: it.last,
            at: now,
            step: self.step,
            kind,
            text: text.into(),
            statement,
            verbose: None,
        });
    }
}
