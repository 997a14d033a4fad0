//! A running mosquitto_pub, mosquitto_sub or mosquitto_rr: what it does about what reaches its client.

use std::collections::VecDeque;

use bytes::Bytes;

use super::format::{self, Got};
use super::options::{self, CONNECT, DISCONNECT, Options, Program, SUBSCRIBE, UNSUBSCRIBE, WILL};
use super::trace;
use crate::capture::{Fate, Frame, FrameId, LinkId, Step};
use crate::client::{ClientConfig, PublishRequest, WillConfig};
use crate::codec::{
    Packet, PacketId, PacketType, PropertyBuf, PropertyId, PropertyValue, QoS, ReasonCode, Version, decode,
};
use crate::sim::{Action, Sim};
use crate::time::{Duration, Instant};
use crate::topic;

/// Frames of the capture's end that are looked through for what has arrived in a step.
const LOOKED_AT: usize = 1_000;
/// How long mosquitto_sub waits before it tries a lost connection again.
const RETRY: Duration = Duration::from_secs(1);
/// Intervals of `$SYS` that it waits for at most.
const LONGEST_OWN: u32 = 100;
/// The exit code of `-W`, and those of lost and refused connections.
const TIMED_OUT: u8 = 27;
const LOST: u8 = 7;
const REFUSED: u8 = 5;

/// Text of one of a program's two streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub bytes: Vec<u8>,
    pub is_error: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Ready,
    /// DISCONNECT is out.
    Leaving,
}

#[derive(Clone, Debug)]
pub(super) struct Run {
    pub options: Options,
    pub client: usize,
    link: LinkId,
    stage: Stage,
    /// The number of the last request.
    mid: u16,
    /// Messages to send, once connected.
    messages: VecDeque<Bytes>,
    /// Those that are not acknowledged to the end.
    in_flight: Vec<u16>,
    /// When the next message of a repetition is due.
    next: Option<Instant>,
    deadline: Option<Instant>,
    seen: FrameId,
    /// The last step whose arrivals it has dealt with.
    looked: Step,
    /// QoS 2 messages that wait for PUBREL.
    held: Vec<(u16, Frame)>,
    /// By alias.
    aliases: Vec<(u32, String)>,
    count: u32,
    prints: bool,
    /// When mosquitto_sub tries a lost connection again.
    retry: Option<Instant>,
    /// When it began.
    began: Instant,
    /// Nobody listened when it began.
    unheard: bool,
    /// Nobody listens: it waits until the broker is started.
    pub refused: bool,
    /// The time, which may be later than the world's last event.
    pub now: Instant,
    pub exit: Option<u8>,
}

impl Run {
    /// Starts a program whose client has this index: it connects.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn start(
        sim: &mut Sim,
        client: usize,
        options: Options,
        input: &[u8],
        id: String,
        now: Instant,
    ) -> Result<Self, String> {
        let config = config(&options, id);
        // A process begins anew: numbers from 1, and before 5.0 with nothing in flight.
        let known = sim.client(client).config();
        let other = match config.version {
            Version::V5 => config.client_id.clone(),
            _ => [config.client_id.as_str(), "\u{1}"].concat(),
        };
        let fresh = ClientConfig { client_id: other, first_packet_id: 2, ..known.clone() };
        sim.act_at(client, Action::Configure(Box::new(fresh)), now).map_err(|error| error.to_string())?;
        let seen = sim.capture().next_frame();
        let connect = Action::ConnectAs(Box::new(config));
        sim.act_at(client, connect, now).map_err(|error| error.to_string())?;
        let deadline =
            (options.timeout_secs > 0).then(|| now + Duration::from_secs(options.timeout_secs.into()));
        let mut run = Self {
            client,
            link: sim.link_of_client(client).unwrap_or_default(),
            stage: Stage::Connecting,
            mid: 0,
            messages: VecDeque::new(),
            in_flight: Vec::new(),
            next: None,
            deadline,
            seen,
            looked: sim.cursor(),
            held: Vec::new(),
            aliases: Vec::new(),
            count: 0,
            prints: true,
            retry: None,
            began: now,
            unheard: sim.is_stopped(client),
            refused: false,
            now,
            exit: None,
            options,
        };
        run.collect(input);
        Ok(run)
    }

    fn collect(&mut self, input: &[u8]) {
        use options::Source as S;
        let whole = Bytes::copy_from_slice(input);
        match self.options.source.as_ref() {
            Some(S::Text(text)) => self.messages.extend([Bytes::copy_from_slice(text.as_bytes())]),
            Some(S::Nothing) => self.messages.extend([Bytes::new()]),
            Some(S::Whole | S::File(_)) => self.messages.extend([whole]),
            Some(S::Lines) => {
                let lines = input.split_inclusive(|byte| *byte == b'\n');
                let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
                self.messages.extend(lines.map(Bytes::copy_from_slice));
            }
            None => {}
        }
        if self.options.repeat > 1 && self.options.source != Some(S::Lines) {
            let one = self.messages.front().cloned().unwrap_or_default();
            self.messages.extend(std::iter::repeat_n(one, self.options.repeat as usize - 1));
        }
    }

    /// The next moment at which it does something by itself.
    pub fn due(&self) -> Option<Instant> {
        let next = self.next.filter(|_| self.stage == Stage::Ready);
        let retry = self.retry.filter(|_| !self.refused);
        [self.deadline, next, retry].into_iter().flatten().min()
    }

    /// Whether it waits for one of the broker's own messages, `$SYS/…`, which comes by itself before long.
    pub fn awaits_own(&self, sim: &Sim) -> bool {
        let wanted = self.options.count.max(1);
        let secs = u64::from(sim.broker_of(self.client).config().sys_interval_secs);
        let until = self.began + Duration::from_secs(secs * u64::from(wanted.min(LONGEST_OWN)) + 1);
        let only_own = self.options.topics.iter().all(|filter| filter.starts_with("$SYS/"));
        only_own
            && secs > 0
            && self.options.program == Program::Sub
            && self.count < wanted
            && !sim.is_stopped(self.client)
            && self.now < until
    }

    /// Whether it has nothing to do before a message comes, or before the broker is started again.
    pub fn waits(&self) -> bool {
        let receives = self.options.program != Program::Pub && self.stage == Stage::Ready;
        receives && self.next.is_none() || self.refused && self.retry.is_some()
    }

    /// What it is called in its own words.
    fn id(&self, sim: &Sim) -> String {
        match sim.client(self.client).client_id() {
            "" => "(null)".to_owned(),
            id => id.to_owned(),
        }
    }

    /// Its moment has come.
    pub fn timer(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        if self.deadline.is_some_and(|at| at <= self.now) {
            self.deadline = None;
            self.leave(sim, out);
            self.error(out, "Timed out\n");
            self.exit = Some(TIMED_OUT);
        } else if !self.refused && self.retry.is_some_and(|at| at <= self.now) {
            self.retry = None;
            let connected = sim.act_at(self.client, Action::Connect, self.now);
            match (connected, sim.link_of_client(self.client)) {
                (Ok(()), Some(link)) => self.link = link,
                (Ok(()), None) => {}
                // Its client was taken away, or somebody else has connected it.
                (Err(error), _) => {
                    self.error(out, &format!("Error: {error}\n"));
                    self.exit = Some(LOST);
                }
            }
            self.trace_sent(sim, out);
        } else if self.next.is_some_and(|at| at <= self.now) {
            self.next = None;
            self.send_more(sim, out);
        }
    }

    /// Ctrl-C: mosquitto_sub and mosquitto_rr disconnect, mosquitto_pub is gone at once.
    pub fn interrupt(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        match (self.options.program, self.stage) {
            (Program::Pub, _) | (_, Stage::Connecting) => {
                let _ = sim.act_at(self.client, Action::Cut, self.now);
            }
            _ => self.leave(sim, out),
        }
        self.exit = Some(if self.options.program == Program::Pub { 130 } else { 0 });
    }

    /// Looks at what the last step has brought.
    pub fn look(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        let (end, step) = (sim.end_of_client(self.client), sim.cursor());
        let frames = sim.capture().frames().rev().take(LOOKED_AT);
        let is_new = step > self.looked;
        let is_here = |frame: &&Frame| {
            is_new
                && matches!(frame.end, Some((at, Fate::Delivered { .. })) if at == step)
                && frame.to == end
                && frame.link == self.link
        };
        let mut arrived: Vec<Frame> = frames.filter(is_here).cloned().collect();
        arrived.reverse();
        self.looked = step;
        for frame in arrived {
            if let Ok(packet) = decode(&frame.bytes, frame.version) {
                self.trace_sent_before(sim, &frame, out);
                if self.options.debug
                    && let Some(line) = trace::received(&self.id(sim), &packet)
                {
                    self.print(out, &[line.as_bytes(), b"\n"].concat());
                }
                self.react(sim, &packet, &frame, out);
            }
        }
        self.trace_sent(sim, out);
        if self.retry.is_some() {
            return;
        }
        let is_over = sim.link_of_client(self.client) != Some(self.link);
        if is_over && self.exit.is_none() {
            match self.stage {
                Stage::Leaving => self.exit = Some(0),
                _ if self.unheard => {
                    self.error(out, "Error: Connection refused\n");
                    self.exit = Some(1);
                }
                // Its library tries again, and says nothing of it.
                Stage::Ready if self.options.program == Program::Sub => {
                    self.stage = Stage::Connecting;
                    self.held.clear();
                    self.aliases.clear();
                    self.retry = Some(self.now + RETRY);
                }
                _ => {
                    self.error(out, "Error: The connection was lost.\n");
                    self.exit = Some(LOST);
                }
            }
        }
    }

    /// What was sent before this frame arrived is told before it.
    fn trace_sent_before(&mut self, sim: &Sim, arrived: &Frame, out: &mut Vec<Text>) {
        let Some((step, _)) = arrived.end else { return };
        self.trace(sim, out, |frame| frame.sent_step < step);
    }

    fn trace_sent(&mut self, sim: &Sim, out: &mut Vec<Text>) {
        self.trace(sim, out, |_| true);
    }

    fn trace(&mut self, sim: &Sim, out: &mut Vec<Text>, which: impl Fn(&Frame) -> bool) {
        let end = sim.end_of_client(self.client);
        let id = self.id(sim);
        while let Some(frame) = sim.capture().frame(self.seen) {
            if !which(frame) {
                return;
            }
            self.seen += 1;
            if frame.from == end
                && frame.link == self.link
                && self.options.debug
                && let Ok(packet) = decode(&frame.bytes, frame.version)
            {
                for line in trace::sent(&id, &packet, self.mid) {
                    out.push(Text { bytes: [line.as_bytes(), b"\n"].concat(), is_error: false });
                }
            }
        }
    }

    fn print(&self, out: &mut Vec<Text>, bytes: &[u8]) {
        if !bytes.is_empty() {
            out.push(Text { bytes: bytes.to_vec(), is_error: false });
        }
    }

    fn error(&self, out: &mut Vec<Text>, text: &str) {
        if !self.options.quiet {
            out.push(Text { bytes: text.as_bytes().to_vec(), is_error: true });
        }
    }

    /// Does something, and tells what it sends.
    fn act(&mut self, sim: &mut Sim, action: Action, out: &mut Vec<Text>) -> bool {
        let done = sim.act_at(self.client, action, self.now);
        self.trace_sent(sim, out);
        if let Err(error) = &done {
            self.error(out, &format!("Error: {error}\n"));
        }
        done.is_ok()
    }

    fn leave(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        if self.stage == Stage::Leaving {
            return;
        }
        self.stage = Stage::Leaving;
        let properties = self.options.properties[DISCONNECT].clone();
        let action = match properties.as_properties().is_empty() {
            true => Action::Disconnect,
            false => Action::DisconnectWith(ReasonCode::SUCCESS, properties),
        };
        self.act(sim, action, out);
        self.exit = self.exit.or(Some(0));
    }

    fn react(&mut self, sim: &mut Sim, packet: &Packet<'_>, frame: &Frame, out: &mut Vec<Text>) {
        match packet {
            Packet::ConnAck(ack) if ack.code.0 == 0 => {
                self.stage = Stage::Ready;
                match self.options.program {
                    Program::Pub if self.messages.is_empty() => self.leave(sim, out),
                    Program::Pub => self.send_more(sim, out),
                    Program::Sub | Program::Rr => self.subscribe(sim, out),
                }
            }
            Packet::ConnAck(ack) => self.refused(ack.code, frame.version, out),
            Packet::SubAck(ack) => self.subscribed(sim, ack.packet_id.get(), ack.codes, out),
            Packet::PubAck(ack) | Packet::PubComp(ack) => {
                self.acknowledged(sim, ack.packet_id.get(), ack.reason, out)
            }
            Packet::PubRec(ack) if ack.reason.is_error() => {
                self.acknowledged(sim, ack.packet_id.get(), ack.reason, out);
            }
            Packet::Publish(publish) if publish.qos == QoS::ExactlyOnce => {
                let id = publish.packet_id.map_or(0, PacketId::get);
                if !self.held.iter().any(|(of, _)| *of == id) {
                    self.held.push((id, frame.clone()));
                }
            }
            Packet::Publish(_) => {
                self.trace_sent(sim, out);
                self.message(sim, frame, out);
            }
            Packet::PubRel(ack) => {
                self.trace_sent(sim, out);
                let at = self.held.iter().position(|(of, _)| *of == ack.packet_id.get());
                if let Some(at) = at {
                    let (_, held) = self.held.remove(at);
                    self.message(sim, &held, out);
                }
            }
            _ => {}
        }
    }

    fn refused(&mut self, code: ReasonCode, version: Version, out: &mut Vec<Text>) {
        let words = match version {
            Version::V5 => code.name(PacketType::ConnAck, version).unwrap_or("Unknown reason").to_owned(),
            _ => trace::refusal(code.0).to_owned(),
        };
        self.error(out, &format!("Connection error: {words}\n"));
        if self.options.program == Program::Pub {
            self.error(out, "Error: The connection was refused.\n");
            self.exit = Some(REFUSED);
        } else {
            self.exit = Some(code.0);
        }
    }

    fn send_more(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        let lines = self.options.source == Some(options::Source::Lines);
        while self.in_flight.len() < usize::from(self.options.max_inflight)
            && let Some(payload) = self.messages.pop_front()
        {
            self.mid = self.mid.checked_add(1).unwrap_or(1);
            let request = self.options.request(payload, PacketId::new(self.mid));
            if !self.act(sim, Action::Publish(request), out) {
                self.leave(sim, out);
                return;
            }
            if trace::is_done_at_once(self.options.qos) {
                self.done(sim, lines, out);
            } else {
                self.in_flight.push(self.mid);
            }
            if !lines {
                return;
            }
        }
    }

    fn acknowledged(&mut self, sim: &mut Sim, mid: u16, reason: ReasonCode, out: &mut Vec<Text>) {
        let before = self.in_flight.len();
        self.in_flight.retain(|of| *of != mid);
        if self.in_flight.len() == before {
            return;
        }
        if reason.is_error() {
            let name = reason.name(PacketType::PubAck, Version::V5).unwrap_or("Unknown reason");
            self.error(out, &format!("Warning: Publish {mid} failed: {}.\n", name));
        }
        let lines = self.options.source == Some(options::Source::Lines);
        if lines {
            self.send_more(sim, out);
        }
        self.done(sim, lines, out);
    }

    /// A message is done with: the next one, or the end.
    fn done(&mut self, sim: &mut Sim, lines: bool, out: &mut Vec<Text>) {
        if self.options.program != Program::Pub || self.stage != Stage::Ready {
            return;
        }
        if self.messages.is_empty() && self.in_flight.is_empty() {
            self.leave(sim, out);
        } else if !lines {
            self.next = Some(self.now + Duration::from_millis(self.options.repeat_delay_millis));
        }
    }

    fn subscribe(&mut self, sim: &mut Sim, out: &mut Vec<Text>) {
        let filters = self.options.subscriptions(self.options.version);
        self.mid += 1;
        let properties = self.options.properties[SUBSCRIBE].clone();
        if !self.act(sim, Action::Subscribe(filters, properties), out) {
            return self.leave(sim, out);
        }
        for filter in self.options.unsubscribe.clone() {
            self.mid += 1;
            let properties = self.options.properties[UNSUBSCRIBE].clone();
            self.act(sim, Action::Unsubscribe(vec![filter], properties), out);
        }
    }

    fn subscribed(&mut self, sim: &mut Sim, mid: u16, codes: &[u8], out: &mut Vec<Text>) {
        let denied = codes.iter().all(|code| *code >= 0x80);
        if self.options.program == Program::Rr {
            return if denied { self.leave(sim, out) } else { self.send_more(sim, out) };
        }
        if self.options.debug {
            let line = format!("Subscribed (mid: {mid}): {}\n", trace::granted(codes));
            self.print(out, line.as_bytes());
        }
        if denied {
            self.error(out, "All subscription requests were denied.\n");
        }
        if denied || self.options.exit_after_sub {
            self.leave(sim, out);
        }
    }

    fn message(&mut self, sim: &mut Sim, frame: &Frame, out: &mut Vec<Text>) {
        let Ok(Packet::Publish(publish)) = decode(&frame.bytes, frame.version) else { return };
        let mut topic = publish.topic.to_owned();
        if let Some(alias) = publish.properties.number(PropertyId::TopicAlias) {
            match topic.is_empty() {
                true => {
                    let known = self.aliases.iter().rev().find(|(of, _)| *of == alias);
                    topic = known.map(|(_, topic)| topic.clone()).unwrap_or_default();
                }
                false => self.aliases.push((alias, topic.clone())),
            }
        }
        let options = &self.options;
        let is_out = options.filter_out.iter().any(|filter| topic::matches(filter, &topic));
        if !self.prints {
            return;
        }
        if options.retained_only && !publish.retain {
            self.prints = false;
            return self.leave(sim, out);
        }
        if publish.retain && options.no_retained || is_out {
            return;
        }
        if options.remove_retained && publish.retain {
            let request = PublishRequest { topic: topic.clone(), retain: true, ..PublishRequest::default() };
            self.mid += 1;
            self.act(sim, Action::Publish(request), out);
        }
        let got = Got {
            topic: &topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            packet_id: publish.packet_id.map_or(0, PacketId::get),
            properties: publish.properties,
        };
        match format::print(&self.options, &got, self.now) {
            Ok(bytes) => self.print(out, &bytes),
            Err(text) => self.error(out, &text),
        }
        self.count += 1;
        if self.options.count > 0 && self.count == self.options.count {
            self.prints = false;
            if self.options.program == Program::Rr {
                // It ends without DISCONNECT.
                let _ = sim.act_at(self.client, Action::Cut, self.now);
                self.exit = Some(0);
                return;
            }
            self.leave(sim, out);
        }
    }
}

/// How a program connects.
fn config(options: &Options, id: String) -> ClientConfig {
    let mut properties = options.properties[CONNECT].clone();
    if let Some(secs) = options.session_expiry.filter(|_| options.version == Version::V5) {
        properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(secs));
    }
    let will = options.will_topic.clone().map(|topic| WillConfig {
        qos: options.will_qos,
        retain: options.will_retain,
        topic,
        payload: Bytes::from(options.will_payload.clone().unwrap_or_default().into_bytes()),
        properties: if options.version == Version::V5 {
            options.properties[WILL].clone()
        } else {
            PropertyBuf::new()
        },
    });
    ClientConfig {
        version: options.version,
        client_id: id,
        clean_start: options.clean,
        keep_alive_secs: options.keep_alive,
        user_name: options.user.clone(),
        password: options.password.clone().map(|text| Bytes::from(text.into_bytes())),
        will,
        properties,
        first_packet_id: 1,
        max_in_flight: u16::MAX,
        ..ClientConfig::default()
    }
}
