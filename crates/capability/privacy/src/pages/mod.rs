//! One use case, one file with its template beside it.

pub(crate) mod ask;
pub(crate) mod consents;
pub(crate) mod family;
pub(crate) mod holds;
pub(crate) mod notice;
pub(crate) mod paper;
pub(crate) mod purposes;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod retention;
pub(crate) mod run;
pub(crate) mod state;
pub(crate) mod withdraw;

/// Who consents: code and words.
pub(crate) const BY: &[(&str, &str)] = &[
    ("self", "本人"),
    ("guardian", "监护人"),
    ("proxy", "代办人"),
];

/// How a consent came: code and words.
pub(crate) const CHANNELS: &[(&str, &str)] = &[
    ("paper", "书面同意书"),
    ("counter", "窗口当面"),
    ("phone", "电话（有录音）"),
    ("online", "网上"),
];

/// The words of a code.
pub(crate) fn word(all: &[(&'static str, &'static str)], key: &str) -> &'static str {
    all.iter()
        .find(|(known, _)| *known == key)
        .map_or("", |(_, words)| *words)
}
