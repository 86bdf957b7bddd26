//! Pages of 月度定版.

pub(crate) mod list;
pub(crate) mod one;

use crate::book::{Kind, Snapshot};
use crate::counts::{ELSEWHERE, MEASURES};
use area::api::{AreaBook, plain};
use plan::api::Published;

/// 「2025年5月定版」 or 「夜间快照」.
pub(super) fn name(snapshot: &Snapshot) -> String {
    match snapshot.kind {
        Kind::MonthEnd => format!("{}年{}月定版", snapshot.day.year(), snapshot.day.month()),
        Kind::Nightly => "夜间快照".to_owned(),
    }
}

/// The first digits of a digest.
pub(super) fn short(digest: &str) -> String {
    digest.get(..12).unwrap_or(digest).to_owned()
}

/// An area key in words.
pub(super) fn area(key: &str, book: &AreaBook) -> String {
    if key == ELSEWHERE {
        return "辖区外或不明".to_owned();
    }
    if let Some(body) = key.strip_prefix("E:").and_then(|key| book.executor(key)) {
        return plain(&body.name);
    }
    key.parse()
        .map_or_else(|_other| key.to_owned(), |code| book.full_name(&code))
}

/// A subject in words.
pub(super) fn subject(key: &str, list: Option<&Published>) -> String {
    if let Some((_, zh, _)) = MEASURES.iter().find(|(id, ..)| *id == key) {
        return (*zh).to_owned();
    }
    let no = key.strip_prefix("item:").and_then(|no| no.parse().ok());
    let item = no.and_then(|no| list?.list.item(no));
    item.map_or_else(
        || key.to_owned(),
        |item| format!("{} {}", item.service.no, item.service.name),
    )
}

/// A state in words.
pub(super) fn state(key: &str) -> &'static str {
    match key {
        "residence" => "按常住地",
        "hukou" => "按户籍地",
        "yes" => "符合",
        "unknown" => "待核实",
        "ask" => "可申请",
        "receiving" => "在享",
        "owed" => "应享未享",
        "undue" => "不应享仍享",
        _ => "",
    }
}
