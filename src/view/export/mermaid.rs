//! The diagram in Mermaid's language for sequence diagrams.

use super::words::plain;
use super::{Options, Scene, more};
use crate::view::bytes::hex;
use crate::view::diagram::{Arrow, Body, Metrics, NoteView, Passage, packet_words};

/// Bytes of a packet that are written.
const SHOWN: usize = 24;

/// The text for a range of packets.
pub fn mermaid(scene: Scene<'_>, options: &Options) -> String {
    let metrics = Metrics { packet: 1, marker: 1, idle: 1 };
    let rows = scene.rows(options, metrics);
    let mut out = "sequenceDiagram\n".to_owned();
    for (at, name) in scene.names().enumerate() {
        line(&mut out, &["participant e", &at.to_string(), " as ", &words(name)]);
    }
    let last = scene.capture.ends().len().saturating_sub(1);
    let all = ["Note over e0,e", &last.to_string(), ": "].concat();
    for row in &rows.rows {
        match &row.body {
            Body::Packet { arrow, note, .. } => {
                packet(&mut out, arrow, options);
                if let Some(note) = note {
                    self::note(&mut out, scene, note);
                }
            }
            Body::Idle(text) => line(&mut out, &[&all, &words(text)]),
            Body::Cut { gaps, text } => {
                let [a, b] = [gaps.0, gaps.1].map(|it| it.to_string());
                line(&mut out, &["Note over e", &a, ",e", &b, ": ", &words(text)]);
            }
            Body::Note(note) => self::note(&mut out, scene, note),
            Body::Dropped => {}
        }
    }
    if rows.left_out > 0 {
        line(&mut out, &[&all, &more(rows.left_out)]);
    }
    out
}

fn line(out: &mut String, pieces: &[&str]) {
    out.push_str("    ");
    for piece in pieces {
        out.push_str(piece);
    }
    out.push('\n');
}

fn packet(out: &mut String, arrow: &Arrow, options: &Options) {
    let (left, right) = (arrow.gaps.0.to_string(), arrow.gaps.1.to_string());
    let (from, to) = if arrow.rightwards { (left, right) } else { (right, left) };
    let sign = match arrow.passage {
        Passage::Lost { .. } => "-x",
        Passage::Flying { .. } | Passage::Ahead => "--)",
        Passage::Arrived => "->>",
    };
    let mut text = words(&packet_words(&arrow.dissection));
    if let Some(lost) = arrow.passage.lost() {
        text.push_str(", ");
        text.push_str(lost);
    }
    if options.bytes {
        text.push_str("<br/>");
        for (at, byte) in arrow.bytes.iter().take(SHOWN).enumerate() {
            text.push_str(if at > 0 { " " } else { "" });
            text.push_str(hex(*byte));
        }
        let hidden = arrow.bytes.len().saturating_sub(SHOWN);
        if hidden > 0 {
            text.push_str(&[" +", &hidden.to_string(), " B"].concat());
        }
    }
    line(out, &["e", &from, sign, "e", &to, ": ", &text]);
}

fn note(out: &mut String, scene: Scene<'_>, note: &NoteView) {
    let place = scene.lanes.place(note.end).min(scene.capture.ends().len().saturating_sub(1));
    line(out, &["Note over e", &place.to_string(), ": ", &words(&note.text())]);
}

/// Nothing that would end a line, begin a comment or an entity, or be taken for markup or a keyword.
fn words(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            ';' | '#' | '<' | '>' | '&' | '"' | '%' | '`' | '$' | '{' | '}' | '[' | ']' | '(' | ')'
            | '\\' | '_' | '*' => {
                out.push_str(&["#", &u32::from(c).to_string(), ";"].concat());
            }
            c => out.push(c),
        }
    }
    // A participant or message called "end" would close a block.
    if out.eq_ignore_ascii_case("end") { [&out, "#8203;"].concat() } else { out }
}
