use super::*;
use crate::capture::NoteKind;
use crate::client::{ClientConfig, ClientError, ClientEvent, ClientStatus, PublishRequest, Reconnect};
use crate::codec::QoS;
use crate::codec::{Direction, SubscriptionOptions};
use crate::time::{Duration, Instant};

const START: Instant = Instant::from_millis(5);

fn sent(live: &mut Live) -> Vec<Vec<u8>> {
    let errands = std::iter::from_fn(|| live.poll_errand(0, START));
    errands
        .filter_map(|it| match it {
            Errand::Send(bytes) => Some(bytes),
            Errand::Close => None,
        })
        .collect()
}

fn events(live: &mut Live) -> impl Iterator<Item = ClientEvent> {
    std::iter::from_fn(|| live.poll_event(0).map(|(event, _)| event))
}

fn notes(live: &Live) -> Vec<&str> {
    live.capture().notes().map(|note| &*note.text).collect()
}

fn connected() -> Live {
    let mut live = Live::new();
    live.opened(0, START, ClientConfig::new("tab"), "127.0.0.1:9001", Carrier::WebSocket)
        .expect("a plain CONNECT");
    assert_eq!(sent(&mut live).len(), 1);
    live.received(0, START, &[0x20, 2, 0, 0]);
    assert!(matches!(live.poll_event(0), Some((ClientEvent::Connected { session_present: false, .. }, _))));
    live
}

#[test]
fn what_is_sent_and_what_comes_is_recorded_packet_by_packet() {
    let mut live = connected();
    live.subscribe(0, START, "a/#", SubscriptionOptions { qos: QoS::AtLeastOnce, ..Default::default() })
        .expect("connected");
    assert_eq!(sent(&mut live), [[0x82, 8, 0, 1, 0, 3, b'a', b'/', b'#', 1]]);
    // SUBACK and a PUBLISH, cut inside both.
    live.received(0, START, &[0x90, 3, 0]);
    live.received(0, START, &[1, 1, 0x30, 4, 0]);
    live.received(0, START, &[1, b'a', b'!']);
    let frames: Vec<(Direction, Vec<u8>)> =
        live.capture().frames().map(|frame| (frame.direction, frame.bytes.to_vec())).collect();
    assert_eq!(frames.len(), 5);
    assert_eq!(frames[3], (Direction::ToClient, vec![0x90, 3, 0, 1, 1]));
    assert_eq!(frames[4], (Direction::ToClient, vec![0x30, 4, 0, 1, b'a', b'!']));
    let messages: Vec<Vec<u8>> = events(&mut live)
        .filter_map(|it| match it {
            ClientEvent::Message(it) => Some(it.message.payload.to_vec()),
            _ => None,
        })
        .collect();
    assert_eq!(messages, [b"!"]);
    assert_eq!(live.client(0).subscriptions().count(), 1);
}

#[test]
fn bytes_that_are_no_packet_are_recorded_and_end_the_connection() {
    let mut live = connected();
    live.received(0, START, &[0x30, 0xff, 0xff, 0xff, 0xff, 1, 2]);
    assert_eq!(live.capture().frames().next_back().map(|it| it.bytes.len()), Some(7));
    assert_eq!(live.client(0).status(), ClientStatus::Offline);
    assert!(std::iter::from_fn(|| live.poll_errand(0, START)).any(|it| it == Errand::Close));
}

#[test]
fn a_packet_cut_off_by_the_end_of_the_connection_stays_visible() {
    let mut live = connected();
    live.received(0, START, &[0x30, 9, 0]);
    assert_eq!(live.capture().frames().len(), 2);
    live.closed(0, START, NoteKind::LinkCut, "the server closed");
    assert_eq!(live.capture().frames().next_back().map(|it| it.bytes.to_vec()), Some(vec![0x30, 9, 0]));
    assert!(live.capture().notes().any(|it| &*it.text == "the server closed"));
}

#[test]
fn the_record_goes_on_with_the_same_client_and_broker_only() {
    let mut live = connected();
    live.closed(0, START, NoteKind::LinkClosed, "closed");
    let (before, number) = (live.capture().frames().len(), live.record_number());
    live.opened(0, START, ClientConfig::new("tab"), "127.0.0.1:9001", Carrier::WebSocket)
        .expect("a plain CONNECT");
    assert_eq!((live.capture().frames().len(), live.record_number()), (before + 1, number));
    live.closed(0, START, NoteKind::LinkClosed, "closed");
    live.opened(0, START, ClientConfig::new("other"), "127.0.0.1:9001", Carrier::WebSocket)
        .expect("a plain CONNECT");
    assert_eq!((live.capture().frames().len(), live.record_number()), (1, number + 1));
    assert_eq!(live.capture().ends().len(), 2);
}

#[test]
fn a_connect_that_breaks_a_rule_changes_nothing() {
    let mut live = connected();
    live.closed(0, START, NoteKind::LinkClosed, "closed");
    let before = live.capture().frames().len();
    let config = ClientConfig { clean_start: false, ..ClientConfig::new("") };
    assert_eq!(
        live.opened(0, START, config, "elsewhere", Carrier::WebSocket),
        Err(ClientError::EmptyClientId)
    );
    assert_eq!(live.capture().frames().len(), before);
}

#[test]
fn packets_and_websocket_frames_that_do_not_coincide_are_noted() {
    let mut live = connected();
    // One packet a frame: nothing to tell.
    live.received(0, START, &[0x30, 4, 0, 1, b'a', b'1']);
    assert_eq!(notes(&live), ["WebSocket open, subprotocol mqtt"]);
    // Two whole ones and the head of a third, whose rest comes in two more frames.
    live.received(0, START, &[0x30, 4, 0, 1, b'a', b'2', 0x30, 4, 0, 1, b'a', b'3', 0x30]);
    live.received(0, START, &[4, 0, 1]);
    live.received(0, START, b"a4");
    assert_eq!(notes(&live)[1..], ["2 packets in one WebSocket frame", "one packet in 3 WebSocket frames"]);
    let statements: Vec<_> = live.capture().notes().skip(1).map(|note| note.statement).collect();
    assert_eq!(statements, [Some("3.1.1 MQTT-6.0.0-2"); 2]);
}

#[test]
fn lines_share_the_record_and_the_broker_but_no_lifeline_of_a_client() {
    let mut live = connected();
    let second = live.add_line().expect("a second line");
    live.opened(second, START, ClientConfig::new("other"), "127.0.0.1:9001", Carrier::WebSocket)
        .expect("plain");
    let third = live.add_line().expect("a third line");
    live.opened(third, START, ClientConfig::new("tab"), "in this tab", Carrier::Tab).expect("plain");
    let names: Vec<&str> = live.capture().ends().iter().map(|end| &*end.name).collect();
    assert_eq!(names, ["tab", "127.0.0.1:9001", "other", "tab", "in this tab"]);
    assert_eq!(live.ends(second), Some((2, 1)));
    assert_eq!(live.ends(third), Some((3, 4)));
    // What one of them gets concerns it alone.
    live.received(second, START, &[0x20, 2, 0, 0]);
    assert!(matches!(live.poll_event(second), Some((ClientEvent::Connected { .. }, _))));
    assert_eq!(live.poll_event(third), None);
    assert_eq!(live.capture().frames().next_back().map(|it| (it.from, it.to, it.link)), Some((1, 2, 2)));
    // Another client on a line keeps what the others have in the record.
    live.closed(second, START, NoteKind::LinkClosed, "closed");
    let before = live.capture().frames().len();
    live.opened(second, START, ClientConfig::new("new"), "127.0.0.1:9001", Carrier::WebSocket)
        .expect("plain");
    assert_eq!((live.capture().frames().len(), live.record_number()), (before + 1, 1));
    assert_eq!(live.ends(second), Some((5, 1)));
}

#[test]
fn lines_are_bounded_and_a_cleared_record_keeps_open_connections() {
    let mut live = connected();
    while live.add_line().is_some() {}
    assert_eq!(live.line_count(), MOST_LINES);
    live.clear();
    assert_eq!((live.capture().frames().len(), live.record_number()), (0, 2));
    assert_eq!(notes(&live), ["open since before the record"]);
    live.received(0, START, &[0x30, 4, 0, 1, b'a', b'1']);
    assert_eq!(live.capture().frames().len(), 1);
}

fn reconnecting() -> Live {
    let mut live = Live::new();
    let reconnect = Reconnect { first_millis: 100, most_millis: 1_000, max_attempts: 2, seed: 1 };
    let config = ClientConfig { reconnect: Some(reconnect), ..ClientConfig::new("tab") };
    live.opened(0, START, config, "broker", Carrier::WebSocket).expect("a plain CONNECT");
    live.received(0, START, &[0x20, 2, 0, 0]);
    live.subscribe(0, START, "a/#", SubscriptionOptions { qos: QoS::AtLeastOnce, ..Default::default() })
        .expect("connected");
    live.received(0, START, &[0x90, 3, 0, 1, 1]);
    sent(&mut live);
    events(&mut live).count();
    live
}

#[test]
fn a_lost_connection_is_tried_again_and_subscribes_again_where_the_session_is_gone() {
    for (session_present, again) in [(0, true), (1, false)] {
        let mut live = reconnecting();
        let config = ClientConfig { clean_start: session_present == 0, ..live.client(0).config().clone() };
        let options = SubscriptionOptions { qos: QoS::AtLeastOnce, ..Default::default() };
        if session_present == 1 {
            // Once more, with a session that lasts.
            live.closed(0, START, NoteKind::LinkClosed, "closed");
            live.opened(0, START, config, "broker", Carrier::WebSocket).expect("a plain CONNECT");
            live.received(0, START, &[0x20, 2, 0, 0]);
            live.subscribe(0, START, "a/#", options).expect("connected");
            live.received(0, START, &[0x90, 3, 0, 2, 1]);
        }
        assert!(!live.closed(0, START, NoteKind::LinkCut, "lost"));
        events(&mut live).count();
        sent(&mut live);
        let due = live.poll_timeout(0).expect("an attempt is due");
        assert!(due > START && due <= START + Duration::from_millis(200), "{due}");
        live.timeout(0, due);
        assert!(events(&mut live).any(|it| it == ClientEvent::ReconnectDue));
        live.reopened(0, due).expect("offline");
        assert_eq!(sent(&mut live).len(), 1);
        live.received(0, due, &[0x20, 2, session_present, 0]);
        let subscribes = sent(&mut live).iter().filter(|it| it[0] == 0x82).count();
        assert_eq!(subscribes == 1, again, "session present {session_present}");
    }
}

#[test]
fn what_cannot_be_reached_is_given_up_after_its_attempts() {
    let mut live = reconnecting();
    live.closed(0, START, NoteKind::LinkCut, "lost");
    let mut attempts = 0;
    while let Some(due) = live.poll_timeout(0) {
        live.timeout(0, due);
        live.unreachable(0, due);
        attempts += 1;
    }
    assert_eq!(attempts, 2);
    assert_eq!(notes(&live).last(), Some(&"gives up after 2 attempts"));
}

#[test]
fn a_takeover_loop_is_recognised_and_ended() {
    let mut live = reconnecting();
    let mut now = START;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(live.closed(0, now, NoteKind::LinkCut, "lost"));
        let Some(due) = live.poll_timeout(0) else { break };
        now = due;
        live.timeout(0, now);
        live.reopened(0, now).expect("offline");
        live.received(0, now, &[0x20, 2, 0, 0]);
    }
    assert_eq!(told, [false, false, true]);
    assert_eq!(live.poll_timeout(0), None);
    // A connection that the user ends, or drops, is no loss.
    let mut live = reconnecting();
    for _ in 0..5 {
        assert!(!live.closed(0, START, NoteKind::LinkClosed, "closed"));
        live.give_up(0, START);
        live.reopened(0, START).expect("offline");
        live.received(0, START, &[0x20, 2, 0, 0]);
    }
}

#[test]
fn what_is_due_together_goes_as_one_frame_and_the_record_says_so() {
    let mut live = connected();
    let publish = |live: &mut Live, payload: &[u8]| {
        let payload = payload.to_vec().into();
        live.publish(0, START, PublishRequest { topic: "a".into(), payload, ..Default::default() })
            .expect("connected")
    };
    publish(&mut live, b"1");
    assert_eq!(sent(&mut live), [b"\x30\x04\x00\x01a1"]);
    assert_eq!(notes(&live).len(), 1);
    // 3.1.1 MQTT-6.0.0-2
    publish(&mut live, b"2");
    publish(&mut live, b"3");
    assert_eq!(sent(&mut live), [b"\x30\x04\x00\x01a2\x30\x04\x00\x01a3"]);
    assert_eq!(notes(&live)[1..], ["2 packets sent in one WebSocket frame"]);
    assert_eq!(live.capture().notes().next_back().and_then(|it| it.statement), Some("3.1.1 MQTT-6.0.0-2"));
    // What is great goes on its own, and closing comes after what was sent before.
    publish(&mut live, &[b'x'; 70_000]);
    publish(&mut live, b"4");
    live.disconnect(0, START).expect("connected");
    let errands: Vec<Errand> = std::iter::from_fn(|| live.poll_errand(0, START)).collect();
    let lens: Vec<usize> =
        errands.iter().map(|it| if let Errand::Send(it) = it { it.len() } else { 0 }).collect();
    assert_eq!(lens, [70_007, 8, 0]);
}

#[test]
fn events_name_the_packet_that_led_to_them() {
    let mut live = connected();
    live.received(0, START, &[0x30, 4, 0, 1, b'a', b'1', 0x30, 4, 0, 1, b'a', b'2']);
    let frames: Vec<_> = std::iter::from_fn(|| live.poll_event(0).map(|(_, frame)| frame)).collect();
    assert_eq!(frames, [Some(2), Some(3)]);
    let at = |id| live.capture().frame(id).map(|it| it.bytes[5]);
    assert_eq!((at(2), at(3)), (Some(b'1'), Some(b'2')));
}
