//! One request to erase: what was found, what is answered, and taking it back.

use crate::duty::{Ground, grounds};
use crate::store::requests::{self, Request};
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/request.html")]
struct RequestPage {
    shell: Shell,
    form: Form,
    id: String,
    who: String,
    person: String,
    state: &'static str,
    pill: &'static str,
    asked: String,
    asked_by: String,
    said: Option<String>,
    answer: Option<String>,
    decided: Option<String>,
    grounds: Vec<Ground>,
    may_answer: bool,
    may_withdraw: bool,
}

impl RequestPage {
    fn verdict(&self) -> Field {
        let choices = vec![
            Choice::new("refuse", "不能删除，继续保存"),
            Choice::new("grant", "同意删除").hint("列入下一份删除清单，由另一个人批准后删除"),
        ];
        self.form
            .field(Field::radio("verdict", "答复", choices).required())
    }
    fn words(&self) -> Field {
        let found: Vec<&str> = self
            .grounds
            .iter()
            .map(|ground| ground.says.as_str())
            .collect();
        let offered = if found.is_empty() {
            String::new()
        } else {
            format!("{}。", found.join("；"))
        };
        let field = Field::lines("answer", "答复的话")
            .required()
            .hint("提出的人会看到，请写清楚理由和以后怎么办")
            .maxlength(400)
            .value(offered);
        self.form.field(field)
    }
}

async fn open(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let request = requests::find(&ctx.app.store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open(ctx, &request.key.id, Action::ReadPerson).await?;
    Ok((request, person))
}

/// `GET /privacy/requests/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("tab", "privacy")])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, &request, &person, Form::default()).await?,
    ))
}

/// `POST /privacy/requests/{id}/answer`
pub(crate) async fn answer(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    people::api::open(&ctx, &person.key.id, Action::RegisterPerson).await?;
    let mut form = Form::from(data);
    let verdict = form.one_of("verdict", &["refuse", "grant"], "请选择怎样答复");
    let words = form.required("answer", "请写答复的话");
    let grounds = grounds(&ctx, &person).await?;
    if verdict.as_deref() == Some("grant") && !grounds.is_empty() {
        let found: Vec<&str> = grounds.iter().map(|ground| ground.says.as_str()).collect();
        let text = format!("现在不能同意删除：{}", found.join("；"));
        form.errors.add("verdict", text);
    }
    let (Some(verdict), Some(words), false) = (verdict, words, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &request, &person, form).await?));
    };
    let granted = verdict == "grant";
    let codes: Vec<&str> = grounds.iter().map(|ground| ground.code).collect();
    let mut tx = ctx.begin().await?;
    if !requests::answer(&mut tx, &id, granted, &words, &codes).await? {
        tx.rollback().await?;
        return Err(stale(&id));
    }
    tx.audit(
        Audit::new("erasure.answer")
            .person(&person.key.shard, &person.key.id)
            .with("granted", granted)
            .with("grounds", codes),
    );
    tx.commit().await?;
    let text = if granted {
        "已同意删除，会列入下一份删除清单。"
    } else {
        "已答复：继续保存，理由已告知提出人。"
    };
    Ok(ctx.saved("/privacy/requests", text))
}

/// `POST /privacy/requests/{id}/withdrawal`
pub(crate) async fn withdraw(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    if request.asked_by != ctx.actor().id {
        let text = "请求由提出人自己撤回。";
        return Err(PageError::refused("提出人").text(text).into());
    }
    let mut tx = ctx.begin().await?;
    if !requests::withdraw(&mut tx, &id).await? {
        tx.rollback().await?;
        return Err(stale(&id));
    }
    tx.audit(Audit::new("erasure.withdraw").person(&person.key.shard, &person.key.id));
    tx.commit().await?;
    Ok(ctx.saved(&format!("/privacy/requests/{id}"), "删除请求已撤回。"))
}

fn stale(id: &str) -> Failure {
    PageError::bad_request("这件请求刚刚已有答复。请打开看最新的情况。")
        .title("已有变化")
        .with_status(StatusCode::CONFLICT)
        .link("看这件请求", &format!("/privacy/requests/{id}"))
        .into()
}

async fn page(
    ctx: &Ctx,
    request: &Request,
    person: &Person,
    form: Form,
) -> Result<RequestPage, Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let decided = request.decided_by.clone().unwrap_or_default();
    let names = org::api::Names::of(store, [request.asked_by.as_str(), decided.as_str()]).await?;
    let (said, answer) = request.words(store)?;
    let open = request.state == "open";
    let role = Role::from_key(&request.asked_role).map_or("", Role::zh);
    let family = actor.role == Role::Family;
    let shell = ctx.shell("删除请求");
    Ok(RequestPage {
        shell: if family {
            shell.crumb("个人信息授权", "/family/consents")
        } else {
            shell.crumb("删除请求", "/privacy/requests")
        },
        id: request.id.clone(),
        who: person.name.clone(),
        person: format!("/people/{}?tab=privacy", person.key.id),
        state: request.state_zh(),
        pill: request.pill(),
        asked: request.asked.minute(),
        asked_by: format!("{}（{role}）", names.name(&request.asked_by)),
        said,
        answer,
        decided: request.decided.map(|at| {
            let who = if family {
                "经办单位".to_owned()
            } else {
                names.name(&decided)
            };
            format!("{who}，{}", at.minute())
        }),
        grounds: if open {
            grounds(ctx, person).await?
        } else {
            Vec::new()
        },
        may_answer: open && Action::RegisterPerson.allowed_to(actor.role),
        may_withdraw: matches!(request.state.as_str(), "open" | "granted")
            && request.asked_by == actor.id,
        form,
    })
}
