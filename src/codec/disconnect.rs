//! DISCONNECT and AUTH (3.1.1 section 3.14, 5.0 sections 3.14 and 3.15).

use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader};
use super::reason::ReasonCode;
use super::record::Recorder;
use super::types::{PacketType, Version};
use super::write;

/// DISCONNECT or AUTH: a reason and properties, both 5.0 only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reason<'a> {
    /// Normal disconnection or Success where it is left out.
    pub code: ReasonCode,
    /// 5.0 only.
    pub properties: Properties<'a>,
}

pub(super) fn decode<'a, R: Recorder>(r: &mut Reader<'a, '_, R>, packet: PacketType) -> Read<Reason<'a>> {
    if !r.is_v5() || r.left() == 0 {
        return Ok(Reason::default());
    }
    let header = r.open(Field::VariableHeader);
    let code = ReasonCode(r.u8(Field::ReasonCode)?);
    if !code.is_known(packet, r.version) {
        // 5.0 MQTT-3.14.2-1, MQTT-3.15.2-1
        let numbers = (0, u32::from(code.0));
        r.fault(FaultKind::UnknownReasonCode, Field::ReasonCode, (r.pos - 1, 1), numbers)?;
    }
    let properties =
        if r.left() > 0 { property::decode(r, PropertyHost::Packet(packet))? } else { Properties::EMPTY };
    r.close(header);
    Ok(Reason { code, properties })
}

impl Reason<'_> {
    pub(super) fn encode(
        &self,
        packet: PacketType,
        version: Version,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let with_properties = !self.properties.is_empty();
        let with_code = version == Version::V5 && (self.code != ReasonCode::SUCCESS || with_properties);
        let len = usize::from(with_code)
            + if with_code && with_properties { property::encoded_len(self.properties) } else { 0 };
        write::fixed_header(out, packet.nibble() << 4, len)?;
        if with_code {
            out.push(self.code.0);
            if with_properties {
                property::encode(self.properties, out);
            }
        }
        Ok(())
    }
}
