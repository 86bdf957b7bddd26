//! `GET /system/questions`: what families ask about the log; `POST /system/questions/{id}/answer`.

use crate::audit_words;
use crate::offices::{Office, offices};
use crate::questions::{Question, answer_question, question, questions};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use std::collections::BTreeMap;
use store::Audit;
use store::audit_log::{self, AuditRow};
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Pager, Shell, Total};

const PATH: &str = "/system/questions";
const STATES: &[(&str, &str)] = &[("open", "待答复"), ("answered", "已答复")];
const SPEC: ListSpec = ListSpec {
    filters: &["state"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/questions.html")]
struct QuestionsPage {
    shell: Shell,
    query: ListQuery,
    states: Vec<Choice>,
    cards: Vec<Card>,
    pager: Pager,
    /// The question whose answer was refused, with the form as it was typed.
    typed: Option<(String, Form)>,
}

struct Card {
    id: String,
    person: String,
    asked: String,
    by: String,
    kind: String,
    said: String,
    at: String,
    who: String,
    office: String,
    action: String,
    detail: String,
    answer: Option<(String, String)>,
}

impl QuestionsPage {
    fn field(&self, card: &Card) -> Field {
        let field = Field {
            name: "answer".to_owned(),
            ..Field::lines("answer", "答复家属")
        }
        .required()
        .rows(3)
        .maxlength(500)
        .hint("家属会看到这段话。说明谁、为什么看，是否合规，怎么处理");
        match &self.typed {
            Some((id, form)) if *id == card.id => form.field(field),
            _ => field,
        }
    }

    fn errors(&self, card: &Card) -> Option<&Form> {
        self.typed
            .as_ref()
            .filter(|(id, _)| *id == card.id)
            .map(|(_, form)| form)
    }
}

async fn page(ctx: &Ctx, typed: Option<(String, Form)>) -> Result<QuestionsPage, Failure> {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let state = query.filter("state").unwrap_or("open");
    if !STATES.iter().any(|(key, _)| *key == state) {
        return Err(PageError::bad_request(format!("没有「{state}」这种状态。")).into());
    }
    let store = &ctx.app.store;
    let (found, total) = questions(store, state == "open", query.offset(), query.size).await?;
    let mut rows = Vec::new();
    for one in &found {
        rows.push(audit_log::one(store, &one.audit_row).await?);
    }
    let mut ids: Vec<String> = found.iter().map(|one| one.asked_by.clone()).collect();
    ids.extend(rows.iter().flatten().map(|row| row.actor.clone()));
    ids.sort_unstable();
    ids.dedup();
    let book = ctx.app.part::<AreaBook>()?;
    let known = offices(store, &book, &ids, ctx.today()).await?;
    ctx.log_reads(&[Audit::new("question.read")
        .with("state", state)
        .with("shown", found.len())])
        .await?;
    let cards = found
        .iter()
        .zip(&rows)
        .map(|(one, row)| card(one, row.as_ref(), &known, &book))
        .collect();
    Ok(QuestionsPage {
        shell: ctx.shell("查阅疑问"),
        states: STATES
            .iter()
            .map(|(key, words)| Choice::new(*key, *words))
            .collect(),
        cards,
        pager: Pager::new(PATH, &query, Total::Exact(total), None, None),
        query,
        typed,
    })
}

fn card(
    one: &Question,
    row: Option<&AuditRow>,
    known: &BTreeMap<String, Office>,
    book: &AreaBook,
) -> Card {
    let office = row.and_then(|row| known.get(&row.actor));
    let role = row
        .and_then(|row| Role::from_key(&row.role))
        .map_or("", Role::zh);
    Card {
        id: one.id.clone(),
        person: one.person.clone(),
        asked: one.asked_at.minute(),
        by: known
            .get(&one.asked_by)
            .map(|office| office.name.clone())
            .unwrap_or_default(),
        kind: one.kind_zh().to_owned(),
        said: one.said.clone().unwrap_or_default(),
        at: row.map(|row| row.at.minute()).unwrap_or_default(),
        who: office.map_or_else(|| "系统".to_owned(), |office| office.name.clone()),
        office: office.map_or_else(String::new, |office| format!("{role} · {}", office.place)),
        action: row.map_or_else(
            || "这条记录已不在".to_owned(),
            |row| audit_words::action(&row.action).to_owned(),
        ),
        detail: row
            .filter(|row| !row.detail.contains("\"keys\""))
            .map(|row| audit_words::detail(&row.detail, book))
            .unwrap_or_default(),
        answer: one.answered_at.map(|at| {
            let said = one.answer.clone().unwrap_or_default();
            (at.minute(), said)
        }),
    }
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, None).await?))
}

pub(crate) async fn answer(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let store = &ctx.app.store;
    let open = question(store, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let mut form = Form::from(data);
    let Some(text) = form.required("answer", "请写答复") else {
        return Ok(ui::page_422(page(&ctx, Some((id, form))).await?));
    };
    if text.chars().count() > 500 {
        form.errors.add("answer", "最多 500 个字");
        return Ok(ui::page_422(page(&ctx, Some((id, form))).await?));
    }
    let mut tx = ctx.begin().await?;
    if !answer_question(&mut tx, &open, &text).await? {
        tx.rollback().await?;
        return Err(PageError::stale("/system/questions?state=answered").into());
    }
    tx.commit().await?;
    Ok(ctx.redirect_with(PATH, "ok", "已答复，家属在查阅记录里看得到。"))
}
