//! Deciding many at once: picked or all of one body, with one reason; the work goes on in a job.

use super::{bodies, loaded};
use crate::bulk::{self, New};
use crate::delegation;
use crate::machine::State;
use crate::store::{self as rows, Asked};
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, Failure, Page};
use pay::api::office_zh;
use ui::{Choice, Field, Form, FormData, Shell};

/// The longest reason of a decision about many.
pub(super) const LONGEST: u32 = 200;

#[derive(Template)]
#[template(path = "pages/bulk.html")]
struct ConfirmPage {
    shell: Shell,
    form: Form,
    number: String,
    picked: Vec<String>,
    all: bool,
    offices: Vec<Choice>,
}

impl ConfirmPage {
    /// Whether the asker has to say for which body.
    fn several(&self) -> bool {
        self.offices.len() > 1 || self.form.errors.of("office").is_some()
    }

    fn office_field(&self) -> Field {
        let field = bodies::field("决定哪个单位的申请", self.offices.clone());
        self.form
            .field(field.hint("一次决定一个单位的，其余的留在名单里"))
    }

    fn act_field(&self) -> Field {
        let choices = vec![
            Choice::new("approve", "批准").hint("不再符合的、已在发放的会留下，说明原因"),
            Choice::new("refuse", "不予批准").hint("每一件都写上下面的原因，申请人可以申诉"),
        ];
        self.form
            .field(Field::radio("act", "怎么决定", choices).required())
    }

    fn reason_field(&self) -> Field {
        self.form.field(
            Field::lines("reason", "原因")
                .rows(2)
                .required()
                .hint("写进每一件的决定，例如：经审核公示无异议")
                .maxlength(LONGEST),
        )
    }
}

/// What waits for the decision of a body.
struct Waiting {
    office: String,
    codes: Vec<String>,
}

/// Of the asker's bodies, those that something waits for: all of it, or what was picked.
async fn waiting(ctx: &Ctx, own: &[String], picked: &[String]) -> Result<Vec<Waiting>, Failure> {
    let procedures = loaded(ctx).await?.procedures;
    // What a town decides for the county is left to it.
    let without = delegation::windows(&ctx.app.store, &procedures).await?;
    let mut out = Vec::new();
    for office in own {
        let asked = Asked {
            states: vec![State::Deciding],
            office: Some(office.clone()),
            without: without.clone(),
            ..Asked::default()
        };
        let mut codes = rows::codes(&ctx.app.store, &ctx.scope(), &asked, ctx.today()).await?;
        if !picked.is_empty() {
            codes.retain(|code| picked.contains(code));
        }
        if !codes.is_empty() {
            out.push(Waiting {
                office: office.clone(),
                codes,
            });
        }
    }
    Ok(out)
}

/// The page that asks for act and reason, and for the body where several have something waiting.
fn page(
    ctx: &Ctx,
    form: Form,
    waiting: &[Waiting],
    picked: Vec<String>,
) -> Result<ConfirmPage, Failure> {
    let areas = ctx.app.part::<AreaBook>()?;
    let number = |waiting: &Waiting| waiting.codes.len() as u64;
    let choice = |one: &Waiting| {
        let words = format!(
            "{}（{} 件）",
            office_zh(&areas, &one.office),
            ui::text::grouped(number(one))
        );
        Choice::new(one.office.clone(), words)
    };
    Ok(ConfirmPage {
        shell: ctx.shell("批量决定").crumb("申请审批", "/cases"),
        form,
        number: ui::text::grouped(waiting.iter().map(number).sum()),
        all: picked.is_empty(),
        picked,
        offices: waiting.iter().map(choice).collect(),
    })
}

/// `POST /cases/bulk`: first asks for act and reason, then begins.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let own = bodies::own(&ctx, "批量决定由县级民政部门办理。")?;
    let all = data.get("what") == "all";
    let mut picked: Vec<String> = data.all("case").map(str::to_owned).collect();
    if !all && picked.is_empty() {
        return Ok(ctx.redirect_with("/cases", "warn", "请先选中要决定的申请。"));
    }
    if all {
        picked.clear();
    }
    let waiting = waiting(&ctx, &own, &picked).await?;
    if waiting.is_empty() {
        return Ok(ctx.redirect_with("/cases", "warn", "选中的都已经决定，或者还没有到决定环节。"));
    }
    let offices: Vec<String> = waiting.iter().map(|one| one.office.clone()).collect();
    if !data.has("sure") {
        let last = bodies::last(&ctx, &own).await?;
        let first = offices.iter().find(|one| **one == last).or(offices.first());
        let form = Form::filled(first.map(|office| ("office", office.as_str())));
        return Ok(ui::page_no_store(page(&ctx, form, &waiting, picked)?));
    }
    let mut form = Form::from(data);
    let office = bodies::chosen(&mut form, &offices, "请选择决定哪个单位的申请");
    let act = form.one_of("act", &["approve", "refuse"], "请选择批准还是不予批准");
    let reason = form.required("reason", "请写明原因");
    form.within("reason", LONGEST);
    let (Some(office), Some(act), Some(reason), false) = (office, act, reason, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form, &waiting, picked)?));
    };
    let items = waiting
        .into_iter()
        .find(|one| one.office == office)
        .map_or_else(Vec::new, |one| one.codes);
    let mut tx = ctx.begin().await?;
    let new = New {
        act: &act,
        programme: "",
        office: &office,
        reason: &reason,
        since: false,
        items,
    };
    let id = bulk::create(&mut tx, new).await?;
    tx.commit().await?;
    Ok(ui::redirect(&format!("/cases/bulk/{id}")))
}
