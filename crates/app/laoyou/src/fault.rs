//! What a command says when it cannot go on: what is wrong and what to do next.

/// A command's failure, shown to the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// Result of a command.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A failure in words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl From<store::StoreError> for Fault {
    fn from(error: store::StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
