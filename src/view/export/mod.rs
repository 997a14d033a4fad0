//! The sequence diagram for slides and reports: as SVG, as text, in Mermaid's language.
//!
//! The same capture, step and options give the same output, byte by byte: nothing is measured, widths of words are
//! estimated, and bytes stand at places of their own. Whatever comes from packets is data: escaped for the language it
//! stands in, without control characters and without those that change the direction of writing.

mod canvas;
mod mermaid;
mod palette;
mod svg;
mod text;
pub(super) mod words;

pub use self::mermaid::mermaid;
pub use self::svg::{Drawing, svg};
pub use self::text::text;

use crate::capture::{Capture, FrameId, Step};
use crate::view::diagram::{Body, Lanes, Look, Metrics, Plan, RowView};

/// Packets that one export holds at most; what is left out is counted in it.
pub const MOST_PACKETS: usize = 2_000;

/// What is exported, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The first and the last packet.
    pub range: (FrameId, FrameId),
    /// Packets show their bytes.
    pub bytes: bool,
    /// What the ends decided is told.
    pub notes: bool,
    /// Light on dark.
    pub dark: bool,
    /// Of a drawing, in pixels.
    pub width: u32,
}

/// A capture that is exported as it was known at a step.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The record.
    pub capture: &'a Capture,
    /// Its rows.
    pub plan: &'a Plan,
    /// What came later is not told.
    pub step: Step,
    /// The order of lifelines.
    pub lanes: &'a Lanes,
}

/// The rows of a range, and how many packets of it are left out behind them.
struct Rows {
    rows: Vec<RowView>,
    left_out: usize,
}

impl Scene<'_> {
    fn rows(&self, options: &Options, metrics: Metrics) -> Rows {
        let (from, to) = options.range;
        let first = self.plan.row_of(from).unwrap_or(0);
        let end = self.plan.row_of(to).map_or(self.plan.len(), |row| row + 1).min(self.plan.past(self.step));
        let mut rows = Vec::new();
        let (mut packets, mut left_out) = (0, 0);
        for index in first..end.max(first) {
            let look = Look { step: self.step, metrics, lanes: self.lanes, wall: None };
            let Some(row) = self.plan.row_among(self.capture, index, look) else { break };
            let is_packet = matches!(row.body, Body::Packet { .. });
            if packets == MOST_PACKETS && is_packet {
                left_out = (index..end).filter(|row| self.plan.is_packet(*row)).count();
                break;
            }
            packets += usize::from(is_packet);
            if options.notes {
                rows.push(row);
            } else if !matches!(row.body, Body::Note(_)) {
                rows.push(without_note(row));
            }
        }
        Rows { rows, left_out }
    }
}

impl Scene<'_> {
    /// The names over the lifelines, in their order.
    fn names(&self) -> impl Iterator<Item = &str> {
        let name = |place| self.capture.end(self.lanes.end(place)).map_or("?", |end| &*end.name);
        (0..self.capture.ends().len()).map(name)
    }
}

fn without_note(mut row: RowView) -> RowView {
    if let Body::Packet { note, .. } = &mut row.body {
        *note = None;
    }
    row
}

/// "3 more packets".
fn more(left_out: usize) -> String {
    let packets = if left_out == 1 { " more packet" } else { " more packets" };
    ["… ", &left_out.to_string(), packets].concat()
}
