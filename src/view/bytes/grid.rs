//! The hex grid, each row made when it is looked at.

use core::ops::Range;

use super::{ByteCell, ByteMap};
use crate::dissect::Dissection;

/// How many rows of `each` bytes `len` bytes take.
pub const fn row_count(len: usize, each: usize) -> usize {
    len.div_ceil(each)
}

/// The cells of a row of `each` bytes; fewer in the last one.
pub fn row(frame: &[u8], map: &ByteMap, row: usize, each: usize) -> Vec<ByteCell> {
    map.cells(frame, row * each, (row + 1) * each)
}

/// Hexadecimal digits that every offset below `len` fits into; at least two.
pub const fn offset_digits(len: usize) -> usize {
    let mut digits = 2;
    let mut rest = len.saturating_sub(1) >> 8;
    while rest > 0 {
        digits += 1;
        rest >>= 4;
    }
    digits
}

/// A cell's name for those who cannot see it: "byte 3C, offset 0, packet type and flags".
pub fn cell_name(cell: &ByteCell, dissection: &Dissection) -> String {
    let name = dissection.nodes.get(cell.node as usize).map_or("", |node| node.name);
    let wrong = if cell.wrong { ", malformed" } else { "" };
    format!("byte {}, offset {}, {name}{wrong}", cell.hex(), cell.offset)
}

/// The rows of a list that are in view, and a few beside them: what a scrolled list has to draw.
///
/// `scroll` and `height` are the scroller's, `row_height` one row's, all in the same unit.
pub fn visible_rows(scroll: f64, height: f64, row_height: f64, rows: usize) -> Range<usize> {
    const BESIDE: usize = 8;
    let first = (scroll.max(0.0) / row_height) as usize;
    let last = ((scroll.max(0.0) + height.max(0.0)) / row_height) as usize + 1;
    let to = last.saturating_add(BESIDE).min(rows);
    first.saturating_sub(BESIDE).min(to)..to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_have_room_for_the_last_one() {
        for (len, digits) in [(0, 2), (1, 2), (256, 2), (257, 3), (4096, 3), (4097, 4), (1 << 20, 5)] {
            assert_eq!(offset_digits(len), digits, "{len}");
        }
    }

    #[test]
    fn a_window_is_as_long_as_the_view_however_long_the_list() {
        assert_eq!(visible_rows(0.0, 200.0, 20.0, 5), 0..5);
        assert_eq!(visible_rows(0.0, 200.0, 20.0, 65_536), 0..19);
        assert_eq!(visible_rows(20_000.0, 200.0, 20.0, 65_536), 992..1019);
        assert_eq!(visible_rows(1e9, 200.0, 20.0, 100), 100..100);
        assert_eq!(visible_rows(-5.0, 0.0, 20.0, 100), 0..9);
    }
}
