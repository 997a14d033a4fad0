use super::*;
use crate::capture::{Capture, EndRole, Fate, Frame, LostWhy, Note, NoteKind, Step};
use crate::codec::{Direction, Version};
use crate::time::Instant;
use bytes::Bytes;

const METRICS: Metrics = Metrics { packet: 34, marker: 22, idle: 18 };
const PUBLISH: &[u8] = b"\x34\x06\x00\x01t\x00\x07x";
const PUBREC: &[u8] = b"\x50\x02\x00\x07";

/// pub1, Broker, sub1.
fn capture() -> Capture {
    let mut capture = Capture::new(1 << 20);
    capture.add_end("pub1", EndRole::Client);
    capture.add_end("Broker", EndRole::Broker);
    capture.add_end("sub1", EndRole::Client);
    capture
}

fn send(capture: &mut Capture, step: Step, millis: u64, ends: (u16, u16), bytes: &'static [u8]) -> u32 {
    let sent = Instant::from_millis(millis);
    let id = capture.push_frame(Frame {
        id: 0,
        link: 0,
        from: ends.0,
        to: ends.1,
        direction: if ends.1 == 1 { Direction::ToServer } else { Direction::ToClient },
        version: Version::V311,
        bytes: Bytes::from_static(bytes),
        sent,
        sent_step: step,
        end: None,
        due: Some(Instant::from_millis(millis + 20)),
    });
    capture.end_frame(id, step + 1, Fate::Delivered { at: Instant::from_millis(millis + 20) });
    id
}

fn note(capture: &mut Capture, step: Step, end: u16, frame: Option<u32>, kind: NoteKind, text: &str) {
    capture.push_note(Note {
        end,
        peer: Some(if end == 1 { 2 } else { 1 }),
        frame,
        at: Instant::from_millis(u64::from(step) * 20),
        step,
        kind,
        text: text.into(),
        statement: None,
        verbose: None,
    });
}

#[test]
fn a_packet_is_ahead_then_flies_then_has_arrived() {
    let mut capture = capture();
    send(&mut capture, 1, 0, (0, 1), PUBLISH);
    let plan = Plan::new(&capture);
    let passage = |step| match plan.row(&capture, 0, step, METRICS).map(|row| row.body) {
        Some(Body::Packet { arrow, .. }) => arrow.passage,
        other => panic!("{other:?}"),
    };
    assert_eq!(passage(0), Passage::Ahead);
    assert_eq!(passage(1).progress_millis(Instant::from_millis(5)), 250);
    assert_eq!(passage(2), Passage::Arrived);
    assert_eq!((plan.past(0), plan.past(1)), (0, 1));
}

#[test]
fn a_note_stands_in_the_free_gap_beside_its_lifeline_once_it_is_made() {
    let mut capture = capture();
    let id = send(&mut capture, 1, 0, (0, 1), PUBLISH);
    note(&mut capture, 2, 1, Some(id), NoteKind::Decision, "stores PUBLISH 7, delivers nothing yet");
    note(&mut capture, 2, 0, Some(id), NoteKind::Decision, "waits");
    let plan = Plan::new(&capture);
    let placed = |step| match plan.row(&capture, 0, step, METRICS).map(|row| row.body) {
        Some(Body::Packet { note, .. }) => note,
        other => panic!("{other:?}"),
    };
    assert_eq!(placed(1), None);
    let note = placed(2).expect("the broker's note");
    assert_eq!((note.gap, note.side), (1, Side::AtLeft));
    assert_eq!(note.text(), "stores PUBLISH 7, delivers nothing yet; pub1 waits");
    let strong: Vec<_> = note.pieces.iter().filter(|piece| piece.strong).map(|piece| &*piece.text).collect();
    assert_eq!(strong, ["PUBLISH 7"]);
}

#[test]
fn a_note_whose_lifeline_has_no_free_gap_names_its_end() {
    let mut capture = capture();
    let id = send(&mut capture, 1, 0, (1, 2), PUBLISH);
    note(&mut capture, 2, 2, Some(id), NoteKind::Decision, "takes it");
    let plan = Plan::new(&capture);
    let Some(Body::Packet { note: Some(note), .. }) = plan.row(&capture, 0, 2, METRICS).map(|row| row.body)
    else {
        panic!("a note")
    };
    assert_eq!((note.gap, note.side, note.text()), (0, Side::Away, "sub1 takes it".to_owned()));
}

#[test]
fn with_no_free_gap_at_all_a_note_stands_on_its_arrow() {
    let mut capture = Capture::new(1 << 20);
    capture.add_end("tab", EndRole::Client);
    capture.add_end("Broker", EndRole::Broker);
    let there = send(&mut capture, 1, 0, (0, 1), PUBLISH);
    note(&mut capture, 1, 0, Some(there), NoteKind::Decision, "waits for its answer");
    let back = send(&mut capture, 2, 0, (1, 0), PUBREC);
    note(&mut capture, 2, 0, Some(back), NoteKind::Decision, "waits for PUBCOMP");
    let plan = Plan::new(&capture);
    let of = |row| match plan.row(&capture, row, 3, METRICS).map(|row| row.body) {
        Some(Body::Packet { note: Some(note), .. }) => (note.side, note.text()),
        other => panic!("{other:?}"),
    };
    // Where it is not beside its lifeline, it says whose it is.
    assert_eq!(of(0), (Side::OnArrow { at_end: false }, "tab waits for its answer".to_owned()));
    assert_eq!(of(1), (Side::OnArrow { at_end: true }, "waits for PUBCOMP".to_owned()));
}

#[test]
fn an_answer_is_joined_to_its_question_at_the_lifeline_of_who_asked() {
    let mut capture = capture();
    send(&mut capture, 1, 0, (0, 1), PUBLISH);
    send(&mut capture, 2, 21, (1, 0), PUBREC);
    let plan = Plan::new(&capture);
    let bracket = |step| match plan.row(&capture, 1, step, METRICS).map(|row| row.body) {
        Some(Body::Packet { bracket, .. }) => bracket,
        other => panic!("{other:?}"),
    };
    assert_eq!(bracket(2), None, "the answer is on its way");
    let bracket = bracket(3).expect("a bracket");
    assert_eq!((bracket.column, bracket.right, bracket.height), (0, false, 34));
    assert_eq!(bracket.text, "41 ms");
}

#[test]
fn idle_time_and_cut_links_are_rows_and_break_the_lifeline() {
    let mut capture = capture();
    send(&mut capture, 1, 0, (2, 1), b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01s");
    let lost = send(&mut capture, 3, 1_000, (1, 2), PUBLISH);
    note(&mut capture, 60, 2, Some(lost), NoteKind::LinkCut, "link cut");
    let plan = Plan::new(&capture);
    assert_eq!(plan.len(), 4);
    let row = |index| plan.row(&capture, index, 99, METRICS).expect("a row");
    assert_eq!(row(0).offline, [true, false, false]);
    assert_eq!(row(1).body, Body::Idle("980 ms idle".into()));
    assert_eq!(row(1).time, None);
    assert_eq!(row(3).body, Body::Cut { gaps: (1, 2), text: "link cut".into() });
    assert_eq!(row(3).offline, [true, false, true]);
    let tops: Vec<_> = (0..=4).map(|row| plan.top(row, METRICS)).collect();
    assert_eq!(tops, [0, 34, 52, 86, 108]);
    let at: Vec<_> = [0, 33, 34, 51, 52, 107, 500].map(|y| plan.row_at(y, METRICS)).to_vec();
    assert_eq!(at, [0, 0, 1, 1, 2, 3, 3]);
}

#[test]
fn a_plan_that_grows_is_the_plan_made_at_once() {
    let mut capture = capture();
    let mut grown = Plan::new(&capture);
    for step in 0..40 {
        let id = send(&mut capture, step * 2 + 1, u64::from(step) * 300, (0, 1), PUBLISH);
        if step % 3 == 0 {
            note(&mut capture, step * 2 + 2, 1, Some(id), NoteKind::Decision, "stores it");
        }
        grown.update(&capture);
    }
    let whole = Plan::new(&capture);
    assert_eq!(grown.rows, whole.rows);
    assert_eq!(grown.row_of(39), Some(78));
}

#[test]
fn what_the_capture_dropped_goes_from_the_plan_too() {
    let mut capture = Capture::new(200 * 168);
    capture.add_end("a", EndRole::Client);
    capture.add_end("b", EndRole::Broker);
    let mut plan = Plan::new(&capture);
    for step in 0..2_000 {
        send(&mut capture, step, 0, (0, 1), PUBLISH);
        plan.update(&capture);
    }
    assert!(plan.len() < 300, "{}", plan.len());
    let last = plan.len() - 1;
    assert!(matches!(
        plan.row(&capture, last, 9_999, METRICS).map(|row| row.body),
        Some(Body::Packet { .. })
    ));
    assert_eq!(plan.row_of(1_999), Some(last));
}

#[test]
fn a_lost_packet_stops_on_its_way() {
    let frame = Frame {
        end: Some((3, Fate::Lost { at: Instant::ZERO, why: LostWhy::LinkCut, progress_millis: 400 })),
        ..{
            let mut capture = capture();
            let id = send(&mut capture, 1, 0, (0, 1), PUBLISH);
            capture.frame(id).expect("sent").clone()
        }
    };
    let passage = super::row::passage(&frame, 3);
    assert_eq!(passage.progress_millis(Instant::ZERO), 400);
    assert_eq!(passage.lost(), Some("lost: link cut"));
}

/// QoS 2 from pub1, acknowledged to the end; then the broker's note in the brackets' column.
#[test]
fn the_halves_of_a_qos_2_exchange_are_joined_at_its_senders_lifeline() {
    let mut capture = capture();
    send(&mut capture, 1, 0, (0, 1), PUBLISH);
    send(&mut capture, 2, 21, (1, 0), PUBREC);
    send(&mut capture, 3, 42, (0, 1), b"\x62\x02\x00\x07");
    send(&mut capture, 4, 63, (1, 0), b"\x70\x02\x00\x07");
    let plan = Plan::new(&capture);
    let bracket = |index| match plan.row(&capture, index, 9, METRICS).map(|row| row.body) {
        Some(Body::Packet { bracket: Some(bracket), .. }) => bracket,
        other => panic!("{other:?}"),
    };
    assert!([1, 2, 3].iter().all(|index| bracket(*index).column == 0 && !bracket(*index).right));
    assert_eq!([1, 2, 3].map(|index| bracket(index).joins), [false, true, false]);
    assert_eq!(bracket(3).title, "round trip 41 ms; the whole exchange 83 ms");
    let family = |index| match plan.row(&capture, index, 9, METRICS).map(|row| row.body) {
        Some(Body::Packet { arrow, .. }) => arrow.family,
        other => panic!("{other:?}"),
    };
    assert_eq!([0, 1, 2, 3].map(family), [Some(0); 4]);
}

#[test]
fn a_second_connect_of_a_client_is_told_from_its_first() {
    let mut capture = capture();
    for step in 1..3 {
        send(&mut capture, step, 0, (2, 1), b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01s");
    }
    send(&mut capture, 3, 0, (0, 1), b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01p");
    let plan = Plan::new(&capture);
    let again = |index| match plan.row(&capture, index, 9, METRICS).map(|row| row.body) {
        Some(Body::Packet { arrow, .. }) => arrow.reconnects,
        other => panic!("{other:?}"),
    };
    assert_eq!([0, 1, 2].map(again), [false, true, false]);
}

/// A client left and one right of the broker, and four more.
fn many() -> Capture {
    let mut capture = capture();
    for name in ["a", "b", "c"] {
        capture.add_end(name, EndRole::Client);
    }
    capture
}

#[test]
fn lanes_move_and_their_packets_with_them() {
    let mut capture = capture();
    send(&mut capture, 1, 0, (0, 1), PUBLISH);
    let plan = Plan::new(&capture);
    let mut wishes = LaneWishes::default();
    wishes.shift(0, 1, &Lanes::new(&capture, &plan, 1, &wishes));
    assert_eq!(wishes.order, [1, 0, 2]);
    wishes.put(2, 0, &Lanes::new(&capture, &plan, 1, &wishes));
    assert_eq!(wishes.order, [2, 1, 0]);
    let lanes = Lanes::new(&capture, &plan, 1, &wishes);
    let look = Look { step: 9, metrics: METRICS, lanes: &lanes, wall: None };
    let Some(Body::Packet { arrow, .. }) = plan.row_among(&capture, 0, look).map(|row| row.body) else {
        panic!("a packet")
    };
    assert_eq!((arrow.gaps, arrow.rightwards), ((1, 2), false));
}

#[test]
fn with_many_ends_acknowledgements_fold_and_idle_lanes_go_slim() {
    let mut capture = many();
    for n in 0..12 {
        send(&mut capture, 2 * n + 1, 0, (0, 1), PUBLISH);
        send(&mut capture, 2 * n + 2, 21, (1, 0), PUBREC);
    }
    let open = Plan::with(&capture, PlanOptions { fold: Some(false), ..Default::default() });
    assert_eq!((open.len(), open.folded(&capture)), (24, None));
    let plan = Plan::new(&capture);
    assert_eq!((plan.len(), plan.folded(&capture), plan.row_of(3)), (12, Some(12), Some(1)));
    let acked = |step| match plan.row(&capture, 0, step, METRICS).map(|row| row.body) {
        Some(Body::Packet { arrow, .. }) => arrow.acked.map(|acked| acked.text),
        other => panic!("{other:?}"),
    };
    assert_eq!(acked(1), None);
    assert_eq!(acked(2).as_deref(), Some("under way"));
    assert_eq!(acked(3).as_deref(), Some("41 ms"));
    let lanes = Lanes::new(&capture, &open, 99, &LaneWishes::default());
    assert_eq!([0, 1, 2, 3].map(|end| lanes.is_slim(end)), [false, false, true, true]);
    // pub1 | Broker | sub1 a b c: only what lies behind the first slim lane is narrow.
    let brokers = [false, true, false, false, false, false];
    assert_eq!(lanes.narrow(&brokers), [false, false, true, true, true]);
    let wide = LaneWishes::wide(Vec::new());
    assert!(!Lanes::new(&capture, &open, 99, &wide).is_slim(2));
}

#[test]
fn members_of_a_shared_subscription_stand_side_by_side_while_they_are() {
    let mut capture = many();
    let ask = |capture: &mut Capture, step, end, bytes| send(capture, step, 0, (end, 1), bytes);
    let subscribe = |filter: &str| -> &'static [u8] {
        let mut bytes = vec![0x82, filter.len() as u8 + 5, 0, 1, 0, filter.len() as u8];
        bytes.extend(filter.bytes());
        bytes.push(0);
        &*bytes.leak()
    };
    ask(&mut capture, 1, 0, subscribe("$share/g/jobs/#"));
    ask(&mut capture, 2, 3, subscribe("$share/g/other"));
    ask(&mut capture, 3, 4, subscribe("$share/g/jobs/#"));
    ask(&mut capture, 4, 4, subscribe("$share/g/jobs/#"));
    ask(&mut capture, 5, 4, b"\xa2\x13\x00\x01\x00\x0f$share/g/jobs/#");
    let plan = Plan::new(&capture);
    assert_eq!(plan.groups(2), [], "one client alone is no group");
    let group = Group { name: "g".to_owned(), filter: "jobs/#".to_owned(), members: vec![0, 4] };
    assert_eq!(plan.groups(4), [group]);
    assert_eq!(plan.groups(5), [], "one has left");
    ask(&mut capture, 6, 4, subscribe("$share/g/jobs/#"));
    ask(&mut capture, 7, 2, subscribe("$share/g/jobs/#"));
    let plan = Plan::new(&capture);
    let lanes = Lanes::new(&capture, &plan, 0, &LaneWishes::default());
    assert_eq!([0, 1, 2, 3, 4, 5].map(|place| lanes.end(place)), [0, 2, 4, 1, 3, 5]);
    assert_eq!(lanes.run_of(&plan.groups(7)[0].members), Some((0, 2)));
    let moved = Lanes::new(&capture, &plan, 0, &LaneWishes::wide(vec![1, 0, 3]));
    assert_eq!(moved.run_of(&[0, 4]), None);
    // A clean start ends them.
    ask(&mut capture, 8, 0, b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00");
    let plan = Plan::new(&capture);
    assert_eq!(plan.groups(8)[0].members, [4, 2]);
}

#[test]
fn lanes_that_exchange_no_message_with_a_client_go_slim() {
    let mut capture = many();
    send(&mut capture, 1, 0, (0, 1), b"\x30\x04\x00\x01ab");
    send(&mut capture, 2, 0, (1, 3), b"\x30\x04\x00\x01ab");
    send(&mut capture, 3, 0, (1, 4), b"\x30\x04\x00\x01xb");
    send(&mut capture, 4, 0, (4, 1), PUBREC);
    let bits = talking(&capture, 3);
    assert_eq!((bits, talking(&capture, 0), talking(&capture, 4)), (0b1011, 0b1011, 0b10010));
    let wishes = LaneWishes { choice: LaneChoice::Talking, talking: bits, ..Default::default() };
    let lanes = Lanes::new(&capture, &Plan::new(&capture), 4, &wishes);
    let slim: Vec<bool> = (0..6).map(|end| lanes.is_slim(end)).collect();
    assert_eq!(slim, [false, false, true, false, true, true]);
}

#[test]
fn notes_can_be_left_out() {
    let mut capture = capture();
    let id = send(&mut capture, 1, 0, (0, 1), PUBLISH);
    note(&mut capture, 2, 1, Some(id), NoteKind::Decision, "stores it");
    note(&mut capture, 3, 1, None, NoteKind::Trouble, "runs out of room");
    note(&mut capture, 4, 2, None, NoteKind::LinkCut, "link cut");
    let rows = |notes| Plan::with(&capture, PlanOptions { notes, ..Default::default() }).len();
    assert_eq!([NoteChoice::All, NoteChoice::Trouble, NoteChoice::None].map(rows), [3, 3, 2]);
}
