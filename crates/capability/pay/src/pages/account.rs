//! The account a person is paid into: registered by town or county, confirmed by the person or the village.

use crate::accounts::{self, KINDS, New};
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::Audit;
use ui::{Choice, Field, Form, FormData, Shell};

/// Who confirmed: key and words.
const CONFIRMED: &[(&str, &str)] = &[
    ("person", "本人或监护人确认"),
    ("village", "村（社区）核对确认"),
];

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    shell: Shell,
    form: Form,
    action: String,
    back: String,
    who: String,
    now: String,
}

impl AccountPage {
    fn kind(&self) -> Field {
        let choices = KINDS
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form
            .field(Field::select("kind", "账户种类", choices).required())
    }

    fn number(&self) -> Field {
        self.form.field(
            Field::text("number", "卡号（账号）")
                .required()
                .inputmode("numeric")
                .autocomplete("off")
                .maxlength(40),
        )
    }

    fn bank(&self) -> Field {
        self.form
            .field(Field::text("bank", "开户行").required().maxlength(60))
    }

    fn holder(&self) -> Field {
        self.form.field(
            Field::text("holder", "户名")
                .hint("户名是本人的不用填；监护人、代领人、机构的写户名")
                .maxlength(60),
        )
    }

    fn confirmed(&self) -> Field {
        let choices = CONFIRMED
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form
            .field(Field::radio("confirmed", "由谁确认", choices).required())
    }
}

/// `GET /people/{id}/account`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::KeepAccount).await?;
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    let form = Form::filled([("kind", "social_card")]);
    Ok(ui::page_no_store(page(&ctx, &person, form).await?))
}

/// `POST /people/{id}/account`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = people::api::open(&ctx, &id, Action::KeepAccount).await?;
    let mut form = Form::from(data);
    let kinds: Vec<&str> = KINDS.iter().map(|(key, _)| *key).collect();
    let kind = form.one_of("kind", &kinds, "请选择账户种类");
    let number: Option<String> = form.required("number", "请填写卡号").map(|text| {
        text.chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .collect()
    });
    let bank = form.required("bank", "请填写开户行");
    let confirmed = form.one_of("confirmed", &["person", "village"], "请选择由谁确认");
    let holder = form.text("holder").filter(|holder| *holder != person.name);
    if let (Some(number), Some(kind)) = (&number, &kind)
        && let Some(problem) = accounts::number_problem(number, kind != "body")
    {
        form.errors.add("number", problem);
    }
    if kind
        .as_deref()
        .is_some_and(|kind| kind == "guardian" || kind == "body")
        && holder.is_none()
    {
        form.errors.add("holder", "不是本人的账户要写户名");
    }
    let (Some(kind), Some(number), Some(bank), Some(confirmed), false) =
        (kind, number, bank, confirmed, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, &person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        key: person.key.clone(),
        kind,
        bank,
        holder,
        number,
        confirmed,
    };
    accounts::set(&mut tx, &new).await?;
    tx.commit().await?;
    let back = format!("/people/{}?tab=payments", person.key.id);
    Ok(ctx.saved(&back, "卡号已登记，下一次报盘用新卡号。"))
}

async fn page(ctx: &Ctx, person: &Person, form: Form) -> Result<AccountPage, Failure> {
    let store = &ctx.app.store;
    let now = match accounts::of_person(store, &person.key).await?.first() {
        Some(account) => format!(
            "现在用的是{}，尾号 {}",
            accounts::kind_zh(&account.kind),
            account.tail(store)?
        ),
        None => "还没有登记卡号".to_owned(),
    };
    let back = format!("/people/{}?tab=payments", person.key.id);
    Ok(AccountPage {
        shell: ctx
            .shell("登记收款卡号")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back.clone()),
        form,
        action: format!("/people/{}/account", person.key.id),
        back,
        who: person.name.clone(),
        now,
    })
}
