//! Every template is used: by `#[template(path = "…")]` or by another template.

use crate::finding::Finding;
use crate::source::{Source, words};
use crate::tree::{TextFile, Tree};
use std::collections::BTreeSet;

/// Templates that nothing names.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut used = BTreeSet::new();
    for file in tree.files("crates/", ".rs") {
        let dirs = dirs(tree, file);
        used.extend(
            paths_in_rust(&file.text)
                .iter()
                .flat_map(|path| join_all(&dirs, path)),
        );
    }
    for file in tree.files("crates/", ".html") {
        // Askama looks beside the naming template first.
        let beside = file
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .to_owned();
        let mut dirs = dirs(tree, file);
        dirs.push(beside);
        used.extend(
            paths_in_template(&file.text)
                .iter()
                .flat_map(|path| join_all(&dirs, path)),
        );
    }
    let unused = tree
        .files("crates/", ".html")
        .filter(|file| !used.contains(&file.path));
    unused
        .map(|file| {
            let what = "no Rust file and no template names this template.";
            Finding::new(
                "templates",
                &*file.path,
                what,
                "delete it, or name it in `#[template(path = \"…\")]`",
            )
        })
        .collect()
}

/// The folders askama looks in for this file's crate.
fn dirs(tree: &Tree, file: &TextFile) -> Vec<String> {
    let crate_folder = file.crate_folder();
    let listed = tree
        .read(&format!("{crate_folder}/askama.toml"))
        .and_then(|text| {
            let table: toml::Table = text.parse().ok()?;
            let dirs = table.get("general")?.get("dirs")?.as_array()?.clone();
            Some(
                dirs.iter()
                    .filter_map(|dir| dir.as_str().map(str::to_owned))
                    .collect::<Vec<_>>(),
            )
        });
    let listed = listed.unwrap_or_else(|| vec!["templates".to_owned()]);
    listed.iter().map(|dir| join(crate_folder, dir)).collect()
}

fn join_all(dirs: &[String], path: &str) -> Vec<String> {
    dirs.iter().map(|dir| join(dir, path)).collect()
}

/// Joins and resolves `..`.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn paths_in_rust(text: &str) -> Vec<String> {
    let literals = Source::parse(text).literals;
    literals
        .into_iter()
        .map(|literal| literal.text)
        .filter(|text| text.rsplit('.').next() == Some("html"))
        .collect()
}

/// Names after `include`, `extends` and `import`.
fn paths_in_template(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in text.split("{%").skip(1) {
        let block = block.split("%}").next().unwrap_or_default();
        if matches!(
            words(block).next(),
            Some((_, "include" | "extends" | "import"))
        ) {
            found.extend(block.split('"').nth(1).map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{join, paths_in_rust, paths_in_template};

    #[test]
    fn templates_are_found_where_they_are_named() {
        assert_eq!(
            paths_in_rust("#[template(path = \"pages/a.html\")]\nlet x = \"b\";"),
            ["pages/a.html"]
        );
        let html = "{% extends \"layout.html\" %}{%- import \"m.html\" as m -%}{% if x %}{% include \"parts/t.html\" %}";
        assert_eq!(
            paths_in_template(html),
            ["layout.html", "m.html", "parts/t.html"]
        );
        assert_eq!(
            join("crates/capability/org", "../../floor/ui/templates"),
            "crates/floor/ui/templates"
        );
    }
}
