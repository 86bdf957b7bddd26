//! A list from a plan folder, compiled with the values of an overlay.

use crate::Failed;
use rules::folder::{load as folder, overlay as values};
use rules::{Files, List, Problem, compile};

/// Reads and compiles; what is wrong with the folder is said line by line.
pub fn load(plan: &str, overlay: &str) -> Result<List, Failed> {
    let mut files = Files::new();
    for entry in std::fs::read_dir(plan)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            let name = name.to_string_lossy().into_owned();
            files.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    let told = |problems: Vec<Problem>| -> Failed {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n").into()
    };
    let text = std::fs::read_to_string(overlay)?;
    let over = values(&text).map_err(told)?;
    let found = folder(&files).map_err(told)?;
    compile(&found, Some(&over)).map_err(told)
}
