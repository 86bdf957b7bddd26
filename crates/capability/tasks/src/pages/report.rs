//! `GET` and `POST /tasks/assignments/{id}/{month}`: a month's report of one part: draft, sending, review, history.

use super::look::{Look, Tab};
use super::report_form::{Line, field, figures, lines};
use crate::book;
use crate::evidence::{self, About, HINT, Shown};
use crate::model::{Assignment, Item, Origin, Progress, State};
use crate::month;
use crate::number::{typed, with_unit};
use crate::reports::{Filled, save};
use crate::status::{Facts, status};
use askama::Template;
use axum::extract::{Path, Request};
use axum::response::Response;
use files::Files;
use host::{Ctx, Failure, Page};
use kernel::Day;
use ui::{Choice, Field, Form, PageError, Shell, Timeline};

struct MonthLink {
    href: String,
    title: String,
    zh: &'static str,
    pill: &'static str,
    here: bool,
}

struct FigureSaid {
    name: String,
    value: String,
    share: String,
    means: String,
}

#[derive(Template)]
#[template(path = "pages/report.html")]
struct ReportPage {
    shell: Shell,
    tabs: Vec<Tab>,
    path: String,
    item_href: String,
    item_says: String,
    part: Assignment,
    month: String,
    deadline: String,
    late: bool,
    status: (&'static str, &'static str, String),
    months: Vec<MonthLink>,
    /// The form is open for the reader.
    editable: bool,
    /// The reader's office decides about it.
    judges: bool,
    /// The same account sent it.
    own: bool,
    report: Option<Progress>,
    told: Vec<FigureSaid>,
    lines: Vec<Line>,
    form: Form,
    file_error: String,
    kept: Option<Shown>,
    stale: bool,
    history: Timeline,
    happened: bool,
    returned: String,
    verdict_error: String,
    /// What is taken as evidence.
    hint: &'static str,
}

impl ReportPage {
    fn says(&self) -> Field {
        self.form.field(
            Field::lines("says", "进展情况")
                .required()
                .rows(4)
                .maxlength(1000)
                .hint("做了什么、卡在哪里、下一步"),
        )
    }

    fn finished(&self) -> Field {
        let choices = vec![
            Choice::new("0", "正在推进"),
            Choice::new("1", "已办结").hint("要附能证明办结的文件"),
        ];
        let field = Field::radio("finished", "是否办结", choices).required();
        let field = if self.form.data.has("finished") {
            field
        } else {
            field.value("0")
        };
        self.form.field(field)
    }

    fn seen(&self) -> i64 {
        self.report.as_ref().map_or(0, |report| report.version)
    }

    fn accepted(&self) -> bool {
        self.report
            .as_ref()
            .is_some_and(|report| report.state == State::Accepted)
    }

    fn reason(&self) -> Field {
        Field::lines("reason", "意见")
            .maxlength(500)
            .rows(2)
            .hint("退回时必填，写清要补什么")
            .error(self.verdict_error.clone())
    }
}

/// What stands beside the form when it is drawn.
#[derive(Default)]
struct With {
    form: Option<Form>,
    file_error: String,
    stale: bool,
    verdict_error: String,
}

fn month_of(text: &str) -> Result<Day, Failure> {
    month::from_key(text).ok_or_else(|| {
        PageError::bad_request(format!("「{text}」不是月份，要写成 2025-06。")).into()
    })
}

/// `GET /tasks/assignments/{id}/{month}`
pub(crate) async fn get(ctx: Ctx, Path((id, of)): Path<(String, String)>) -> Page {
    let look = Look::of(&ctx)?;
    let month = month_of(&of)?;
    let (part, item) = look.part(&ctx, &id).await?;
    let page = page(&ctx, &look, &part, &item, month, With::default()).await?;
    Ok(ui::page_no_store(page))
}

/// The page again because the verdict lacks its reason.
pub(crate) async fn again(
    ctx: &Ctx,
    look: &Look,
    part: &Assignment,
    item: &Item,
    month: Day,
    why: &str,
) -> Page {
    let with = With {
        verdict_error: why.to_owned(),
        ..With::default()
    };
    Ok(ui::page_422(
        page(ctx, look, part, item, month, with).await?,
    ))
}

/// `POST /tasks/assignments/{id}/{month}`
pub(crate) async fn post(
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    request: Request,
) -> Page {
    let look = Look::of(&ctx)?;
    let month = month_of(&of)?;
    let (part, item) = look.part(&ctx, &id).await?;
    if !look.seen.acts_for(&part.executor, item.lead_role) || item.withdrawn || part.withdrawn {
        return Err(PageError::refused(&part.executor_name)
            .text(format!("这项进展由{}报送。", part.executor_name))
            .into());
    }
    if !month::reportable(&part, look.today).contains(&month) {
        let text = format!("{}不是要报进展的月份。", month::zh(month));
        return Err(PageError::bad_request(text).into());
    }
    let (data, file) = evidence::form(&ctx, request).await?;
    let mut form = Form::from(data);
    let store = &ctx.app.store;
    let report = book::report(store, &part.id, month).await?;
    let seen: i64 = form.data.get("seen").parse().unwrap_or(0);
    let fresh = seen == report.as_ref().map_or(0, |report| report.version)
        && report.as_ref().is_none_or(|report| !report.state.sent());
    let (file, file_error) = match file {
        Ok(file) => (file, String::new()),
        Err(why) => (None, why),
    };
    if !fresh {
        return stale(&ctx, &look, &part, &item, month, form).await;
    }
    let facts = Facts::of(store, std::slice::from_ref(&item), &look.root, look.today).await?;
    let told = figures(&item, &part, &facts, month, &mut form);
    let says = form.required("says", "请写进展情况").unwrap_or_default();
    let finished = form.data.get("finished") == "1";
    let before = report.as_ref().and_then(|report| report.evidence.clone());
    if finished && file.is_none() && before.is_none() && file_error.is_empty() {
        form.errors.add("file", "办结要附佐证文件");
    }
    if !file_error.is_empty() {
        form.errors.add("file", file_error.clone());
    }
    let wants = form.data.get("act") == "send";
    let send = wants && !form.has_errors();
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    let file = match file {
        Some(upload) => {
            let name = format!("佐证-{}-{}", part.executor_name, month::key(month));
            let about = About {
                executor: &part.executor,
                item: Some(&item.id),
                name: &name,
            };
            Some(evidence::keep(&mut tx, &files, &look.areas, upload, &about).await?)
        }
        None => before,
    };
    let filled = Filled {
        figures: told,
        says,
        finished,
        evidence: file,
        send,
    };
    // What was filled in is kept as a draft even where it cannot be sent yet.
    if !save(&mut tx, &part, month, seen, &filled).await? {
        tx.rollback().await?;
        return stale(&ctx, &look, &part, &item, month, form).await;
    }
    tx.commit().await?;
    let wrong = form.has_errors() && (wants || !file_error.is_empty());
    if wrong {
        let file_error = form.errors.of("file").unwrap_or_default().to_owned();
        let with = With {
            form: Some(form),
            file_error,
            ..With::default()
        };
        return Ok(ui::page_422(
            page(&ctx, &look, &part, &item, month, with).await?,
        ));
    }
    let to = format!("/tasks/assignments/{}/{}", part.id, month::key(month));
    let words = if send {
        "已报送，等牵头单位核定。"
    } else {
        "草稿已存，还没有报送。"
    };
    Ok(ctx.saved(&to, words))
}

async fn stale(
    ctx: &Ctx,
    look: &Look,
    part: &Assignment,
    item: &Item,
    month: Day,
    form: Form,
) -> Result<Response, Failure> {
    let with = With {
        form: Some(form),
        stale: true,
        ..With::default()
    };
    Ok(ui::page_409(
        page(ctx, look, part, item, month, with).await?,
    ))
}

async fn page(
    ctx: &Ctx,
    look: &Look,
    part: &Assignment,
    item: &Item,
    month: Day,
    with: With,
) -> Result<ReportPage, Failure> {
    let store = &ctx.app.store;
    let facts = Facts::of(store, std::slice::from_ref(item), &look.root, look.today).await?;
    let all = book::reports(store, &look.seen, Some(&item.id)).await?;
    let own = all.get(&part.id).map_or(&[][..], Vec::as_slice);
    let report = own.iter().find(|report| report.month == month).cloned();
    let status = status(item, part, own, &facts, look.today);
    let acts = look.seen.acts_for(&part.executor, item.lead_role);
    let months = month::reportable(part, look.today);
    let state = report.as_ref().map(|report| report.state);
    let editable = acts
        && !item.withdrawn
        && !part.withdrawn
        && months.contains(&month)
        && state.is_none_or(|state| !state.sent());
    // A draft is its writer's until it is sent.
    let shown = report
        .clone()
        .filter(|report| report.state != State::Draft || acts);
    let events = book::events(store, &look.seen, &item.id).await?;
    let of_month = month::zh(month);
    let mine: Vec<_> = events
        .iter()
        .filter(|event| event.act.contains(&part.executor_name) && event.act.contains(&of_month))
        .collect();
    let history = mine.iter().fold(Timeline::default(), |line, event| {
        line.entry(
            &event.at.minute(),
            &event.act,
            &event.actor_name,
            &event.says,
            &event.tone,
        )
    });
    let kept = match shown.as_ref().and_then(|report| report.evidence.as_deref()) {
        Some(file) => evidence::find(store, &look.seen, file).await?,
        None => None,
    };
    let form = with.form.unwrap_or_else(|| filled(item, shown.as_ref()));
    Ok(ReportPage {
        shell: look
            .shell(
                ctx,
                &format!("{}：{}", month::zh(month), part.executor_name),
            )
            .crumb(&item.title, format!("/tasks/items/{}", item.id)),
        tabs: look.tabs(if acts { "/tasks/mine" } else { "/tasks" }),
        path: format!("/tasks/assignments/{}/{}", part.id, month::key(month)),
        item_href: format!("/tasks/items/{}", item.id),
        item_says: item.says.clone(),
        month: month::zh(month),
        deadline: month::deadline(month).zh(),
        late: look.today > month::deadline(month),
        status: (status.colour.pill(), status.colour.zh(), status.why),
        months: months
            .iter()
            .rev()
            .take(12)
            .map(|of| {
                let report = own.iter().find(|report| report.month == *of);
                MonthLink {
                    href: format!("/tasks/assignments/{}/{}", part.id, month::key(*of)),
                    title: month::zh(*of),
                    zh: report.map_or("未报", |report| report.state.zh()),
                    pill: report.map_or("no", |report| report.state.pill()),
                    here: *of == month,
                }
            })
            .collect(),
        editable,
        judges: look.seen.leads(item.lead_role) && state.is_some_and(State::sent),
        own: shown
            .as_ref()
            .is_some_and(|report| report.submitted_by.as_deref() == Some(look.seen.account())),
        told: shown
            .as_ref()
            .map_or_else(Vec::new, |r| said(item, part, r)),
        lines: lines(item, part, &facts, month),
        returned: shown
            .as_ref()
            .filter(|report| report.state == State::Returned)
            .and_then(|report| report.reason.clone())
            .unwrap_or_default(),
        report: shown,
        part: part.clone(),
        form,
        file_error: with.file_error,
        kept,
        stale: with.stale,
        happened: !mine.is_empty(),
        history,
        verdict_error: with.verdict_error,
        hint: HINT,
    })
}

fn said(item: &Item, part: &Assignment, report: &Progress) -> Vec<FigureSaid> {
    item.goals
        .iter()
        .enumerate()
        .filter_map(|(at, goal)| {
            let share = part.shares.get(at).copied().flatten()?;
            let told = report.figures.get(at)?;
            let unit = goal.unit();
            Some(FigureSaid {
                name: goal.name.clone(),
                value: told
                    .value
                    .map_or_else(|| "—".to_owned(), |value| with_unit(value, &unit)),
                share: with_unit(share, &unit),
                means: told.means.clone(),
            })
        })
        .collect()
}

/// The form as the draft (or what came back) has it.
fn filled(item: &Item, report: Option<&Progress>) -> Form {
    let Some(report) = report else {
        return Form::default();
    };
    let mut pairs = vec![
        ("says".to_owned(), report.says.clone()),
        (
            "finished".to_owned(),
            if report.finished { "1" } else { "0" }.to_owned(),
        ),
    ];
    for (at, goal) in item.goals.iter().enumerate() {
        if let Some(told) = report.figures.get(at).filter(|t| t.from == Origin::Typed) {
            let text = match (told.typed.as_str(), told.value) {
                ("", Some(value)) => typed(value, &goal.unit()),
                (text, _) => text.to_owned(),
            };
            pairs.push((field(at), text));
        }
    }
    Form::filled(pairs)
}
