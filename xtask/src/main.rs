//! Chores of the house: `cargo xtask tidy | third-party | coverage | schema | new-capability NAME`.
//!
//! `tidy` holds what the compiler cannot see: which room may use which, who owns a table, that a landed
//! migration stays as it is, licences, sizes, and that generated documents are up to date. Every finding
//! says what is wrong, where, and what to do.

mod coverage;
mod exceptions;
mod files;
mod finding;
mod licences;
mod lockfiles;
mod metadata;
mod migrations;
mod new_capability;
mod rooms;
mod rows;
mod schema;
mod sideways;
mod source;
mod spdx;
mod tables;
mod templates;
mod tests_named;
mod third_party;
mod tidy;
mod tree;

use std::process::ExitCode;
use tree::Tree;

const USAGE: &str = "\
cargo xtask COMMAND
  tidy [--bless]          check the house; --bless adds new migrations to xtask/migrations.lock
  third-party [--write]   the list of what we use from others (THIRD-PARTY.md)
  coverage [--write]      which test holds which row and invariant (docs/coverage.md)
  schema [--write]        rooms, tables and their owners (docs/schema.md)
  new-capability NAME     lay the folder of a new capability";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well.
fn run(arguments: &[&str]) -> Result<bool, String> {
    let tree = Tree::find()?;
    match arguments {
        ["tidy"] => tidy::run(&tree, false),
        ["tidy", "--bless"] => tidy::run(&tree, true),
        [command @ ("third-party" | "coverage" | "schema"), rest @ ..] => {
            let (path, text) = match *command {
                "third-party" => (third_party::PATH, third_party::text(&tree)?),
                "coverage" => (coverage::PATH, coverage::text(&tree)),
                _ => (schema::PATH, schema::text(&tree)?),
            };
            match rest {
                [] => finding::say(&text),
                ["--write"] => {
                    tree.write(path, &text)?;
                    finding::say(&format!("wrote {path}"));
                }
                _ => return Err(USAGE.to_owned()),
            }
            Ok(true)
        }
        ["new-capability", name] => new_capability::run(&tree, name).map(|()| true),
        _ => Err(USAGE.to_owned()),
    }
}
