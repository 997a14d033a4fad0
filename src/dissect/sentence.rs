//! One plain sentence for a packet.

use crate::codec::{
    self, Ack, ConnAck, Connect, Packet, PacketId, PacketType, PropertyId, Publish, QoS, ReasonCode, Spans,
    SubAck, Subscribe, Version,
};

use super::details::{self, qos_words};
use super::name::Context;
use super::text::{self, said, say};

/// The packet in one sentence, with the names of both ends: `pub1 sends “21.5” on sensors/kitchen/temp to
/// Broker, exactly once.` A packet that is broken or not complete is told as that.
pub fn sentence(frame: &[u8], version: Version, from: &str, to: &str) -> String {
    let mut spans = Spans::new();
    let annotated = codec::annotate(frame, version, &mut spans);
    let context = Context::of(frame, &annotated);
    let teller = Teller { context: &context, from, to };
    let name = context.packet_type.map_or("packet", PacketType::name);
    let article = if name.starts_with(['A', 'U']) { " an " } else { " a " };
    match annotated.packet {
        Some(packet) if spans.faults().is_empty() && annotated.missing == 0 => teller.packet(&packet),
        _ if !spans.faults().is_empty() => said(&[
            from,
            " sends ",
            to,
            article,
            name,
            " that breaks a rule: ",
            to,
            " has to close the connection.",
        ]),
        _ => said(&[from, " has begun to send ", to, article, name, ", which is not complete."]),
    }
}

struct Teller<'a> {
    context: &'a Context<'a>,
    from: &'a str,
    to: &'a str,
}

impl Teller<'_> {
    fn packet(&self, packet: &Packet<'_>) -> String {
        let (from, to) = (self.from, self.to);
        match packet {
            Packet::Connect(connect) => self.connect(connect),
            Packet::ConnAck(connack) => self.connack(connack),
            Packet::Publish(publish) => self.publish(publish),
            Packet::PubAck(ack) | Packet::PubRec(ack) | Packet::PubRel(ack) | Packet::PubComp(ack) => {
                self.ack(packet.packet_type(), ack)
            }
            Packet::Subscribe(subscribe) => self.subscribe(subscribe),
            Packet::Unsubscribe(unsubscribe) => {
                let mut filters = unsubscribe.filters.iter();
                let mut out = said(&[from, " asks ", to, " for no more messages on "]);
                out.extend(filters.next().map(text::shown));
                self.others(&mut out, filters.count());
                out
            }
            Packet::SubAck(suback) => self.suback(suback),
            Packet::UnsubAck(unsuback) => self.unsuback(unsuback),
            Packet::PingReq => said(&[from, " tells ", to, " that it is still there, and asks the same."]),
            Packet::PingResp => said(&[from, " tells ", to, " that it is still there."]),
            Packet::Disconnect(reason) => self.disconnect(reason.code),
            Packet::Auth(auth) => {
                let mut out = said(&[from, " sends ", to, " a step of authenticating"]);
                if let Some(method) = auth.properties.text(PropertyId::AuthenticationMethod) {
                    say(&mut out, &[" by ", &text::shown(method)]);
                }
                say(&mut out, &[": ", &self.reason(auth.code), "."]);
                out
            }
        }
    }

    fn connack(&self, connack: &ConnAck<'_>) -> String {
        let (from, to) = (self.from, self.to);
        if connack.code.0 != 0 {
            return said(&[from, " refuses the connection of ", to, ": ", &self.reason(connack.code), "."]);
        }
        let session = match connack.session_present {
            true => " and goes on with its kept session.",
            // 3.1 section 3.2: it does not tell.
            false if self.context.version == Version::V31 => ".",
            false => ", with a new session.",
        };
        said(&[from, " accepts the connection of ", to, session])
    }

    fn ack(&self, packet: PacketType, ack: &Ack<'_>) -> String {
        let (from, to, id) = (self.from, self.to, &id(ack.packet_id));
        if ack.reason.is_error() {
            let (what, whose) = match packet {
                PacketType::PubAck | PacketType::PubRec => (" refuses message ", " from "),
                _ => (" knows no message ", " of "),
            };
            return said(&[from, what, id, whose, to, ": ", &self.reason(ack.reason), "."]);
        }
        match packet {
            PacketType::PubAck => said(&[from, " confirms to ", to, " that message ", id, " has arrived."]),
            PacketType::PubRec => said(&[from, " tells ", to, " that it has taken over message ", id, "."]),
            PacketType::PubRel => {
                said(&[from, " releases message ", id, ": it will not send it to ", to, " again."])
            }
            _ => {
                let end = " is complete; the id is free again.";
                said(&[from, " confirms to ", to, " that message ", id, end])
            }
        }
    }

    fn subscribe(&self, subscribe: &Subscribe<'_>) -> String {
        let mut filters = subscribe.filters.iter();
        let mut out = said(&[self.from, " asks ", self.to, " for messages on "]);
        if let Some((filter, options)) = filters.next() {
            let level = text::plain(u32::from(options.qos.level()));
            say(&mut out, &[&text::shown(filter), ", at QoS ", &level, " at most"]);
        }
        self.others(&mut out, filters.count());
        out
    }

    fn reason(&self, code: ReasonCode) -> String {
        details::reason(self.context, code)
    }

    fn others(&self, out: &mut String, count: usize) {
        match count {
            0 => out.push('.'),
            1 => out.push_str(", and for one more filter."),
            _ => say(out, &[", and for ", &text::number(count as u32), " more filters."]),
        }
    }

    fn connect(&self, connect: &Connect<'_>) -> String {
        let mut out = said(&[self.from, " asks ", self.to, " for a connection"]);
        if connect.client_id.is_empty() {
            out.push_str(" without a client id");
        } else {
            say(&mut out, &[" as “", &text::shown(connect.client_id), "”"]);
        }
        out.push_str(if connect.clean_start {
            ", with a new session"
        } else {
            ", with the session kept from before if there is one"
        });
        if let Some(will) = &connect.will {
            say(&mut out, &[", and leaves a will for ", &text::shown(will.topic)]);
        }
        out.push('.');
        out
    }

    fn publish(&self, publish: &Publish<'_>) -> String {
        let (from, to) = (self.from, self.to);
        let mut out = said(&[
            from,
            " sends ",
            &text::quoted(publish.payload),
            " on ",
            &details::topic(publish),
            " to ",
            to,
        ]);
        if publish.dup {
            out.push_str(" again");
        }
        say(&mut out, &[", ", qos_words(publish.qos.level())]);
        if publish.retain {
            out.push_str(if publish.payload.is_empty() {
                "; empty and with RETAIN, it removes the retained message"
            } else {
                ", as a retained message"
            });
        }
        out.push('.');
        out
    }

    fn suback(&self, suback: &SubAck<'_>) -> String {
        let mut out =
            said(&[self.from, " answers subscription ", &id(suback.packet_id), " of ", self.to, ": "]);
        let mut count = 0;
        for (i, code) in suback.reasons().enumerate() {
            count = i + 1;
            if i >= 4 {
                continue;
            }
            out.push_str(if i > 0 { ", " } else { "" });
            match QoS::from_bits(code.0) {
                Some(qos) => say(&mut out, &["granted with QoS ", &text::plain(u32::from(qos.level()))]),
                None => say(&mut out, &["refused (", &self.reason(code), ")"]),
            }
        }
        if count > 4 {
            say(&mut out, &[", and ", &text::number(count as u32 - 4), " more"]);
        }
        out.push('.');
        out
    }

    fn unsuback(&self, unsuback: &SubAck<'_>) -> String {
        let request = id(unsuback.packet_id);
        let (from, to) = (self.from, self.to);
        match unsuback.reasons().find(|code| code.is_error()) {
            Some(code) => {
                let reason = self.reason(code);
                said(&[
                    from,
                    " does not end all that ",
                    to,
                    " asked for with id ",
                    &request,
                    ": ",
                    &reason,
                    ".",
                ])
            }
            None => said(&[
                from,
                " confirms to ",
                to,
                " that it has ended what was asked for with id ",
                &request,
                ".",
            ]),
        }
    }

    fn disconnect(&self, code: ReasonCode) -> String {
        let (from, to) = (self.from, self.to);
        match code.0 {
            0 => said(&[from, " closes its connection with ", to, " in order: no will is published."]),
            0x04 => said(&[from, " closes its connection with ", to, " and wants its will published."]),
            _ => said(&[from, " closes the connection with ", to, ": ", &self.reason(code), "."]),
        }
    }
}

fn id(packet_id: PacketId) -> String {
    text::plain(u32::from(packet_id.get()))
}
