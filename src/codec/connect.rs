//! CONNECT (3.1 section 3.1, 3.1.1 section 3.1, 5.0 section 3.1).

use super::context;
use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::frame::{self, Frame};
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader, Stop};
use super::record::Recorder;
use super::types::{PacketType, QoS, Version};
use super::write;

/// A client's request for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connect<'a> {
    /// The version that protocol name and level ask for; the whole connection speaks it.
    pub version: Version,
    /// Clean Session in 3.x, Clean Start in 5.0.
    pub clean_start: bool,
    /// Keep Alive in seconds; 0 switches it off.
    pub keep_alive_secs: u16,
    /// 5.0 only.
    pub properties: Properties<'a>,
    /// May be empty where the server shall choose one.
    pub client_id: &'a str,
    /// What the server shall publish if the connection ends without DISCONNECT.
    pub will: Option<Will<'a>>,
    /// User name.
    pub user_name: Option<&'a str>,
    /// Password: any bytes.
    pub password: Option<&'a [u8]>,
}

/// A will message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Will<'a> {
    /// Will QoS.
    pub qos: QoS,
    /// Will Retain.
    pub retain: bool,
    /// Will Properties, 5.0 only.
    pub properties: Properties<'a>,
    /// Will Topic.
    pub topic: &'a str,
    /// Will Message (5.0: Will Payload).
    pub payload: &'a [u8],
}

const USER_NAME: u8 = 0x80;
const PASSWORD: u8 = 0x40;
const WILL_RETAIN: u8 = 0x20;
const WILL: u8 = 0x04;
const CLEAN_START: u8 = 0x02;
const RESERVED: u8 = 0x01;

pub(super) fn decode<'a, R: Recorder>(r: &mut Reader<'a, '_, R>) -> Read<Connect<'a>> {
    let header = r.open(Field::VariableHeader);
    protocol(r)?;
    let flags = connect_flags(r)?;
    let keep_alive_secs = r.u16(Field::KeepAlive)?;
    let properties = if r.is_v5() {
        property::decode(r, PropertyHost::Packet(PacketType::Connect))?
    } else {
        Properties::EMPTY
    };
    r.close(header);
    let payload = r.open(Field::Payload);
    // 3.1.1 MQTT-3.1.3-1, 5.0 MQTT-3.1.3-1: the order of the fields.
    let client_id = r.string(Field::ClientIdentifierLength, Field::ClientIdentifier)?;
    let will = if flags & WILL != 0 { Some(will(r, flags)?) } else { None };
    // 3.1 section 3.1: a flag may be set without its field.
    let lenient = r.version == Version::V31;
    let user_name = if flags & USER_NAME != 0 && !(lenient && r.left() == 0) {
        Some(r.string(Field::UserNameLength, Field::UserName)?)
    } else {
        None
    };
    let password = if flags & PASSWORD != 0 && !(lenient && r.left() == 0) {
        Some(r.binary(Field::PasswordLength, Field::Password)?)
    } else {
        None
    };
    r.close(payload);
    Ok(Connect {
        version: r.version,
        clean_start: flags & CLEAN_START != 0,
        keep_alive_secs,
        properties,
        client_id,
        will,
        user_name,
        password,
    })
}

/// Protocol name and level; sets the reader's version.
fn protocol<R: Recorder>(r: &mut Reader<'_, '_, R>) -> Read<()> {
    let at = r.pos;
    let name = r.string(Field::ProtocolNameLength, Field::ProtocolName)?;
    let name_end = r.pos;
    // The level decides by whose rules the rest is read, the faults of the name included.
    let level = r.peek();
    if let Some(level) = level {
        r.version = version_of(name.as_bytes(), level);
    }
    if name != "MQTT" && name != "MQIsdp" {
        // 3.1.1 MQTT-3.1.2-1, 5.0 MQTT-3.1.2-1
        let len = name_end - at - 2;
        let (from, len) = if len == 0 { (at, 2) } else { (at + 2, len) };
        r.fault(FaultKind::ProtocolName, Field::ProtocolName, (from, len), (0, 0))?;
    }
    let level = r.u8(Field::ProtocolLevel)?;
    let known = match name {
        "MQIsdp" => level == 3,
        "MQTT" => level == 4 || level == 5,
        _ => Version::from_level(level).is_some(),
    };
    if !known {
        // 3.1.1 MQTT-3.1.2-2, 5.0 MQTT-3.1.2-2
        let numbers = (u32::from(r.version.level()), u32::from(level));
        r.fault(FaultKind::ProtocolLevel, Field::ProtocolLevel, (r.pos - 1, 1), numbers)?;
    }
    Ok(())
}

/// By whose rules a CONNECT is read.
fn version_of(name: &[u8], level: u8) -> Version {
    // Bit 7 marks a bridge: brokers say so to each other.
    match (name, level & 0x7f) {
        (b"MQIsdp", _) | (_, 0..=3) => Version::V31,
        (_, 4) => Version::V311,
        _ => Version::V5,
    }
}

/// The version that the CONNECT at the beginning of `bytes` asks for; `None` if it ends before its level.
///
/// # Errors
/// The bytes end before the level.
pub(super) fn own_version(bytes: &[u8]) -> Result<Option<Version>, Stop> {
    let (total, header) = match frame::measure(bytes) {
        Frame::Len { total, header } => (total, header),
        Frame::More => return Err(Stop),
        Frame::Malformed => return Ok(None),
    };
    let packet = bytes.get(..total).unwrap_or(bytes);
    let level = packet.get(header..).and_then(|body| {
        let (len, rest) = body.split_first_chunk::<2>()?;
        let (name, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        Some(version_of(name, *rest.first()?))
    });
    if level.is_none() && packet.len() < total { Err(Stop) } else { Ok(level) }
}

fn connect_flags<R: Recorder>(r: &mut Reader<'_, '_, R>) -> Read<u8> {
    let (flags, token) = r.flag_byte(Field::ConnectFlags)?;
    r.bits(Field::UserNameFlag, 0, 1);
    r.bits(Field::PasswordFlag, 1, 1);
    r.bits(Field::WillRetain, 2, 1);
    r.bits(Field::WillQos, 3, 2);
    r.bits(Field::WillFlag, 5, 1);
    r.bits(Field::CleanStart, 6, 1);
    r.bits(Field::ConnectFlagsReserved, 7, 1);
    r.close(token);
    let at = r.pos - 1;
    let will_qos = flags >> 3 & 3;
    if flags & RESERVED != 0 && r.version != Version::V31 {
        // 3.1.1 MQTT-3.1.2-3, 5.0 MQTT-3.1.2-3
        r.bit_fault(FaultKind::ConnectFlagsReserved, Field::ConnectFlagsReserved, at, (7, 1), (0, 1))?;
    }
    if flags & WILL == 0 {
        if will_qos != 0 {
            // 3.1.1 MQTT-3.1.2-13, 5.0 MQTT-3.1.2-11
            let numbers = (0, u32::from(will_qos));
            r.bit_fault(FaultKind::WillQosWithoutWill, Field::WillQos, at, (3, 2), numbers)?;
        }
        if flags & WILL_RETAIN != 0 {
            // 3.1.1 MQTT-3.1.2-15, 5.0 MQTT-3.1.2-13
            r.bit_fault(FaultKind::WillRetainWithoutWill, Field::WillRetain, at, (2, 1), (0, 1))?;
        }
    } else if will_qos == 3 {
        // 3.1.1 MQTT-3.1.2-14, 5.0 MQTT-3.1.2-12
        r.bit_fault(FaultKind::WillQosThree, Field::WillQos, at, (3, 2), (2, 3))?;
    }
    if flags & WILL != 0
        && let Some(context) = r.context()
    {
        context::will_flags(r, &context, at, flags)?;
    }
    if flags & PASSWORD != 0 && flags & USER_NAME == 0 && !r.is_v5() {
        // 3.1.1 MQTT-3.1.2-22; 5.0 allows it
        r.bit_fault(FaultKind::PasswordWithoutUserName, Field::PasswordFlag, at, (1, 1), (0, 1))?;
    }
    Ok(flags)
}

fn will<'a, R: Recorder>(r: &mut Reader<'a, '_, R>, flags: u8) -> Read<Will<'a>> {
    let properties = if r.is_v5() { property::decode(r, PropertyHost::Will)? } else { Properties::EMPTY };
    Ok(Will {
        qos: QoS::from_bits(flags >> 3 & 3).unwrap_or_default(),
        retain: flags & WILL_RETAIN != 0,
        properties,
        topic: r.topic_name(Field::WillTopicLength, Field::WillTopic, false)?,
        payload: r.binary(Field::WillPayloadLength, Field::WillPayload)?,
    })
}

impl Connect<'_> {
    fn flags(&self) -> u8 {
        let mut flags = 0;
        if self.clean_start {
            flags |= CLEAN_START;
        }
        if let Some(will) = &self.will {
            flags |= WILL | will.qos.level() << 3;
            if will.retain {
                flags |= WILL_RETAIN;
            }
        }
        if self.user_name.is_some() {
            flags |= USER_NAME;
        }
        if self.password.is_some() {
            flags |= PASSWORD;
        }
        flags
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let v5 = self.version == Version::V5;
        let name = self.version.protocol_name();
        let mut len = 2 + name.len() + 4 + write::prefixed_len(self.client_id.as_bytes())?;
        if v5 {
            len += property::encoded_len(self.properties);
        }
        if let Some(will) = &self.will {
            len += write::prefixed_len(will.topic.as_bytes())? + write::prefixed_len(will.payload)?;
            if v5 {
                len += property::encoded_len(will.properties);
            }
        }
        if let Some(user_name) = self.user_name {
            len += write::prefixed_len(user_name.as_bytes())?;
        }
        if let Some(password) = self.password {
            len += write::prefixed_len(password)?;
        }
        write::fixed_header(out, PacketType::Connect.nibble() << 4, len)?;
        write::bytes(out, name.as_bytes());
        write::Run::default()
            .u8(self.version.level())
            .u8(self.flags())
            .u16(self.keep_alive_secs)
            .append_to(out, 0);
        if v5 {
            property::encode(self.properties, out);
        }
        write::bytes(out, self.client_id.as_bytes());
        if let Some(will) = &self.will {
            if v5 {
                property::encode(will.properties, out);
            }
            write::bytes(out, will.topic.as_bytes());
            write::bytes(out, will.payload);
        }
        if let Some(user_name) = self.user_name {
            write::bytes(out, user_name.as_bytes());
        }
        if let Some(password) = self.password {
            write::bytes(out, password);
        }
        Ok(())
    }
}
