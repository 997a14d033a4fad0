//! All that a form tells of what is typed: the packet, what the broker would do, what helps to fill it in.

use super::draft::{Draft, Field};
use super::layout::FormKind;
use super::matches::{Matches, matches, reached, topics};
use super::preview::{Preview, preview};
use super::trial::{Trial, trial};
use super::{Place, Trouble};
use crate::broker::Broker;
use crate::codec::{PacketId, PacketType, QoS, Version};
use crate::sim::Sim;
use crate::time::Instant;
use crate::view::actors::{Standing, standing};

/// What would be sent, and what would come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The packet, or what is wrong.
    pub result: Result<Preview, Trouble>,
    /// What the broker would do.
    pub trial: Trial,
}

/// How a verdict stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Something to know.
    Note,
    /// It cannot be sent.
    Bad,
}

impl Shown {
    /// What a client's form would do to a simulation now.
    pub fn of(kind: FormKind, draft: &Draft, sim: &Sim, client: usize, now: Instant) -> Self {
        if client >= sim.client_count() {
            return Self::nothing();
        }
        let result = preview(kind, draft, sim.client(client), now);
        let bytes = result.as_ref().map_or(&[][..], |it| &it.bytes);
        let trial = if bytes.is_empty() { Trial::default() } else { trial(sim, client, bytes, now) };
        Self { result, trial }
    }

    /// Nobody is there to send anything.
    pub fn nothing() -> Self {
        let gone = Trouble::whole("This client is not there.".to_owned());
        Self { result: Err(gone), trial: Trial::default() }
    }

    /// What is wrong at this place, if that is where it is.
    pub fn trouble_at(&self, place: Place) -> Option<&Trouble> {
        self.result.as_ref().err().filter(|it| it.place == place)
    }

    /// One line about the form as a whole.
    pub fn verdict(&self) -> (Tone, String) {
        let preview = match &self.result {
            Ok(preview) => preview,
            Err(trouble) if trouble.place == Place::Untouched => return (Tone::Note, trouble.text.clone()),
            Err(trouble) if trouble.place == Place::Form => return (Tone::Bad, trouble.text.clone()),
            Err(_) => return (Tone::Bad, "Not complete yet.".to_owned()),
        };
        if preview.bytes.is_empty() {
            return (Tone::Note, "Waits until earlier messages are acknowledged.".to_owned());
        }
        if preview.is_raw {
            return (Tone::Note, "Goes out as it stands: nobody checks it.".to_owned());
        }
        let mut text = ["Valid MQTT ", preview.version.as_str(), "."].concat();
        if let Some((decision, _)) = self.trial.decisions.first() {
            text.extend([" Broker: ", decision, "."]);
        }
        (Tone::Good, text)
    }
}

/// What helps to fill a form in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Topics that there are, each with whom it reaches.
    pub topics: Vec<(String, String)>,
    /// Whom the message would reach, in a sentence.
    pub reach: String,
    /// What the filters would match.
    pub matches: Matches,
    /// The subscriptions that the client holds, with what was granted.
    pub held: Vec<(String, QoS)>,
    /// How the client stands.
    pub standing: Option<Standing>,
    /// The Packet Identifier that is next.
    pub next_id: Option<PacketId>,
    /// How many acknowledgements are held, if any shall be.
    pub holding: Option<usize>,
    /// How many packets and bytes wait in the link, if the client does not read.
    pub unread: Option<(usize, usize)>,
    /// The next acknowledgement that the client has to send.
    pub due: Option<(PacketType, PacketId)>,
}

impl Facts {
    /// Those that a client's form of this kind shows.
    pub fn of(kind: FormKind, draft: &Draft, sim: &Sim, client: usize) -> Self {
        if client >= sim.client_count() {
            return Self::default();
        }
        let mut facts = Self { standing: Some(standing(sim.client(client))), ..Self::default() };
        match kind {
            FormKind::Publish => {
                let reach = |topic: &str| names(&reached(sim.broker_of(client), topic));
                facts.topics =
                    topics(sim).into_iter().map(|it| (reach(&it), it)).map(|(r, t)| (t, r)).collect();
                facts.reach = reach_sentence(sim.broker_of(client), draft);
                facts.next_id = sim.client(client).next_packet_id();
            }
            FormKind::Subscribe => facts.matches = matches(sim, client, &draft.filters),
            FormKind::Unsubscribe => {
                let held = sim.client(client).subscriptions();
                facts.held = held.map(|(filter, it)| (filter.to_owned(), it.granted)).collect();
            }
            FormKind::Misbehave => {
                facts.due = due(sim, client);
                facts.holding = sim.client(client).holding();
                facts.unread = sim.unread(client);
            }
            _ => {}
        }
        facts
    }
}

fn names(reached: &[(String, String, QoS)]) -> String {
    let mut who: Vec<&str> = reached.iter().map(|(client, ..)| client.as_str()).collect();
    who.dedup();
    match who.as_slice() {
        [] => "reaches nobody".to_owned(),
        [one] => ["reaches ", one].concat(),
        [one, rest @ ..] => ["reaches ", one, " and ", &rest.len().to_string(), " more"].concat(),
    }
}

fn reach_sentence(broker: &Broker, draft: &Draft) -> String {
    let reached = reached(broker, draft.text(Field::Topic));
    let Some((client, filter, granted)) = reached.first() else {
        return "Nobody subscribes to it now.".to_owned();
    };
    let qos = draft.qos(Field::Qos).min(*granted).to_string();
    let others = reached.len() - 1;
    let others = if others > 0 { [" and ", &others.to_string(), " more"].concat() } else { String::new() };
    [client, " gets it through ", filter, " at QoS ", &qos, &others, "."].concat()
}

/// The next acknowledgement: of what is on its way to the client, else of what it waits for.
fn due(sim: &Sim, client: usize) -> Option<(PacketType, PacketId)> {
    use PacketType as P;
    let (step, end) = (sim.cursor(), sim.end_of_client(client));
    let frames = sim.capture().frames();
    let coming =
        frames.filter(|it| it.to == end && it.sent_step <= step && it.end.is_none_or(|(at, _)| at > step));
    for frame in coming {
        let packet = crate::codec::decode(&frame.bytes, frame.version).ok()?;
        let answer = match packet {
            crate::codec::Packet::Publish(publish) => match publish.qos {
                QoS::AtMostOnce => None,
                QoS::AtLeastOnce => Some(P::PubAck).zip(publish.packet_id),
                QoS::ExactlyOnce => Some(P::PubRec).zip(publish.packet_id),
            },
            crate::codec::Packet::PubRec(ack) => Some((P::PubRel, ack.packet_id)),
            crate::codec::Packet::PubRel(ack) => Some((P::PubComp, ack.packet_id)),
            _ => None,
        };
        if answer.is_some() {
            return answer;
        }
    }
    let client = sim.client(client);
    client.incoming().next().map(|(packet_id, _)| (P::PubComp, packet_id))
}

/// The bytes of an acknowledgement.
pub fn acknowledgement(packet: PacketType, packet_id: PacketId) -> Vec<u8> {
    let [high, low] = packet_id.get().to_be_bytes();
    vec![packet.nibble() << 4 | packet.required_flags().unwrap_or(0), 2, high, low]
}

/// What a version before 5.0 has not, in a sentence; empty for 5.0.
pub fn lacks(version: Version) -> &'static str {
    match version {
        Version::V5 => "",
        Version::V311 => {
            "3.1.1 has no properties, session expiry or will delay. They stay here and are not sent."
        }
        Version::V31 => {
            "3.1 has no properties, session expiry or will delay. They stay here and are not sent."
        }
    }
}
