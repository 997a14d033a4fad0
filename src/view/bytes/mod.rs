//! A packet's bytes as they are drawn: the strip on an arrow, the annotated row, the hex grid, the bits of one
//! byte, the field tree and the explanation of what is chosen.
//!
//! All of them speak of the same [`ByteCell`]s and are linked by the *field* of a cell: the node that people take
//! for one thing. A length prefix belongs to the field it measures, a property's identifier and value to the
//! property, a bit to its byte.

mod bits;
mod cell;
mod explain;
mod fields;
mod grid;
mod shares;
mod strip;
mod tree;

#[cfg(test)]
mod tests;

pub use bits::{BitGroup, BitView, bits};
pub use cell::{Base, ByteCell, ByteMap, Choice, Run, Segment, hex, segments};
pub use explain::{Explanation, Rule, explain, rule};
pub use fields::{ByteField, Piece, fields, fields_in};
pub use grid::{cell_name, offset_digits, row, row_count, visible_rows};
pub use shares::{GROUPS, Shares};
pub use strip::{StripItem, strip};
pub use tree::{TreeItem, tree};
