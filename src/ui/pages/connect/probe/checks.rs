//! What a broker is asked, one thing after the other, in a topic space of the probe's own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use super::super::wire::Target;
use super::peer::{Begun, Peer, sleep};
use super::tape::Tape;
use crate::capture::Capture;
use crate::client::{ClientConfig, PublishRequest};
use crate::codec::{
    PacketType, Properties, PropertyBuf, PropertyId, PropertyValue, QoS, ReasonCode, RetainHandling,
    SubscriptionOptions, Version,
};

/// For how long messages are waited for that may come or not, in milliseconds.
const SHORT: u32 = 700;
/// Messages that are looked at where a broker may send many.
const MANY: usize = 50;

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// CONNACK carries this property.
    ConnAck(PropertyId),
    /// CONNACK does not carry it: what the standard says then.
    ByDefault,
    /// By so many packets.
    Tested(u32),
}

/// What was found out.
#[derive(Clone, Debug)]
pub struct Finding {
    /// About what.
    pub about: &'static str,
    /// What.
    pub found: String,
    pub known: Known,
    /// The packets that show it.
    pub proof: Arc<Capture>,
}

/// A broker that is asked, and with which settings.
pub struct Asked {
    pub target: Target,
    pub user_name: Option<String>,
    pub password: Option<Bytes>,
    /// What topics and client identifiers begin with.
    pub space: String,
    pub tape: Rc<RefCell<Tape>>,
    /// Set when it shall end.
    pub stopped: Rc<Cell<bool>>,
}

/// Takes a finding.
pub type Tell<'a> = &'a mut dyn FnMut(Finding);

const NEEDS_5: &str = "needs 5.0";

impl Asked {
    fn config(&self, name: &str, version: Version) -> ClientConfig {
        ClientConfig {
            version,
            user_name: self.user_name.clone(),
            password: self.password.clone().filter(|_| self.user_name.is_some() || version == Version::V5),
            keep_alive_secs: 30,
            connack_timeout_secs: 4,
            // 3.1 takes no more than 23 characters.
            ..ClientConfig::new([&self.space[self.space.len() - 8..], name].concat())
        }
    }

    fn peer(&self, name: &str, version: Version) -> Peer {
        Peer::new(self.config(name, version), &self.tape)
    }

    fn topic(&self, name: &str) -> String {
        [&self.space, "/", name].concat()
    }

    /// How many packets there have been.
    pub fn packets(&self) -> u32 {
        self.tape.borrow().count()
    }

    fn is_stopped(&self) -> bool {
        self.stopped.get()
    }
}

fn message(topic: &str, payload: &str, qos: QoS) -> PublishRequest {
    PublishRequest {
        topic: topic.to_owned(),
        payload: Bytes::from(payload.to_owned()),
        qos,
        ..Default::default()
    }
}

fn yes(it: bool) -> String {
    if it { "yes" } else { "no" }.to_owned()
}

/// Asks everything; `false` if the broker takes no connection.
pub async fn ask(asked: &Asked, tell: Tell<'_>) -> bool {
    let mut spoken = Vec::new();
    let before = asked.packets();
    for version in Version::ALL {
        if asked.is_stopped() {
            return true;
        }
        let peer = asked.peer("v", version);
        if let Begun::Accepted { properties, .. } = peer.connect(&asked.target).await {
            spoken.push(version);
            if version == Version::V5 {
                says(properties.as_properties(), &asked.tape.borrow().look(), tell);
            }
            peer.disconnect().await;
        }
    }
    let Some(version) = spoken.last().copied() else { return false };
    let known = Known::Tested(asked.packets() - before);
    let proof = asked.tape.borrow_mut().cut();
    if version != Version::V5 {
        let (found, proof) = (NEEDS_5.to_owned(), Arc::clone(&proof));
        tell(Finding { about: "CONNACK properties", found, known: Known::ByDefault, proof });
    }
    let names: Vec<&str> = spoken.iter().map(|it| it.as_str()).collect();
    tell(Finding { about: "Versions", found: names.join(", "), known, proof });
    does(asked, version, tell).await;
    true
}

/// What CONNACK says about the broker.
fn says(properties: Properties<'_>, proof: &Arc<Capture>, tell: Tell<'_>) {
    use PropertyId as P;
    let mut say = |about, id, default: &str, word: fn(u32) -> String| {
        let (found, known) = match properties.number(id) {
            Some(number) => (word(number), Known::ConnAck(id)),
            None => (default.to_owned(), Known::ByDefault),
        };
        tell(Finding { about, found, known, proof: Arc::clone(proof) });
    };
    let plain = |number: u32| number.to_string();
    let available = |number: u32| yes(number == 1);
    say("Maximum QoS", P::MaximumQos, "2", plain);
    say("Receive maximum", P::ReceiveMaximum, "65535", plain);
    say("Topic alias maximum", P::TopicAliasMaximum, "0", plain);
    say("Maximum packet size", P::MaximumPacketSize, "no limit", |number| format!("{number} B"));
    say("Retained messages", P::RetainAvailable, "yes", available);
    say("Wildcards", P::WildcardSubscriptionAvailable, "yes", available);
    say("Subscription identifiers", P::SubscriptionIdentifierAvailable, "yes", available);
    say("Shared subscriptions", P::SharedSubscriptionAvailable, "yes", available);
    say("Session expiry", P::SessionExpiryInterval, "as asked", |number| format!("{number} s"));
    say("Keep alive", P::ServerKeepAlive, "as asked", |number| format!("{number} s"));
}

/// What it does when it is tried.
async fn does(asked: &Asked, version: Version, tell: Tell<'_>) {
    let peer = asked.peer("a", version);
    if !matches!(peer.connect(&asked.target).await, Begun::Accepted { .. }) {
        return;
    }
    asked.tape.borrow_mut().cut();
    // Each with the packets that it took. A check that needs another version says so itself.
    macro_rules! check {
        ($about:literal, $check:expr) => {
            if asked.is_stopped() {
                return peer.disconnect().await;
            }
            let before = asked.packets();
            let found = $check.await;
            let known = Known::Tested(asked.packets() - before);
            let proof = asked.tape.borrow_mut().cut();
            tell(Finding { about: $about, found, known, proof });
        };
    }
    let v5 = version == Version::V5;
    check!("Retained message kept", retained(asked, &peer));
    check!("Wildcards matched", wildcards(asked, &peer));
    check!("Highest QoS delivered", highest_qos(asked, &peer));
    check!("Two overlapping filters, one message", overlapping(asked, &peer));
    check!("Shared subscription delivers", shared(asked, &peer, v5));
    check!("PUBACK when nobody subscribes", nobody(asked, &peer, v5));
    check!("No Local", no_local(asked, &peer, v5));
    check!("Message expiry counts down", expiry(asked, &peer, v5));
    check!("$SYS topics", sys(&peer));
    peer.disconnect().await;
    check!("Empty client id", empty_id(asked));
    check!("Session and its message kept", session(asked, version));
    check!("Answer to a malformed packet", malformed(asked, version));
}

async fn retained(asked: &Asked, peer: &Peer) -> String {
    let topic = asked.topic("retained");
    let keep = PublishRequest { retain: true, ..message(&topic, "kept", QoS::AtLeastOnce) };
    if peer.publish(keep).await.is_none_or(ReasonCode::is_error) {
        return "refused".to_owned();
    }
    if !peer.listen(&topic, QoS::AtLeastOnce).await {
        return "subscription refused".to_owned();
    }
    let found = peer.message(SHORT).await;
    peer.unsubscribe(&topic).await;
    // An empty payload clears it.
    peer.publish(PublishRequest { retain: true, ..message(&topic, "", QoS::AtLeastOnce) }).await;
    match found {
        Some(message) if message.retain => "yes".to_owned(),
        Some(_) => "yes, not marked".to_owned(),
        None => "no".to_owned(),
    }
}

async fn wildcards(asked: &Asked, peer: &Peer) -> String {
    let mut found = Vec::new();
    for (filter, sign) in [("w/+/x", "+"), ("w/#", "#")] {
        let filter = asked.topic(filter);
        if peer.listen(&filter, QoS::AtMostOnce).await {
            peer.publish(message(&asked.topic("w/y/x"), sign, QoS::AtMostOnce)).await;
            if peer.message(SHORT).await.is_some() {
                found.push(sign);
            }
        }
        peer.unsubscribe(&filter).await;
    }
    if found.is_empty() { "none".to_owned() } else { found.join(" and ") }
}

async fn highest_qos(asked: &Asked, peer: &Peer) -> String {
    let topic = asked.topic("qos");
    if !peer.listen(&topic, QoS::ExactlyOnce).await {
        return "refused".to_owned();
    }
    let mut highest = None;
    for qos in QoS::ALL {
        if peer.publish(message(&topic, "x", qos)).await.is_some_and(|code| !code.is_error())
            && let Some(message) = peer.message(SHORT).await
        {
            highest = highest.max(Some(message.qos));
        }
    }
    peer.unsubscribe(&topic).await;
    highest.map_or_else(|| "none".to_owned(), |qos| qos.to_string())
}

async fn overlapping(asked: &Asked, peer: &Peer) -> String {
    let filters = [asked.topic("o/#"), asked.topic("o/+")];
    for filter in &filters {
        if !peer.listen(filter, QoS::AtMostOnce).await {
            return "refused".to_owned();
        }
    }
    peer.publish(message(&asked.topic("o/x"), "x", QoS::AtMostOnce)).await;
    let copies = peer.messages(SHORT, 5).await.len();
    for filter in &filters {
        peer.unsubscribe(filter).await;
    }
    if copies == 1 { "1 copy".to_owned() } else { format!("{copies} copies") }
}

async fn shared(asked: &Asked, peer: &Peer, v5: bool) -> String {
    if !v5 {
        return NEEDS_5.to_owned();
    }
    let filter = format!("$share/group/{}", asked.topic("s"));
    let options = SubscriptionOptions { qos: QoS::AtMostOnce, ..Default::default() };
    match peer.subscribe(&filter, options).await {
        Some(code) if !code.is_error() => {}
        Some(code) => return format!("refused {:#04x}", code.0),
        None => return "refused".to_owned(),
    }
    peer.publish(message(&asked.topic("s"), "x", QoS::AtMostOnce)).await;
    let came = peer.message(SHORT).await.is_some();
    peer.unsubscribe(&filter).await;
    yes(came)
}

async fn nobody(asked: &Asked, peer: &Peer, v5: bool) -> String {
    let reason = peer.publish(message(&asked.topic("nobody"), "x", QoS::AtLeastOnce)).await;
    match (reason, v5) {
        (Some(_), false) => NEEDS_5.to_owned(),
        (Some(code), true) => format!("{:#04x}", code.0),
        (None, _) => "no answer".to_owned(),
    }
}

async fn no_local(asked: &Asked, peer: &Peer, v5: bool) -> String {
    if !v5 {
        return NEEDS_5.to_owned();
    }
    let topic = asked.topic("local");
    let options = SubscriptionOptions { qos: QoS::AtMostOnce, no_local: true, ..Default::default() };
    if peer.subscribe(&topic, options).await.is_none_or(ReasonCode::is_error) {
        return "refused".to_owned();
    }
    peer.publish(message(&topic, "x", QoS::AtMostOnce)).await;
    let came = peer.message(SHORT).await.is_some();
    peer.unsubscribe(&topic).await;
    yes(!came)
}

async fn expiry(asked: &Asked, peer: &Peer, v5: bool) -> String {
    if !v5 {
        return NEEDS_5.to_owned();
    }
    let topic = asked.topic("expiry");
    let mut properties = PropertyBuf::new();
    properties.push(PropertyId::MessageExpiryInterval, PropertyValue::Number(60));
    let keep = PublishRequest { retain: true, properties, ..message(&topic, "x", QoS::AtLeastOnce) };
    if peer.publish(keep).await.is_none_or(ReasonCode::is_error) {
        return "refused".to_owned();
    }
    sleep(1_600).await;
    let retain_handling = RetainHandling::SendAtSubscribe;
    let options = SubscriptionOptions { qos: QoS::AtMostOnce, retain_handling, ..Default::default() };
    peer.subscribe(&topic, options).await;
    let came = peer.message(SHORT).await;
    peer.unsubscribe(&topic).await;
    peer.publish(PublishRequest { retain: true, ..message(&topic, "", QoS::AtLeastOnce) }).await;
    let left =
        came.and_then(|it| it.message.properties.as_properties().number(PropertyId::MessageExpiryInterval));
    yes(left.is_some_and(|left| left < 60))
}

async fn sys(peer: &Peer) -> String {
    let options = SubscriptionOptions { qos: QoS::AtMostOnce, ..Default::default() };
    match peer.subscribe("$SYS/broker/#", options).await {
        Some(code) if code.is_error() => return format!("refused {:#04x}", code.0),
        None => return "refused".to_owned(),
        Some(_) => {}
    }
    let came = peer.messages(SHORT, MANY).await.len();
    peer.unsubscribe("$SYS/broker/#").await;
    match came {
        0 => "none".to_owned(),
        MANY => "yes, many".to_owned(),
        _ => "yes".to_owned(),
    }
}

async fn empty_id(asked: &Asked) -> String {
    let peer = asked.peer("", Version::V311);
    peer.configure(|config| config.client_id.clear());
    let found = match peer.connect(&asked.target).await {
        Begun::Accepted { .. } => "accepted".to_owned(),
        Begun::Refused(code) => format!("refused {:#04x}", code.0),
        Begun::Nothing => "closes".to_owned(),
    };
    peer.disconnect().await;
    found
}

/// A session outlives its connection, with a message that came meanwhile.
async fn session(asked: &Asked, version: Version) -> String {
    let (kept, other) = (asked.peer("s", version), asked.peer("o", version));
    let topic = asked.topic("session");
    kept.configure(|config| {
        config.clean_start = false;
        if version == Version::V5 {
            config.properties.push(PropertyId::SessionExpiryInterval, PropertyValue::Number(60));
        }
    });
    let begun = kept.connect(&asked.target).await;
    if !matches!(begun, Begun::Accepted { .. }) || !kept.listen(&topic, QoS::AtLeastOnce).await {
        return "refused".to_owned();
    }
    kept.drop_wire();
    other.connect(&asked.target).await;
    other.publish(message(&topic, "meanwhile", QoS::AtLeastOnce)).await;
    let again = kept.connect(&asked.target).await;
    let came = kept.message(SHORT).await.is_some();
    kept.drop_wire();
    other.disconnect().await;
    // A clean start ends the session for good.
    kept.configure(|config| {
        config.clean_start = true;
        config.properties = PropertyBuf::new();
    });
    kept.connect(&asked.target).await;
    kept.disconnect().await;
    match (again, came) {
        (Begun::Accepted { session_present: true, .. }, true) => "both".to_owned(),
        (Begun::Accepted { session_present: true, .. }, false) => "session only".to_owned(),
        _ => "no".to_owned(),
    }
}

async fn malformed(asked: &Asked, version: Version) -> String {
    let peer = asked.peer("m", version);
    if !matches!(peer.connect(&asked.target).await, Begun::Accepted { .. }) {
        return "no connection".to_owned();
    }
    // PUBLISH with both QoS bits set.
    peer.raw(&[0x36, 3, 0, 1, b'x']);
    let reason = |event: &crate::client::ClientEvent| match event {
        crate::client::ClientEvent::Closed(reason) => Some(*reason),
        _ => None,
    };
    let found = peer.event(SHORT * 2, reason).await;
    peer.drop_wire();
    match found {
        Some(crate::client::CloseReason::ServerDisconnected(code)) => code
            .name(PacketType::Disconnect, version)
            .map_or_else(|| format!("{:#04x}", code.0), str::to_owned),
        Some(_) => "closes silently".to_owned(),
        None => "stays open".to_owned(),
    }
}
