//! 谁看过、谁办过: the log about one person in plain words, for the officer's tab and for the family.

use askama::Template;
use authz::{Role, Scope};
use host::{Ctx, Failure};
use kernel::{Day, Instant};
use org::api::{Office, Question};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::StoreResult;
use store::audit_log::{self, AuditRow, SeenRow, Span, key_parts};
use ui::PageError;

/// Rows on one page.
const SIZE: u32 = 50;
/// Months that the choice offers.
const MONTHS: i32 = 13;

/// The log of one month, newest first.
#[derive(Template)]
#[template(path = "pages/reads.html")]
pub(super) struct ReadLog {
    path: String,
    /// Further fields of the address: `tab` of the person page.
    kept: Vec<(&'static str, &'static str)>,
    months: Vec<Month>,
    month_zh: String,
    days: Vec<OfDay>,
    newest: Option<String>,
    older: Option<String>,
    system: bool,
    questions: Vec<Asked>,
}

impl askama::filters::HtmlSafe for ReadLog {}

struct Month {
    value: String,
    label: String,
    chosen: bool,
}

struct OfDay {
    day: String,
    rows: Vec<Line>,
}

/// One look, or one piece of work.
pub(super) struct Line {
    pub(super) time: String,
    pub(super) kind: &'static str,
    pub(super) tone: &'static str,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) office: String,
    pub(super) why: String,
    /// Where to ask about it; none where this reader cannot.
    ask: Option<String>,
    asked: Option<&'static str>,
}

struct Asked {
    kind: String,
    said: String,
    when: String,
    answer: Option<String>,
    answered: String,
}

/// What this page is asked for, from its address.
pub(super) struct Wanted<'a> {
    /// `2025-06`; this month where none is asked for.
    pub(super) month: Option<&'a str>,
    /// Behind the row of this key.
    pub(super) after: Option<&'a str>,
}

/// The log of `person` as the asker may read it, on the page at `path`.
pub(super) async fn read_log(
    ctx: &Ctx,
    person: &str,
    path: String,
    kept: Vec<(&'static str, &'static str)>,
    wanted: Wanted<'_>,
) -> Result<ReadLog, Failure> {
    let first = month_of(ctx, wanted.month)?;
    if wanted.after.is_some_and(|key| key_parts(key).is_none()) {
        return Err(
            PageError::bad_request("翻页的位置不对，请从最新的记录看起。")
                .link("最新的记录", &path)
                .into(),
        );
    }
    let store = &ctx.app.store;
    let span = Span {
        from: Instant::at(first, 0),
        until: Instant::at(first.plus_months(1), 0),
        after: wanted.after,
    };
    let (mut rows, mut more) = (Vec::new(), false);
    // Who looked at a file that was merged into this one looked at this person.
    for id in known_as(store, person).await? {
        let (theirs, beyond) = audit_log::about_person(store, &id, &span, SIZE).await?;
        rows.extend(theirs);
        more |= beyond;
    }
    rows.sort_by(|a, b| {
        let key = |seen: &SeenRow| (seen.row.at, seen.row.id.clone());
        key(b).cmp(&key(a))
    });
    // A list that showed both files is one look.
    rows.dedup_by(|a, b| a.row.id == b.row.id);
    more |= rows.len() > SIZE as usize;
    rows.truncate(SIZE as usize);
    let family = matches!(ctx.scope(), Scope::People(_));
    let questions = if family {
        org::api::questions_about(store, person, &ctx.actor().id).await?
    } else {
        Vec::new()
    };
    let words = Words::of(ctx, rows.iter().map(|seen| &seen.row)).await?;
    let mut days: Vec<OfDay> = Vec::new();
    for seen in &rows {
        let day = seen.row.at.day().zh();
        let mut line = words.line(seen);
        if family && line.ask.is_some() {
            line.ask = Some(format!(
                "/family/{person}/questions/new?row={}",
                seen.row.id
            ));
            line.asked = questions
                .iter()
                .find(|asked| asked.audit_row == seen.row.id)
                .map(|asked| match asked.answered_at {
                    Some(_) => "已答复",
                    None => "已提出，等答复",
                });
        } else {
            line.ask = None;
        }
        match days.last_mut() {
            Some(last) if last.day == day => last.rows.push(line),
            _ => days.push(OfDay {
                day,
                rows: vec![line],
            }),
        }
    }
    let here = |after: Option<String>| {
        let mut href = format!("{path}?");
        for (name, value) in &kept {
            href.push_str(&format!("{name}={value}&"));
        }
        href.push_str(&format!("month={}", month_key(first)));
        if let Some(key) = after {
            href.push_str(&format!("&after={}", ui::query_encode(&key)));
        }
        href
    };
    Ok(ReadLog {
        months: months(ctx.today(), first),
        month_zh: zh_of_month(first),
        system: rows
            .iter()
            .any(|seen| seen.row.actor.starts_with("system:")),
        newest: wanted.after.map(|_| here(None)),
        older: rows
            .last()
            .filter(|_| more)
            .map(|last| here(Some(last.row.key()))),
        days,
        questions: questions.iter().rev().map(asked_of).collect(),
        path,
        kept,
    })
}

/// One row of the log in words, for the page that asks about it.
pub(super) async fn one_line(ctx: &Ctx, person: &str, row: &AuditRow) -> StoreResult<Line> {
    let ids = known_as(&ctx.app.store, person).await?;
    let about = |subject: &str| ids.iter().any(|id| id == subject);
    let seen = SeenRow {
        listed: !row.subject.as_deref().is_some_and(about),
        row: row.clone(),
    };
    let words = Words::of(ctx, std::iter::once(row)).await?;
    let mut line = words.line(&seen);
    line.time = row.at.minute();
    Ok(line)
}

fn asked_of(question: &Question) -> Asked {
    Asked {
        kind: question.kind_zh().to_owned(),
        said: question.said.clone().unwrap_or_default(),
        when: question.asked_at.minute(),
        answer: question.answer.clone(),
        answered: question
            .answered_at
            .map(Instant::minute)
            .unwrap_or_default(),
    }
}

/// What rows need to become words, read once for a page.
struct Words<'a> {
    ctx: &'a Ctx,
    offices: BTreeMap<String, Office>,
    /// Reasons of exports, by their run.
    exports: BTreeMap<String, String>,
    family: bool,
    me: String,
}

impl<'a> Words<'a> {
    async fn of(ctx: &'a Ctx, rows: impl Iterator<Item = &'a AuditRow>) -> StoreResult<Self> {
        let (store, book) = (&ctx.app.store, ctx.app.part::<area::api::AreaBook>()?);
        let (mut actors, mut runs) = (Vec::new(), Vec::new());
        for row in rows {
            actors.push(row.actor.clone());
            if let (true, Some(run)) = (row.action.starts_with("export."), &row.subject) {
                runs.push(run.clone());
            }
        }
        for ids in [&mut actors, &mut runs] {
            ids.sort_unstable();
            ids.dedup();
        }
        let mut exports = BTreeMap::new();
        for (run, detail) in audit_log::details_of(store, "export.ask", &runs).await? {
            if let Some(code) = text_of(&detail, "reason") {
                exports.insert(run, code);
            }
        }
        Ok(Self {
            offices: org::api::offices(store, &book, &actors, ctx.today()).await?,
            exports,
            family: matches!(ctx.scope(), Scope::People(_)),
            me: ctx.actor().id,
            ctx,
        })
    }

    fn line(&self, seen: &SeenRow) -> Line {
        let row = &seen.row;
        let (kind, tone) = kind(&row.action, seen.listed);
        let role = Role::from_key(&row.role).filter(|role| *role != Role::System);
        let system = row.actor.starts_with("system:");
        let known = self.offices.get(&row.actor);
        let place = known.map(|office| office.place.as_str());
        let who = match (known, role) {
            _ if row.actor == self.me => "您本人".to_owned(),
            _ if system => "系统自动处理".to_owned(),
            // A family reads which office it was; who sat there is the auditor's to find out.
            (_, Some(role)) if self.family => role.zh().to_owned(),
            // A family account bears the name of one of the family.
            (Some(office), Some(Role::Family)) => host::veil::name(office.name.clone()),
            (Some(office), _) => office.name.clone(),
            (None, Some(role)) => role.zh().to_owned(),
            (None, None) => "接口".to_owned(),
        };
        let office = match (place, role) {
            _ if system || row.actor == self.me => String::new(),
            (Some(place), Some(Role::Family)) if !self.family => format!("家属 · {place}"),
            (Some(_), Some(Role::Family)) => "其他家属".to_owned(),
            (Some(place), _) if self.family => place.to_owned(),
            (Some(place), Some(role)) => format!("{} · {place}", role.zh()),
            _ => String::new(),
        };
        Line {
            time: row
                .at
                .minute()
                .split_once(' ')
                .map(|(_, time)| time.to_owned())
                .unwrap_or_default(),
            kind,
            tone,
            what: self.what(row),
            who,
            office,
            why: self.why(row),
            ask: (!system && row.actor != self.me).then(String::new),
            asked: None,
        }
    }

    /// Which list, which fact.
    fn what(&self, row: &AuditRow) -> String {
        let text = |name| text_of(&row.detail, name);
        match row.action.as_str() {
            "person.list" => "人员名单".to_owned(),
            "person.groups" => "重点人群".to_owned(),
            "list.people" => number_of(&row.detail, "no").map_or_else(
                || "项目名单".to_owned(),
                |no| format!("服务清单第 {no} 项的名单"),
            ),
            "list.findings" => match text("kind").as_deref() {
                Some("undue") => "享而不应名单".to_owned(),
                _ => "应享未享名单".to_owned(),
            },
            "list.unsettled_people" => "待核实名单".to_owned(),
            "desk.read" => "工作台待办".to_owned(),
            "person.read" | "fact.correct" => text("fact")
                .and_then(|name| rules::facts::find(&name))
                .map(|fact| format!("更正“{}”", fact.def().zh))
                .unwrap_or_default(),
            action if action.starts_with("export.") => text("list")
                .and_then(|key| {
                    let specs = &self.ctx.app.exports;
                    specs.iter().find(|spec| spec.key == key)
                })
                .map(|spec| spec.title.to_owned())
                .unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The reason that was given.
    fn why(&self, row: &AuditRow) -> String {
        let code = text_of(&row.detail, "reason").or_else(|| {
            let run = row.subject.as_ref()?;
            self.exports.get(run).cloned()
        });
        let words = code
            .map(|code| org::api::reason(&code).map_or_else(|| code.clone(), ToOwned::to_owned));
        let mandate = text_of(&row.detail, "mandate").map(|number| format!("依据 {number}"));
        [words, mandate]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("；")
    }
}

/// What kind of act it was, and how it is marked.
fn kind(action: &str, listed: bool) -> (&'static str, &'static str) {
    match action {
        "person.read" => ("查阅档案", ""),
        "person.unmask" => ("查看完整证号、电话", "warn"),
        "person.refused" => ("越权被拒绝", "danger"),
        "person.relative" => ("随家庭成员查阅", ""),
        "person.print" => ("打印告知单", ""),
        "person.log" => ("查看查阅记录", ""),
        "question.ask" => ("家属提出疑问", ""),
        "question.answer" => ("审计员答复", ""),
        "fact.correct" => ("更正信息", "ok"),
        "person.death" => ("报去世", "danger"),
        "person.move" => ("登记迁移", "ok"),
        "person.register" => ("建档", "ok"),
        "person.merge" => ("合并档案", "ok"),
        "person.part" => ("撤销合并", "warn"),
        "person.number" => ("补登证号", "ok"),
        "person.erase" => ("到期删除个人信息", "danger"),
        "consent.give" => ("登记同意", "ok"),
        "consent.withdraw" => ("撤回同意", "warn"),
        "consent.paper" => ("下载同意书", "warn"),
        "proxy.add" | "proxy.paper" | "proxy.end" => ("登记监护、代办", "ok"),
        "proxy.read" => ("查看监护、代办材料", "warn"),
        "erasure.ask" | "erasure.withdraw" => ("要求删除个人信息", ""),
        "erasure.answer" => ("答复删除请求", ""),
        "hold.begin" => ("法律保全", "warn"),
        _ if action.starts_with("export.") => ("导出", "warn"),
        _ if action.starts_with("api.") => ("接口读取", "warn"),
        _ if listed => ("列入名单并显示", ""),
        _ => ("办理业务", ""),
    }
}

fn text_of(detail: &str, name: &str) -> Option<String> {
    let json: Json = serde_json::from_str(detail).ok()?;
    json.get(name)?.as_str().map(str::to_owned)
}

fn number_of(detail: &str, name: &str) -> Option<i64> {
    let json: Json = serde_json::from_str(detail).ok()?;
    json.get(name)?.as_i64()
}

/// Everybody under whose key this person was looked at: their own, and those of files that were merged into theirs.
pub(super) async fn known_as(store: &store::Store, person: &str) -> StoreResult<Vec<String>> {
    let mut ids = vec![person.to_owned()];
    let aside = crate::store::alias::leading_to(store, person).await?;
    ids.extend(aside.into_iter().map(|alias| alias.key.id));
    Ok(ids)
}

/// Whether this row of the log is about one of these keys, or showed it on a list.
pub(super) fn shows(row: &AuditRow, ids: &[String]) -> bool {
    let json: Option<Json> = serde_json::from_str(&row.detail).ok();
    let mine = |key: &str| ids.iter().any(|id| id == key);
    let listed = json
        .as_ref()
        .and_then(|json| json.get("keys"))
        .and_then(Json::as_array)
        .is_some_and(|keys| keys.iter().filter_map(Json::as_str).any(mine));
    listed || row.subject.as_deref().is_some_and(mine)
}

fn month_of(ctx: &Ctx, asked: Option<&str>) -> Result<Day, Failure> {
    let Some(text) = asked else {
        return Ok(ctx.today().first_of_month());
    };
    let day = text.split_once('-').and_then(|(year, month)| {
        let fits = year.len() == 4 && month.len() == 2;
        fits.then_some(())?;
        Day::from_ymd(year.parse().ok()?, month.parse().ok()?, 1)
    });
    day.ok_or_else(|| {
        PageError::bad_request(format!("「{text}」不是月份，请写成 2025-06 的样子。")).into()
    })
}

fn month_key(first: Day) -> String {
    format!("{:04}-{:02}", first.year(), first.month())
}

fn zh_of_month(first: Day) -> String {
    format!("{}年{}月", first.year(), first.month())
}

fn months(today: Day, chosen: Day) -> Vec<Month> {
    let this = today.first_of_month();
    let mut all: Vec<Day> = (0..MONTHS).map(|back| this.plus_months(-back)).collect();
    if !all.contains(&chosen) {
        all.push(chosen);
    }
    all.into_iter()
        .map(|first| Month {
            value: month_key(first),
            label: zh_of_month(first),
            chosen: first == chosen,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05: every way to see a person has its plain word.
    #[test]
    fn every_kind_of_look_has_a_word() {
        for (action, listed, word) in [
            ("person.read", false, "查阅档案"),
            ("person.unmask", false, "查看完整证号、电话"),
            ("person.refused", false, "越权被拒绝"),
            ("person.list", true, "列入名单并显示"),
            ("desk.read", true, "列入名单并显示"),
            ("export.rows", true, "导出"),
            ("proxy.read", false, "查看监护、代办材料"),
            ("consent.withdraw", false, "撤回同意"),
            ("api.read", false, "接口读取"),
            ("api.list", true, "接口读取"),
            ("entitle.recompute", false, "办理业务"),
        ] {
            assert_eq!(kind(action, listed).0, word, "{action}");
        }
    }

    /// Row M05: a question can only be about a row that showed the person.
    #[test]
    fn a_row_shows_whom_it_is_about_and_whom_it_lists() {
        let row = AuditRow {
            id: "1".into(),
            at: Instant::from_micros(0),
            actor: "a".into(),
            role: "town_worker".into(),
            action: "person.list".into(),
            subject: Some("run".into()),
            detail: r#"{"keys":["p1","p2"]}"#.into(),
        };
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert!(shows(&row, &ids(&["p2"])) && shows(&row, &ids(&["run"])));
        assert!(shows(&row, &ids(&["p3", "p1"])), "a file merged into p3");
        assert!(!shows(&row, &ids(&["p3"])) && !shows(&row, &[]));
    }
}
