//! 变更与查阅记录: what was recorded of a person, and who looked.

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
    for record in api::records(&ctx.app.store, &person.key).await? {
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
            (_, Some(_)) => format!("{}（已撤回）", record.source),
            (Some(_), None) => format!("更正 · {}", record.source),
            (None, None) => record.source.clone(),
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
    for event in history::events(&ctx.app.store, &person.key).await? {
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

pub(super) async fn reads_of(ctx: &Ctx, person: &Person) -> Result<Timeline, Failure> {
    let rows = store::audit::about(&ctx.app.store, &person.key.id, 50).await?;
    Ok(rows.into_iter().fold(Timeline::default(), |timeline, row| {
        let (title, tone) = match row.action.as_str() {
            "person.read" => ("查阅档案", ""),
            "person.unmask" => ("查看完整证号电话", "warn"),
            "person.refused" => ("越权查阅被拒绝", "danger"),
            "person.relative" => ("随家庭成员查阅", ""),
            "fact.correct" => ("更正事实", "ok"),
            "person.death" => ("报去世", "danger"),
            "person.move" => ("登记迁移", "ok"),
            "person.register" => ("建档", "ok"),
            _ => ("其他操作", ""),
        };
        let role = authz::Role::from_key(&row.role).map_or("", authz::Role::zh);
        timeline.entry(&row.at.minute(), title, role, "", tone)
    }))
}
