//! The sheets and their columns: one list for writing and for reading.

use crate::head;
use figures::{DOMAINS, NATURES, STANDARD_KINDS};

/// The sheet that says what the workbook is.
pub(crate) const ABOUT: &str = "说明";
/// The sheet of the measures to choose from.
pub(crate) const MEASURES: &str = "口径表";
/// The sheet of what the check found.
pub(crate) const FINDINGS: &str = "口径差异";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Free text.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// 是 or nothing.
    Flag,
    /// A measure of the sheet 口径表.
    Measure,
    /// One of the plan's documents.
    Document,
    /// Shown for reading, ignored when the workbook comes back.
    Shown,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) head: &'static str,
    /// In characters of the sheet's font.
    pub(crate) width: u16,
    pub(crate) holds: Holds,
    /// A line without it is a problem.
    pub(crate) needed: bool,
}

const fn column(head: &'static str, width: u16, holds: Holds) -> Column {
    Column {
        head,
        width,
        holds,
        needed: false,
    }
}

const fn needed(head: &'static str, width: u16, holds: Holds) -> Column {
    Column {
        needed: true,
        ..column(head, width, holds)
    }
}

/// One editable sheet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: &'static str,
    /// The TOML table of its rows; empty for the sheet of figures.
    pub(crate) key: &'static str,
    /// Its columns, in the order they are written.
    pub(crate) columns: &'static [Column],
    /// The columns that stay in sight.
    pub(crate) frozen: u16,
}

impl Sheet {
    /// The heading of the id.
    pub(crate) fn id(&self) -> &'static str {
        self.columns.first().map_or("", |column| column.head)
    }
}

/// Sheets of rows, in the order of the workbook.
pub(crate) const ROWS: [Sheet; 5] = [
    Sheet {
        name: "指标",
        key: "indicator",
        columns: INDICATOR,
        frozen: 3,
    },
    Sheet {
        name: "重点任务",
        key: "task",
        columns: TASK,
        frozen: 3,
    },
    Sheet {
        name: "供给计划",
        key: "table",
        columns: TABLE,
        frozen: 3,
    },
    Sheet {
        name: "项目",
        key: "project",
        columns: PROJECT,
        frozen: 3,
    },
    Sheet {
        name: "标准与政策",
        key: "standard",
        columns: STANDARD,
        frozen: 3,
    },
];

/// The sheet of figures.
pub(crate) const VALUES: Sheet = Sheet {
    name: "数值",
    key: "",
    columns: FIGURE,
    frozen: 3,
};

/// The words of `by`, with those of a plan folder.
pub(crate) const BY: [(&str, &str); 2] = [("year", "按年度"), ("class", "按类别")];
const BY_WORDS: &[&str] = &["按年度", "按类别"];
const ROLE_WORDS: &[&str] = &[
    "现有",
    "目标",
    "任务值",
    "分项",
    "合计",
    "标准",
    "上限",
    "金额",
    "现状",
    "预测",
];
const OP_WORDS: &[&str] = &["≥", ">", "≤", "<"];
const PER_WORDS: &[&str] = &[
    "每个县（市、区）",
    "每个街道（镇、乡）",
    "每个村",
    "每个社区",
];

use Holds::{Document, Flag, Measure, Shown, Text, Words};

const ID: Column = column(head::ID, 16, Text);
const DOMAIN: Column = needed(head::DOMAIN, 7, Words(DOMAINS));
const NAME: Column = needed(head::NAME, 32, Text);
const TEXT: Column = column(head::TEXT, 44, Text);
const DUE: Column = column(head::DUE, 12, Text);
const DUE_SAYS: Column = column(head::DUE_SAYS, 14, Text);
const SHOWN: Column = column(head::SHOWN, 30, Shown);
const MEASURE: Column = column(head::MEASURE, 30, Measure);
const NOTE: Column = column(head::NOTE, 24, Text);
const LEAD: Column = column(head::LEAD, 16, Text);
const WITH: Column = column(head::WITH, 30, Text);
const DOCUMENT: Column = needed(head::DOCUMENT, 20, Document);
const SECTION: Column = needed(head::SECTION, 18, Text);
const QUOTE: Column = needed(head::QUOTE, 44, Text);

const INDICATOR: &[Column] = &[
    ID,
    DOMAIN,
    NAME,
    SHOWN,
    column(head::NATURE, 9, Words(NATURES)),
    column(head::NO_BASELINE, 8, Flag),
    column(head::TABLE, 10, Text),
    column(head::NO, 7, Text),
    column(head::GROUP, 16, Text),
    TEXT,
    LEAD,
    WITH,
    MEASURE,
    NOTE,
    DOCUMENT,
    SECTION,
    QUOTE,
];

const TASK: &[Column] = &[
    ID,
    DOMAIN,
    NAME,
    SHOWN,
    needed(head::LIST, 16, Text),
    column(head::NO, 10, Text),
    column(head::TASK_YEAR, 7, Text),
    column(head::TASK_GROUP, 20, Text),
    TEXT,
    DUE,
    DUE_SAYS,
    LEAD,
    WITH,
    MEASURE,
    NOTE,
    DOCUMENT,
    SECTION,
    QUOTE,
];

const TABLE: &[Column] = &[
    ID,
    DOMAIN,
    NAME,
    SHOWN,
    needed(head::BY, 10, Words(BY_WORDS)),
    LEAD,
    WITH,
    MEASURE,
    NOTE,
    DOCUMENT,
    SECTION,
    QUOTE,
];

const PROJECT: &[Column] = &[
    ID,
    DOMAIN,
    NAME,
    SHOWN,
    column(head::WHAT, 10, Text),
    TEXT,
    LEAD,
    WITH,
    MEASURE,
    NOTE,
    DOCUMENT,
    SECTION,
    QUOTE,
];

const STANDARD: &[Column] = &[
    ID,
    DOMAIN,
    NAME,
    SHOWN,
    needed(head::KIND, 8, Words(STANDARD_KINDS)),
    TEXT,
    DUE,
    DUE_SAYS,
    LEAD,
    WITH,
    MEASURE,
    NOTE,
    DOCUMENT,
    SECTION,
    QUOTE,
];

const FIGURE: &[Column] = &[
    needed(head::ROW, 16, Text),
    column(head::ORDER, 5, Text),
    column(head::ROW_NAME, 30, Shown),
    needed(head::ROLE, 8, Words(ROLE_WORDS)),
    needed(head::VALUE, 10, Text),
    column(head::UPTO, 8, Text),
    column(head::OP, 8, Words(OP_WORDS)),
    column(head::UNIT, 9, Text),
    column(head::YEAR, 7, Text),
    column(head::FROM, 7, Text),
    column(head::UNTIL, 7, Text),
    column(head::FLOW, 8, Flag),
    column(head::MIXED, 8, Flag),
    column(head::EACH_YEAR, 7, Flag),
    column(head::PER, 18, Words(PER_WORDS)),
    column(head::CLASS, 10, Text),
    column(head::ESTIMATE, 8, Flag),
    column(head::SAYS, 16, Text),
    column(head::QUOTE, 36, Text),
    MEASURE,
    column(head::AREA, 14, Text),
    NOTE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use figures::{Per, Role};

    /// The words to choose from are the model's own.
    #[test]
    fn the_words_are_the_models() {
        assert_eq!(ROLE_WORDS, Role::ALL.map(|role| role.2));
        let per: Vec<&str> = Per::KEYS
            .iter()
            .filter_map(|key| Per::from_key(key))
            .map(Per::zh)
            .collect();
        assert_eq!(PER_WORDS, per);
        for sheet in ROWS.iter().chain([&VALUES]) {
            let mut heads: Vec<&str> = sheet.columns.iter().map(|column| column.head).collect();
            heads.sort_unstable();
            heads.dedup();
            assert_eq!(heads.len(), sheet.columns.len(), "{}", sheet.name);
        }
    }
}
