//! A client core on a real connection, with a capture of what it sends and gets.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::capture::{Capture, EndId, EndRole, Fate, Frame, LinkId, Note, NoteKind, Step};
use crate::client::{
    Client, ClientConfig, ClientError, ClientEvent, ClientOutput, ClientStatus, PublishRequest,
    ReceivedMessage,
};
use crate::codec::{Direction, Framer, PacketId, PropertyBuf, SubscriptionOptions, Version};
use crate::time::Instant;

/// Bytes that the capture of a live connection may hold.
const CAPTURE_BYTES: usize = 32 * 1024 * 1024;

/// A client on a connection that someone else drives: call a method, then drain [`Live::poll_output`] and
/// [`Live::poll_event`], and come back at [`Live::poll_timeout`].
///
/// A packet counts as delivered when the transport takes it, and as sent when it comes: nobody here sees the other
/// side's clock.
#[derive(Clone, Debug)]
pub struct Live {
    client: Client,
    capture: Capture,
    ends: Option<(EndId, EndId)>,
    names: (String, String),
    record_number: u32,
    link: LinkId,
    /// What has come, cut into packets for the capture.
    incoming: Framer,
    step: Step,
    messages: MessageList,
    events: VecDeque<ClientEvent>,
    outputs: VecDeque<ClientOutput>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// Not connected, nothing recorded.
    pub fn new() -> Self {
        Self {
            client: Client::new(ClientConfig::default()),
            capture: Capture::new(CAPTURE_BYTES),
            ends: None,
            names: Default::default(),
            record_number: 0,
            link: 0,
            incoming: Framer::new(usize::MAX),
            step: 0,
            messages: MessageList::default(),
            events: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Whether a CONNECT of this configuration could be sent.
    ///
    /// # Errors
    /// The rule that it would break.
    pub fn check(config: &ClientConfig) -> Result<(), ClientError> {
        Client::new(config.clone()).connect(Instant::ZERO)
    }

    /// The transport is open: sends CONNECT. The record goes on if client and broker are those of before, and begins
    /// anew with others.
    ///
    /// # Errors
    /// When CONNECT as configured would break a rule, or there is a connection already.
    pub fn opened(&mut self, now: Instant, config: ClientConfig, broker: &str) -> Result<(), ClientError> {
        let names = (config.client_id.clone(), broker.to_owned());
        let same = self.ends.is_some() && names == self.names;
        let mut client = if same { self.client.clone() } else { Client::new(ClientConfig::default()) };
        client.set_config(config)?;
        client.connect(now)?;
        if !same {
            *self = Self { record_number: self.record_number + 1, ..Self::new() };
            let name = if names.0.is_empty() { "this tab" } else { &names.0 };
            let ends =
                (self.capture.add_end(name, EndRole::Client), self.capture.add_end(broker, EndRole::Broker));
            self.ends = Some(ends);
            self.names = names;
        }
        self.client = client;
        self.incoming.clear();
        self.link += 1;
        self.step += 1;
        let statement = match self.client.config().version {
            Version::V31 => None,
            Version::V311 => Some("3.1.1 MQTT-6.0.0-4"),
            Version::V5 => Some("5.0 MQTT-6.0.0-4"),
        };
        self.note(now, NoteKind::LinkOpened, "WebSocket open, subprotocol mqtt".into(), statement);
        self.drain(now);
        Ok(())
    }

    /// Bytes came, cut anywhere.
    pub fn received(&mut self, now: Instant, chunk: &[u8]) {
        self.incoming.push(chunk);
        while let Ok(Some(frame)) = self.incoming.next_frame() {
            self.step += 1;
            self.record(now, Direction::ToClient, frame.clone());
            self.client.handle_data(now, &frame);
            self.drain(now);
        }
        let broken = self.incoming.next_frame().is_err();
        if broken || self.client.status() == ClientStatus::Offline {
            self.leftover(now);
        }
    }

    /// What cannot become a packet any more stays visible as what it is.
    fn leftover(&mut self, now: Instant) {
        let rest = Bytes::copy_from_slice(self.incoming.pending());
        self.incoming.clear();
        if !rest.is_empty() {
            self.step += 1;
            self.record(now, Direction::ToClient, rest.clone());
            self.client.handle_data(now, &rest);
            self.drain(now);
        }
    }

    /// The transport is gone; `why` is the note on the client's lifeline.
    pub fn closed(&mut self, now: Instant, kind: NoteKind, why: &str) {
        self.leftover(now);
        self.step += 1;
        self.client.handle_closed(now);
        self.drain(now);
        self.note(now, kind, why.into(), None);
    }

    /// The moment of [`Live::poll_timeout`] has come.
    pub fn timeout(&mut self, now: Instant) {
        self.step += 1;
        self.client.handle_timeout(now);
        self.drain(now);
    }

    /// Publishes a message.
    ///
    /// # Errors
    /// Those of [`Client::publish`].
    pub fn publish(
        &mut self,
        now: Instant,
        request: PublishRequest,
    ) -> Result<Option<PacketId>, ClientError> {
        self.ask(now, |client| client.publish(now, request))
    }

    /// Subscribes to a filter.
    ///
    /// # Errors
    /// Those of [`Client::subscribe`].
    pub fn subscribe(
        &mut self,
        now: Instant,
        filter: &str,
        options: SubscriptionOptions,
    ) -> Result<PacketId, ClientError> {
        self.ask(now, |client| client.subscribe(now, &[(filter, options)], &PropertyBuf::new()))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// Those of [`Client::unsubscribe`].
    pub fn unsubscribe(&mut self, now: Instant, filter: &str) -> Result<PacketId, ClientError> {
        self.ask(now, |client| client.unsubscribe(now, &[filter], &PropertyBuf::new()))
    }

    /// Sends DISCONNECT and closes.
    ///
    /// # Errors
    /// Those of [`Client::disconnect`].
    pub fn disconnect(&mut self, now: Instant) -> Result<(), ClientError> {
        self.ask(now, |client| client.disconnect(now))
    }

    /// Asks the client for something.
    ///
    /// # Errors
    /// Those of the request.
    pub fn ask<T>(
        &mut self,
        now: Instant,
        request: impl FnOnce(&mut Client) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let answer = request(&mut self.client)?;
        self.step += 1;
        self.drain(now);
        Ok(answer)
    }

    /// What the transport has to do next.
    pub fn poll_output(&mut self) -> Option<ClientOutput> {
        self.outputs.pop_front()
    }

    /// What the owner has to hear next: everything but messages, which are listed, and decisions, which are noted.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// When [`Live::timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.client.poll_timeout()
    }

    /// The client as it is.
    pub const fn client(&self) -> &Client {
        &self.client
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

    /// The messages that came.
    pub const fn messages(&self) -> &MessageList {
        &self.messages
    }

    /// Takes over what the client wants, recording what it sends and decides.
    fn drain(&mut self, now: Instant) {
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::Message(message) => self.messages.push(now, message),
                ClientEvent::Decision(decision) => {
                    self.note(now, NoteKind::Decision, decision.to_string(), decision.statement());
                }
                event => self.events.push_back(event),
            }
        }
        while let Some(output) = self.client.poll_output() {
            if let ClientOutput::Send(bytes) = &output {
                self.record(now, Direction::ToServer, bytes.clone());
            }
            self.outputs.push_back(output);
        }
    }

    fn record(&mut self, now: Instant, direction: Direction, bytes: Bytes) {
        let Some((client, broker)) = self.ends else { return };
        let (from, to) = match direction {
            Direction::ToServer => (client, broker),
            Direction::ToClient => (broker, client),
        };
        let frame = Frame {
            id: 0,
            link: self.link,
            from,
            to,
            direction,
            version: self.client.config().version,
            bytes,
            sent: now,
            sent_step: self.step,
            end: Some((self.step, Fate::Delivered { at: now })),
            due: None,
        };
        self.capture.push_frame(frame);
    }

    fn note(&mut self, now: Instant, kind: NoteKind, text: String, statement: Option<&'static str>) {
        let Some((client, broker)) = self.ends else { return };
        let frame = self.capture.frames().next_back().map(|frame| frame.id);
        self.capture.push_note(Note {
            end: client,
            peer: Some(broker),
            frame,
            at: now,
            step: self.step,
            kind,
            text: text.into(),
            statement,
            verbose: None,
        });
    }
}

/// A message and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number, from 1.
    pub number: u64,
    /// When it reached the application.
    pub at: Instant,
    /// The message.
    pub message: Arc<ReceivedMessage>,
}

/// The newest messages: at most [`MessageList::MOST`] of at most [`MessageList::MOST_BYTES`] together, older ones
/// are dropped and counted.
#[derive(Clone, Debug, Default)]
pub struct MessageList {
    kept: VecDeque<Received>,
    bytes: usize,
    count: u64,
}

impl MessageList {
    /// How many are kept.
    pub const MOST: usize = 200;
    /// Bytes of topics and payloads that are kept, beyond the newest message.
    pub const MOST_BYTES: usize = 4 * 1024 * 1024;

    fn push(&mut self, at: Instant, message: ReceivedMessage) {
        self.count += 1;
        self.bytes += size(&message);
        self.kept.push_back(Received { number: self.count, at, message: Arc::new(message) });
        while self.kept.len() > Self::MOST || self.bytes > Self::MOST_BYTES && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.bytes -= size(&oldest.message);
        }
    }

    /// The kept messages, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Received> + ExactSizeIterator {
        self.kept.iter()
    }

    /// How many came in all.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// How many of them are not kept any more.
    pub fn dropped(&self) -> u64 {
        self.count - self.kept.len() as u64
    }
}

fn size(message: &ReceivedMessage) -> usize {
    message.message.topic.len() + message.message.payload.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::QoS;

    const START: Instant = Instant::from_millis(5);

    fn sent(live: &mut Live) -> Vec<Vec<u8>> {
        let sends = std::iter::from_fn(|| live.poll_output());
        sends
            .filter_map(|it| match it {
                ClientOutput::Send(bytes) => Some(bytes.to_vec()),
                ClientOutput::Close => None,
            })
            .collect()
    }

    fn connected() -> Live {
        let mut live = Live::new();
        live.opened(START, ClientConfig::new("tab"), "127.0.0.1:9001").expect("a plain CONNECT");
        assert_eq!(sent(&mut live).len(), 1);
        live.received(START, &[0x20, 2, 0, 0]);
        assert!(matches!(live.poll_event(), Some(ClientEvent::Connected { session_present: false, .. })));
        live
    }

    #[test]
    fn what_is_sent_and_what_comes_is_recorded_packet_by_packet() {
        let mut live = connected();
        live.subscribe(START, "a/#", SubscriptionOptions { qos: QoS::AtLeastOnce, ..Default::default() })
            .expect("connected");
        assert_eq!(sent(&mut live), [[0x82, 8, 0, 1, 0, 3, b'a', b'/', b'#', 1]]);
        // SUBACK and a PUBLISH, cut inside both.
        live.received(START, &[0x90, 3, 0]);
        live.received(START, &[1, 1, 0x30, 4, 0]);
        live.received(START, &[1, b'a', b'!']);
        let frames: Vec<(Direction, Vec<u8>)> =
            live.capture().frames().map(|frame| (frame.direction, frame.bytes.to_vec())).collect();
        assert_eq!(frames.len(), 5);
        assert_eq!(frames[3], (Direction::ToClient, vec![0x90, 3, 0, 1, 1]));
        assert_eq!(frames[4], (Direction::ToClient, vec![0x30, 4, 0, 1, b'a', b'!']));
        let messages: Vec<&[u8]> = live.messages().iter().map(|it| &*it.message.message.payload).collect();
        assert_eq!(messages, [b"!"]);
        assert_eq!(live.client().subscriptions().count(), 1);
    }

    #[test]
    fn bytes_that_are_no_packet_are_recorded_and_end_the_connection() {
        let mut live = connected();
        live.received(START, &[0x30, 0xff, 0xff, 0xff, 0xff, 1, 2]);
        assert_eq!(live.capture().frames().next_back().map(|it| it.bytes.len()), Some(7));
        assert_eq!(live.client().status(), ClientStatus::Offline);
        assert!(std::iter::from_fn(|| live.poll_output()).any(|it| it == ClientOutput::Close));
    }

    #[test]
    fn a_packet_cut_off_by_the_end_of_the_connection_stays_visible() {
        let mut live = connected();
        live.received(START, &[0x30, 9, 0]);
        assert_eq!(live.capture().frames().len(), 2);
        live.closed(START, NoteKind::LinkCut, "the server closed");
        assert_eq!(live.capture().frames().next_back().map(|it| it.bytes.to_vec()), Some(vec![0x30, 9, 0]));
        assert!(live.capture().notes().any(|it| &*it.text == "the server closed"));
    }

    #[test]
    fn the_record_goes_on_with_the_same_client_and_broker_only() {
        let mut live = connected();
        live.closed(START, NoteKind::LinkClosed, "closed");
        let (before, number) = (live.capture().frames().len(), live.record_number());
        live.opened(START, ClientConfig::new("tab"), "127.0.0.1:9001").expect("a plain CONNECT");
        assert_eq!((live.capture().frames().len(), live.record_number()), (before + 1, number));
        live.closed(START, NoteKind::LinkClosed, "closed");
        live.opened(START, ClientConfig::new("other"), "127.0.0.1:9001").expect("a plain CONNECT");
        assert_eq!((live.capture().frames().len(), live.record_number()), (1, number + 1));
        assert_eq!(live.capture().ends().len(), 2);
    }

    #[test]
    fn a_connect_that_breaks_a_rule_changes_nothing() {
        let mut live = connected();
        live.closed(START, NoteKind::LinkClosed, "closed");
        let before = live.capture().frames().len();
        let config = ClientConfig { clean_start: false, ..ClientConfig::new("") };
        assert_eq!(live.opened(START, config, "elsewhere"), Err(ClientError::EmptyClientId));
        assert_eq!(live.capture().frames().len(), before);
    }

    #[test]
    fn the_list_of_messages_counts_what_it_drops() {
        let mut live = connected();
        for n in 0..MessageList::MOST as u8 + 5 {
            live.received(START, &[0x30, 4, 0, 1, b'a', n]);
        }
        let list = live.messages();
        assert_eq!((list.iter().len(), list.count(), list.dropped()), (MessageList::MOST, 205, 5));
        assert_eq!(list.iter().next().map(|it| it.number), Some(6));
    }
}
