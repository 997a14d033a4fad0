//! What a packet came from, and what came of it.

use crate::capture::{Capture, Exchange, Frame, FrameId};
use crate::codec::{Direction, Packet, Publish, decode};

/// Packets that are looked through, at most: more than are ever on their way at once.
const REACH: usize = 20_000;

/// The packet that led to this one: of a delivery the client's PUBLISH that brought the message, of a copy the first
/// one, of an answer its question.
pub fn cause(capture: &Capture, exchange: &Exchange, id: FrameId) -> Option<FrameId> {
    let frame = capture.frame(id)?;
    let link = exchange.link(id)?;
    if let Some(publish) = publish(frame) {
        let first = link.opener.filter(|first| *first < id);
        return first.or_else(|| origin(capture, frame, &publish));
    }
    link.answers
}

/// The first packet that this one led to: of a client's PUBLISH the delivery to a subscriber, else its answer.
pub fn effect(capture: &Capture, exchange: &Exchange, id: FrameId) -> Option<FrameId> {
    let frame = capture.frame(id)?;
    let delivery = publish(frame).filter(|_| frame.direction == Direction::ToServer).and_then(|publish| {
        let later = capture.frames().skip((id + 1 - capture.dropped_frames()) as usize).take(REACH);
        let again = |it: &&Frame| it.direction == Direction::ToServer && is_same(it, &publish);
        later
            .take_while(|it| !again(it))
            .find(|it| it.direction == Direction::ToClient && is_same(it, &publish))
            .map(|it| it.id)
    });
    delivery.or_else(|| exchange.link(id)?.answered_by)
}

fn publish(frame: &Frame) -> Option<Publish<'_>> {
    match decode(&frame.bytes, frame.version).ok()? {
        Packet::Publish(publish) => Some(publish),
        _ => None,
    }
}

/// The last PUBLISH of a client with this message before a delivery.
fn origin(capture: &Capture, frame: &Frame, publish: &Publish<'_>) -> Option<FrameId> {
    if frame.direction == Direction::ToServer {
        return None;
    }
    let before = (frame.id - capture.dropped_frames()) as usize;
    let earlier = capture.frames().take(before).rev().take(REACH);
    let mut own = earlier.filter(|it| it.direction == Direction::ToServer && is_same(it, publish));
    own.next().map(|it| it.id)
}

/// The same message, as far as its bytes tell; an alias may stand for the topic.
fn is_same(frame: &Frame, publish: &Publish<'_>) -> bool {
    let Some(other) = self::publish(frame) else { return false };
    let topics = other.topic.is_empty() || publish.topic.is_empty() || other.topic == publish.topic;
    topics && other.payload == publish.payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Sim, scenarios};

    fn run(title: &str) -> (Sim, Exchange) {
        let mut sim = Sim::new(scenarios().into_iter().find(|it| it.title == title).expect("a scenario"));
        sim.settle(400);
        let mut exchange = Exchange::new();
        sim.capture().frames().for_each(|frame| exchange.push(frame));
        (sim, exchange)
    }

    #[test]
    fn a_delivery_comes_from_the_publish_that_brought_the_message() {
        let (sim, exchange) = run("QoS 2, exactly once");
        let capture = sim.capture();
        // 6 to 9: PUBLISH, PUBREC, PUBREL, PUBCOMP of pub1; from 10 on the same of the broker, to sub1.
        let causes: Vec<_> = (0..14).map(|id| cause(capture, &exchange, id)).collect();
        assert_eq!(causes[6], None);
        assert_eq!(causes[7..], [Some(6), Some(7), Some(8), Some(6), Some(10), Some(11), Some(12)]);
        let effects: Vec<_> = (6..14).map(|id| effect(capture, &exchange, id)).collect();
        assert_eq!(
            effects,
            [Some(10), Some(8), Some(9), None, Some(11), Some(12), Some(13), None],
            "of the client's PUBLISH the delivery, else the answer"
        );
    }

    #[test]
    fn a_copy_comes_from_the_first_one() {
        let (sim, exchange) = run("QoS 2, lost PUBREC");
        let copy = sim.capture().frames().find(|frame| frame.bytes[0] == 0x3c).expect("a copy");
        let first = cause(sim.capture(), &exchange, copy.id).and_then(|id| sim.capture().frame(id));
        assert_eq!(first.map(|it| it.bytes[0]), Some(0x34));
    }
}
