//! The exported diagram: the same every time, whole, and harmless whatever packets hold.
//!
//! `tests/golden/` holds what a scenario gives; `GOLDEN=write cargo test --test behaviour export` writes it anew.

use bytes::Bytes;
use mqtt_playground::capture::{Capture, EndRole, Fate, Frame, Note, NoteKind};
use mqtt_playground::codec::{Direction, Version};
use mqtt_playground::sim::{Sim, scenarios};
use mqtt_playground::time::Instant;
use mqtt_playground::view::diagram::{LaneWishes, Lanes, Plan};
use mqtt_playground::view::export::{MOST_PACKETS, Options, Scene, mermaid, svg, text};

const ALL: Options = Options { range: (0, u32::MAX), bytes: true, notes: true, dark: false, width: 960 };

fn scenario(title: &str) -> Sim {
    let mut sim = Sim::new(scenarios().into_iter().find(|it| it.title == title).expect("a scenario"));
    sim.settle(400);
    sim
}

fn lanes(capture: &Capture, order: &[u16]) -> Lanes {
    Lanes::new(capture, &Plan::new(capture), 0, &LaneWishes::wide(order.to_vec()))
}

fn golden(name: &str, found: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == found,
        "{name} differs; if that is meant: GOLDEN=write cargo test --test behaviour export"
    );
}

#[test]
fn a_scenario_gives_the_drawing_text_and_mermaid_that_it_gave() {
    let sim = scenario("QoS 2, lost PUBREC");
    let plan = Plan::new(sim.capture());
    let lanes = lanes(sim.capture(), &[]);
    let scene = Scene { capture: sim.capture(), plan: &plan, step: sim.cursor(), lanes: &lanes };
    golden("lost-pubrec.svg", &svg(scene, &ALL).svg);
    golden("lost-pubrec-dark.svg", &svg(scene, &Options { dark: true, bytes: false, ..ALL }).svg);
    golden("lost-pubrec.txt", &text(scene, &ALL));
    golden("lost-pubrec.mmd", &mermaid(scene, &ALL));
}

#[test]
fn a_range_holds_its_packets_and_no_others() {
    let sim = scenario("QoS 2, exactly once");
    let plan = Plan::new(sim.capture());
    let lanes = lanes(sim.capture(), &[]);
    let scene = Scene { capture: sim.capture(), plan: &plan, step: sim.cursor(), lanes: &lanes };
    let range = Options { range: (6, 9), ..ALL };
    let titles = |svg: &str| svg.matches("<g><title>").count();
    assert_eq!(titles(&svg(scene, &range).svg), 4);
    assert_eq!(titles(&svg(scene, &ALL).svg), 14);
    assert_eq!(mermaid(scene, &range).matches("->>").count(), 4);
    let words = text(scene, &range);
    assert!(words.contains("PUBCOMP id 7") && !words.contains("CONNECT"));
    assert_eq!(titles(&svg(Scene { step: 0, ..scene }, &ALL).svg), 0, "nothing was sent at the beginning");
}

#[test]
fn lifelines_stand_in_the_order_that_was_chosen() {
    let sim = scenario("QoS 2, exactly once");
    let plan = Plan::new(sim.capture());
    let number = |name: &str| sim.capture().ends().iter().position(|end| &*end.name == name).unwrap() as u16;
    let [publisher, broker, subscriber] = ["pub1", "Broker", "sub1"].map(number);
    let lanes = lanes(sim.capture(), &[subscriber, broker, publisher]);
    let scene = Scene { capture: sim.capture(), plan: &plan, step: sim.cursor(), lanes: &lanes };
    let mermaid = mermaid(scene, &ALL);
    let names: Vec<&str> = mermaid.lines().filter_map(|it| it.trim().strip_prefix("participant ")).collect();
    assert_eq!(names, ["e0 as sub1", "e1 as Broker", "e2 as pub1"]);
    assert!(mermaid.contains("e2->>e1: PUBLISH QoS 2"), "{mermaid}");
    assert!(mermaid.contains("Note over e1: stores PUBLISH 7"), "{mermaid}");
    let head = text(scene, &ALL).lines().next().unwrap().to_owned();
    assert!(head.find("sub1") < head.find("Broker") && head.find("Broker") < head.find("pub1"), "{head}");
    let drawing = svg(scene, &ALL).svg;
    assert!(drawing.find(">sub1<").unwrap() < drawing.find(">pub1<").unwrap());
}

fn push(capture: &mut Capture, bytes: Bytes) {
    let id = capture.push_frame(Frame {
        id: 0,
        link: 0,
        from: 0,
        to: 1,
        direction: Direction::ToServer,
        version: Version::V311,
        bytes,
        sent: Instant::ZERO,
        sent_step: 1,
        end: None,
        due: None,
    });
    capture.end_frame(id, 1, Fate::Delivered { at: Instant::ZERO });
}

fn ends(client: &str) -> Capture {
    let mut capture = Capture::new(1 << 28);
    capture.add_end(client, EndRole::Client);
    capture.add_end("Broker", EndRole::Broker);
    capture.add_end("other", EndRole::Client);
    capture
}

/// A PUBLISH at QoS 0.
fn publish(topic: &str, payload: &[u8]) -> Bytes {
    let mut bytes = vec![0x30, (2 + topic.len() + payload.len()) as u8, 0, topic.len() as u8];
    bytes.extend_from_slice(topic.as_bytes());
    bytes.extend_from_slice(payload);
    Bytes::from(bytes)
}

/// What a page, a reader of SVG or Mermaid might take for more than words.
const EVIL: [&str; 7] = [
    "</text><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "a'b&amp;<!--",
    "x\u{202e}txt\u{0}\u{1b}[31m",
    "two\nlines\r\tand",
    "]]><a href=javascript:1>",
    "end; participant #60;%%{init}%%",
];

#[test]
fn what_packets_hold_stays_words() {
    for evil in EVIL {
        let mut capture = ends(evil);
        push(&mut capture, publish(evil, evil.as_bytes()));
        capture.push_note(Note {
            end: 1,
            peer: Some(0),
            frame: Some(0),
            at: Instant::ZERO,
            step: 1,
            kind: NoteKind::Decision,
            text: evil.into(),
            statement: None,
            verbose: None,
        });
        let plan = Plan::new(&capture);
        let lanes = lanes(&capture, &[]);
        let scene = Scene { capture: &capture, plan: &plan, step: 1, lanes: &lanes };
        let drawing = svg(scene, &ALL).svg;
        let known = ["svg", "title", "rect", "line", "path", "circle", "text", "tspan", "g"];
        for piece in drawing.split('<').skip(1) {
            let name: String =
                piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
            assert!(known.contains(&name.as_str()), "<{name} from {evil:?}");
            // Inside the tag, where attributes are.
            let tag = piece.split('>').next().unwrap_or_default();
            assert!(!tag.contains(" on") && !tag.contains("href"), "an attribute from {evil:?}: {tag}");
        }
        let safe = |c: char| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
        assert!(drawing.chars().all(safe), "{evil:?}");
        let words = text(scene, &ALL);
        assert!(words.chars().all(safe) && words.lines().count() == 3, "{words}");
        let mermaid = mermaid(scene, &ALL);
        assert!(mermaid.chars().all(safe), "{evil:?}");
        let starts: Vec<&str> =
            mermaid.lines().map(|line| line.split(' ').find(|it| !it.is_empty()).unwrap()).collect();
        assert_eq!(
            starts,
            ["sequenceDiagram", "participant", "participant", "participant", "e0->>e1:", "Note"],
            "{mermaid}"
        );
        assert!(!mermaid.contains("%%") && !mermaid.contains("<script"), "{mermaid}");
    }
}

#[test]
fn long_histories_are_cut_and_say_so() {
    let mut capture = ends("client");
    for _ in 0..MOST_PACKETS + 3 {
        push(&mut capture, publish("t", b""));
    }
    let plan = Plan::new(&capture);
    let lanes = lanes(&capture, &[]);
    let scene = Scene { capture: &capture, plan: &plan, step: 1, lanes: &lanes };
    let drawing = svg(scene, &ALL);
    assert_eq!(drawing.left_out, 3);
    assert!(drawing.svg.contains("… 3 more packets"));
    assert!(text(scene, &ALL).ends_with("… 3 more packets\n"));
    assert!(mermaid(scene, &ALL).ends_with("… 3 more packets\n"));
}

#[test]
fn a_capture_is_packed_and_unpacked_and_nothing_else_is() {
    for scenario in scenarios() {
        let mut sim = Sim::new(scenario);
        sim.settle(400);
        let capture = sim.capture();
        let packed = capture.pack();
        let again = Capture::unpack(&packed).expect("what was packed");
        assert_eq!(again.ends(), capture.ends());
        assert!(again.frames().eq(capture.frames()));
        let bare = |note: &Note| Note { statement: None, verbose: None, ..note.clone() };
        assert!(again.notes().cloned().eq(capture.notes().map(bare)));
        for len in [0, 1, packed.len() / 2, packed.len() - 1] {
            assert!(Capture::unpack(&packed[..len]).is_none(), "{len} bytes");
        }
    }
}
