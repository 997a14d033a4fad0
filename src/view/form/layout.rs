//! What each form shows, in order.

use super::draft::{Field, Key};
use crate::codec::{PacketType, PropertyHost, PropertyId, ReasonCode, Version};

/// A form that a client's card opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormKind {
    /// Connect with other settings.
    Connect,
    /// Publish a message.
    Publish,
    /// Subscribe to filters.
    Subscribe,
    /// End subscriptions.
    Unsubscribe,
    /// Disconnect with a reason.
    Disconnect,
    /// Break rules.
    Misbehave,
    /// Not a client's: the broker's settings.
    Broker,
    /// Authenticate again.
    Authenticate,
    /// Not a client's alone: its link, and faults on it.
    Network,
    /// Not a client's: the timelines beside each other, and every way it can go.
    Timelines,
    /// Not a client's: the world as lines.
    Lines,
    /// Not a client's: the world as a link, a file, a piece of another page.
    Share,
    /// Not a client's: what all ends hold, link by link.
    Lanes,
    /// Not a client's: what will be done by itself, at its time or when something happens.
    Plan,
    /// Not a client's: the timelines' tracks in the transport bar.
    Tracks,
}

impl FormKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Connect,
        Self::Publish,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Disconnect,
        Self::Misbehave,
        Self::Broker,
        Self::Authenticate,
        Self::Network,
        Self::Timelines,
        Self::Lines,
        Self::Share,
        Self::Lanes,
        Self::Plan,
        Self::Tracks,
    ];

    /// What its button says, its title before the client's name, and its icon.
    pub const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Connect => ("Connect", "Connect ", "i-plug"),
            Self::Publish => ("Publish", "Publish from ", "i-send"),
            Self::Subscribe => ("Subscribe", "Subscribe ", "i-inbox"),
            Self::Unsubscribe => ("Unsubscribe", "Unsubscribe ", "i-inbox"),
            Self::Disconnect => ("Disconnect", "Disconnect ", "i-plug"),
            Self::Misbehave => ("Send raw", "Misbehave as ", "i-bug"),
            Self::Authenticate => ("Authenticate", "Authenticate again: ", "i-plug"),
            Self::Broker => ("Apply", "Settings of ", "i-gear"),
            Self::Network
            | Self::Timelines
            | Self::Lines
            | Self::Share
            | Self::Lanes
            | Self::Plan
            | Self::Tracks => ("", "", "i-cut"),
        }
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// One line.
    Text,
    /// One line shown as dots.
    Secret,
    /// Several lines.
    Area,
    /// A whole number, with its unit.
    Number(&'static str),
    /// On or off.
    Check,
    /// One of a few, side by side: values as they are told.
    Segments(&'static [&'static str]),
    /// One of many, by value, with words.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Where its text is kept.
    pub key: Key,
    /// Names it in addresses and tests: `topic`.
    pub id: &'static str,
    /// Stands over it.
    pub label: &'static str,
    /// How it is filled in.
    pub control: Control,
    /// How much of the column's width it takes, in sixths.
    pub sixths: u8,
    /// Stands under it; may be empty.
    pub hint: &'static str,
    /// The first version that has it.
    pub since: Version,
}

/// A part of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Begins the second column.
    Column,
    /// Begins a group of fields, with a title that may be empty.
    Group(&'static str),
    /// Begins a group that is shown while the field is on; its label is the title.
    Switch(Field, &'static str, &'static str),
    /// A field.
    Field(Spec),
    /// The properties of a packet or of the will.
    Properties(PropertyHost),
    /// The payload, in any of its forms.
    Payload,
    /// Filters; with options where it is a SUBSCRIBE.
    Filters {
        /// It is.
        options: bool,
    },
    /// What the filters would match.
    Matches,
    /// Subscriptions that there are.
    Held,
    /// The next acknowledgement, and what happens from now on.
    Slips,
    /// Bytes as they are.
    Raw,
    /// A sentence.
    Told(&'static str),
}

const fn field(key: Field, id: &'static str, label: &'static str, control: Control, sixths: u8) -> Part {
    Part::Field(Spec { key: Key::Field(key), id, label, control, sixths, hint: "", since: Version::V31 })
}

const fn hinted(part: Part, hint: &'static str) -> Part {
    match part {
        Part::Field(spec) => Part::Field(Spec { hint, ..spec }),
        other => other,
    }
}

const fn third(part: Part) -> Part {
    match part {
        Part::Field(spec) => Part::Field(Spec { sixths: 2, ..spec }),
        other => other,
    }
}

const fn since_5(part: Part) -> Part {
    match part {
        Part::Field(spec) => Part::Field(Spec { since: Version::V5, ..spec }),
        other => other,
    }
}

const fn property(
    host: PropertyHost,
    id: PropertyId,
    name: &'static str,
    label: &'static str,
    unit: &'static str,
) -> Part {
    Part::Field(Spec {
        key: Key::Property(host, id),
        id: name,
        label,
        control: Control::Number(unit),
        sixths: 3,
        hint: "",
        since: Version::V5,
    })
}

const QOS: Control = Control::Segments(&["0", "1", "2"]);
const CONNECT: PropertyHost = PropertyHost::Packet(PacketType::Connect);

const CONNECT_FORM: &[Part] = &[
    Part::Group(""),
    field(Field::Version, "version", "Version", Control::Segments(&["3.1", "3.1.1", "5.0"]), 6),
    hinted(
        field(Field::ClientId, "client-id", "Client id", Control::Text, 6),
        "Empty: the broker assigns one; 5.0 tells which in CONNACK.",
    ),
    Part::Group(""),
    hinted(
        field(Field::CleanStart, "clean-start", "Clean start", Control::Check, 6),
        "Off: take up the session if the broker still has one.",
    ),
    property(CONNECT, PropertyId::SessionExpiryInterval, "session-expiry", "Session expiry", "s"),
    field(Field::KeepAlive, "keep-alive", "Keep alive", Control::Number("s"), 3),
    Part::Group(""),
    field(Field::UserName, "user-name", "User name", Control::Text, 3),
    hinted(
        field(Field::Password, "password", "Password", Control::Secret, 3),
        "Dots here and in the preview. In the packet they are plain bytes: only TLS hides them.",
    ),
    Part::Column,
    Part::Switch(Field::Will, "will", "Will"),
    field(Field::WillTopic, "will-topic", "Topic", Control::Text, 3),
    field(Field::WillPayload, "will-payload", "Payload", Control::Text, 3),
    field(Field::WillQos, "will-qos", "QoS", QOS, 2),
    third(property(PropertyHost::Will, PropertyId::WillDelayInterval, "will-delay", "Delay", "s")),
    field(Field::WillRetain, "will-retain", "Retain", Control::Check, 2),
    Part::Properties(PropertyHost::Will),
    Part::Properties(CONNECT),
    Part::Switch(Field::Reconnect, "reconnect", "Connect again when the link is lost"),
    field(Field::ReconnectFirst, "reconnect-first", "First wait", Control::Number("ms"), 2),
    field(Field::ReconnectMost, "reconnect-most", "Longest wait", Control::Number("ms"), 2),
    hinted(
        field(Field::ReconnectAttempts, "reconnect-attempts", "Attempts", Control::Number(""), 2),
        "0: no end",
    ),
    Part::Group("This client"),
    hinted(
        field(Field::RetryInterval, "retry-interval", "Send again after", Control::Number("s"), 3),
        "On a live link, 3.x only. Empty: 20 in 3.1, never in 3.1.1.",
    ),
    since_5(hinted(
        field(Field::AutomaticAliases, "automatic-aliases", "Automatic aliases", Control::Number(""), 3),
        "Topics that get an alias by themselves.",
    )),
    field(Field::FirstPacketId, "first-packet-id", "First packet id", Control::Number(""), 3),
    field(Field::MaxInFlight, "max-in-flight", "In flight at most", Control::Number(""), 3),
];

const PUBLISH_FORM: &[Part] = &[
    Part::Group(""),
    field(Field::Topic, "topic", "Topic", Control::Text, 6),
    Part::Group(""),
    field(Field::Qos, "qos", "QoS", QOS, 2),
    field(Field::PacketId, "packet-id", "Packet id", Control::Number(""), 2),
    field(Field::Retain, "retain", "Retain", Control::Check, 2),
    Part::Switch(Field::Repeat, "repeat", "Repeat"),
    field(Field::Times, "times", "Times", Control::Number(""), 3),
    hinted(
        field(Field::Every, "every", "Every", Control::Number("ms"), 3),
        "{{n}} counts from 1, {{t}} is the virtual time, {{rnd 20 24}} a number by chance.",
    ),
    Part::Column,
    Part::Group(""),
    Part::Payload,
    Part::Properties(PropertyHost::Packet(PacketType::Publish)),
];

const SUBSCRIBE_FORM: &[Part] = &[
    Part::Group("Filters"),
    Part::Filters { options: true },
    Part::Group(""),
    property(
        PropertyHost::Packet(PacketType::Subscribe),
        PropertyId::SubscriptionIdentifier,
        "subscription-id",
        "Subscription id",
        "",
    ),
    Part::Properties(PropertyHost::Packet(PacketType::Subscribe)),
    Part::Column,
    Part::Group("Would match now"),
    Part::Matches,
];

const UNSUBSCRIBE_FORM: &[Part] = &[
    Part::Group("Filters"),
    Part::Filters { options: false },
    Part::Properties(PropertyHost::Packet(PacketType::Unsubscribe)),
    Part::Column,
    Part::Group("Subscriptions"),
    Part::Held,
];

/// The reasons that a client's DISCONNECT may give (5.0 section 3.14.2.1).
const REASONS: &[(&str, &str)] = &[
    ("0", "00 Normal: the will is dropped"),
    ("4", "04 With will message"),
    ("128", "80 Unspecified error"),
    ("129", "81 Malformed packet"),
    ("130", "82 Protocol error"),
    ("131", "83 Implementation specific"),
    ("144", "90 Topic name invalid"),
    ("147", "93 Receive maximum exceeded"),
    ("148", "94 Topic alias invalid"),
    ("149", "95 Packet too large"),
    ("150", "96 Message rate too high"),
    ("151", "97 Quota exceeded"),
    ("152", "98 Administrative action"),
    ("153", "99 Payload format invalid"),
];

const DISCONNECT: PropertyHost = PropertyHost::Packet(PacketType::Disconnect);

const DISCONNECT_FORM: &[Part] = &[
    Part::Group(""),
    hinted(
        since_5(field(Field::Reason, "reason", "Reason", Control::Choice(REASONS), 6)),
        "A cut link leaves the will to the broker in every version.",
    ),
    property(DISCONNECT, PropertyId::SessionExpiryInterval, "session-expiry", "Session expiry", "s"),
    Part::Properties(DISCONNECT),
];

const MISBEHAVE_FORM: &[Part] = &[
    Part::Group("Next acknowledgement"),
    Part::Slips,
    Part::Column,
    Part::Group("Send raw bytes"),
    Part::Raw,
];

const AUTHENTICATE_FORM: &[Part] = &[Part::Told(
    "The method is that of CONNECT (5.0 MQTT-4.12.1-1). The connection goes on meanwhile, and the broker closes it if \
     this fails.",
)];

/// What a form shows.
pub const fn layout(kind: FormKind) -> &'static [Part] {
    match kind {
        FormKind::Connect => CONNECT_FORM,
        FormKind::Publish => PUBLISH_FORM,
        FormKind::Subscribe => SUBSCRIBE_FORM,
        FormKind::Unsubscribe => UNSUBSCRIBE_FORM,
        FormKind::Disconnect => DISCONNECT_FORM,
        FormKind::Misbehave => MISBEHAVE_FORM,
        FormKind::Authenticate => AUTHENTICATE_FORM,
        _ => &[],
    }
}

/// The reason that the form's choice stands for.
pub(super) fn reason(text: &str) -> ReasonCode {
    ReasonCode(text.parse().unwrap_or(0))
}

/// Whether a property has a field of its own in its form, beside the list.
pub(super) const fn is_pinned(host: PropertyHost, id: PropertyId) -> bool {
    use PropertyHost::{Packet, Will};
    matches!(
        (host, id),
        (Packet(PacketType::Connect | PacketType::Disconnect), PropertyId::SessionExpiryInterval)
            | (Will, PropertyId::WillDelayInterval)
            | (Packet(PacketType::Subscribe), PropertyId::SubscriptionIdentifier)
    )
}
