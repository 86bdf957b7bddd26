//! The one place that writes to the terminal.

/// A line on standard output.
#[expect(clippy::print_stdout, reason = "commands answer on standard output; everything else logs")]
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// A line of progress on standard error.
pub fn progress(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
