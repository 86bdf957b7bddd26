//! 谁看过档案, for the family: `GET /family/{id}/reads`, and a question to the auditor about one look.

use super::one;
use super::reads::{Line, ReadLog, Wanted, known_as, one_line, read_log, shows};
use crate::api::Person;
use askama::Template;
use authz::{Action, Scope};
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use org::api::{NewQuestion, QUESTION_KINDS, ask_question};
use store::Audit;
use store::audit_log;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["month"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/family_reads.html")]
struct FamilyReadsPage {
    shell: Shell,
    log: ReadLog,
}

/// `GET /family/{id}/reads`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let person = one::open(&ctx, &id, Action::ReadPerson).await?;
    ctx.log_reads(&[Audit::new("person.log").person(&person.key.shard, &person.key.id)])
        .await?;
    let wanted = Wanted {
        month: query.filter("month"),
        after: query.after.as_deref(),
    };
    let log = read_log(&ctx, &id, format!("/family/{id}/reads"), Vec::new(), wanted).await?;
    Ok(ui::page_no_store(FamilyReadsPage {
        shell: shell(&ctx, &person, format!("谁看过{}的档案", person.name)),
        log,
    }))
}

fn shell(ctx: &Ctx, person: &Person, title: String) -> Shell {
    let home = if matches!(ctx.scope(), Scope::People(_)) {
        ("我的家人", "/family")
    } else {
        ("人员档案", "/people")
    };
    ctx.shell(title).crumb(home.0, home.1).crumb(
        format!("{}的档案", person.name),
        format!("/people/{}", person.key.id),
    )
}

#[derive(Template)]
#[template(path = "pages/question.html")]
struct QuestionPage {
    shell: Shell,
    action: String,
    back: String,
    row: String,
    line: Line,
    form: Form,
}

impl QuestionPage {
    fn kind(&self) -> Field {
        let choices = QUESTION_KINDS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        self.form
            .field(Field::radio("kind", "疑问", choices).required())
    }

    fn said(&self) -> Field {
        let field = Field::lines("said", "补充说明")
            .rows(3)
            .maxlength(300)
            .hint("可以不写。请不要写证号和电话");
        self.form.field(field)
    }
}

/// The row that is asked about, if it showed this family's person.
async fn asked(ctx: &Ctx, id: &str, row: &str) -> Result<(Person, audit_log::AuditRow), Failure> {
    let person = one::open(ctx, id, Action::ReadPerson).await?;
    if !matches!(ctx.scope(), Scope::People(_)) {
        let text = "疑问由家属提出。您可以直接向安全审计员反映。";
        return Err(PageError::refused("安全审计员").text(text).into());
    }
    let ids = known_as(&ctx.app.store, &person.key.id).await?;
    let row = audit_log::one(&ctx.app.store, row)
        .await?
        .filter(|row| shows(row, &ids) && !row.actor.starts_with("system:"))
        .ok_or_else(PageError::not_found)?;
    Ok((person, row))
}

async fn page(
    ctx: &Ctx,
    person: &Person,
    row: &audit_log::AuditRow,
    form: Form,
) -> Result<QuestionPage, Failure> {
    let id = &person.key.id;
    Ok(QuestionPage {
        shell: shell(ctx, person, "我有疑问".to_owned())
            .crumb("谁看过档案", format!("/family/{id}/reads")),
        action: format!("/family/{id}/questions"),
        back: format!("/family/{id}/reads"),
        row: row.id.clone(),
        line: one_line(ctx, id, row).await?,
        form,
    })
}

/// `GET /family/{id}/questions/new?row=`
pub(crate) async fn new(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let spec = ListSpec {
        filters: &["row"],
        ..SPEC
    };
    let query = ListQuery::parse(raw.as_deref(), &spec).map_err(PageError::from)?;
    let (person, row) = asked(&ctx, &id, query.filter("row").unwrap_or_default()).await?;
    let page = page(&ctx, &person, &row, Form::default()).await?;
    Ok(ui::page_no_store(page))
}

/// `POST /family/{id}/questions`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let (person, row) = asked(&ctx, &id, form.data.get("row")).await?;
    let codes: Vec<&str> = QUESTION_KINDS.iter().map(|(code, _)| *code).collect();
    let kind = form.one_of("kind", &codes, "请选择疑问");
    let said = form.text("said");
    if said.as_ref().is_some_and(|said| said.chars().count() > 300) {
        form.errors.add("said", "最多 300 个字");
    }
    if kind.as_deref() == Some("other") && said.is_none() {
        form.errors.add("said", "选“其他”时请写明疑问");
    }
    let (Some(kind), false) = (kind, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &person, &row, form).await?));
    };
    let back = format!("/family/{id}/reads");
    let mut tx = ctx.begin().await?;
    let new = NewQuestion {
        audit_row: &row.id,
        shard: &person.key.shard,
        person: &person.key.id,
        kind: &kind,
        said: said.as_deref(),
    };
    if !ask_question(&mut tx, &new).await? {
        tx.rollback().await?;
        return Err(
            PageError::bad_request("这次查阅您已经提过疑问，请等安全审计员答复。")
                .title("已经提过")
                .with_status(StatusCode::CONFLICT)
                .link("回查阅记录", &back)
                .into(),
        );
    }
    tx.commit().await?;
    Ok(ctx.saved(&back, "已交给安全审计员，答复会显示在这一页下面。"))
}
