//! Papers of a case, as PDF and DOCX: 受理通知书, 补正告知书, 决定书, 申请审批表, 入户核查表, 照料协议, from what is kept, with sign and
//! seal places; every print is logged.

use super::{Opened, open, paper_forms, yuan};
use crate::events::{self, Event};
use crate::machine::{State, act_zh};
use crate::papers::{CHOSEN, PaperWords, Values, Words};
use crate::{acts, store};
use ::store::Audit;
use area::api::AreaBook;
use authz::Role;
use axum::extract::Path;
use docs::{Block, Paper};
use host::{Ctx, Failure, Format, Page, set_paper};
use kernel::Day;
use pay::api::{office_zh, programme_zh, programmes};
use ui::PageError;

/// The notices every procedure has.
const NOTICES: [(&str, &str); 3] = [
    ("acceptance", "受理通知书"),
    ("supplement", "补正告知书"),
    ("decision", "决定书"),
];

/// Papers that can be printed now, for this role: key and name.
pub(crate) fn papers(opened: &Opened, role: Role, today: Day) -> Vec<(&'static str, &'static str)> {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let state = case.standing.on(procedure, today).state;
    let all = NOTICES.iter().chain(
        CHOSEN
            .iter()
            .filter(|(key, _)| procedure.papers.iter().any(|one| one == key)),
    );
    all.filter(|(key, _)| ready(key, state, case) && shown(key, role))
        .copied()
        .collect()
}

/// Whether a paper is there in this state.
fn ready(key: &str, state: State, case: &store::Case) -> bool {
    let begun = case.submitted.is_some() && state != State::Draft;
    match key {
        "acceptance" => begun && !matches!(state, State::Submitted | State::Rejected),
        "supplement" => state == State::Supplement,
        "decision" => matches!(
            state,
            State::Approved | State::Refused | State::Appealing | State::Rejected
        ),
        "visit" => begun && state.open(),
        _ => begun && !matches!(state, State::Rejected | State::Withdrawn),
    }
}

/// Whether a role prints it: what officers fill in at the door is theirs.
fn shown(key: &str, role: Role) -> bool {
    key != "visit" || role != Role::Family
}

/// `GET /cases/{code}/papers/{file}`: `visit.pdf`, `visit.docx` …
pub(crate) async fn get(ctx: Ctx, Path((code, file)): Path<(String, String)>) -> Page {
    let lacking = || PageError::not_found().text("没有这种文书。");
    let (kind, ending) = file.split_once('.').ok_or_else(lacking)?;
    let format = [Format::Pdf, Format::Docx]
        .into_iter()
        .find(|format| format.ending() == ending)
        .ok_or_else(lacking)?;
    let opened = open(&ctx, &code).await?;
    let all = papers(&opened, ctx.actor().role, ctx.today());
    let known = NOTICES.iter().chain(CHOSEN).find(|(key, _)| *key == kind);
    let (kind, _) = known.ok_or_else(lacking)?;
    if !all.iter().any(|(key, _)| key == kind) {
        let text = "这份文书现在还没有，请看办件的状态。";
        return Err(PageError::bad_request(text).into());
    }
    let paper = paper(&ctx, &opened, kind).await?;
    let title = paper.title.clone();
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("case.print")
        .person(&opened.person.key.shard, &opened.person.key.id)
        .with("paper", *kind)
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    let name = format!("{title}-{}", opened.case.number());
    Ok(host::paper_file(bytes, format, &name, kind))
}

/// The last event of one of these acts.
fn last<'a>(told: &'a [Event], acts: &[&str]) -> Option<&'a Event> {
    told.iter()
        .rev()
        .find(|one| acts.contains(&one.act.as_str()))
}

async fn paper(ctx: &Ctx, opened: &Opened, kind: &str) -> Result<Paper, Failure> {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let state = case.standing.on(procedure, ctx.today()).state;
    let told = events::of(&ctx.app.store, &case.code).await?;
    let not_yet = || PageError::bad_request("这份文书现在还没有，请看办件的状态。");
    let mut values = values(ctx, opened)?;
    // Which words, and of which day.
    let (words, day) = match kind {
        "acceptance" => {
            let accepted = last(&told, &["accept", "free"]).ok_or_else(not_yet)?;
            values.insert("days", procedure.all_days().to_string());
            (kind, accepted.at.day())
        }
        "supplement" => {
            let asked = last(&told, &["ask"]).ok_or_else(not_yet)?;
            values.insert("says", asked.says.clone().unwrap_or_default());
            values.insert("due", case.standing.due.map(Day::zh).unwrap_or_default());
            (kind, asked.at.day())
        }
        "decision" => {
            let acts = ["approve", "refuse", "reject", "uphold", "overturn", "free"];
            let ended = last(&told, &acts).ok_or_else(not_yet)?;
            values.insert("says", ended.says.clone().unwrap_or_default());
            values.insert("decision", act_zh(&ended.act).to_owned());
            values.insert("appeal_days", procedure.appeal_days.to_string());
            values.insert("from", case.from.map(Day::zh).unwrap_or_default());
            values.insert("amount", case.fen.map(yuan).unwrap_or_default());
            if let Some(clause) = &ended.clause {
                values.insert("clause", clause.clone());
            }
            let words = match state {
                State::Approved => "approved",
                State::Rejected => "rejected",
                _ => "refused",
            };
            (words, ended.at.day())
        }
        _ => (kind, ctx.today()),
    };
    values.insert("day", day.zh());
    let own = ctx.app.part::<PaperWords>().unwrap_or_default();
    let words = own.of(words, &values).ok_or_else(PageError::not_found)?;
    let middle = match kind {
        "application" => paper_forms::application(ctx, opened, &told).await?,
        "visit" => paper_forms::visit(ctx, opened)?,
        "agreement" => Vec::new(),
        _ => vec![head(opened)],
    };
    Ok(composed(ctx, case, words, middle, day))
}

/// What may stand in every paper.
fn values(ctx: &Ctx, opened: &Opened) -> Result<Values, Failure> {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let areas = ctx.app.part::<AreaBook>()?;
    let village = opened.person.subject().residence.or(case.hukou);
    Ok(Values::from([
        ("name", opened.person.name.clone()),
        (
            "programme",
            programme_zh(&programmes(ctx)?, &case.programme),
        ),
        ("procedure", procedure.title.clone()),
        ("number", case.number()),
        ("office", office_zh(&areas, &case.office)),
        ("town", areas.short_name(&case.handled)),
        (
            "village",
            village.map_or_else(String::new, |code| areas.short_name(&code)),
        ),
        ("phone", procedure.objection_phone.clone()),
        ("clause", procedure.clause.clone()),
        (
            "now",
            format!("现在：{}", acts::next_zh(procedure, case, ctx.today())),
        ),
    ]))
}

/// What a notice is about.
fn head(opened: &Opened) -> Block {
    let (case, procedure) = (&opened.case, &opened.procedure);
    paper_forms::pairs(&[
        ("申请人", opened.person.name.clone()),
        ("事项", procedure.title.clone()),
        ("编号", case.number()),
        (
            "联系",
            format!("咨询和投诉电话 {}", procedure.objection_phone),
        ),
    ])
}

fn composed(ctx: &Ctx, case: &store::Case, words: Words, middle: Vec<Block>, day: Day) -> Paper {
    let text = |text: String| Block::Text { text };
    let mut blocks: Vec<Block> = words.before.into_iter().map(text).collect();
    blocks.extend(middle);
    blocks.extend(words.after.into_iter().map(text));
    Paper {
        title: words.title,
        subtitle: format!("编号 {}", case.number()),
        date_line: day.zh(),
        notice: host::demo_notice(ctx),
        blocks,
        note: words.note,
        made: day,
    }
}
