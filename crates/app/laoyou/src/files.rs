//! Reading a plan folder from disk into the texts the rules take.

use crate::fault::{Fault, Outcome};
use rules::Files;
use std::path::Path;

/// All `.toml` files of a folder.
pub fn read_plan(dir: &Path) -> Outcome<Files> {
    let unreadable = |error: std::io::Error| {
        Fault::new(format!(
            "读不到清单目录 {}：{error}。请核对路径，例如 plans/suizhou",
            dir.display()
        ))
    };
    let mut files = Files::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml")
            && let Some(name) = path.file_name().and_then(|name| name.to_str())
        {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Fault::new(format!(
                    "读不了 {}：{error}。文件应为 UTF-8 文本",
                    path.display()
                ))
            })?;
            files.insert(name.to_owned(), text);
        }
    }
    if files.is_empty() {
        return Err(Fault::new(format!(
            "{} 里没有 .toml 文件，这不是清单目录",
            dir.display()
        )));
    }
    Ok(files)
}

/// The full texts of documents: all `.txt` and `.md` files of a folder.
pub fn read_texts(dir: &Path) -> Outcome<figures::Texts> {
    let unreadable =
        |error: std::io::Error| Fault::new(format!("读不到原文文件夹 {}：{error}", dir.display()));
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|ending| ending == "txt" || ending == "md")
        {
            texts.push(std::fs::read_to_string(&path).map_err(|error| {
                Fault::new(format!(
                    "读不了 {}：{error}。文件应为 UTF-8 文本",
                    path.display()
                ))
            })?);
        }
    }
    Ok(figures::Texts::new(texts.iter().map(String::as_str)))
}

/// Problems of a folder as a failure.
pub fn problems(problems: &[rules::Problem]) -> Fault {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Fault::new(format!("{} 处问题：\n{}", problems.len(), lines.join("\n")))
}
