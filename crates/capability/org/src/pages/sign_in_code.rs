//! `GET/POST /sign-in/code`: the second step of signing in, with a code of the phone or a recovery code.

use crate::attempts;
use crate::factor::{self, Tried};
use crate::layer::Waiting;
use crate::pages::local::local_path;
use crate::pages::sign_in::{answer, begin_as, next_of};
use crate::part::Org;
use crate::sessions;
use askama::Template;
use axum::extract::Extension;
use host::{Ctx, Page};
use store::Audit;
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/sign_in_code.html")]
struct CodePage {
    shell: Shell,
    form: Form,
    next: String,
    name: String,
}

impl CodePage {
    fn code(&self) -> Field {
        let field = Field::text("code", "动态码")
            .required()
            .autocomplete("one-time-code")
            .maxlength(16)
            .hint("手机验证器上的 6 位数字；手机不在身边时，填一个备用码");
        Field {
            error: self.form.errors.of("code").unwrap_or_default().to_owned(),
            ..field
        }
    }
}

fn page(ctx: &Ctx, waiting: &Waiting, form: Form, next: String) -> CodePage {
    CodePage {
        shell: ctx.shell("输入动态码"),
        form,
        next,
        name: waiting.0.actor.name.clone(),
    }
}

pub(crate) async fn get(ctx: Ctx, waiting: Option<Extension<Waiting>>) -> Page {
    let Some(Extension(waiting)) = waiting else {
        return Ok(ui::redirect("/sign-in"));
    };
    let query = ctx.path().split_once('?').map_or("", |(_, query)| query);
    let next = ui::list::query_pairs(query)
        .into_iter()
        .find(|(key, _)| key == "next")
        .and_then(|(_, value)| local_path(&value).map(str::to_owned))
        .unwrap_or_default();
    Ok(ui::page_no_store(page(
        &ctx,
        &waiting,
        Form::default(),
        next,
    )))
}

pub(crate) async fn post(ctx: Ctx, waiting: Option<Extension<Waiting>>, data: FormData) -> Page {
    let Some(Extension(waiting)) = waiting else {
        return Ok(ui::redirect("/sign-in"));
    };
    let org = ctx.app.part::<Org>()?;
    let next = next_of(&data);
    let mut form = Form::from(data);
    let Some(typed) = form.required("code", "请填写动态码") else {
        return Ok(ui::page_422(page(&ctx, &waiting, form, next)));
    };
    let actor = &waiting.0.actor;
    let mut tx = begin_as(&ctx, &actor.id, &actor.name, actor.role).await?;
    let tried = factor::attempt(&mut tx, &actor.id, &typed, &org.settings).await?;
    let by = match tried {
        Tried::Code => "code",
        Tried::Recovery => "recovery",
        Tried::Wrong => {
            tx.commit().await?;
            form.errors.add(
                "code",
                "动态码不对或已经用过。看一眼手机上最新的 6 位数字再输",
            );
            return Ok(ui::page_422(page(&ctx, &waiting, form, next)));
        }
        Tried::Locked(until) => {
            tx.commit().await?;
            let until = attempts::until_words(until, ctx.app.clock().now());
            form.errors
                .add("code", format!("输错次数过多，{until} 以后再试"));
            return Ok(ui::page_422(page(&ctx, &waiting, form, next)));
        }
    };
    sessions::end(&mut tx, &waiting.0.id).await?;
    let token = sessions::start(
        &mut tx,
        &actor.id,
        Some(sessions::BY_PASSWORD),
        &org.settings,
    )
    .await?;
    tx.audit(Audit::new("sign_in").subject(&actor.id).with("by", by));
    tx.commit().await?;
    org.cache().forget_account(&actor.id);
    Ok(answer(&next, actor.role, &token, &org.settings))
}
