//! A case, whoever owes, what was done; the words for them.

use host::PersonKey;
use kernel::{Day, Instant};

/// Key and words.
pub(crate) type Words = &'static [(&'static str, &'static str)];

/// Kinds of duty.
pub(crate) const KINDS: Words = &[
    ("support", "赡养、扶养老年人"),
    ("guardianship", "抚养、监护儿童"),
];

/// How somebody who owes stands to it.
pub(crate) const STANDS: Words = &[
    ("able", "有能力，在履行"),
    ("refuses", "有能力，没有履行"),
    ("away", "在外地，联系不上"),
    ("unable", "没有能力"),
];

/// What can be done, from the mildest to the last.
pub(crate) const WAYS: Words = &[
    ("talk", "上门谈话"),
    ("phone", "电话提醒"),
    ("mediation", "村（社区）调解"),
    ("letter", "送达督促告知书"),
    ("agreement", "签订赡养（抚养）协议"),
    ("aid", "转法律援助"),
    ("police", "报公安机关"),
    ("court", "支持起诉、申请变更监护"),
    ("shelter", "临时安置照料"),
];

/// What came of it.
pub(crate) const RESULTS: Words = &[
    ("gives", "已经履行"),
    ("promises", "答应履行"),
    ("refuses", "拒绝"),
    ("unreached", "没有见到"),
];

/// How a case ends.
pub(crate) const OUTCOMES: Words = &[
    ("gives", "已经履行"),
    ("court", "法院判决或者变更监护"),
    ("relieved", "确无能力，转社会救助或者供养"),
    ("mistaken", "情况不实"),
    ("gone", "本人去世或者迁出"),
];

/// The words of a key.
pub(crate) fn zh(words: Words, key: &str) -> &'static str {
    words
        .iter()
        .find(|(known, _)| *known == key)
        .map_or("", |(_, zh)| *zh)
}

/// A case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) code: String,
    pub(crate) key: PersonKey,
    pub(crate) kind: String,
    pub(crate) says: String,
    pub(crate) open: bool,
    pub(crate) outcome: Option<String>,
    pub(crate) next: Day,
    pub(crate) opened_name: String,
    pub(crate) opened_at: Instant,
    pub(crate) version: i64,
}

/// Somebody who owes.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) relation: String,
    pub(crate) stands: String,
    pub(crate) phone: Option<String>,
}

/// Something that was done.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) way: String,
    pub(crate) day: Day,
    pub(crate) result: String,
    pub(crate) says: String,
    pub(crate) by: String,
}
