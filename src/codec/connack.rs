//! CONNACK (3.1 section 3.2, 3.1.1 section 3.2, 5.0 section 3.2).

use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader};
use super::reason::ReasonCode;
use super::record::Recorder;
use super::types::{PacketType, Version};
use super::write;

/// The server's answer to CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnAck<'a> {
    /// The server has kept a session for this client identifier; always false in 3.1.
    pub session_present: bool,
    /// Return code in 3.x, reason code in 5.0: the byte's meaning depends on the version.
    pub code: ReasonCode,
    /// 5.0 only.
    pub properties: Properties<'a>,
}

pub(super) fn decode<'a, R: Recorder>(r: &mut Reader<'a, '_, R>) -> Read<ConnAck<'a>> {
    let header = r.open(Field::VariableHeader);
    let (flags, token) = r.flag_byte(Field::ConnAckFlags)?;
    let has_session_present = r.version != Version::V31;
    if has_session_present {
        r.bits(Field::ConnAckFlagsReserved, 0, 7);
        r.bits(Field::SessionPresent, 7, 1);
    } else {
        r.bits(Field::ConnAckFlagsReserved, 0, 8);
    }
    r.close(token);
    let flags_at = r.pos - 1;
    if flags & 0xfe != 0 && has_session_present {
        // 3.1.1 section 3.2.2.1, 5.0 MQTT-3.2.2-1
        let numbers = (0, u32::from(flags >> 1));
        r.bit_fault(FaultKind::ConnAckFlagsReserved, Field::ConnAckFlagsReserved, flags_at, (0, 7), numbers)?;
    }
    let session_present = flags & 1 != 0 && has_session_present;
    let field = if r.is_v5() { Field::ReasonCode } else { Field::ConnectReturnCode };
    let code = ReasonCode(r.u8(field)?);
    if session_present && code.0 != 0 {
        // 3.1.1 MQTT-3.2.2-4, 5.0 MQTT-3.2.2-6
        r.bit_fault(FaultKind::SessionPresentWithRefusal, Field::SessionPresent, flags_at, (7, 1), (0, 1))?;
    }
    if !code.is_known(PacketType::ConnAck, r.version) {
        // 3.1.1 section 3.2.2.3, 5.0 MQTT-3.2.2-8
        r.fault(FaultKind::UnknownReasonCode, field, (r.pos - 1, 1), (0, u32::from(code.0)))?;
    }
    let properties = if r.is_v5() {
        property::decode(r, PropertyHost::Packet(PacketType::ConnAck))?
    } else {
        Properties::EMPTY
    };
    r.close(header);
    Ok(ConnAck { session_present, code, properties })
}

impl ConnAck<'_> {
    pub(super) fn encode(&self, version: Version, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let v5 = version == Version::V5;
        let len = 2 + if v5 { property::encoded_len(self.properties) } else { 0 };
        let flags = u16::from(self.session_present && version != Version::V31);
        let both = flags << 8 | u16::from(self.code.0);
        write::Run::fixed_header(PacketType::ConnAck.nibble() << 4, len)?.u16(both).append_to(out, len);
        if v5 {
            property::encode(self.properties, out);
        }
        Ok(())
    }
}
