//! What a packet that is sent once more has in common with its first copy.

use super::row::packet_type;
use crate::capture::{Capture, Exchange, Fate, FrameId, Step};
use crate::codec::PacketType;
use crate::view::bytes::hex;

/// "Same bytes as the lost packet 11, except byte 0: 34 became 3C because DUP is set." for a PUBLISH that has been sent
/// before; `None` for any other packet, and where more than the first byte differs, as a topic alias makes it.
pub fn sent_again(capture: &Capture, exchange: &Exchange, id: FrameId, step: Step) -> Option<String> {
    let frame = capture.frame(id)?;
    let first = capture.frame(exchange.link(id)?.opener.filter(|first| *first != id)?)?;
    let both = [frame, first].map(packet_type);
    if both != [Some(PacketType::Publish); 2] || frame.bytes.get(1..) != first.bytes.get(1..) {
        return None;
    }
    let lost = matches!(first.fate_at(step), Some(Fate::Lost { .. }));
    let number = (first.id + 1).to_string();
    let same = ["Same bytes as ", if lost { "the lost packet " } else { "packet " }, &number].concat();
    let (was, is) = (*first.bytes.first()?, *frame.bytes.first()?);
    // 3.1.1 MQTT-3.3.1-1, 5.0 MQTT-3.3.1-1: only DUP tells them apart.
    Some(match was ^ is {
        0 => [&*same, "."].concat(),
        0b1000 => {
            [&*same, ", except byte 0: ", hex(was), " became ", hex(is), " because DUP is set."].concat()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, Sim, scenarios};
    use crate::view::diagram::Plan;

    fn told(sim: &Sim) -> Vec<String> {
        let plan = Plan::new(sim.capture());
        let again = |id| sent_again(sim.capture(), plan.exchange(), id, sim.cursor());
        sim.capture().frames().filter_map(|frame| again(frame.id)).collect()
    }

    #[test]
    fn a_publish_sent_again_is_held_against_its_first_copy() {
        let all = scenarios().into_iter().flat_map(|scenario| {
            let mut sim = Sim::new(scenario);
            sim.settle(2_000);
            told(&sim)
        });
        let all: Vec<String> = all.collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(all[0], "Same bytes as packet 7, except byte 0: 32 became 3A because DUP is set.");
        assert_eq!(all[1], "Same bytes as packet 7, except byte 0: 34 became 3C because DUP is set.");
    }

    #[test]
    fn a_lost_first_copy_is_called_lost() {
        let scenario = scenarios().into_iter().find(|it| it.id == "lost-puback").expect("it is there");
        let mut sim = Sim::new(scenario);
        let sender = loop {
            assert!(sim.step(), "a PUBLISH is sent");
            let newest = sim.capture().frames().next_back().filter(|it| it.bytes[0] >> 4 == 3);
            if let Some(sender) = newest.and_then(|it| sim.client_of_end(it.from)) {
                break sender;
            }
        };
        let at = sim.now();
        sim.act_at(sender, Action::Cut, at).expect("a link can be cut");
        sim.settle(2_000);
        let text = "Same bytes as the lost packet 7, except byte 0: 32 became 3A because DUP is set.";
        assert_eq!(told(&sim).first().map(String::as_str), Some(text));
    }
}
