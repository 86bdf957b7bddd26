//! `laoyou assess …`: scales and scores, without a database; and the assessments of a demo city.

use crate::fault::{Fault, Outcome};
use crate::{compose, out};
use area::api::AreaBook;
use assess::{Answers, Scheme};
use authz::{Actor, Scope};
use people::api::{Filter, Person};
use rules::facts::{Value, find};
use std::path::Path;
use store::Store;

/// Scores a document of answers and prints the level with its reasons.
pub fn score(scheme: &str, input: &Path, json: bool) -> Outcome<()> {
    let scheme = by_id(scheme)?;
    if !scheme.is_scored() {
        return Err(Fault::new(format!(
            "量表「{}」只登记旧结论，不再评分",
            scheme.id
        )));
    }
    let text = std::fs::read_to_string(input)
        .map_err(|error| Fault::new(format!("{}：读不出来（{error}）", input.display())))?;
    let wrong = |complaints: Vec<String>| {
        Fault::new(format!("{}：\n{}", input.display(), complaints.join("\n")))
    };
    let answers = Answers::whole(scheme, &text).map_err(wrong)?;
    let outcome = scheme
        .score(&answers)
        .map_err(|refused| Fault::new(refused.to_string()))?;
    if json {
        let shown = serde_json::to_string_pretty(&outcome.to_json())
            .map_err(|error| Fault::new(error.to_string()))?;
        out::line(shown);
        return Ok(());
    }
    out::line(format!("{}（{}）", scheme.name, scheme.document));
    for reason in &outcome.reasons {
        out::line(format!("  {reason}"));
    }
    for note in scheme.to_confirm() {
        out::line(format!("  待确认：{note}"));
    }
    Ok(())
}

/// Lists the scales; with a file, checks it as a scale.
pub fn schemes(file: Option<&Path>) -> Outcome<()> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Fault::new(format!("{}：读不出来（{error}）", file.display())))?;
        let scheme = Scheme::parse(&text).map_err(|problems| {
            Fault::new(format!("{}：\n{}", file.display(), problems.join("\n")))
        })?;
        out::line(format!(
            "量表「{}」没有问题，{} 项",
            scheme.id,
            scheme.items().count()
        ));
        return Ok(());
    }
    for scheme in assess::all() {
        let scored = if scheme.is_scored() {
            format!("{} 项", scheme.items().count())
        } else {
            "只登记旧结论".to_owned()
        };
        out::line(format!(
            "{:<18} {} {}（{}，{scored}，待确认 {} 处）",
            scheme.id,
            scheme.version,
            scheme.name,
            scheme.document,
            scheme.to_confirm().len()
        ));
    }
    Ok(())
}

fn by_id(id: &str) -> Outcome<&'static Scheme> {
    assess::by_id(id).ok_or_else(|| {
        let known: Vec<&str> = assess::all().iter().map(|one| one.id.as_str()).collect();
        Fault::new(format!("没有量表「{id}」，有 {}", known.join("、")))
    })
}

/// Elders of the demo are assessed from this age on.
const ASSESSED_FROM: i32 = 65;
/// How many people are looked at for some whose level is known.
const LOOKED_AT: i64 = 2000;

/// Somebody of a demo, with their level.
type Known = (Person, usize);

fn says(person: &Person, fact: &str) -> Option<bool> {
    match person.facts.get(find(fact)?) {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    }
}

fn is_tekun((person, _): &Known) -> bool {
    says(person, "tekun") == Some(true)
}

/// How they live is not known, and nothing else settles their class.
fn is_open((person, level): &Known) -> bool {
    let living = find("living").and_then(|fact| person.facts.get(fact));
    let no = |fact| says(person, fact) == Some(false);
    living.is_none() && *level < 3 && no("tekun") && no("dibao") && no("low_income")
}

/// The assessments of a demo city: in the county of the first county account, so that no answer of anybody changes.
pub async fn demo(store: &Store, files: &Path) -> Outcome<()> {
    let accounts = org::api::accounts(store).await?;
    let book = AreaBook::load(store).await?;
    let today = store.clock().today();
    let of = |login: &str| {
        let found = accounts.iter().find(|account| account.login == login);
        found.map(|account| account.actor(&book, today))
    };
    let logins = ["16-assessor", "32-assessor", "33-assessor", "34-assessor"];
    let assessors: Vec<Actor> = logins
        .iter()
        .filter_map(|login| of(&format!("demo-{login}")))
        .collect();
    let (Some(officer), Some(one), Some(other), Ok(assessors)) = (
        of("demo-03-county"),
        of("demo-17-body"),
        of("demo-35-body"),
        <[Actor; 4]>::try_from(assessors),
    ) else {
        return Ok(());
    };
    let Scope::Areas(areas) = &officer.scope else {
        return Ok(());
    };
    let Some(area) = areas.first().copied() else {
        return Ok(());
    };
    let Some(level) = find("ability_level") else {
        return Ok(());
    };
    let filter = Filter {
        born_until: Some(today.plus_years(-ASSESSED_FROM)),
        most: LOOKED_AT,
        ..Filter::default()
    };
    let people = people::api::by_key(store, &Scope::Areas(vec![area]), &filter, None).await?;
    // Confirmed results only of those whose level is known; the others wait on the way there.
    let (mut waiting, mut known) = (Vec::new(), Vec::new());
    for person in people {
        match person.facts.get(level) {
            Some(Value::Int(level)) => {
                known.extend(usize::try_from(*level).ok().map(|level| (person, level)));
            }
            _ => waiting.push((person, 2)),
        }
    }
    waiting.truncate(6);
    // First somebody 特困 and somebody whose class turns on a fact that nobody knows: these two wish to enter a public home.
    for (place, wanted) in [is_tekun, is_open].into_iter().enumerate() {
        let found = known.iter().skip(place).position(wanted);
        if let Some(found) = found {
            known.swap(place, place + found);
        }
    }
    let people = waiting
        .into_iter()
        .chain(known.into_iter().take(3))
        .collect();
    let app = compose::app(
        store.clone(),
        org::api::OrgSettings::default(),
        files::Files::new(files, 200 * 1024 * 1024),
    )
    .await?;
    let ask = assessment::api::Demo {
        officer,
        area,
        bodies: [one.id, other.id],
        assessors,
        people,
    };
    let made = assessment::api::demo(&app, &ask).await?;
    out::progress(format!("  能力评估 {made} 件"));
    Ok(())
}
