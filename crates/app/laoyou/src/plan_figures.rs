//! `laoyou plan compare` and `laoyou plan diff`: figures of folders side by side, no database needed.

use crate::fault::{Fault, Outcome};
use crate::{files, out};
use figures::Book;
use figures::compare::{Cell, Column};
use std::path::{Path, PathBuf};

fn book(dir: &Path) -> Outcome<Book> {
    figures::load(&files::read_plan(dir)?).map_err(|problems| files::problems(&problems))
}

fn json(value: &impl serde::Serialize) -> Outcome<()> {
    out::line(serde_json::to_string_pretty(value).map_err(|error| Fault::new(error.to_string()))?);
    Ok(())
}

/// Places side by side; of one place its documents.
pub fn compare(dirs: &[PathBuf], as_json: bool) -> Outcome<()> {
    let books = dirs
        .iter()
        .map(|dir| book(dir))
        .collect::<Outcome<Vec<_>>>()?;
    let columns: Vec<Column<'_>> = match books.as_slice() {
        [one] => one
            .head
            .documents
            .iter()
            .map(|document| Column {
                name: &document.number,
                book: one,
                document: Some(&document.number),
            })
            .collect(),
        many => many
            .iter()
            .map(|book| Column {
                name: &book.head.place,
                book,
                document: None,
            })
            .collect(),
    };
    if columns.len() < 2 {
        return Err(Fault::new("只有一份文件，没有可比的。再写一个规划文件夹"));
    }
    let compared = figures::compare::compare(&columns);
    if as_json {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        return json(&serde_json::json!({ "columns": names, "measures": compared }));
    }
    for line in &compared {
        let size = if line.comparable {
            ""
        } else {
            "（数量，不能直接比大小）"
        };
        out::line(format!(
            "{} · {}{size}",
            line.measure.theme, line.measure.name
        ));
        for (column, cell) in columns.iter().zip(&line.cells) {
            out::line(format!("    {}　{}", column.name, words(cell)));
        }
    }
    Ok(())
}

fn words(cell: &Cell) -> String {
    let list = |title: &str, entries: &[figures::compare::Entry]| {
        let values: Vec<String> = entries
            .iter()
            .map(|entry| format!("{} {}", entry.when, entry.value).trim().to_owned())
            .collect();
        format!("{title} {}", values.join("、"))
    };
    match (cell.now.is_empty(), cell.goal.is_empty()) {
        (true, true) => "未列".to_owned(),
        (false, true) => list("现有", &cell.now),
        (true, false) => list("目标", &cell.goal),
        (false, false) => format!("{}　{}", list("现有", &cell.now), list("目标", &cell.goal)),
    }
}

/// Rows and findings that differ between two versions of a plan.
pub fn diff(before: &Path, after: &Path, as_json: bool) -> Outcome<()> {
    let (before, after) = (book(before)?, book(after)?);
    shown(&before, &after, as_json)
}

/// Writes a plan as an Excel workbook.
pub fn to_xlsx(dir: &Path, file: &Path) -> Outcome<()> {
    let bytes = workbook::write(&book(dir)?).map_err(|error| Fault::new(error.to_string()))?;
    std::fs::write(file, bytes)
        .map_err(|error| Fault::new(format!("写不了 {}：{error}", file.display())))?;
    out::line(format!(
        "已写出 {}。改好后用 laoyou plan from-xlsx 读回",
        file.display()
    ));
    Ok(())
}

/// Reads a changed workbook: shows what differs, and writes the changed folder where asked to.
pub fn from_xlsx(dir: &Path, file: &Path, to: Option<&Path>) -> Outcome<()> {
    let texts = files::read_plan(dir)?;
    let before = figures::load(&texts).map_err(|problems| files::problems(&problems))?;
    let bytes = std::fs::read(file)
        .map_err(|error| Fault::new(format!("读不了 {}：{error}", file.display())))?;
    let changes = workbook::read(&bytes, &before).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Fault::new(format!("{} 处问题：\n{}", lines.len(), lines.join("\n")))
    })?;
    let edited =
        figures::edit::apply(&texts, &changes).map_err(|problems| files::problems(&problems))?;
    let after = figures::load(&edited).map_err(|problems| files::problems(&problems))?;
    shown(&before, &after, false)?;
    let Some(to) = to else {
        if !changes.is_empty() {
            out::line("以上只是预览，没有保存。加 --out 文件夹 写出改后的规划");
        }
        return Ok(());
    };
    std::fs::create_dir_all(to)?;
    for (name, text) in &edited {
        std::fs::write(to.join(name), text)?;
    }
    out::line(format!("已写出 {} 个文件到 {}", edited.len(), to.display()));
    Ok(())
}

fn shown(before: &Book, after: &Book, as_json: bool) -> Outcome<()> {
    let rows = figures::diff::diff(before, after);
    let (old, new) = (figures::check(before, None), figures::check(after, None));
    let (appeared, gone) = figures::diff::findings_diff(&old, &new);
    if as_json {
        return json(
            &serde_json::json!({ "rows": rows, "findings_added": appeared, "findings_gone": gone }),
        );
    }
    if rows.is_empty() {
        out::line("没有不同");
    }
    for row in &rows {
        out::line(format!(
            "{}　{}「{}」（{}）",
            row.became.zh(),
            row.kind,
            row.name,
            row.id
        ));
        for field in &row.fields {
            out::line(format!(
                "    {}：{} → {}",
                field.field, field.before, field.after
            ));
        }
    }
    for (word, findings) in [("新出现的口径差异", appeared), ("不再有的口径差异", gone)]
    {
        for finding in findings {
            out::line(format!(
                "{word}：【{}】{}",
                finding.severity.zh(),
                finding.says
            ));
        }
    }
    Ok(())
}
