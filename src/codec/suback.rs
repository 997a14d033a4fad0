//! SUBACK and UNSUBACK (3.1.1 sections 3.9 and 3.11, 5.0 sections 3.9 and 3.11).

use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader};
use super::reason::ReasonCode;
use super::record::Recorder;
use super::types::{PacketId, PacketType, Version};
use super::write;

/// The answer to SUBSCRIBE or UNSUBSCRIBE: one code for each filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubAck<'a> {
    /// That of the request.
    pub packet_id: PacketId,
    /// 5.0 only.
    pub properties: Properties<'a>,
    /// A code for each filter, in the filters' order; empty in an UNSUBACK before 5.0.
    pub codes: &'a [u8],
}

impl<'a> SubAck<'a> {
    /// The codes in the filters' order.
    pub fn reasons(&self) -> impl Iterator<Item = ReasonCode> + use<'a> {
        self.codes.iter().map(|code| ReasonCode(*code))
    }
}

pub(super) fn decode<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    packet: PacketType,
) -> Read<Option<SubAck<'a>>> {
    let header = r.open(Field::VariableHeader);
    let packet_id = r.packet_id()?;
    let properties =
        if r.is_v5() { property::decode(r, PropertyHost::Packet(packet))? } else { Properties::EMPTY };
    r.close(header);
    let start = r.pos;
    if packet == PacketType::SubAck || r.is_v5() {
        if r.left() == 0 {
            // 3.1.1 MQTT-3.8.4-5, 5.0 MQTT-3.8.4-6, MQTT-3.11.3-2
            r.fault(FaultKind::EmptyList, Field::Payload, (r.pos, 0), (1, 0))?;
        }
        codes(r, packet)?;
    }
    let codes = r.data.get(start..r.pos).unwrap_or(&[]);
    Ok(packet_id.map(|packet_id| SubAck { packet_id, properties, codes }))
}

fn codes<R: Recorder>(r: &mut Reader<'_, '_, R>, packet: PacketType) -> Read<()> {
    let field = match (packet, r.is_v5()) {
        (PacketType::UnsubAck, _) => Field::UnsubscribeReasonCode,
        (_, true) => Field::SubscribeReasonCode,
        (_, false) => Field::SubscribeReturnCode,
    };
    let payload = r.open(Field::Payload);
    while r.left() > 0 {
        let code = ReasonCode(r.u8(field)?);
        if !code.is_known(packet, r.version) {
            // 3.1.1 MQTT-3.9.3-2; 5.0 MQTT-3.9.3-2, MQTT-3.11.3-2
            r.fault(FaultKind::UnknownReasonCode, field, (r.pos - 1, 1), (0, u32::from(code.0)))?;
        }
    }
    r.close(payload);
    Ok(())
}

impl SubAck<'_> {
    pub(super) fn encode(
        &self,
        packet: PacketType,
        version: Version,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let v5 = version == Version::V5;
        let codes = if v5 || packet == PacketType::SubAck { self.codes } else { &[] };
        let len = 2 + if v5 { property::encoded_len(self.properties) } else { 0 } + codes.len();
        write::Run::fixed_header(packet.nibble() << 4, len)?.u16(self.packet_id.get()).append_to(out, len);
        if v5 {
            property::encode(self.properties, out);
        }
        out.extend_from_slice(codes);
        Ok(())
    }
}
