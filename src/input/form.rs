//! The forms that bytes are written in.

/// A form of bytes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Hex digits: plain, in groups, with separators or `0x` between the bytes.
    Hex,
    /// Rows of an offset, hex and mostly ASCII: Wireshark, `xxd`, `hexdump -C`, `od`, `tcpdump -X`.
    Dump,
    /// Rows of two-byte words with their bytes swapped: `hexdump`, `od -x` on a little-endian machine.
    WordDump,
    /// Numbers and characters in brackets, as programs write them.
    List,
    /// An Erlang or Elixir binary, `<<16,12>>`.
    Erlang,
    /// `\x10\x0c` and characters that stand for themselves.
    Escaped,
    /// `0: 16 1: 12`, as a browser's console prints an array.
    Indexed,
    /// RFC 4648, either alphabet.
    Base64,
    /// Numbers from 0 to 255.
    Decimal,
    /// Groups of eight binary digits.
    Binary,
    /// Lines of a broker's or client's log, of which the packets are built again.
    Log,
    /// A file's bytes as they are.
    File,
}

impl Form {
    /// Those that a text can have, in the order in which they are offered.
    pub const TEXT: [Self; 11] = [
        Self::Hex,
        Self::Dump,
        Self::WordDump,
        Self::List,
        Self::Erlang,
        Self::Escaped,
        Self::Indexed,
        Self::Base64,
        Self::Decimal,
        Self::Binary,
        Self::Log,
    ];

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hex => "Hex",
            Self::Dump => "Hex dump",
            Self::WordDump => "Dump of swapped words",
            Self::List => "Array in code",
            Self::Erlang => "Erlang binary",
            Self::Escaped => "Escaped string",
            Self::Indexed => "Array in a console",
            Self::Base64 => "Base64",
            Self::Decimal => "Decimal numbers",
            Self::Binary => "Binary digits",
            Self::Log => "Log without bytes",
            Self::File => "File",
        }
    }
}
