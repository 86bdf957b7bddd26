//! The one place that writes to the terminal.

use std::io::Write;

/// A line on standard output.
pub fn line(text: impl std::fmt::Display) {
    // A reader that closed the pipe (`| head`) has seen enough: nothing to report.
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// A line of progress on standard error.
pub fn progress(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
