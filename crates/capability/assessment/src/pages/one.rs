//! One assessment: where it stands, the result with every step explained, and what the reader may do now.

use super::{confirm, object, sign};
use crate::background;
use crate::book::{self, Objection};
use crate::facts;
use crate::look;
use crate::model::{KINDS, ORIGINS, Outcome, Request, State, TIES, zh};
use crate::sheet::Sheet;
use crate::whose;
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Page};
use people::api::{Fact, Person, words};
use ui::Shell;

/// A group of the scale with its score.
struct Part {
    name: String,
    score: String,
    items: Vec<(String, String, String)>,
}

/// What a result proposes.
struct Proposed {
    fact: String,
    zh: &'static str,
    state: String,
    owner: String,
    rule: String,
}

#[derive(Template)]
#[template(path = "pages/one.html")]
struct OnePage {
    shell: Shell,
    request: Request,
    person: Person,
    place: String,
    phone: String,
    body: String,
    assessors: Vec<String>,
    asked_by: String,
    says: Option<String>,
    result: Option<Outcome>,
    level: String,
    reasons: Vec<String>,
    parts: Vec<Part>,
    /// What was told besides the scores, by part of the annex.
    told: Vec<(&'static str, Vec<(&'static str, String)>)>,
    sendings: Vec<(i64, String, String)>,
    signed_by: String,
    confirmed_by: String,
    proposals: Vec<Proposed>,
    objections: Vec<(Objection, String)>,
    earlier: Option<(String, String)>,
    /// What a body is not shown without a 单独同意, in words.
    withheld: Option<&'static str>,
    to_confirm: Vec<&'static str>,
    ways: &'static [(&'static str, &'static str)],
    ties: &'static [(&'static str, &'static str)],
    county: bool,
    may_fill: bool,
    may_sign: bool,
    may_object: bool,
    may_withdraw: bool,
    shown: bool,
    /// The page of the person may be opened by the reader.
    linked: bool,
    /// It is the reader's because it was dispatched to them.
    work: bool,
}

impl OnePage {
    fn kind(&self) -> &'static str {
        zh(KINDS, &self.request.kind)
    }

    fn origin(&self) -> &'static str {
        zh(ORIGINS, &self.request.origin)
    }

    fn how(key: &str) -> &'static str {
        zh(confirm::WAYS, key)
    }

    fn objectionable(&self) -> bool {
        self.objections.iter().any(|(one, _)| one.state == "open")
    }
}

/// `GET /assessments/{request}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = look::open(&ctx, &id).await?;
    look::log(&ctx, &request).await?;
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let areas = ctx.app.part::<AreaBook>()?;
    let result = book::outcome(store, &id).await?;
    let sent = book::sent(store, &id).await?;
    let objections = book::objections(store, &id).await?;
    let mut who: Vec<&str> = request.assessors().collect();
    who.push(&request.asked_by);
    who.extend(sent.iter().map(|one| one.sent_by.as_str()));
    who.extend(objections.iter().map(|one| one.made_by.as_str()));
    for by in result
        .iter()
        .flat_map(|one| [&one.signed_by, &one.confirmed_by])
        .flatten()
    {
        who.push(by);
    }
    let names = org::api::Names::of(store, who).await?;
    let bodies = book::bodies(store).await?;
    let body = bodies
        .iter()
        .find(|body| Some(&body.body) == request.body.as_ref())
        .map_or_else(String::new, |body| body.name.clone());
    let work = look::by_assignment(actor.role);
    let phone = if work && request.state == State::Sent {
        people::api::open_secret(store, "phone", person.phone.as_ref())?.unwrap_or_default()
    } else {
        String::new()
    };
    // Families are told what was decided, not what is still being looked at.
    let family = actor.role == Role::Family;
    let shown = result.is_some() && (!family || request.state == State::Done);
    let scheme = request.scheme;
    let content = sent.last().and_then(|last| last.content.as_deref());
    let told = match content {
        Some(content) if shown => told(scheme, content),
        _ => Vec::new(),
    };
    let parts = match (&result, content) {
        (Some(outcome), Some(content)) if shown => parts(scheme, outcome, content),
        _ => Vec::new(),
    };
    let mut proposals = Vec::new();
    for (fact, state) in book::proposals(store, &id).await? {
        let Some(known) = rules::facts::find(&fact) else {
            continue;
        };
        let rule = match facts::from_level(&ctx, &fact)? {
            Some(level) => format!("本地口径：等级 {level} 及以上"),
            None => "认定口径待当地确认，由您按报告判断".to_owned(),
        };
        proposals.push(Proposed {
            zh: known.def().zh,
            owner: known.def().owner.join("、"),
            fact,
            state,
            rule,
        });
    }
    let earlier = match &request.of_request {
        Some(of) => book::outcome(store, of).await?.map(|earlier| {
            let level = scheme.level_name(earlier.level).to_owned();
            (format!("/assessments/{of}"), level)
        }),
        None => None,
    };
    // What another body found is shared with this one by a 单独同意 only.
    let shut = work
        && earlier.is_some()
        && privacy::api::may_use(store, &person.key, "health", ctx.today())
            .await?
            .is_err();
    let (earlier, withheld) = if shut {
        (None, Some("未取得单独同意，未提供：原结论"))
    } else {
        (earlier, None)
    };
    let county =
        Action::DispatchAssessment.allowed_to(actor.role) && whose::theirs(actor.role, scheme);
    let open = matches!(request.state, State::Asked | State::Sent);
    let back = format!("/people/{}?tab=assessment", person.key.id);
    let mut shell = ctx
        .shell(format!("评估：{}", person.name))
        .crumb("能力评估", "/assessments");
    if family {
        shell = ctx
            .shell(format!("评估：{}", person.name))
            .crumb(person.name.clone(), back);
    }
    Ok(ui::page_no_store(OnePage {
        shell,
        place: words::area(&areas, &person, Fact::RESIDENCE_AREA),
        phone,
        body,
        assessors: request.assessors().map(|one| names.name(one)).collect(),
        asked_by: names.name(&request.asked_by),
        says: book::says(store, &id).await?,
        level: result
            .as_ref()
            .map_or_else(String::new, |one| scheme.level_name(one.level).to_owned()),
        reasons: result.as_ref().map(Outcome::reasons).unwrap_or_default(),
        parts,
        told,
        sendings: sent
            .iter()
            .map(|one| (one.seq, names.name(&one.sent_by), one.sent_at.minute()))
            .collect(),
        signed_by: result
            .as_ref()
            .and_then(|one| one.signed_by.as_deref())
            .map_or_else(String::new, |by| names.name(by)),
        confirmed_by: result
            .as_ref()
            .and_then(|one| one.confirmed_by.as_deref())
            .map_or_else(String::new, |by| names.name(by)),
        proposals,
        objections: objections
            .into_iter()
            .map(|one| {
                let by = names.name(&one.made_by);
                (one, by)
            })
            .collect(),
        earlier,
        withheld,
        to_confirm: scheme.to_confirm(),
        ways: confirm::WAYS,
        ties: TIES,
        county,
        may_fill: request.state == State::Sent && request.is_assessed_by(&actor.id),
        may_sign: sign::may_sign(&ctx, &request).await?,
        may_object: object::may_object(&ctx, &request, result.as_ref()),
        may_withdraw: open && (county || request.asked_by == actor.id),
        shown,
        linked: Action::ReadPerson.allowed_to(actor.role),
        work,
        result,
        request,
        person,
    }))
}

/// What was told besides the scores, by part.
fn told(
    scheme: &assess::Scheme,
    content: &str,
) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let sheet = Sheet::of_json(scheme, content);
    background::parts(scheme)
        .iter()
        .map(|part| (part.name, background::told(part, &sheet.background)))
        .filter(|(_, told)| !told.is_empty())
        .collect()
}

/// Scores by group with the wording of what was chosen.
fn parts(scheme: &assess::Scheme, outcome: &Outcome, content: &str) -> Vec<Part> {
    let sheet = Sheet::of_json(scheme, content);
    let scores = outcome
        .outcome
        .as_ref()
        .and_then(|all| all.get("first_level"));
    scheme
        .groups
        .iter()
        .map(|group| {
            let score = scores.and_then(|scores| scores.get(&group.id)?.as_i64());
            Part {
                name: format!("{} {}", group.id, group.name),
                score: score.map_or_else(String::new, |n| format!("{n} / {}", group.most())),
                items: group
                    .items
                    .iter()
                    .filter_map(|item| {
                        let points = sheet.answers.points(&item.id)?;
                        Some((
                            format!("{} {}", item.id, item.name),
                            points.to_string(),
                            item.says(points).unwrap_or_default().to_owned(),
                        ))
                    })
                    .collect(),
            }
        })
        .collect()
}
