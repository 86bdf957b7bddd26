//! Changes rows of a folder's files; everything that is not changed keeps its bytes.

use crate::model::{Figure, Kind, Op, Row};
use crate::read;
use rules::{Files, Problem};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// A change of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// This row as it is now: takes the place of the row with its id, or stands at the end of its file.
    Put(Box<Row>),
    /// The row of this id goes.
    Remove(String),
}

/// The files with the changes made, checked by reading them again; problems name file and line of the
/// new text.
pub fn apply(files: &Files, changes: &[Change]) -> Result<Files, Vec<Problem>> {
    let book = read::load(files)?;
    let mut documents: BTreeMap<&'static str, DocumentMut> = BTreeMap::new();
    for change in changes {
        let (row, old) = match change {
            Change::Put(row) => (Some(row.as_ref()), book.row(&row.id)),
            Change::Remove(id) => (None, book.row(id)),
        };
        let Some(Row { id, kind, .. }) = row.or(old) else {
            continue;
        };
        let document = match documents.entry(kind.file()) {
            Entry::Occupied(parsed) => parsed.into_mut(),
            Entry::Vacant(empty) => empty.insert(parse(files, kind.file())?),
        };
        let entry = document
            .entry(kind.key())
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(tables) = entry.as_array_of_tables_mut() else {
            let what = format!("{} 应写成 [[{}]]", kind.key(), kind.key());
            return Err(vec![Problem::at(kind.file(), 1, what, "改成 [[…]] 的写法")]);
        };
        let of_id = |table: &Table| table.get("id").and_then(Item::as_str) == Some(id);
        let index = tables.iter().position(of_id);
        match (row, index) {
            (Some(row), Some(index)) => {
                if let Some(table) = tables.get_mut(index) {
                    put(table, row, old);
                }
            }
            (Some(row), None) => {
                let mut table = Table::new();
                table.decor_mut().set_prefix("\n");
                put(&mut table, row, None);
                tables.push(table);
            }
            (None, Some(index)) => {
                if let Some(heading) = remove(tables, index) {
                    let after = document.trailing().as_str().unwrap_or_default();
                    let trailing = format!("{heading}{after}");
                    document.set_trailing(trailing);
                }
            }
            (None, None) => {}
        }
    }
    let mut out = files.clone();
    for (name, document) in documents {
        out.insert(name.to_owned(), document.to_string());
    }
    read::load(&out)?;
    Ok(out)
}

fn parse(files: &Files, name: &str) -> Result<DocumentMut, Vec<Problem>> {
    let text = files.get(name).map_or("", String::as_str);
    text.parse().map_err(|error| {
        vec![Problem::at(
            name,
            1,
            format!("不是有效的 TOML：{error}"),
            "请报告这个错误",
        )]
    })
}

/// Takes a table out. A heading above it (a comment with an empty line after it) stays for those that
/// follow; it comes back where none follows.
fn remove(tables: &mut ArrayOfTables, index: usize) -> Option<String> {
    let above = tables
        .get(index)?
        .decor()
        .prefix()?
        .as_str()
        .unwrap_or_default()
        .to_owned();
    tables.remove(index);
    let (heading, _about_the_row) = above
        .rsplit_once("\n\n")
        .filter(|(heading, _)| heading.contains('#'))?;
    let Some(next) = tables.get_mut(index) else {
        return Some(format!("{heading}\n"));
    };
    let own = next
        .decor()
        .prefix()
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default()
        .to_owned();
    let joined = if own.starts_with('\n') {
        format!("{heading}\n{own}")
    } else {
        format!("{heading}\n\n{own}")
    };
    next.decor_mut().set_prefix(joined);
    None
}

/// Writes the keys that differ from the old row; a key without a value goes.
fn put(table: &mut Table, row: &Row, old: Option<&Row>) {
    let before = old.map(pairs);
    for (index, (key, value)) in pairs(row).into_iter().enumerate() {
        let same = before
            .as_ref()
            .and_then(|pairs| pairs.get(index))
            .is_some_and(|(_, old)| {
                old.as_ref().map(ToString::to_string) == value.as_ref().map(ToString::to_string)
            });
        if same {
            continue;
        }
        match value {
            Some(value) => {
                table.insert(key, Item::Value(value));
            }
            None => {
                table.remove(key);
            }
        }
    }
}

type Pair = (&'static str, Option<Value>);

fn text(value: Option<&String>) -> Option<Value> {
    value.map(|value| value.as_str().into())
}

fn texts(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| values.iter().map(String::as_str).collect::<Array>().into())
}

/// All keys in the order they are written; the same keys for every row of a kind.
fn pairs(row: &Row) -> Vec<Pair> {
    let mut out: Vec<Pair> = vec![("id", text(Some(&row.id)))];
    match &row.kind {
        Kind::Indicator {
            table,
            no,
            group,
            nature,
            no_baseline,
        } => {
            out.push(("table", text(table.as_ref())));
            out.push(("no", no.map(Into::into)));
            out.push(("group", text(group.as_ref())));
            out.push(("nature", text(nature.as_ref())));
            out.push(("no_baseline", no_baseline.then(|| true.into())));
        }
        Kind::Task {
            list,
            no,
            year,
            group,
        } => {
            out.push(("list", text(Some(list))));
            out.push(("no", text(no.as_ref())));
            out.push(("year", year.map(|year| i64::from(year).into())));
            out.push(("group", text(group.as_ref())));
        }
        Kind::Table { by } => out.push(("by", text(Some(by)))),
        Kind::Project { what } => out.push(("what", text(what.as_ref()))),
        Kind::Standard { kind } => out.push(("kind", text(Some(kind)))),
    }
    out.push(("domain", text(Some(&row.domain))));
    out.push(("name", text(Some(&row.name))));
    if !matches!(row.kind, Kind::Table { .. }) {
        out.push(("text", text(row.text.as_ref())));
    }
    if matches!(row.kind, Kind::Task { .. } | Kind::Standard { .. }) {
        out.push(("due", row.due.map(|due| due.to_string().into())));
        out.push(("due_says", text(row.due_says.as_ref())));
    }
    out.push(("lead", texts(&row.lead)));
    out.push(("with", texts(&row.with)));
    out.push(("measure", text(row.measure.as_ref())));
    out.push(("note", text(row.note.as_ref())));
    let inherited = row.measure.as_deref();
    let mut figures = Array::new();
    for figure in &row.figures {
        let mut value: Value = figure_table(figure, inherited).into();
        value.decor_mut().set_prefix("\n  ");
        figures.push_formatted(value);
    }
    figures.set_trailing("\n");
    figures.set_trailing_comma(true);
    out.push(("figures", (!row.figures.is_empty()).then(|| figures.into())));
    let mut source = InlineTable::new();
    source.insert("document", row.source.document.as_str().into());
    source.insert("section", row.source.section.as_str().into());
    source.insert("quote", row.source.quote.as_str().into());
    out.push(("source", Some(source.into())));
    out
}

fn figure_table(figure: &Figure, inherited: Option<&str>) -> InlineTable {
    let mut out = InlineTable::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(key, value);
        }
    };
    let flag = |on: bool| on.then(|| true.into());
    let year = |year: Option<i32>| year.map(|year| i64::from(year).into());
    put("role", Some(figure.role.key().into()));
    put("year", year(figure.year));
    put("from", year(figure.from));
    put("until", year(figure.until));
    put(
        "op",
        (figure.op != Op::Equal).then(|| figure.op.key().into()),
    );
    put("value", Some(figure.printed.as_str().into()));
    put(
        "upto",
        figure.upto.as_ref().map(|(upto, _)| upto.as_str().into()),
    );
    put(
        "unit",
        figure
            .unit
            .as_ref()
            .map(|unit| unit.printed.as_str().into()),
    );
    put("flow", flag(figure.flow));
    put("mixed", flag(figure.mixed));
    put("each_year", flag(figure.each_year));
    put("per", figure.per.map(|per| per.key().into()));
    put("class", text(figure.class.as_ref()));
    put("estimate", flag(figure.estimate));
    put("says", text(figure.says.as_ref()));
    put("quote", text(figure.quote.as_ref()));
    let own = (inherited != Some(figure.measure.as_str())).then_some(&figure.measure);
    put("measure", text(own));
    put("area", figure.area.map(|area| area.to_string().into()));
    put("note", text(figure.note.as_ref()));
    out
}
