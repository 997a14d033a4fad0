//! Return codes (3.x) and reason codes (5.0): a byte whose meaning depends on packet and version.

use super::types::{PacketType, Version};

/// A return or reason code; unknown values survive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(pub u8);

/// For each code the packets of 5.0 that have it, by bit.
static KNOWN_5: [u16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let mut i = 0;
        while i < PacketType::ALL.len() {
            let packet = PacketType::ALL[i];
            if ReasonCode(code as u8).name_5(packet).is_some() {
                table[code] |= 1 << packet.nibble();
            }
            i += 1;
        }
        code += 1;
    }
    table
};

impl ReasonCode {
    /// Success, Connection accepted, Normal disconnection, Granted QoS 0: all 0.
    pub const SUCCESS: Self = Self(0);
    /// 3.x SUBACK: Failure; 5.0: Unspecified error.
    pub const UNSPECIFIED_ERROR: Self = Self(0x80);

    /// Whether it refuses: 5.0's codes from 0x80 up. (CONNACK in 3.x refuses with any code but 0.)
    pub const fn is_error(self) -> bool {
        self.0 >= 0x80
    }

    /// The standard's name of the code in this packet, if the packet has it.
    pub const fn name(self, packet: PacketType, version: Version) -> Option<&'static str> {
        match version {
            Version::V5 => self.name_5(packet),
            _ => self.name_3(packet, version),
        }
    }

    /// Whether this packet has the code.
    #[inline]
    pub const fn is_known(self, packet: PacketType, version: Version) -> bool {
        match version {
            Version::V5 => KNOWN_5[self.0 as usize] & 1 << packet.nibble() != 0,
            _ => self.name_3(packet, version).is_some(),
        }
    }

    const fn name_3(self, packet: PacketType, version: Version) -> Option<&'static str> {
        Some(match (packet, self.0) {
            // 3.1.1 table 3.1
            (PacketType::ConnAck, 0) => "Connection accepted",
            (PacketType::ConnAck, 1) => "unacceptable protocol version",
            (PacketType::ConnAck, 2) => "identifier rejected",
            (PacketType::ConnAck, 3) => "server unavailable",
            (PacketType::ConnAck, 4) => "bad user name or password",
            (PacketType::ConnAck, 5) => "not authorized",
            (PacketType::SubAck, 0) => "granted QoS 0",
            (PacketType::SubAck, 1) => "granted QoS 1",
            (PacketType::SubAck, 2) => "granted QoS 2",
            // 3.1.1 MQTT-3.9.3-2; 3.1 has no answer for a refused subscription
            (PacketType::SubAck, 0x80) if matches!(version, Version::V311) => "failure",
            _ => return None,
        })
    }

    /// 5.0 section 2.4, table 2.6, and the tables of each packet.
    const fn name_5(self, packet: PacketType) -> Option<&'static str> {
        use PacketType as P;
        Some(match (self.0, packet) {
            (0x00, P::Disconnect) => "Normal disconnection",
            (0x00, P::SubAck) => "Granted QoS 0",
            (0x00, P::ConnAck | P::PubAck | P::PubRec | P::PubRel | P::PubComp | P::UnsubAck | P::Auth) => {
                "Success"
            }
            (0x01, P::SubAck) => "Granted QoS 1",
            (0x02, P::SubAck) => "Granted QoS 2",
            (0x04, P::Disconnect) => "Disconnect with Will Message",
            (0x10, P::PubAck | P::PubRec) => "No matching subscribers",
            (0x11, P::UnsubAck) => "No subscription existed",
            (0x18, P::Auth) => "Continue authentication",
            (0x19, P::Auth) => "Re-authenticate",
            (0x80, P::ConnAck | P::PubAck | P::PubRec | P::SubAck | P::UnsubAck | P::Disconnect) => {
                "Unspecified error"
            }
            (0x81, P::ConnAck | P::Disconnect) => "Malformed Packet",
            (0x82, P::ConnAck | P::Disconnect) => "Protocol Error",
            (0x83, P::ConnAck | P::PubAck | P::PubRec | P::SubAck | P::UnsubAck | P::Disconnect) => {
                "Implementation specific error"
            }
            (0x84, P::ConnAck) => "Unsupported Protocol Version",
            (0x85, P::ConnAck) => "Client Identifier not valid",
            (0x86, P::ConnAck) => "Bad User Name or Password",
            (0x87, P::ConnAck | P::PubAck | P::PubRec | P::SubAck | P::UnsubAck | P::Disconnect) => {
                "Not authorized"
            }
            (0x88, P::ConnAck) => "Server unavailable",
            (0x89, P::ConnAck | P::Disconnect) => "Server busy",
            (0x8A, P::ConnAck) => "Banned",
            (0x8B, P::Disconnect) => "Server shutting down",
            (0x8C, P::ConnAck | P::Disconnect) => "Bad authentication method",
            (0x8D, P::Disconnect) => "Keep Alive timeout",
            (0x8E, P::Disconnect) => "Session taken over",
            (0x8F, P::SubAck | P::UnsubAck | P::Disconnect) => "Topic Filter invalid",
            (0x90, P::ConnAck | P::PubAck | P::PubRec | P::Disconnect) => "Topic Name invalid",
            (0x91, P::PubAck | P::PubRec | P::SubAck | P::UnsubAck) => "Packet Identifier in use",
            (0x92, P::PubRel | P::PubComp) => "Packet Identifier not found",
            (0x93, P::Disconnect) => "Receive Maximum exceeded",
            (0x94, P::Disconnect) => "Topic Alias invalid",
            (0x95, P::ConnAck | P::Disconnect) => "Packet too large",
            (0x96, P::Disconnect) => "Message rate too high",
            (0x97, P::ConnAck | P::PubAck | P::PubRec | P::SubAck | P::Disconnect) => "Quota exceeded",
            (0x98, P::Disconnect) => "Administrative action",
            (0x99, P::ConnAck | P::PubAck | P::PubRec | P::Disconnect) => "Payload format invalid",
            (0x9A, P::ConnAck | P::Disconnect) => "Retain not supported",
            (0x9B, P::ConnAck | P::Disconnect) => "QoS not supported",
            (0x9C, P::ConnAck | P::Disconnect) => "Use another server",
            (0x9D, P::ConnAck | P::Disconnect) => "Server moved",
            (0x9E, P::SubAck | P::Disconnect) => "Shared Subscriptions not supported",
            (0x9F, P::ConnAck | P::Disconnect) => "Connection rate exceeded",
            (0xA0, P::Disconnect) => "Maximum connect time",
            (0xA1, P::SubAck | P::Disconnect) => "Subscription Identifiers not supported",
            (0xA2, P::SubAck | P::Disconnect) => "Wildcard Subscriptions not supported",
            _ => return None,
        })
    }
}
