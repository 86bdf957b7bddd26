//! One case: who owes, what was done, what comes next.

use super::{choices, open};
use crate::book;
use crate::model::{Act, Case, Holder, KINDS, OUTCOMES, RESULTS, STANDS, WAYS, zh};
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::Audit;
use ui::{Field, Form, Shell};

#[derive(Template)]
#[template(path = "pages/one.html")]
struct OnePage {
    shell: Shell,
    form: Form,
    case: Case,
    name: String,
    kind: &'static str,
    outcome: &'static str,
    due: bool,
    may: bool,
    holders: Vec<(Holder, &'static str)>,
    acts: Vec<(Act, &'static str, &'static str)>,
    today: String,
    next: String,
}

impl OnePage {
    fn way(&self) -> Field {
        self.form.field(
            Field::select("way", "做了什么", choices(WAYS))
                .blank("请选择")
                .required(),
        )
    }

    fn result(&self) -> Field {
        self.form
            .field(Field::radio("result", "结果", choices(RESULTS)).required())
    }

    fn day(&self) -> Field {
        self.form.field(
            Field::date("day", "哪天")
                .value(self.today.clone())
                .required(),
        )
    }

    fn says(&self) -> Field {
        self.form
            .field(Field::lines("says", "经过").rows(2).maxlength(500))
    }

    fn next(&self) -> Field {
        self.form.field(
            Field::date("next", "下次回访")
                .value(self.next.clone())
                .required(),
        )
    }

    fn name(&self) -> Field {
        self.form
            .field(Field::text("name", "责任人姓名").maxlength(40).required())
    }

    fn relation(&self) -> Field {
        self.form.field(
            Field::text("relation", "与本人关系")
                .maxlength(20)
                .required(),
        )
    }

    fn stands(&self) -> Field {
        self.form
            .field(Field::radio("stands", "现在怎样", choices(STANDS)).required())
    }

    fn phone(&self) -> Field {
        self.form.field(Field::phone("phone", "电话"))
    }

    fn outcome(&self) -> Field {
        self.form
            .field(Field::radio("outcome", "办结的结果", choices(OUTCOMES)).required())
    }
}

/// `GET /duties/{code}`
pub(crate) async fn get(ctx: Ctx, Path(code): Path<String>) -> Page {
    let (case, person) = open(&ctx, &code, Action::ReadPerson).await?;
    ctx.log_reads(&[Audit::new("duty.read").person(&person.key.shard, &person.key.id)])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, case, &person, Form::default()).await?,
    ))
}

/// The page, with a form that was refused.
pub(super) async fn page(
    ctx: &Ctx,
    case: Case,
    person: &Person,
    form: Form,
) -> Result<impl Template + use<>, Failure> {
    let store = &ctx.app.store;
    let may = Action::ReportEvent.allowed_to(ctx.actor().role);
    let holders = book::holders(store, &case.code)
        .await?
        .into_iter()
        .map(|one| {
            let words = zh(STANDS, &one.stands);
            (one, words)
        })
        .collect();
    let acts = book::acts(store, &case.code)
        .await?
        .into_iter()
        .map(|one| {
            let words = (zh(WAYS, &one.way), zh(RESULTS, &one.result));
            (one, words.0, words.1)
        })
        .collect();
    let today = ctx.today();
    Ok(OnePage {
        shell: ctx
            .shell(format!("督促{}", zh(KINDS, &case.kind)))
            .crumb("赡养抚养督促", "/duties"),
        form,
        name: person.name.clone(),
        kind: zh(KINDS, &case.kind),
        outcome: case.outcome.as_deref().map_or("", |key| zh(OUTCOMES, key)),
        due: case.open && case.next <= today,
        may: may && case.open,
        holders,
        acts,
        today: today.to_string(),
        next: today.plus_days(14).to_string(),
        case,
    })
}
