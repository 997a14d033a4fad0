//! Two timelines beside each other: their packets, the first difference, their states.

use crate::capture::{Capture, Fate, FrameId, Step};
use crate::codec::PacketType;
use crate::sim::Sim;
use crate::ui::components::icon::{icon, packet_name};
use crate::ui::dom::{El, el, fragment, nothing};
use crate::view::timelines::{Comparison, Differs, Row, state_diff};

/// Rows that are shown at most.
const ROWS: usize = 400;

/// Both at their ends.
pub(super) fn compared(left: &Sim, right: &Sim) -> El {
    let sides = [(left.capture(), left.cursor()), (right.capture(), right.cursor())];
    let comparison = Comparison::new(sides[0], sides[1]);
    let rows = comparison.rows.iter().enumerate().skip(comparison.same).take(ROWS);
    let until = comparison.rows.get(comparison.same.saturating_sub(1)).map(|row| row.at.to_string());
    let same = match (comparison.same, until) {
        (0, _) | (_, None) => nothing(),
        (count, Some(until)) => {
            let words = [&count.to_string(), " packets the same, until ", &until, " s"].concat();
            el("p", "compare__same").text(&words)
        }
    };
    let hidden = comparison.rows.len().saturating_sub(comparison.same + ROWS);
    let more =
        (hidden > 0).then(|| el("p", "compare__same").text(&[&hidden.to_string(), " more rows"].concat()));
    let first = comparison.first.map_or_else(
        || el("p", "compare__same").attr("role", "status").text("Both are the same, packet by packet."),
        |at| difference(&comparison.rows[at], sides),
    );
    fragment([
        same,
        first,
        el("table", "compare__table").child(el("tbody", "").all(rows.map(|(_, row)| line(row, sides)))),
        more.unwrap_or_else(nothing),
        states(left, right),
    ])
}

/// The band over the first packet that differs.
fn difference(row: &Row, sides: [(&Capture, Step); 2]) -> El {
    let words = match row.differs {
        Some(Differs::Missing) if row.frames[0].is_some() => " only on the left.",
        Some(Differs::Missing) => " only on the right.",
        Some(Differs::Fate) => " arrives on one side alone.",
        Some(Differs::Bytes) => " has other bytes.",
        _ => " is sent at another time.",
    };
    let name = row.frames.iter().zip(sides).find_map(|(frame, side)| Some(kind(side.0, (*frame)?)?.name()));
    el("p", "compare__diff")
        .attrs(&[("role", "status"), ("data-testid", "first-difference")])
        .child(icon("i-warn", "icon icon--xs"))
        .text(&["First difference, ", &row.at.to_string(), " s: "].concat())
        .child(el("span", "").text(name.unwrap_or("a packet")).text(words))
}

fn kind(capture: &Capture, frame: FrameId) -> Option<PacketType> {
    let first = *capture.frame(frame)?.bytes.first()?;
    PacketType::from_nibble(first >> 4)
}

fn line(row: &Row, sides: [(&Capture, Step); 2]) -> El {
    let class = if row.differs.is_some() { "is-diff" } else { "" };
    let cells = row.frames.iter().zip(sides).map(|(frame, side)| match frame {
        None => el("td", "is-absent").child(el("span", "sr-only").text("no packet")),
        Some(frame) => cell(*frame, side),
    });
    el("tr", class).child(el("th", "num").attr("scope", "row").text(&row.at.to_string())).all(cells)
}

fn cell(frame: FrameId, (capture, step): (&Capture, Step)) -> El {
    let Some(it) = capture.frame(frame) else { return el("td", "") };
    let name = |end| capture.end(end).map_or("", |end| &*end.name).to_owned();
    let lost = matches!(it.fate_at(step), Some(Fate::Lost { .. }));
    let dup = it.bytes.first().is_some_and(|byte| byte & 0xf8 == 0x38);
    let words = [&*name(it.from), " to ", &name(it.to)].concat();
    el("td", "")
        .child(packet_name(kind(capture, frame)))
        .text(if dup { " DUP " } else { " " })
        .child(el("small", "").text(&words).text(", ").text(&it.bytes.len().to_string()).text(" B"))
        .with(lost.then(|| el("span", "chip chip--bad").text("lost")))
}

/// What the ends hold, line by line.
fn states(left: &Sim, right: &Sim) -> El {
    let lines = state_diff(left, right);
    let differ = lines.iter().filter(|line| line.differs()).count();
    let told = [&differ.to_string(), " of ", &lines.len().to_string(), " lines differ"].concat();
    let rows = lines.iter().map(|line| {
        let class = if line.differs() { "is-diff" } else { "" };
        el("tr", class)
            .child(el("th", "").attr("scope", "row").text(&line.subject))
            .all(line.texts.iter().map(|text| el("td", "").text(text)))
    });
    el("table", "state-diff")
        .child(el("caption", "").text("States at their ends").child(el("span", "").text(&told)))
        .child(el("tbody", "").all(rows))
}
