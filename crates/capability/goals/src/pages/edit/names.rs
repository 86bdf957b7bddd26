//! Names of the fields of the form, and words for them.

/// Fields that are one value each, whatever the kind of the row; a kind uses some of them.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "domain",
    "text",
    "table",
    "no",
    "group",
    "nature",
    "no_baseline",
    "list",
    "year",
    "due",
    "due_says",
    "by",
    "what",
    "kind",
    "lead",
    "with",
    "measure",
    "note",
    "document",
    "section",
    "quote",
];

/// Texts of a figure.
pub(super) const FIGURE_TEXTS: &[&str] = &[
    "value", "upto", "unit", "year", "from", "until", "per", "class", "says", "quote", "measure",
    "area", "note",
];
/// Ticks of a figure.
pub(super) const FIGURE_TICKS: &[&str] = &["flow", "mixed", "each", "estimate"];
/// What stands folded away below a figure, with short words.
pub(super) const FOLDED: &[(&str, &str)] = &[
    ("flow", "新增量"),
    ("mixed", "含改建"),
    ("each", "每年"),
    ("estimate", "估计数"),
    ("upto", "上限"),
    ("from", "起年"),
    ("until", "止年"),
    ("per", "按每个"),
    ("class", "类别"),
    ("says", "原文用字"),
    ("measure", "口径"),
    ("area", "区划"),
    ("note", "口径说明"),
    ("quote", "引文"),
];

/// More figures than any row has.
pub(super) const MOST_FIGURES: usize = 200;

/// Name of a field of the figure at `index`.
pub(super) fn of_figure(index: usize, key: &str) -> String {
    format!("f{index}_{key}")
}

/// How many figures a form has sent, empty ones counted.
pub(super) fn figures(data: &ui::FormData) -> usize {
    (0..MOST_FIGURES)
        .take_while(|index| data.has(&of_figure(*index, "value")))
        .count()
}

/// Whether nothing was typed into a figure; role and sign alone are nothing.
pub(super) fn is_blank(data: &ui::FormData, index: usize) -> bool {
    FIGURE_TEXTS
        .iter()
        .chain(FIGURE_TICKS)
        .all(|key| data.get(&of_figure(index, key)).is_empty())
}
