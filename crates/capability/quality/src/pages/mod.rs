//! One use case, one file with its template beside it.

pub(crate) mod all;
pub(crate) mod ask;
pub(crate) mod checkup;
pub(crate) mod decide;
pub(crate) mod one;

/// What a request rests on: code and words.
pub(crate) const BASES: &[(&str, &str)] = &[
    ("document", "证件、证明材料"),
    ("visit", "入户了解"),
    ("self_report", "本人或家属反映"),
    ("other_system", "其他系统查询结果"),
    ("typo", "看上去录入有误"),
];

/// The words of a basis.
pub(crate) fn basis_zh(code: &str) -> &'static str {
    BASES
        .iter()
        .find(|(key, _)| *key == code)
        .map_or("", |(_, words)| words)
}
