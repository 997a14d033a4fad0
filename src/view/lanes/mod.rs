//! State lanes: what the two ends of each link hold at a moment, side by side, with what the last step changed and which
//! packet did it.

mod cells;
mod story;

pub use self::cells::{Due, Item, Lane, ROWS, Shape, lanes, moment};
pub use self::story::{Change, Story, cause, changes};
