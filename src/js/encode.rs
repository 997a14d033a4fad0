//! Packets from JavaScript's objects.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::codec::{
    Ack, ConnAck, Connect, EncodeError, Packet, PacketId, PacketType, PropertyBuf, PropertyId, PropertyKind,
    PropertyValue, Publish, QoS, Reason, ReasonCode, RetainHandling, SubAck, Subscribe, SubscriptionOptions,
    SubscriptionsBuf, TopicFiltersBuf, Unsubscribe, Version, Will,
};

/// Why an object is no packet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EncodeJsError {
    #[error("a packet is an object")]
    NotAnObject,
    #[error("{found:?} is no packet type; they are CONNECT to AUTH")]
    UnknownPacket { found: String },
    #[error("{found:?} is no version of MQTT; there are 3.1, 3.1.1 and 5.0")]
    UnknownVersion { found: String },
    #[error("{packet} has no member {name:?}")]
    UnknownMember { packet: &'static str, name: String },
    #[error("{name} must be {expected}")]
    Kind { name: &'static str, expected: &'static str },
    #[error("{name} is no property of MQTT 5.0, or has a value of another kind")]
    Property { name: String },
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Members of an object, read by name.
struct Members(Object);

impl Members {
    fn value(&self, name: &'static str) -> Option<JsValue> {
        Reflect::get(&self.0, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, EncodeJsError> {
        let read =
            |value: JsValue| value.as_string().ok_or(EncodeJsError::Kind { name, expected: "a string" });
        self.value(name).map(read).transpose()
    }

    /// A string's UTF-8, or the bytes of a `Uint8Array`.
    fn bytes(&self, name: &'static str) -> Result<Option<Vec<u8>>, EncodeJsError> {
        let read = |value: JsValue| match value.as_string() {
            Some(text) => Ok(text.into_bytes()),
            None if value.is_instance_of::<Uint8Array>() => Ok(Uint8Array::new(&value).to_vec()),
            None => Err(EncodeJsError::Kind { name, expected: "a string or a Uint8Array" }),
        };
        self.value(name).map(read).transpose()
    }

    fn number(&self, name: &'static str, most: u32) -> Result<Option<u32>, EncodeJsError> {
        let expected = "a whole number that fits";
        let read = |value: JsValue| match value.as_f64() {
            Some(number) if number.fract() == 0.0 && (0.0..=f64::from(most)).contains(&number) => {
                Ok(number as u32)
            }
            _ => Err(EncodeJsError::Kind { name, expected }),
        };
        self.value(name).map(read).transpose()
    }

    fn flag(&self, name: &'static str) -> Result<bool, EncodeJsError> {
        let read =
            |value: JsValue| value.as_bool().ok_or(EncodeJsError::Kind { name, expected: "true or false" });
        Ok(self.value(name).map(read).transpose()?.unwrap_or(false))
    }

    fn list(&self, name: &'static str) -> Result<Vec<JsValue>, EncodeJsError> {
        let read = |value: JsValue| match value.dyn_into::<Array>() {
            Ok(list) => Ok(list.to_vec()),
            Err(_) => Err(EncodeJsError::Kind { name, expected: "an array" }),
        };
        Ok(self.value(name).map(read).transpose()?.unwrap_or_default())
    }

    fn qos(&self, name: &'static str) -> Result<QoS, EncodeJsError> {
        let level = self.number(name, 2)?.unwrap_or(0);
        QoS::from_bits(level as u8).ok_or(EncodeJsError::Kind { name, expected: "0, 1 or 2" })
    }

    fn id(&self) -> Result<PacketId, EncodeJsError> {
        let id = self.number("packet_id", 0xffff)?.unwrap_or(1);
        let expected = "a number from 1 to 65535";
        PacketId::new(id as u16).ok_or(EncodeJsError::Kind { name: "packet_id", expected })
    }

    fn code(&self) -> Result<ReasonCode, EncodeJsError> {
        Ok(ReasonCode(self.number("code", 0xff)?.unwrap_or(0) as u8))
    }

    /// `{ "Content Type": "text/plain", "User Property": [["a", "b"], ["c", "d"]] }`
    fn properties(&self) -> Result<PropertyBuf, EncodeJsError> {
        let mut list = PropertyBuf::new();
        let Some(value) = self.value("properties") else { return Ok(list) };
        let Ok(object) = value.dyn_into::<Object>() else {
            return Err(EncodeJsError::Kind { name: "properties", expected: "an object" });
        };
        for entry in Object::entries(&object).iter() {
            let entry = Array::from(&entry);
            let name = entry.get(0).as_string().unwrap_or_default();
            let refuse = || EncodeJsError::Property { name: name.clone() };
            let id = PropertyId::ALL.into_iter().find(|id| id.name() == name).ok_or_else(refuse)?;
            push_property(&mut list, id, &entry.get(1)).ok_or_else(refuse)?;
        }
        Ok(list)
    }
}

fn push_property(list: &mut PropertyBuf, id: PropertyId, value: &JsValue) -> Option<()> {
    match id.kind() {
        PropertyKind::Utf8String => {
            list.push(id, PropertyValue::Text(&value.as_string()?));
        }
        PropertyKind::BinaryData => {
            let bytes = value.is_instance_of::<Uint8Array>().then(|| Uint8Array::new(value).to_vec())?;
            list.push(id, PropertyValue::Binary(&bytes));
        }
        PropertyKind::Utf8StringPair => {
            for pair in value.dyn_ref::<Array>()?.iter() {
                let pair = pair.dyn_into::<Array>().ok()?;
                let (name, value) = (pair.get(0).as_string()?, pair.get(1).as_string()?);
                list.push(id, PropertyValue::Pair(&name, &value));
            }
        }
        _ => {
            let number = value.as_f64().or_else(|| value.as_bool().map(|it| f64::from(u8::from(it))))?;
            (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(())?;
            list.push(id, PropertyValue::Number(number as u32));
        }
    }
    Some(())
}

/// Members that each packet has beside `packet` and `version`.
const fn members(packet: PacketType) -> &'static [&'static str] {
    use PacketType as P;
    match packet {
        P::Connect => {
            &["client_id", "clean_start", "keep_alive", "user_name", "password", "will", "properties"]
        }
        P::ConnAck => &["session_present", "code", "properties"],
        P::Publish => &["topic", "payload", "qos", "retain", "dup", "packet_id", "properties"],
        P::PubAck | P::PubRec | P::PubRel | P::PubComp => &["packet_id", "code", "properties"],
        P::Subscribe | P::Unsubscribe => &["packet_id", "filters", "properties"],
        P::SubAck | P::UnsubAck => &["packet_id", "codes", "properties"],
        P::PingReq | P::PingResp => &[],
        P::Disconnect | P::Auth => &["code", "properties"],
    }
}

/// The bytes of a packet that is told as an object.
///
/// # Errors
/// The first member that is missing, unknown or of another kind.
pub fn encode(packet: JsValue) -> Result<Vec<u8>, JsError> {
    Ok(written(packet)?)
}

fn written(packet: JsValue) -> Result<Vec<u8>, EncodeJsError> {
    let told = packet.dyn_into::<Object>().map(Members).map_err(|_| EncodeJsError::NotAnObject)?;
    let found = told.text("packet")?.unwrap_or_default();
    let kind = PacketType::ALL.into_iter().find(|it| it.name() == found);
    let kind = kind.ok_or(EncodeJsError::UnknownPacket { found })?;
    let found = told.text("version")?.unwrap_or_else(|| "5.0".to_owned());
    let version = Version::ALL.into_iter().find(|it| it.as_str() == found);
    let version = version.ok_or(EncodeJsError::UnknownVersion { found })?;
    for key in Object::keys(&told.0).iter() {
        let name = key.as_string().unwrap_or_default();
        if name != "packet" && name != "version" && !members(kind).contains(&name.as_str()) {
            return Err(EncodeJsError::UnknownMember { packet: kind.name(), name });
        }
    }
    let mut out = Vec::new();
    match kind {
        PacketType::Connect => connect(&told, version, &mut out)?,
        PacketType::Publish => publish(&told, version, &mut out)?,
        PacketType::Subscribe | PacketType::Unsubscribe => filters(&told, kind, version, &mut out)?,
        _ => answer(&told, kind, version, &mut out)?,
    }
    Ok(out)
}

fn connect(told: &Members, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeJsError> {
    let (properties, will) = (told.properties()?, told.value("will"));
    let will = match will.map(JsValue::dyn_into::<Object>).transpose() {
        Ok(will) => will.map(Members),
        Err(_) => return Err(EncodeJsError::Kind { name: "will", expected: "an object" }),
    };
    let (mut topic, mut payload, mut will_properties) = (String::new(), vec![], PropertyBuf::new());
    if let Some(will) = &will {
        topic = will.text("topic")?.unwrap_or_default();
        payload = will.bytes("payload")?.unwrap_or_default();
        will_properties = will.properties()?;
    }
    let will = match &will {
        None => None,
        Some(will) => Some(Will {
            qos: will.qos("qos")?,
            retain: will.flag("retain")?,
            properties: will_properties.as_properties(),
            topic: &topic,
            payload: &payload,
        }),
    };
    let (client, user) = (told.text("client_id")?.unwrap_or_default(), told.text("user_name")?);
    let password = told.bytes("password")?;
    let clean = told.value("clean_start").is_none() || told.flag("clean_start")?;
    let connect = Connect {
        version,
        clean_start: clean,
        keep_alive_secs: told.number("keep_alive", 0xffff)?.unwrap_or(60) as u16,
        properties: properties.as_properties(),
        client_id: &client,
        will,
        user_name: user.as_deref(),
        password: password.as_deref(),
    };
    Ok(Packet::Connect(connect).encode(version, out)?)
}

fn publish(told: &Members, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeJsError> {
    let (qos, properties) = (told.qos("qos")?, told.properties()?);
    let topic = told.text("topic")?.unwrap_or_default();
    let payload = told.bytes("payload")?.unwrap_or_default();
    let publish = Publish {
        dup: told.flag("dup")?,
        qos,
        retain: told.flag("retain")?,
        topic: &topic,
        packet_id: if qos == QoS::AtMostOnce { None } else { Some(told.id()?) },
        properties: properties.as_properties(),
        payload: &payload,
    };
    Ok(Packet::Publish(publish).encode(version, out)?)
}

/// `filters`: texts, or in SUBSCRIBE objects with `filter`, `qos`, `no_local`, `retain_as_published`, `retain_handling`.
fn filters(
    told: &Members,
    kind: PacketType,
    version: Version,
    out: &mut Vec<u8>,
) -> Result<(), EncodeJsError> {
    let wrong = || EncodeJsError::Kind {
        name: "filters",
        expected: "an array of strings or of objects with a filter",
    };
    let properties = told.properties()?;
    let (mut wanted, mut names) = (SubscriptionsBuf::new(), TopicFiltersBuf::new());
    for entry in told.list("filters")? {
        let (filter, options) = match entry.as_string() {
            Some(filter) => (filter, SubscriptionOptions::new(QoS::AtMostOnce)),
            None => {
                let entry = Members(entry.dyn_into().map_err(|_| wrong())?);
                let handling = match entry.number("retain_handling", 2)?.unwrap_or(0) {
                    1 => RetainHandling::SendIfNew,
                    2 => RetainHandling::DoNotSend,
                    _ => RetainHandling::SendAtSubscribe,
                };
                let options = SubscriptionOptions {
                    qos: entry.qos("qos")?,
                    no_local: entry.flag("no_local")?,
                    retain_as_published: entry.flag("retain_as_published")?,
                    retain_handling: handling,
                };
                (entry.text("filter")?.ok_or_else(wrong)?, options)
            }
        };
        wanted.push(&filter, options);
        names.push(&filter);
    }
    let (packet_id, properties) = (told.id()?, properties.as_properties());
    let packet = if kind == PacketType::Subscribe {
        Packet::Subscribe(Subscribe { packet_id, dup: false, properties, filters: wanted.as_subscriptions() })
    } else {
        Packet::Unsubscribe(Unsubscribe {
            packet_id,
            dup: false,
            properties,
            filters: names.as_topic_filters(),
        })
    };
    Ok(packet.encode(version, out)?)
}

fn answer(
    told: &Members,
    kind: PacketType,
    version: Version,
    out: &mut Vec<u8>,
) -> Result<(), EncodeJsError> {
    use PacketType as P;
    let list = told.properties()?;
    let (code, properties) = (told.code()?, list.as_properties());
    let ack = Ack { reason: code, properties, ..Ack::new(told.id()?) };
    let reason = Reason { code, properties };
    let mut codes = Vec::new();
    for entry in told.list("codes")? {
        let wrong = EncodeJsError::Kind { name: "codes", expected: "an array of numbers up to 255" };
        codes.push(entry.as_f64().filter(|it| (0.0..=255.0).contains(it)).ok_or(wrong)? as u8);
    }
    let sub = SubAck { packet_id: told.id()?, properties, codes: &codes };
    let session_present = told.flag("session_present")?;
    let packet = match kind {
        P::ConnAck => Packet::ConnAck(ConnAck { session_present, code, properties }),
        P::PubAck => Packet::PubAck(ack),
        P::PubRec => Packet::PubRec(ack),
        P::PubRel => Packet::PubRel(ack),
        P::PubComp => Packet::PubComp(ack),
        P::SubAck => Packet::SubAck(sub),
        P::UnsubAck => Packet::UnsubAck(sub),
        P::PingReq => Packet::PingReq,
        P::PingResp => Packet::PingResp,
        P::Auth => Packet::Auth(reason),
        _ => Packet::Disconnect(reason),
    };
    Ok(packet.encode(version, out)?)
}
