//! Reads TOML tables key by key, so that every problem keeps its line and all are told at once.

use crate::Problem;
use crate::nearest::nearest;
use kernel::{AreaCode, Day};
use std::cell::RefCell;
use std::fmt::Display;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One file while it is read.
pub struct Doc<'t> {
    file: &'t str,
    text: &'t str,
    /// Where each line but the first starts.
    starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Doc<'t> {
    /// A file by its name and text.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        let starts = text.match_indices('\n').map(|(end, _)| end + 1).collect();
        Self {
            file,
            text,
            starts,
            problems: RefCell::new(Vec::new()),
        }
    }

    /// The top table; where the file is not TOML, nothing but the problems.
    pub fn parse(&self) -> Option<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let line = error.span().map_or(1, |span| self.line(span.start));
            let what = format!("不是有效的 TOML：{}", error.message());
            self.problem(line, what, "按 TOML 语法改正这一行");
        }
        errors.is_empty().then(|| table.into_inner())
    }

    /// Notes a problem of this file.
    pub fn problem(&self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.problems
            .borrow_mut()
            .push(Problem::at(self.file, line, what, remedy));
    }

    /// All problems noted.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) + 1
    }
}

/// One table: `[list]`, `[[service]]` or `{ … }`.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    doc: &'t Doc<'t>,
    table: &'t DeTable<'t>,
    /// The line it starts on.
    pub line: usize,
}

impl<'t> Row<'t> {
    /// The whole file; keys that are not among `keys` are problems.
    pub fn top(doc: &'t Doc<'t>, table: &'t DeTable<'t>, keys: &[&str]) -> Self {
        Self::new(doc, table, 1, keys)
    }

    fn new(doc: &'t Doc<'t>, table: &'t DeTable<'t>, line: usize, keys: &[&str]) -> Self {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !keys.contains(&name) {
                let remedy = nearest(name, keys.iter().copied()).map_or_else(
                    || format!("这里只能写 {}", keys.join("、")),
                    |near| format!("是不是 {near}？"),
                );
                doc.problem(
                    doc.line(key.span().start),
                    format!("不认识的键 {name}"),
                    remedy,
                );
            }
        }
        Self { doc, table, line }
    }

    /// Notes a problem of the file.
    pub fn problem(&self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.doc.problem(line, what, remedy);
    }

    /// The line of a key's value (the row's own line where it is absent).
    pub fn line_of(&self, key: &str) -> usize {
        self.table
            .get(key)
            .map_or(self.line, |value| self.doc.line(value.span().start))
    }

    /// Whether the key is written.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The raw value, for tables with free keys.
    pub fn raw(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn need<T>(&self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            self.problem(self.line, format!("缺少 {key}"), format!("补上 {key}"));
        }
        value
    }

    fn read<T>(
        &self,
        key: &str,
        should: &str,
        read: impl FnOnce(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = self.table.get(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            self.problem(
                self.line_of(key),
                format!("{key} 的值不对"),
                format!("应为{should}"),
            );
        }
        found
    }

    /// A text that may be left out.
    pub fn text_opt(&self, key: &str) -> Option<String> {
        self.read(key, "不空的文字，写在双引号里", |value| {
            value
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        })
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Option<String> {
        self.need(key, self.text_opt(key))
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.read(key, "文字的列表，如 [\"市民政局\"]", |value| {
            let items = value.as_array()?.iter();
            items
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect()
        })
    }

    /// A text that must be one of `words`.
    pub fn word(&self, key: &str, words: &[&str]) -> Option<String> {
        let text = self.text(key)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        let remedy = format!("应为 {} 之一", words.join("、"));
        self.problem(self.line_of(key), format!("{key} 不能是「{text}」"), remedy);
        None
    }

    /// A whole number that may be left out.
    pub fn int(&self, key: &str, min: i64, max: i64) -> Option<i64> {
        self.read(key, &format!(" {min} 到 {max} 的整数"), |value| {
            let written = value.as_integer()?;
            let number = i64::from_str_radix(&written.as_str().replace('_', ""), written.radix());
            number.ok().filter(|number| (min..=max).contains(number))
        })
    }

    /// A whole number that must be there.
    pub fn int_needed(&self, key: &str, min: i64, max: i64) -> Option<i64> {
        self.need(key, self.int(key, min, max))
    }

    /// `true` or `false`, where written.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.read(key, " true 或 false", DeValue::as_bool)
    }

    /// A day that must be there.
    pub fn day(&self, key: &str) -> Option<Day> {
        self.need(key, self.parsed(key))
    }

    /// An area code that must be there.
    pub fn area(&self, key: &str) -> Option<AreaCode> {
        self.need(key, self.parsed(key))
    }

    /// A text that `T` reads; its own complaint is shown.
    pub fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Option<T> {
        let text = self.text_opt(key)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(self.line_of(key), format!("{key}：{error}"), "改成上述格式");
                None
            }
        }
    }

    /// A table that may be left out; keys that are not among `keys` are problems.
    pub fn row(&self, key: &str, keys: &[&str]) -> Option<Self> {
        let table = self.read(key, "表，写成 { … }", DeValue::as_table)?;
        Some(Self::new(self.doc, table, self.line_of(key), keys))
    }

    /// A table that must be there.
    pub fn row_needed(&self, key: &str, keys: &[&str]) -> Option<Self> {
        self.need(key, self.row(key, keys))
    }

    /// The tables of a list, each with its line; absent is an empty list.
    pub fn rows(&self, key: &str, keys: &[&str]) -> Vec<Self> {
        let mut rows = Vec::new();
        let Some(items) = self.read(key, "表的列表", DeValue::as_array) else {
            return rows;
        };
        for item in items {
            let line = self.doc.line(item.span().start);
            match item.get_ref().as_table() {
                Some(table) => rows.push(Self::new(self.doc, table, line, keys)),
                None => self.problem(line, format!("{key} 的这一项不是表"), "写成 { … }"),
            }
        }
        rows
    }

    /// Pairs of texts with their lines, as in `villages`.
    pub fn pairs(&self, key: &str) -> Vec<(String, String, usize)> {
        let mut pairs = Vec::new();
        let Some(items) = self.read(key, "两项一组的列表", DeValue::as_array) else {
            return pairs;
        };
        for item in items {
            let line = self.doc.line(item.span().start);
            let texts: Option<Vec<&str>> = item
                .get_ref()
                .as_array()
                .map(|pair| pair.iter().filter_map(|t| t.get_ref().as_str()).collect());
            match texts.as_deref() {
                Some([first, second]) => {
                    pairs.push(((*first).to_owned(), (*second).to_owned(), line));
                }
                _ => self.problem(
                    line,
                    format!("{key} 的这一项不对"),
                    "写成 [\"001\", \"名称\"]",
                ),
            }
        }
        pairs
    }
}

/// A TOML value as JSON, for tables whose keys are facts or parameters.
pub fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Float(number) => number.as_str().into(),
        DeValue::Datetime(at) => at.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())));
            serde_json::Value::Object(pairs.collect())
        }
    }
}
