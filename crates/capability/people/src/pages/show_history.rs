//! 变更记录: what was recorded of a person, and when.

use super::words;
use crate::api::{self, Person};
use crate::store::history;
use area::api::AreaBook;
use host::{Ctx, Failure};
use kernel::Instant;
use ui::Timeline;

pub(super) async fn history_of(
    ctx: &Ctx,
    book: &AreaBook,
    person: &Person,
) -> Result<Timeline, Failure> {
    let mut entries: Vec<(Instant, String, String, String, &str)> = Vec::new();
    let store = &ctx.app.store;
    let mut told: Vec<(&str, api::Record)> = Vec::new();
    for record in api::records(store, &person.key).await? {
        told.push(("", record));
    }
    // What was recorded with files that were merged into this one, before they were.
    for alias in api::aliases_of(store, &person.key.id).await? {
        for record in api::records(store, &alias.aside()).await? {
            told.push(("并入的档案 · ", record));
        }
    }
    for (of, record) in told {
        let facts: Vec<String> = record
            .sets
            .iter()
            .map(|set| {
                let value = set.value.as_ref().map_or_else(
                    || "未知".to_owned(),
                    |value| words::value(book, set.fact, value),
                );
                format!("{}：{value}（{} 起）", set.fact.def().zh, set.since)
            })
            .collect();
        let title = match (&record.reason, record.withdrawn) {
            (_, Some(_)) => format!("{of}{}（已撤回）", record.source),
            (Some(_), None) => format!("{of}更正 · {}", record.source),
            (None, None) => format!("{of}{}", record.source),
        };
        let tone = if record.withdrawn.is_some() {
            "danger"
        } else if record.reason.is_some() {
            "warn"
        } else {
            ""
        };
        entries.push((
            record.recorded,
            title,
            record.by.clone(),
            facts.join("；"),
            tone,
        ));
    }
    for event in history::events(store, &person.key).await? {
        let (title, tone) = match event.kind.as_str() {
            "death" => ("报去世", "danger"),
            _ => ("迁移", "ok"),
        };
        let areas: Vec<String> = [event.from, event.to]
            .into_iter()
            .flatten()
            .map(|code| book.full_name(&code))
            .collect();
        entries.push((
            event.recorded,
            format!("{title} · {}", event.day.zh()),
            event.by,
            areas.join(" → "),
            tone,
        ));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.0));
    Ok(entries.into_iter().fold(
        Timeline::default(),
        |timeline, (at, title, by, text, tone)| {
            timeline.entry(&at.minute(), &title, &by, &text, tone)
        },
    ))
}
