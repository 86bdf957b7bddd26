//! What a check found: a conflict or a slip of the documents, never merged and never corrected (invariant 2).

use crate::model::{Acknowledged, Figure, Row};
use serde::Serialize;
use sm3::{Digest, Sm3};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The plan cannot be carried out or judged as written; publishing needs an acknowledgement.
    Serious,
    /// Two readings are possible.
    Minor,
    /// A slip worth knowing.
    Note,
}

impl Severity {
    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Serious => "严重",
            Self::Minor => "一般",
            Self::Note => "提示",
        }
    }

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Serious => "serious",
            Self::Minor => "minor",
            Self::Note => "note",
        }
    }
}

/// What kind of conflict it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Parts do not add up to their total.
    Sum,
    /// Baseline and additions do not give the target.
    Addition,
    /// Dated tasks do not reach the goal.
    Shortfall,
    /// A dated task lies below what already is.
    BelowBaseline,
    /// A target at or below its baseline.
    NoProgress,
    /// Different values for one thing.
    Differ,
    /// A ratio does not follow from its own counts.
    Ratio,
    /// Additions do not lead to the share that is promised.
    SharePath,
    /// More than its whole.
    PartOverWhole,
    /// A value that cannot be.
    Impossible,
    /// Name and unit disagree.
    NameUnit,
    /// The same thing in two units.
    UnitWords,
    /// A row stands twice.
    DuplicateRow,
    /// A department stands twice in one row.
    DuplicateDepartment,
    /// A department is written in two ways.
    DepartmentSpelling,
    /// A task done once is set again.
    RepeatedTask,
    /// An annex is named and not there.
    EmptyAnnex,
    /// Planned for a time before the document was issued.
    BeforeIssue,
    /// Hardly any time between issue and deadline.
    ShortNotice,
    /// Baselines without a year.
    UndatedBaseline,
    /// The figure's digits do not stand in its quote.
    ValueNotInQuote,
    /// The quote does not stand in the document.
    QuoteNotInDocument,
    /// No text of the document was at hand.
    NoText,
}

impl FindingKind {
    /// Kinds with their words and their names in Chinese.
    pub const ALL: [(Self, &'static str, &'static str); 23] = [
        (Self::Sum, "sum", "合计不符"),
        (Self::Addition, "addition", "基数加新增与目标不符"),
        (Self::Shortfall, "shortfall", "任务分解够不到目标"),
        (Self::BelowBaseline, "below_baseline", "任务值低于基数"),
        (Self::NoProgress, "no_progress", "目标不高于基数"),
        (Self::Differ, "differ", "同一事项数值不一"),
        (Self::Ratio, "ratio", "比率与自身数量不符"),
        (Self::SharePath, "share_path", "新增结构推不出占比目标"),
        (Self::PartOverWhole, "part_over_whole", "部分大于整体"),
        (Self::Impossible, "impossible", "不可能的数值"),
        (Self::NameUnit, "name_unit", "名称与单位不符"),
        (Self::UnitWords, "unit_words", "单位写法不一"),
        (Self::DuplicateRow, "duplicate_row", "重复的行"),
        (
            Self::DuplicateDepartment,
            "duplicate_department",
            "责任单位重复",
        ),
        (
            Self::DepartmentSpelling,
            "department_spelling",
            "部门名称写法不一",
        ),
        (Self::RepeatedTask, "repeated_task", "一次性工作逐年重复"),
        (Self::EmptyAnnex, "empty_annex", "附件有名无文"),
        (Self::BeforeIssue, "before_issue", "期限早于发文"),
        (Self::ShortNotice, "short_notice", "发文到期限过短"),
        (Self::UndatedBaseline, "undated_baseline", "基数没有年份"),
        (
            Self::ValueNotInQuote,
            "value_not_in_quote",
            "引文里没有这个数",
        ),
        (
            Self::QuoteNotInDocument,
            "quote_not_in_document",
            "原文里没有这段引文",
        ),
        (Self::NoText, "no_text", "没有原文可对"),
    ];

    /// Its word.
    pub fn key(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|kind| kind.0 == self)
            .map_or("", |kind| kind.1)
    }

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|kind| kind.0 == self)
            .map_or("", |kind| kind.2)
    }
}

/// One of the places that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The row.
    pub row: String,
    /// The row's name.
    pub name: String,
    /// The figure as printed, with its year; empty where the finding is not about a figure.
    pub value: String,
    /// The document.
    pub document: String,
    /// The section.
    pub section: String,
    /// The quote.
    pub quote: String,
    /// The file of the folder.
    pub file: String,
    /// The line of the file.
    pub line: usize,
}

impl Place {
    /// A whole row.
    pub fn row(row: &Row) -> Self {
        Self {
            row: row.id.clone(),
            name: row.name.clone(),
            value: String::new(),
            document: row.source.document.clone(),
            section: row.source.section.clone(),
            quote: row.source.quote.clone(),
            file: row.kind.file().to_owned(),
            line: row.line,
        }
    }

    /// A figure of a row.
    pub fn figure(row: &Row, figure: &Figure) -> Self {
        let when = figure.when();
        let value = if when.is_empty() {
            figure.zh()
        } else {
            format!("{when} {}", figure.zh())
        };
        Self {
            value,
            quote: row.quote_of(figure).to_owned(),
            line: figure.line,
            ..Self::row(row)
        }
    }
}

/// A conflict or a slip of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable: kind and what it is about; the same in every version that has it.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What kind it is.
    pub kind: FindingKind,
    /// One line in Chinese.
    pub says: String,
    /// What could settle it, in Chinese.
    pub settle: String,
    /// What it is about, where it is about a measure.
    pub measure: Option<String>,
    /// 养老, 托育 or 综合.
    pub domain: String,
    /// All places, in the order of the folder.
    pub places: Vec<Place>,
    /// Over values, places and severity: an acknowledgement holds as long as it stays the same.
    pub print: String,
    /// Who looked at it and why it may stand.
    pub acknowledged: Option<Acknowledged>,
}

impl Finding {
    /// A finding; its id is the kind and `about`.
    pub(crate) fn new(
        kind: FindingKind,
        about: &str,
        severity: Severity,
        says: impl Into<String>,
        settle: impl Into<String>,
        places: Vec<Place>,
    ) -> Self {
        let mut finding = Self {
            id: format!("{}:{about}", kind.key()),
            severity,
            kind,
            says: says.into(),
            settle: settle.into(),
            measure: None,
            domain: String::new(),
            places,
            print: String::new(),
            acknowledged: None,
        };
        finding.print = finding.fingerprint();
        finding
    }

    /// About a measure.
    pub(crate) fn of_measure(mut self, id: &str, domain: &str) -> Self {
        self.measure = Some(id.to_owned());
        domain.clone_into(&mut self.domain);
        self
    }

    /// In a domain.
    pub(crate) fn of_domain(mut self, domain: &str) -> Self {
        domain.clone_into(&mut self.domain);
        self
    }

    fn fingerprint(&self) -> String {
        let mut hasher = Sm3::new();
        hasher.update(self.id.as_bytes());
        hasher.update(self.severity.key());
        hasher.update(self.says.as_bytes());
        for place in &self.places {
            for part in [
                &place.row,
                &place.value,
                &place.document,
                &place.section,
                &place.quote,
            ] {
                hasher.update([0]);
                hasher.update(part.as_bytes());
            }
        }
        let hash = hasher.finalize();
        let mut print = String::new();
        for byte in hash.as_slice().iter().take(8) {
            print.push_str(&format!("{byte:02x}"));
        }
        print
    }
}

/// Lays acknowledgements over findings: one whose values moved since no longer counts.
pub fn acknowledge(findings: &mut [Finding], known: &[Acknowledged]) {
    for finding in findings {
        finding.acknowledged = known
            .iter()
            .rev()
            .find(|ack| ack.finding == finding.id && ack.print == finding.print)
            .cloned();
    }
}
