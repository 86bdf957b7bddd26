//! `GET /tasks/letters/new` and `POST /tasks/letters`: a 督办单 for a part of an item, or for a red light of the
//! dashboard. What it says of figures is taken from the data, never typed.

use super::look::{Look, Tab};
use crate::book;
use crate::letters::{MOST_DAYS, NewLetter, REPLY_DAYS, due, issue};
use crate::model::{Letter, LetterState};
use crate::number::with_unit;
use crate::seen::office_of;
use crate::status::{Facts, status};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use ui::{Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["assignment", "measure", "area"]);

#[derive(Template)]
#[template(path = "pages/letter_new.html")]
struct NewLetterPage {
    shell: Shell,
    tabs: Vec<Tab>,
    draft: Draft,
    form: Form,
    /// The reader's office may issue it.
    may: bool,
    /// Letters about the same that are still open.
    open: Vec<(String, String)>,
    until: String,
    back: String,
}

impl NewLetterPage {
    fn office(&self) -> Field {
        let field = Field::text("office", "承办单位").required().maxlength(60);
        self.form.field(field)
    }
    fn person(&self) -> Field {
        let field = Field::text("person", "责任人").maxlength(60);
        self.form.field(field.hint("职务和姓名"))
    }
    fn demand(&self) -> Field {
        let field = Field::lines("demand", "要求").required().maxlength(600);
        self.form.field(field)
    }
    fn days(&self) -> Field {
        let field = Field::text("days", "答复期限")
            .required()
            .inputmode("numeric");
        self.form
            .field(field.width("short").unit("个工作日").hint(format!(
                "今天发出的 {} 前答复；预设值，待当地确认",
                self.until
            )))
    }
}

/// What a letter is about, before anything is typed.
struct Draft {
    item: Option<String>,
    assignment: Option<String>,
    measure: Option<String>,
    executor: String,
    office: String,
    person: String,
    title: String,
    /// 红, 黄 …, with why.
    pill: &'static str,
    zh: String,
    why: String,
    facts: Vec<(String, String)>,
    may: bool,
    query: Vec<(&'static str, String)>,
}

async fn draft(
    ctx: &Ctx,
    look: &Look,
    get: impl Fn(&str) -> Option<String>,
) -> Result<Draft, Failure> {
    match (get("assignment"), get("measure")) {
        (Some(id), _) => of_part(ctx, look, &id).await,
        (None, Some(measure)) => of_light(ctx, look, &measure, get("area")).await,
        (None, None) => Err(PageError::bad_request("没有说督办哪一项。")
            .link("看督办事项", "/tasks")
            .into()),
    }
}

async fn of_part(ctx: &Ctx, look: &Look, id: &str) -> Result<Draft, Failure> {
    let (part, item) = look.part(ctx, id).await?;
    let store = &ctx.app.store;
    let facts = Facts::of(store, std::slice::from_ref(&item), &look.root, look.today).await?;
    let all = book::reports(store, &look.seen, Some(&item.id)).await?;
    let own = all.get(&part.id).map_or(&[][..], Vec::as_slice);
    let status = status(&item, &part, own, &facts, look.today);
    let mut says = vec![
        ("事项".to_owned(), item.title.clone()),
        ("要求".to_owned(), item.says.clone()),
    ];
    for (at, goal) in item.goals.iter().enumerate() {
        let Some(share) = part.shares.get(at).copied().flatten() else {
            continue;
        };
        let unit = goal.unit();
        let mut words = format!("目标 {}", with_unit(share, &unit));
        if let Some((day, value)) = status.now.get(at).copied().flatten() {
            words.push_str(&format!("，现值 {}（{day}）", with_unit(value, &unit)));
        } else {
            words.push_str("，还没有核定的数");
        }
        if let Some(path) = status.path.get(at).copied().flatten() {
            words.push_str(&format!("，应到 {}", with_unit(path, &unit)));
        }
        says.push((goal.name.clone(), words));
    }
    says.push((
        "状态".to_owned(),
        format!("{}：{}", status.colour.zh(), status.why),
    ));
    says.push(("完成时限".to_owned(), part.due.zh()));
    says.push(("依据".to_owned(), item.source.clone()));
    Ok(Draft {
        may: look.seen.leads(item.lead_role),
        office: addressee(look, &part.executor, &part.executor_name),
        person: format!("{} {}", part.post, part.person),
        executor: part.executor.clone(),
        title: item.title.clone(),
        pill: status.colour.pill(),
        zh: status.colour.zh().to_owned(),
        why: status.why,
        facts: says,
        item: Some(item.id),
        measure: None,
        query: vec![("assignment", part.id.clone())],
        assignment: Some(part.id),
    })
}

async fn of_light(
    ctx: &Ctx,
    look: &Look,
    measure: &str,
    area: Option<String>,
) -> Result<Draft, Failure> {
    let light = dashboard::api::light(ctx, measure, area.as_deref()).await?;
    let body = light.area.starts_with("E:");
    let executor = if body {
        light.area.clone()
    } else {
        let first = light
            .departments
            .iter()
            .find(|d| !crate::plan_goals::is_below(d));
        let own = || office_of(look.seen.role(), &look.place);
        format!("D:{}", first.cloned().unwrap_or_else(own))
    };
    let office = if body {
        addressee(look, &executor, &light.area_name)
    } else {
        executor.trim_start_matches("D:").to_owned()
    };
    let mut query = vec![("measure", measure.to_owned())];
    if let Some(area) = area {
        query.push(("area", area));
    }
    Ok(Draft {
        item: None,
        assignment: None,
        measure: Some(measure.to_owned()),
        may: look.seen.leads_any(),
        office,
        person: String::new(),
        title: format!("{}{}", light.area_name, light.name),
        pill: if light.red { "danger" } else { "plain" },
        zh: light.light.to_owned(),
        why: light.why,
        facts: light.facts,
        executor,
        query,
    })
}

/// Whom a letter is written to: the people's government of a county, the 管委会, a department.
fn addressee(look: &Look, executor: &str, name: &str) -> String {
    let body = executor
        .strip_prefix("E:")
        .and_then(|key| look.areas.executor(key));
    match body.map(|body| body.kind) {
        Some(area::api::ExecutorKind::County) => format!("{name}人民政府"),
        Some(area::api::ExecutorKind::Management) if !name.ends_with("管委会") => {
            format!("{name}管委会")
        }
        _ => name.to_owned(),
    }
}

fn same(draft: &Draft, letter: &Letter) -> bool {
    letter.state != LetterState::Closed
        && letter.executor == draft.executor
        && (letter.assignment.is_some() && letter.assignment == draft.assignment
            || letter.measure.is_some() && letter.measure == draft.measure)
}

async fn page(ctx: &Ctx, look: &Look, draft: Draft, form: Form) -> Result<NewLetterPage, Failure> {
    let letters = book::letters(&ctx.app.store, &look.seen, None).await?;
    let open = letters
        .iter()
        .filter(|letter| same(&draft, letter))
        .map(|letter| {
            let words = format!("{} {}", letter.number(), letter.state.zh());
            (format!("/tasks/letters/{}", letter.id), words)
        })
        .collect();
    let back = match (&draft.item, &draft.measure) {
        (Some(item), _) => format!("/tasks/items/{item}"),
        (None, Some(measure)) => format!("/dashboard/{measure}"),
        (None, None) => "/tasks".to_owned(),
    };
    Ok(NewLetterPage {
        shell: look
            .shell(ctx, "发督办单")
            .crumb("督办单", "/tasks/letters"),
        tabs: look.tabs("/tasks/letters"),
        may: draft.may,
        until: due(look.today, REPLY_DAYS).zh(),
        draft,
        form,
        open,
        back,
    })
}

/// `GET /tasks/letters/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let look = Look::of(&ctx)?;
    let draft = draft(&ctx, &look, |key| query.filter(key).map(str::to_owned)).await?;
    let demand =
        format!("请于收到后 {REPLY_DAYS} 个工作日内书面答复：说明原因、措施和完成时间，附佐证。");
    let form = Form::filled([
        ("office", draft.office.clone()),
        ("person", draft.person.clone()),
        ("demand", demand),
        ("days", REPLY_DAYS.to_string()),
    ]);
    Ok(ui::page_no_store(page(&ctx, &look, draft, form).await?))
}

/// `POST /tasks/letters`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let mut form = Form::from(data);
    let typed = form.clone();
    let draft = draft(&ctx, &look, |key| typed.text(key)).await?;
    if !draft.may {
        let office = format!("{}民政局", look.place);
        let text = "督办单由牵头单位签发。";
        return Err(PageError::refused(&office).text(text).into());
    }
    let office = form.required("office", "请写承办单位");
    let demand = form.required("demand", "请写要求");
    let person = form.text("person").unwrap_or_default();
    let days = form.whole("days", "写工作日的天数，如 5");
    if days.is_none_or(|days| !(1..=MOST_DAYS).contains(&days)) && form.errors.of("days").is_none()
    {
        form.errors
            .add("days", format!("写 1 到 {MOST_DAYS} 个工作日"));
    }
    let (Some(office), Some(demand), Some(days), false) = (office, demand, days, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, &look, draft, form).await?));
    };
    let new = NewLetter {
        item: draft.item,
        assignment: draft.assignment,
        measure: draft.measure,
        executor: draft.executor,
        office,
        person,
        title: draft.title,
        facts: draft.facts,
        demand,
        days,
        issuer_role: look.seen.role(),
        issuer_office: office_of(look.seen.role(), &look.place),
    };
    let mut tx = ctx.begin().await?;
    let id = issue(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(ctx.saved(
        &format!("/tasks/letters/{id}"),
        "督办单已发出，承办单位在工作台会看到。",
    ))
}
