//! One admission: class and why, what is not known, level and care grade, the place in the order, what happened.

use crate::admission::model::{Admission, State};
use crate::admission::order;
use crate::admission::standing::{Standing, stand};
use crate::admission::terms::{Class, terms};
use crate::admission::{acts, book, look};
use crate::model::{ORIGINS, Request, zh};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Fact, Person, words};
use ui::Shell;

#[derive(Template)]
#[template(path = "pages/admissions/one.html")]
struct OnePage {
    shell: Shell,
    row: Admission,
    person: Person,
    area: String,
    dead: bool,
    standing: Standing,
    level: String,
    grade: &'static str,
    /// The class when the result came, where it is another now.
    then: &'static str,
    over: bool,
    place: Option<Place>,
    assessment: Option<Request>,
    words: book::Words,
    asked_by: String,
    withdrawn_by: String,
    may_ask_again: bool,
    may_withdraw: bool,
    confirm: &'static str,
}

/// The place in the order of a county.
pub(super) struct Place {
    /// Counted from 1.
    pub(super) at: usize,
    /// How many wait.
    pub(super) of: usize,
    /// The county.
    pub(super) county: String,
}

impl OnePage {
    fn origin(&self) -> &'static str {
        zh(ORIGINS, &self.row.origin)
    }

    /// The classes that decide: the certain one, and before it the one that may hold.
    fn classes(&self) -> Vec<&'static Class> {
        let mut classes: Vec<&Class> = self.standing.best().into_iter().collect();
        if !self.standing.is_certain() {
            classes.extend(self.standing.class());
        }
        classes
    }

    fn equal() -> &'static Class {
        &terms().equal
    }
}

/// Where somebody who is assessed stands in the order of their county; names of others are not read.
pub(super) async fn place(
    ctx: &Ctx,
    row: &Admission,
    person: &Person,
) -> Result<Option<Place>, Failure> {
    let areas = ctx.app.part::<AreaBook>()?;
    let Some((county, scope)) = order::county(&areas, person) else {
        return Ok(None);
    };
    if row.state != State::Assessed {
        return Ok(None);
    }
    let all = order::placed(&ctx.app.store, &scope, State::Assessed, ctx.today()).await?;
    let of = all.iter().filter(|one| one.place.is_some()).count();
    let found = all
        .into_iter()
        .find(|one| one.admission.admission == row.admission);
    Ok(found
        .and_then(|one| one.place)
        .map(|at| Place { at, of, county }))
}

/// `GET /assessments/admissions/{admission}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (row, person) = look::open(&ctx, &id).await?;
    look::log(&ctx, &row).await?;
    let (store, actor, today) = (&ctx.app.store, ctx.actor(), ctx.today());
    let areas = ctx.app.part::<AreaBook>()?;
    let assessment = match &row.assessment {
        Some(request) => crate::book::find(store, request).await?,
        None => None,
    };
    let standing = stand(&person.facts, today);
    let by = row.withdrawn_by.as_deref();
    let who = std::iter::once(row.asked_by.as_str()).chain(by);
    let names = org::api::Names::of(store, who).await?;
    let back = format!("/people/{}?tab=assessment", person.key.id);
    let title = format!("入住评估：{}", person.name);
    let shell = if actor.role == Role::Family {
        ctx.shell(title).crumb(person.name.clone(), back)
    } else {
        ctx.shell(title)
            .crumb("能力评估", "/assessments")
            .crumb("公办机构入住评估", "/assessments/admissions")
    };
    let over = row.is_over(today);
    let waits = assessment.as_ref().is_some_and(acts::is_open);
    let scheme = terms().scheme()?;
    Ok(ui::page_no_store(OnePage {
        shell,
        area: words::area(&areas, &person, Fact::RESIDENCE_AREA),
        dead: order::is_dead(&person),
        level: row
            .level
            .map_or_else(String::new, |level| scheme.level_name(level).to_owned()),
        grade: row.level.map_or("", |level| terms().grade(level)),
        then: row
            .class
            .as_deref()
            .filter(|class| row.state.is_open() && *class != standing.key())
            .map_or("", |class| terms().class_zh(class)),
        over,
        place: place(&ctx, &row, &person).await?,
        words: book::words(store, &id).await?,
        asked_by: names.name(&row.asked_by),
        withdrawn_by: by.map_or_else(String::new, |by| names.name(by)),
        may_ask_again: (over || (row.state == State::Asked && !waits))
            && Action::AskAssessment.allowed_to(actor.role),
        may_withdraw: look::may_withdraw(&ctx, &row),
        confirm: &terms().confirm,
        assessment,
        standing,
        row,
        person,
    }))
}
