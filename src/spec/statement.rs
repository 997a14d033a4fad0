//! One normative statement.

use core::fmt;

use super::Reference;

/// Which standard a statement stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standard {
    /// MQTT 3.1.1, OASIS Standard of 29 October 2014.
    V311,
    /// MQTT 5.0, OASIS Standard of 7 March 2019.
    V5,
}

impl Standard {
    /// Both, oldest first.
    pub const ALL: [Self; 2] = [Self::V311, Self::V5];

    /// The version number as references write it: `3.1.1` or `5.0`.
    pub const fn version(self) -> &'static str {
        match self {
            Self::V311 => "3.1.1",
            Self::V5 => "5.0",
        }
    }

    /// Address of the published document.
    pub const fn url(self) -> &'static str {
        match self {
            Self::V311 => "https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html",
            Self::V5 => "https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html",
        }
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version())
    }
}

/// Whom a statement binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binds {
    /// The Client.
    Client,
    /// The Server.
    Server,
    /// Whichever end sends the packet in question.
    Sender,
    /// Whichever end receives the packet in question.
    Receiver,
    /// Client and Server alike, or sender and receiver each with their part.
    Both,
}

impl fmt::Display for Binds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "Client",
            Self::Server => "Server",
            Self::Sender => "sender",
            Self::Receiver => "receiver",
            Self::Both => "both ends",
        })
    }
}

/// A normative statement. The texts are this project's explanation, not the standard's sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Statement {
    /// The standard it stands in.
    pub standard: Standard,
    /// Its id there, such as `MQTT-3.3.1-1`.
    pub id: &'static str,
    /// What it demands: one to three plain sentences, at most 220 characters.
    pub demand: &'static str,
    /// Whom it binds.
    pub binds: Binds,
}

impl Statement {
    /// The section it stands in: see [`Reference::section`].
    pub fn section(&self) -> &'static str {
        self.name().section()
    }

    /// Address of that section: see [`Reference::link`].
    pub fn link(&self) -> String {
        self.name().link()
    }

    fn name(&self) -> Reference<'static> {
        Reference { standard: self.standard, id: self.id }
    }

    /// Version and id, as [`lookup`](super::lookup) takes it: `3.1.1 MQTT-3.3.1-1`.
    pub fn reference(&self) -> String {
        format!("{} {}", self.standard, self.id)
    }
}

/// Defines `STATEMENTS` of one file: the standard, then an id, whom it binds and the demand per statement, in
/// the order of the standard.
macro_rules! statements {
    ($standard:ident $($id:literal $binds:ident $demand:literal;)+) => {
        pub(super) const STATEMENTS: &[$crate::spec::Statement] = &[$($crate::spec::Statement {
            standard: $crate::spec::Standard::$standard,
            id: $id,
            demand: $demand,
            binds: $crate::spec::Binds::$binds,
        }),+];
    };
}
pub(super) use statements;

/// Joins the files of one standard into one table.
///
/// # Panics
/// While compiling, if the files do not hold `N` statements together.
pub(super) const fn join<const N: usize>(parts: &[&[Statement]]) -> [Statement; N] {
    let mut all = [parts[0][0]; N];
    let mut filled = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[filled] = parts[part][i];
            filled += 1;
            i += 1;
        }
        part += 1;
    }
    assert!(filled == N, "a statement is missing");
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(standard: Standard, id: &'static str) -> Statement {
        Statement { standard, id, demand: "", binds: Binds::Both }
    }

    #[test]
    fn a_reference_is_version_and_id() {
        assert_eq!(statement(Standard::V311, "MQTT-3.3.1-1").reference(), "3.1.1 MQTT-3.3.1-1");
        assert_eq!(statement(Standard::V5, "MQTT-3.3.1-1").reference(), "5.0 MQTT-3.3.1-1");
    }
}
