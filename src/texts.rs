//! Prints what all statements demand, as a file. The page loads it when it first shows a rule: its modules hold none.

use std::io::{self, Write};

#[allow(dead_code, unused_imports, reason = "the file needs less of it than the library")]
mod spec;

fn main() -> io::Result<()> {
    io::stdout().write_all(spec::texts().as_bytes())
}
