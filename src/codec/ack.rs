//! PUBACK, PUBREC, PUBREL and PUBCOMP: one shape (3.1.1 sections 3.4 to 3.7, 5.0 sections 3.4 to 3.7).

use super::error::EncodeError;
use super::fault::FaultKind;
use super::field::Field;
use super::property::{self, Properties, PropertyHost};
use super::reader::{Read, Reader};
use super::reason::ReasonCode;
use super::record::Recorder;
use super::types::{PacketId, PacketType, Version};
use super::write;

/// A step of a QoS 1 or QoS 2 exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack<'a> {
    /// The PUBLISH it belongs to.
    pub packet_id: PacketId,
    /// Sent again; only 3.1's PUBREL has it.
    pub dup: bool,
    /// Reason code; Success before 5.0.
    pub reason: ReasonCode,
    /// 5.0 only.
    pub properties: Properties<'a>,
}

impl Ack<'_> {
    /// A plain acknowledgement: Success, no properties.
    pub const fn new(packet_id: PacketId) -> Self {
        Self { packet_id, dup: false, reason: ReasonCode::SUCCESS, properties: Properties::EMPTY }
    }
}

#[inline]
pub(super) fn decode<'a, R: Recorder>(
    r: &mut Reader<'a, '_, R>,
    packet: PacketType,
    flags: u8,
) -> Read<Option<Ack<'a>>> {
    let header = r.open(Field::VariableHeader);
    let packet_id = r.packet_id()?;
    let mut reason = ReasonCode::SUCCESS;
    let mut properties = Properties::EMPTY;
    if r.is_v5() && r.left() > 0 {
        // 5.0 sections 3.4.2.1 and alike: Success may be left out, and the property length with it.
        reason = ReasonCode(r.u8(Field::ReasonCode)?);
        if !reason.is_known(packet, r.version) {
            // 5.0 MQTT-3.4.2-1, MQTT-3.5.2-1, MQTT-3.6.2-1, MQTT-3.7.2-1
            let numbers = (0, u32::from(reason.0));
            r.fault(FaultKind::UnknownReasonCode, Field::ReasonCode, (r.pos - 1, 1), numbers)?;
        }
        if r.left() > 0 {
            properties = property::decode(r, PropertyHost::Packet(packet))?;
        }
    }
    r.close(header);
    let dup = flags & 0x08 != 0 && packet == PacketType::PubRel && r.version == Version::V31;
    Ok(packet_id.map(|packet_id| Ack { packet_id, dup, reason, properties }))
}

impl Ack<'_> {
    #[inline]
    pub(super) fn encode(
        &self,
        packet: PacketType,
        version: Version,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let dup = if self.dup && version == Version::V31 { 0x08 } else { 0 };
        let first = packet.nibble() << 4 | packet.required_flags().unwrap_or(0) | dup;
        if version != Version::V5 || self.reason == ReasonCode::SUCCESS && self.properties.is_empty() {
            write::Run::fixed_header(first, 2)?.u16(self.packet_id.get()).append_to(out, 0);
            return Ok(());
        }
        let with_properties = !self.properties.is_empty();
        let len = 3 + if with_properties { property::encoded_len(self.properties) } else { 0 };
        let run = write::Run::fixed_header(first, len)?.u16(self.packet_id.get()).u8(self.reason.0);
        run.append_to(out, len);
        if with_properties {
            property::encode(self.properties, out);
        }
        Ok(())
    }
}
