//! What a check has to say: what is wrong, where, and what to do about it.

use std::io::Write;

/// Something that must not stay so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Which check found it; an exception names it.
    pub(crate) check: &'static str,
    /// Path, with `:line` where there is one.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do.
    pub(crate) todo: String,
}

impl Finding {
    pub(crate) fn new(
        check: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            check,
            place: place.into(),
            what: what.into(),
            todo: todo.into(),
        }
    }

    /// The path without the line.
    pub(crate) fn path(&self) -> &str {
        self.place.split(':').next().unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        format!(
            "{} ({})\n    {}\n    do: {}",
            self.place, self.check, self.what, self.todo
        )
    }
}

/// Prints a line; a closed pipe is nobody's fault.
pub(crate) fn say(text: &str) {
    if writeln!(std::io::stdout(), "{}", text.trim_end()).is_err() {
        std::process::exit(0);
    }
}
