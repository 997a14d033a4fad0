//! What is wrong with a line.

/// Why a line is not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ShellError {
    /// A quote has no end.
    #[error("unexpected end of line while looking for matching {0}")]
    Quote(char),
    /// Something stands where nothing like it can.
    #[error("syntax error near unexpected token {0:?}")]
    Unexpected(String),
    /// Something is missing behind this.
    #[error("syntax error: the line ends before {0:?} is complete")]
    Incomplete(&'static str),
    /// A real shell knows it.
    #[error("{0:?} is not known here: quote it")]
    Unsupported(char),
}
