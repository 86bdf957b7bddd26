//! Small parts of pages: status words, figures, empty states, timelines, word–value lists, icons.

use askama::Template;
use askama::filters::HtmlSafe;
use std::fmt;

/// A status word on a coloured ground. Kinds: `yes` `no` `unknown` `ask` (可申请) `receiving`
/// `owed` `stopped` `conflict` `ok` `info` `warn` `danger` `plain`; another kind looks plain.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = "<span class=\"pill pill-{{ kind }}\">{{ text }}</span>",
    ext = "html"
)]
pub struct Pill {
    kind: String,
    text: String,
}

impl HtmlSafe for Pill {}

/// See [`Pill`]: `{{ ui::pill("yes", "符合") }}`.
pub fn pill(kind: impl AsRef<str>, text: impl fmt::Display) -> Pill {
    Pill {
        kind: kind.as_ref().into(),
        text: text.to_string(),
    }
}

impl Pill {
    /// 符合
    pub fn yes() -> Self {
        pill("yes", "符合")
    }

    /// 不符合
    pub fn no() -> Self {
        pill("no", "不符合")
    }

    /// 待核实
    pub fn unknown() -> Self {
        pill("unknown", "待核实")
    }

    /// 可申请
    pub fn ask() -> Self {
        pill("ask", "可申请")
    }

    /// 在享
    pub fn receiving() -> Self {
        pill("receiving", "在享")
    }

    /// 应享未享
    pub fn owed() -> Self {
        pill("owed", "应享未享")
    }
}

/// One figure with its words, unit, note and target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/tile.html")]
pub struct Tile {
    label: String,
    value: String,
    unit: String,
    note: String,
    href: String,
    tone: String,
}

impl HtmlSafe for Tile {}

/// A figure: `{{ ui::tile("本月应访", 1234).unit("人") }}`.
pub fn tile(label: impl Into<String>, value: impl fmt::Display) -> Tile {
    Tile {
        label: label.into(),
        value: value.to_string(),
        ..Tile::default()
    }
}

impl Tile {
    /// Unit behind the figure.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// One line below: target, change, source.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The whole tile opens this address.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }

    /// `ok`, `warn` or `danger` marks the figure.
    pub fn tone(mut self, tone: impl Into<String>) -> Self {
        self.tone = tone.into();
        self
    }
}

/// What stands where a list has no rows: why, and what to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/empty.html")]
pub struct Empty {
    title: String,
    text: String,
    actions: Vec<(String, String)>,
}

impl HtmlSafe for Empty {}

/// An empty state: `{{ ui::empty("没有待办", "新的事项会出现在这里。") }}`.
pub fn empty(title: impl Into<String>, text: impl Into<String>) -> Empty {
    Empty {
        title: title.into(),
        text: text.into(),
        actions: Vec::new(),
    }
}

impl Empty {
    /// Adds a way on.
    pub fn action(mut self, words: impl Into<String>, href: impl Into<String>) -> Self {
        self.actions.push((words.into(), href.into()));
        self
    }
}

/// Events, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    entries: Vec<Entry>,
}

impl HtmlSafe for Timeline {}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    when: String,
    who: String,
    title: String,
    text: String,
    tone: String,
}

impl Timeline {
    /// Adds an event: when, what, by whom, one line more. `tone` is empty, `ok`, `warn` or `danger`.
    pub fn entry(mut self, when: &str, title: &str, who: &str, text: &str, tone: &str) -> Self {
        self.entries.push(Entry {
            when: when.into(),
            who: who.into(),
            title: title.into(),
            text: text.into(),
            tone: tone.into(),
        });
        self
    }
}

/// Words and values side by side. An empty value shows 未登记.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/details.html")]
pub struct Details {
    rows: Vec<(String, String, String)>,
    wide: bool,
}

impl HtmlSafe for Details {}

impl Details {
    /// Adds a value.
    pub fn row(mut self, label: impl Into<String>, value: impl fmt::Display) -> Self {
        self.rows
            .push((label.into(), value.to_string(), String::new()));
        self
    }

    /// Adds a value with its source or date in small print.
    pub fn row_with(
        mut self,
        label: impl Into<String>,
        value: impl fmt::Display,
        note: impl Into<String>,
    ) -> Self {
        self.rows
            .push((label.into(), value.to_string(), note.into()));
        self
    }

    /// One column even where two would fit.
    pub fn single(mut self) -> Self {
        self.wide = true;
        self
    }
}

/// A small picture beside words; never alone without `aria-label` on its link or button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon(&'static str);

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            self.0
        )
    }
}

/// An icon by name: `search` `user` `menu` `phone` `print` `download` `plus` `check` `cross`
/// `warn` `info` `edit` `clock` `home` `eye` `filter` `upload`; another name draws a dot.
pub fn icon(name: impl AsRef<str>) -> Icon {
    Icon(match name.as_ref() {
        "search" => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
        "user" => {
            r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.700 2 7.500 6"/>"#
        }
        "menu" => r#"<path d="M4 6.500h16M4 12h16M4 17.500h16"/>"#,
        "phone" => {
            r#"<path d="M5 3.500h4l2 5-2.500 1.700a12 12 0 0 0 5.300 5.300L15.500 13l5 2v4a1.800 1.800 0 0 1-2 1.800A16 16 0 0 1 3.200 5.500 1.800 1.800 0 0 1 5 3.500Z"/>"#
        }
        "print" => {
            r#"<path d="M7 8V3.500h10V8M7 17H4.500v-7.500a1.500 1.500 0 0 1 1.500-1.500h12a1.500 1.500 0 0 1 1.500 1.500V17H17"/><path d="M7 14h10v6.500H7z"/>"#
        }
        "download" => r#"<path d="M12 3.500v11M7.500 10.500 12 15l4.500-4.500M4.500 19.500h15"/>"#,
        "upload" => r#"<path d="M12 15V4M7.500 8 12 3.500 16.500 8M4.500 19.500h15"/>"#,
        "plus" => r#"<path d="M12 5v14M5 12h14"/>"#,
        "check" => r#"<path d="m5 12.500 4.500 4.500L19 7"/>"#,
        "cross" => r#"<path d="M6 6l12 12M18 6 6 18"/>"#,
        "warn" => {
            r#"<path d="M12 4 2.800 19.500h18.400L12 4Z"/><path d="M12 10v4.500M12 17.200v.1"/>"#
        }
        "info" => r#"<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.700v.1"/>"#,
        "edit" => r#"<path d="M4.500 19.500l1-4.500L16 4.500l3.500 3.500L9 18.500l-4.500 1Z"/>"#,
        "clock" => r#"<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>"#,
        "home" => r#"<path d="M4 11 12 4l8 7M6 9.500v10h12v-10"/>"#,
        "eye" => {
            r#"<path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z"/><circle cx="12" cy="12" r="3"/>"#
        }
        "filter" => r#"<path d="M4 5h16l-6 7.500V19l-4-2v-4.500L4 5Z"/>"#,
        _ => r#"<circle cx="12" cy="12" r="4"/>"#,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_person_are_escaped_in_every_part() {
        let evil = "<script>甲</script>";
        let parts = [
            pill("yes", evil).to_string(),
            tile(evil, evil).note(evil).to_string(),
            empty(evil, evil).action(evil, "/").to_string(),
            Timeline::default()
                .entry(evil, evil, evil, evil, "")
                .to_string(),
            Details::default().row_with(evil, evil, evil).to_string(),
        ];
        for html in parts {
            assert!(!html.contains("<script>"), "{html}");
        }
    }
}
