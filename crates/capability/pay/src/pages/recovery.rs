//! One recovery: told, paid in instalments, paid back, given up by a decision; every act with its posting.

use super::{names, office_zh, offices, programme_zh, programmes, yuan};
use crate::approve::own_terms;
use crate::recoveries::{self, Done, Recovery};
use crate::{posts, runs};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Fen;
use store::{Audit, Tx, values};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    form: Form,
    action: String,
    recovery: Recovery,
    who: String,
    person: String,
    programme: String,
    money: String,
    left: String,
    instalment: String,
    done: Vec<(String, String, Done)>,
    acts: Vec<Choice>,
}

impl RecoveryPage {
    fn act(&self) -> Field {
        self.form
            .field(Field::radio("act", "办理", self.acts.clone()).required())
    }

    fn money_field(&self) -> Field {
        let hint = "退回资金填退回数；分期填每月抵扣数；告知不用填；核销是余下的全部";
        self.form.field(
            Field::text("yuan", "金额")
                .unit("元")
                .inputmode("decimal")
                .hint(hint),
        )
    }

    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "说明")
                .rows(2)
                .required()
                .hint("告知方式和日期，或核销的决定文号")
                .maxlength(200),
        )
    }
}

pub(super) async fn open(ctx: &Ctx, recovery: &str) -> Result<Recovery, Failure> {
    let role = ctx.actor().role;
    if matches!(role, Role::Leader | Role::Bank) {
        return Err(PageError::refused("县民政局")
            .text("逐人的追缴由县民政和财政办理。")
            .into());
    }
    let found = recoveries::find(&ctx.app.store, recovery)
        .await?
        .ok_or_else(PageError::not_found)?;
    if offices(ctx)?.contains(&found.office) {
        return Ok(found);
    }
    let book = ctx.app.part::<AreaBook>()?;
    let ask = format!("{}民政局", office_zh(&book, &found.office));
    Err(PageError::refused(&ask).into())
}

/// What a role may do in a recovery.
fn acts(role: Role, recovery: &Recovery) -> Vec<Choice> {
    if !matches!(recovery.state.as_str(), "open" | "noticed") {
        return Vec::new();
    }
    match role {
        Role::CountyCivil => vec![
            Choice::new("notice", "已告知本人或家属"),
            Choice::new("instalment", "约定分期（从以后各月抵扣）"),
        ],
        Role::Finance => vec![
            Choice::new("repaid", "资金已退回"),
            Choice::new("written_off", "按决定核销"),
        ],
        _ => Vec::new(),
    }
}

/// `GET /recoveries/{recovery}`
pub(crate) async fn get(ctx: Ctx, Path(recovery): Path<String>) -> Page {
    let found = open(&ctx, &recovery).await?;
    Ok(ui::page_no_store(page(&ctx, found, Form::default()).await?))
}

/// `POST /recoveries/{recovery}`
pub(crate) async fn post(ctx: Ctx, Path(recovery): Path<String>, data: FormData) -> Page {
    let found = open(&ctx, &recovery).await?;
    let (actor, mut form) = (ctx.actor(), Form::from(data));
    let choices = acts(actor.role, &found);
    let allowed: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    let act = form.one_of("act", &allowed, "请选择怎样办理");
    let note = form.required("note", "请写明情况");
    let typed = form
        .text("yuan")
        .map(|text| Fen::from_yuan(&text).map(|fen| fen.0));
    if typed == Some(None) {
        form.errors.add("yuan", "金额写成 50 或 50.00 的样子");
    }
    let fen = match act.as_deref() {
        Some("written_off") => found.left(),
        Some("notice") => 0,
        _ => match typed {
            Some(Some(fen)) if fen > 0 && fen <= found.left() => fen,
            Some(None) => 0,
            _ => {
                form.errors.add(
                    "yuan",
                    format!("请填写大于 0、不超过 {} 元的金额", Fen(found.left())),
                );
                0
            }
        },
    };
    let (Some(act), Some(note), false) = (act, note, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, found, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let lock = tx.for_update_of("r");
    let sql = format!("SELECT r.back_fen AS n FROM pay_recovery r WHERE r.recovery = $1{lock}");
    let back = store::Reads::number(&tx, &sql, values![recovery.as_str()]).await?;
    if back != found.back {
        tx.rollback().await?;
        form.errors.add_form("刚刚已有人办理，请看最新情况。");
        let now = open(&ctx, &recovery).await?;
        return Ok(ui::page_409(page(&ctx, now, form).await?));
    }
    apply(&mut tx, &ctx, &found, &act, fen, &note).await?;
    tx.commit().await?;
    Ok(ctx.redirect_with(&format!("/recoveries/{recovery}"), "ok", "已记下。"))
}

/// Writes an act with its posting.
async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    found: &Recovery,
    act: &str,
    fen: i64,
    note: &str,
) -> Result<(), Failure> {
    let actor = ctx.actor();
    let kind = match act {
        "notice" => "notice",
        "instalment" => "instalment",
        "repaid" => "repaid",
        _ => "written_off",
    };
    let back = if kind == "instalment" { 0 } else { fen };
    if kind == "instalment" {
        tx.run(
            "UPDATE pay_recovery SET month_fen = $1 WHERE recovery = $2",
            values![fen, found.recovery.as_str()],
        )
        .await?;
    }
    let no = recoveries::act(tx, &actor, &found.recovery, kind, back, note).await?;
    if let Some(event) = recoveries::event_of(kind) {
        let run = runs::held(tx, &found.run).await?;
        let own = own_terms(tx, &run).await?;
        let parts = own.shares().split(Fen(back)).unwrap_or_default();
        let part = format!("{}/{no}", found.recovery);
        posts::post(tx, &run, &own, event, &part, parts.map(|part| part.0)).await?;
    }
    Ok(())
}

async fn page(ctx: &Ctx, found: Recovery, form: Form) -> Result<RecoveryPage, Failure> {
    let (store, role) = (&ctx.app.store, ctx.actor().role);
    let people = people::api::of_ids(store, &ctx.scope(), vec![found.key.id.clone()]).await?;
    let person = people.first();
    ctx.log_reads(&[Audit::new("person.read")
        .person(&found.key.shard, &found.key.id)
        .with("recovery", found.recovery.as_str())])
        .await?;
    let full = names(role);
    let who = person.map_or_else(
        || "（不在您的范围）".to_owned(),
        |person| {
            if full {
                person.name.clone()
            } else {
                ui::mask::name(&person.name)
            }
        },
    );
    let done = recoveries::done(store, &found.recovery).await?;
    Ok(RecoveryPage {
        shell: ctx
            .shell(format!("追缴 · {who}"))
            .crumb("补发追缴", "/recoveries"),
        form,
        action: format!("/recoveries/{}", found.recovery),
        who,
        person: if full {
            format!("/people/{}?tab=payments", found.key.id)
        } else {
            String::new()
        },
        programme: programme_zh(&programmes(ctx)?, &found.programme),
        money: yuan(found.fen),
        left: yuan(found.left()),
        instalment: found.month_fen.map(yuan).unwrap_or_default(),
        done: done
            .into_iter()
            .map(|one| (one.at.minute(), yuan(one.fen), one))
            .collect(),
        acts: acts(role, &found),
        recovery: found,
    })
}
