//! The demo's vouchers: people who are granted a programme that is paid in them, and its batch of a month.

use super::{begin, officer, signed};
use crate::{judge_reasons, terms};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use host::App;
use ledger::Month;
use people::api::Person;
use plan::api::PlanBook;
use store::StoreResult;

/// People who are granted a programme that is paid in vouchers, and its batch of a month, approved; the batch, and whoever
/// gives it out. `None` where nobody may be granted it.
pub async fn vouchers(
    app: &App,
    office: &str,
    (programme, fen): (&str, i64),
    people: i64,
    month: Month,
) -> StoreResult<Option<(String, Actor)>> {
    let (store, plans) = (&app.store, app.part::<PlanBook>()?);
    let (areas, system) = (app.part::<AreaBook>()?, Actor::system("demo"));
    let today = store.clock().today();
    let (list, own) = (plans.in_force(today), terms::in_force(store).await?);
    let (Some(list), Some(own)) = (list, own) else {
        return Ok(None);
    };
    let Some(terms) = own.terms.of(programme) else {
        return Ok(None);
    };
    let scope = Scope::Areas(areas.executor_scope(office));
    let filter = people::api::Filter {
        group: Some(people::api::Group::Dibao),
        born_until: Some(today.plus_years(-60)),
        most: people,
        ..people::api::Filter::default()
    };
    // Whoever the list gives it to, with the reasons it has.
    let found: Vec<(Person, String)> = people::api::list(store, &scope, &filter)
        .await?
        .into_iter()
        .filter(|person| {
            let home = person.subject().residence;
            home.is_some_and(|home| {
                areas
                    .executor_of(&home)
                    .is_some_and(|one| one.key == office)
            })
        })
        .filter_map(|person| {
            let (reasons, _) = judge_reasons::on(&list, &person, programme, today).ok()?;
            let reasons = serde_json::to_string(&reasons).ok()?;
            Some((person, reasons))
        })
        .collect();
    if found.is_empty() {
        return Ok(None);
    }
    let mut tx = store.begin(&system, None).await?;
    let recorded = tx.at();
    let new = found
        .iter()
        .map(|(person, reasons)| {
            let subject = person.subject();
            crate::grants::New {
                key: person.key.clone(),
                programme: programme.to_owned(),
                office: office.to_owned(),
                area: subject.residence,
                hukou: subject.hukou,
                residence: subject.residence,
                from: month.plus(-1).first(),
                fen,
                origin: "finding",
                reasons: reasons.clone(),
                digest: list.digest.clone(),
                recorded,
            }
        })
        .collect();
    crate::grants::adopt(&mut tx, new).await?;
    tx.commit().await?;
    let (maker, now) = (officer(0, Role::CountyCivil), store.clock().now());
    let run = begin(
        store,
        &list.digest,
        own.no,
        terms,
        office,
        month,
        now,
        &maker,
    )
    .await?;
    Ok(signed(app, &run).await?.map(|finance| (run, finance)))
}
