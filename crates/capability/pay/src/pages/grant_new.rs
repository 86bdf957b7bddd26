//! 确认发放: an 应享未享 finding becomes a proposed grant, with the clause and every condition as they are now; a second
//! person of the county confirms it.

use super::{office_zh, yuan};
use crate::grants::{self, New};
use crate::judge_reasons;
use crate::terms;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use entitle::api::Finding;
use host::{Ctx, Failure, Page};
use kernel::Day;
use ledger::Month;
use people::api::Person;
use plan::api::PlanBook;
use store::{Audit, StoreError};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/grant_new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    action: String,
    back: String,
    who: String,
    programme: String,
    money: String,
    since: String,
    office: String,
    rule: String,
    clause: String,
    conditions: Vec<(String, bool)>,
    month: String,
}

impl NewPage {
    fn from(&self) -> Field {
        let choices = vec![
            Choice::new("month", format!("从{}起", self.month)).hint("本月这一批就发"),
            Choice::new("since", format!("从符合之日（{}）起", self.since))
                .hint("以前各月补发，与本月一起发"),
        ];
        self.form
            .field(Field::radio("from", "从什么时候起", choices).required())
    }

    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "说明")
                .rows(2)
                .hint("可不填，如申请日期、核实情况")
                .maxlength(200),
        )
    }
}

/// What a page and a write need.
struct Case {
    finding: Finding,
    person: Person,
    office: String,
}

async fn open(ctx: &Ctx, finding: &str) -> Result<Case, Failure> {
    let ids = [finding.to_owned()];
    let found = entitle::api::work::of_ids(&ctx.app.store, &ctx.scope(), &ids).await?;
    let finding = found
        .into_iter()
        .next()
        .ok_or_else(|| PageError::not_found().text("这条应享未享已经办结，或者不在您的范围。"))?;
    let person = people::api::open(ctx, &finding.key.id, Action::ReadPerson).await?;
    if finding.kind != "owed" {
        return Err(PageError::bad_request("只有应享未享的可以确认发放。").into());
    }
    let book = ctx.app.part::<AreaBook>()?;
    let office = person
        .subject()
        .hukou
        .and_then(|code| book.executor_of(&code).cloned());
    let office = office.ok_or_else(|| PageError::bad_request("户籍地不在本市，由户籍地发放。"))?;
    // The paying county decides: the basis area is 户籍.
    if !super::offices(ctx)?.contains(&office.key) {
        let ask = format!("{}民政局", office.name);
        return Err(PageError::refused(&ask)
            .text("由户籍地的县级民政部门确认发放。")
            .into());
    }
    Ok(Case {
        finding,
        person,
        office: office.key,
    })
}

/// `GET /grants/new/{finding}`
pub(crate) async fn get(ctx: Ctx, Path(finding): Path<String>) -> Page {
    let case = open(&ctx, &finding).await?;
    ctx.log_reads(&[Audit::new("person.read").person(&case.person.key.shard, &case.person.key.id)])
        .await?;
    let form = Form::filled([("from", "month")]);
    Ok(ui::page_no_store(page(&ctx, &case, form).await?))
}

/// `POST /grants/new/{finding}`
pub(crate) async fn post(ctx: Ctx, Path(finding): Path<String>, data: FormData) -> Page {
    let case = open(&ctx, &finding).await?;
    let mut form = Form::from(data);
    let from = form.one_of("from", &["month", "since"], "请选择从什么时候起发");
    let note = form.text("note").unwrap_or_default();
    let Some(from) = from else {
        return Ok(ui::page_422(page(&ctx, &case, form).await?));
    };
    let Some(fen) = case.finding.fen.filter(|fen| *fen > 0) else {
        form.errors
            .add_form("标准金额还没有确定，先在清单参数里登记标准，再确认发放。");
        return Ok(ui::page_422(page(&ctx, &case, form).await?));
    };
    let reasons = judge_reasons::of(&ctx, &case.person, &case.finding.programme)?;
    let mut told = serde_json::to_value(&reasons).unwrap_or_default();
    if let Some(told) = told.as_object_mut() {
        told.insert("note".to_owned(), note.into());
        told.insert("since".to_owned(), case.finding.since.to_string().into());
    }
    let subject = case.person.subject();
    let mut tx = ctx.begin().await?;
    let new = New {
        key: case.person.key.clone(),
        programme: case.finding.programme.clone(),
        office: case.office.clone(),
        area: subject.hukou,
        hukou: subject.hukou,
        residence: subject.residence,
        from: first_day(&from, case.finding.since, ctx.today()),
        fen,
        origin: "finding",
        reasons: told.to_string(),
        digest: reasons.digest.clone(),
        recorded: tx.at(),
    };
    let made = grants::propose(&mut tx, &ctx.actor(), &new).await;
    if matches!(made, Err(StoreError::Duplicate(_))) {
        tx.rollback().await?;
        form.errors
            .add_form("这个人的这项待遇已经在发放或正在确认，不用重复提出。");
        return Ok(ui::page_409(page(&ctx, &case, form).await?));
    }
    made?;
    tx.commit().await?;
    let back = format!("/people/{}?tab=payments", case.person.key.id);
    Ok(ctx.saved(&back, "已提出确认发放，等另一位同事确认。"))
}

/// The first day of the right: rules pay from the month after it, so «this month» begins on the last day before.
fn first_day(from: &str, since: Day, today: Day) -> Day {
    match from {
        "since" => since,
        _ => Month::of(today).first().plus_days(-1).max(since),
    }
}

async fn page(ctx: &Ctx, case: &Case, form: Form) -> Result<NewPage, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let reasons = judge_reasons::of(ctx, &case.person, &case.finding.programme)?;
    let loaded = terms::in_force(&ctx.app.store).await?;
    let own = loaded
        .as_ref()
        .and_then(|loaded| loaded.terms.of(&case.finding.programme));
    let rule = own.map_or_else(
        || "没有载入这个待遇的发放规则，暂时不能进批次".to_owned(),
        ledger::ProgrammeTerms::says,
    );
    let back = format!("/people/{}?tab=payments", case.person.key.id);
    Ok(NewPage {
        shell: ctx
            .shell("确认发放")
            .crumb("在享台账", "/grants")
            .crumb(case.person.name.clone(), back.clone()),
        form,
        action: format!("/grants/new/{}", case.finding.finding),
        back,
        who: case.person.name.clone(),
        programme: reasons.programme.clone(),
        money: case.finding.fen.map_or_else(|| "标准未定".to_owned(), yuan),
        since: case.finding.since.zh(),
        office: office_zh(&book, &case.office),
        rule,
        clause: reasons.clause.clone(),
        conditions: reasons
            .conditions
            .iter()
            .map(|one| (one.says.clone(), one.holds))
            .collect(),
        month: Month::of(ctx.today()).zh(),
    })
}

/// Whether the plan has the programme: pages that offer the door ask it.
pub(crate) fn known(book: &PlanBook, day: Day, programme: &str) -> bool {
    book.in_force(day).is_some_and(|published| {
        published
            .list
            .programmes()
            .iter()
            .any(|row| row.programme.id == programme && row.programme.is_ours())
    })
}
