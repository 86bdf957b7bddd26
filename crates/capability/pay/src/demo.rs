//! The demo's money: grants from its rolls, cards that are visibly made up, budgets, a month that was paid, and a month
//! that is being worked on, with doubts to settle. Everything goes the way of the offices, by made-up officers.

mod lives;
mod twice;

use crate::accounts::{self, New as Card};
use crate::answers::{self, Upload};
use crate::bankfile::{self, Names};
use crate::pace::Pace;
use crate::pages::{areas_of, office_zh, payer};
use crate::runs::{self, New, Step};
use crate::seal::BankSeal;
use crate::{adopt, approve, doubts, draft, judge_reasons, steps, terms};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use files::Files;
use host::{App, PersonKey};
use kernel::{Fen, Instant};
use ledger::bank::{Head, Layout, Line, Outcome, made_answer};
use ledger::{Month, ProgrammeTerms};
use people::api::Person;
use plan::api::PlanBook;
use store::{Reads, Store, StoreError, StoreResult, values};

/// What the demo wants.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The text of the terms.
    pub terms: String,
    /// The month that is being worked on; the one before was paid.
    pub month: Month,
    /// The office whose month is open, and the account name of its handler.
    pub open: (String, Actor),
}

/// A made-up officer.
fn officer(n: usize, role: Role) -> Actor {
    let name = ["演示经办", "演示复核", "演示领导", "演示财政", "演示银行"];
    Actor {
        id: format!("system:demo-{n}"),
        name: name.get(n).copied().unwrap_or("演示").to_owned(),
        role,
        scope: Scope::Everywhere,
        scope_name: String::new(),
    }
}

/// Loads the terms and takes over everybody who was in payment in the month before; gives how many.
pub async fn grants(
    store: &Store,
    areas: &AreaBook,
    plans: &PlanBook,
    text: &str,
    month: Month,
) -> StoreResult<usize> {
    let Some(list) = plans.in_force(store.clock().today()) else {
        return Ok(0);
    };
    let system = Actor::system("demo");
    let mut tx = store.begin(&system, None).await?;
    let loaded = terms::load(&mut tx, text).await?;
    let number = loaded.map_err(|problems| StoreError::Other(problems.join("; ")))?;
    tx.commit().await?;
    let own = terms::of(store, number).await?;
    let (mut people, day) = (0, month.plus(-1).first());
    for programme in &own.terms.programmes {
        people += adopt::roll(store, areas, &system, &programme.id, &list.digest, day).await?;
    }
    Ok(people)
}

/// Fills the money of a demo; gives how many grants there are.
pub async fn make(app: &App, demo: &Demo) -> StoreResult<usize> {
    let store = &app.store;
    let (plans, areas) = (app.part::<PlanBook>()?, app.part::<AreaBook>()?);
    let Some(list) = plans.in_force(store.clock().today()) else {
        return Ok(0);
    };
    let system = Actor::system("demo");
    let people = grants(store, &areas, &plans, &demo.terms, demo.month).await?;
    let Some(own) = terms::in_force(store).await? else {
        return Ok(people);
    };
    let number = own.no;
    cards(store, &system, &demo.open.1.name).await?;
    lives::fill(store, &system, demo.month).await?;
    budgets(store, &areas, &system, demo).await?;
    for programme in &own.terms.programmes {
        for executor in areas.executors() {
            let shards = crate::grants::shards(store, &executor.key, &programme.id).await?;
            if shards.is_empty() {
                continue;
            }
            let before = demo.month.plus(-1);
            let known = Instant::at(
                before.first().plus_days(programme.freeze_day - 1),
                18 * 3600,
            );
            let run = begin(
                store,
                &list.digest,
                number,
                programme,
                &executor.key,
                before,
                known,
                &officer(0, Role::CountyCivil),
            )
            .await?;
            past(app, &run, programme, own.terms.layout(&programme.layout)).await?;
        }
    }
    if let Some(senior) = own.terms.programmes.first() {
        let now = store.clock().now();
        let (office, maker) = &demo.open;
        begin_open(
            app,
            &list.digest,
            number,
            senior,
            office,
            demo.month,
            now,
            maker,
        )
        .await?;
    }
    twice::plant(app, demo, &list, &own).await?;
    Ok(people)
}

#[expect(clippy::too_many_arguments, reason = "all that a batch says")]
async fn begin(
    store: &Store,
    list: &str,
    terms: i64,
    programme: &ProgrammeTerms,
    office: &str,
    month: Month,
    known: Instant,
    maker: &Actor,
) -> StoreResult<String> {
    let mut tx = store.begin(maker, None).await?;
    let new = New {
        office,
        programme: &programme.id,
        month,
        terms,
        list,
        known,
        again: false,
    };
    let run = runs::create(&mut tx, maker, &new).await?;
    tx.commit().await?;
    Ok(run)
}

#[expect(clippy::too_many_arguments, reason = "as `begin`")]
async fn begin_open(
    app: &App,
    list: &str,
    terms: i64,
    programme: &ProgrammeTerms,
    office: &str,
    month: Month,
    known: Instant,
    maker: &Actor,
) -> StoreResult<()> {
    let run = begin(
        &app.store, list, terms, programme, office, month, known, maker,
    )
    .await?;
    let plans = app.part::<PlanBook>()?;
    draft::draw(&app.store, &plans, maker, &run, &Pace::default()).await
}

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

/// A batch that was paid: drawn, its doubts settled, signed, sent, answered; closed where nothing came back.
async fn past(
    app: &App,
    run: &str,
    programme: &ProgrammeTerms,
    layout: Option<&Layout>,
) -> StoreResult<()> {
    let (store, plans) = (&app.store, app.part::<PlanBook>()?);
    let (areas, files) = (app.part::<AreaBook>()?, app.part::<Files>()?);
    let maker = officer(0, Role::CountyCivil);
    let Some(finance) = signed(app, run).await? else {
        return Ok(());
    };
    let Some(layout) = layout else { return Ok(()) };
    let held = runs::find(store, run).await?;
    let Some(held) = held else { return Ok(()) };
    let names = Names {
        payer: payer(&areas, &held.office),
        programme: programme_name(&plans, store, &programme.id),
        areas: areas_of(&areas, &held.office),
        seal: BankSeal::default(),
    };
    let made = bankfile::make(store, &files, &finance, run, &names, &Pace::default()).await?;
    if made.is_err() {
        return Ok(());
    }
    let bytes = answer(store, run, layout, &names).await?;
    let upload = Upload {
        name: format!("回盘-{}.{}", held.batch, layout.ending()),
        bytes,
        areas: names.areas.clone(),
        payer: names.payer.clone(),
    };
    let taken = answers::take(app, &files, &officer(4, Role::Bank), run, upload).await?;
    match taken {
        Ok(done) if done.failed == 0 => {
            if let Err(refusal) = answers::close(app, &maker, run, "").await? {
                return Err(StoreError::Other(format!(
                    "a demo batch did not close: {refusal:?}"
                )));
            }
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(refused) => Err(StoreError::Other(format!("a demo answer: {refused:?}"))),
    }
}

/// Draws a batch and takes it through all hands; finance, unless a hand refuses.
async fn signed(app: &App, run: &str) -> StoreResult<Option<Actor>> {
    let (store, plans) = (&app.store, app.part::<PlanBook>()?);
    let maker = officer(0, Role::CountyCivil);
    draft::draw(store, &plans, &maker, run, &Pace::default()).await?;
    loop {
        let open = doubts::list(store, run, 0, 200).await?;
        let mut tx = store.begin(&maker, None).await?;
        let held = runs::held(&tx, run).await?;
        let mut settled = 0;
        for doubt in open.iter().filter(|doubt| doubt.state == "open") {
            let pay = doubt.kind != "no_account";
            let reason = if pay {
                "已电话核实，照发"
            } else {
                "卡号正在补登，下月补发"
            };
            doubts::settle(&mut tx, &maker, &held, doubt, pay, reason).await?;
            settled += 1;
        }
        if settled == 0 {
            tx.rollback().await?;
            break;
        }
        tx.commit().await?;
    }
    for (who, step) in [
        (officer(0, Role::CountyCivil), Step::Check),
        (officer(1, Role::CountyCivil), Step::Review),
        (officer(2, Role::Leader), Step::Lead),
    ] {
        let mut tx = store.begin(&who, None).await?;
        let taken = steps::sign(&mut tx, &who, run, step, "同意").await?;
        if taken.is_err() {
            tx.rollback().await?;
            return Ok(None);
        }
        tx.commit().await?;
    }
    let finance = officer(3, Role::Finance);
    let mut tx = store.begin(&finance, None).await?;
    if approve::approve(&mut tx, &finance, run, "同意")
        .await?
        .is_err()
    {
        tx.rollback().await?;
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(finance))
}

fn programme_name(plans: &PlanBook, store: &Store, id: &str) -> String {
    plans
        .in_force(store.clock().today())
        .and_then(|published| {
            let rows = published.list.programmes().iter();
            let mut found = rows.filter(|row| row.programme.id == id);
            found.next().map(|row| row.programme.name.clone())
        })
        .unwrap_or_else(|| id.to_owned())
}

/// The bank's answer: one in forty comes back, each reason in turn.
async fn answer(store: &Store, run: &str, layout: &Layout, names: &Names) -> StoreResult<Vec<u8>> {
    let row = runs::find(store, run)
        .await?
        .ok_or_else(|| StoreError::Other(format!("pay_run lacks {run}")))?;
    let code = |outcome: Outcome| {
        let known = layout.codes.iter().find(|code| code.outcome == outcome);
        known.map(|code| code.code.clone()).unwrap_or_default()
    };
    let (mut lines, mut after) = (Vec::new(), 0);
    loop {
        let rows = bankfile::with_bank(store, run, after, 2_000).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for sent in rows {
            let outcome = match (sent.seq % 40, sent.seq / 40 % 4) {
                (39, place) => Outcome::FAILED
                    .get(place as usize)
                    .copied()
                    .unwrap_or(Outcome::Other),
                _ => Outcome::Paid,
            };
            lines.push(Line {
                no: sent.seq.unsigned_abs(),
                account: store.keys().open(bankfile::ACCOUNT, &sent.number)?,
                fen: Fen(sent.fen),
                result: code(outcome),
                reason: outcome.zh().to_owned(),
                ..Line::default()
            });
        }
    }
    let head = Head {
        batch: row.batch,
        programme: names.programme.clone(),
        month: row.month,
        payer: names.payer.clone(),
        date: store.clock().today(),
        count: lines.len() as u64,
        total: Fen(lines.iter().map(|line| line.fen.0).sum()),
    };
    made_answer(layout, head, &lines).map_err(|error| StoreError::Other(error.to_string()))
}

/// A card number that is visibly made up: 999999 is nobody's, the check digit is right.
fn number(n: usize) -> String {
    let body = format!("999999{n:012}");
    (0..10)
        .map(|digit| format!("{body}{digit}"))
        .find(|number| accounts::number_problem(number, true).is_none())
        .unwrap_or_default()
}

/// A card for everybody who is granted something, but one in sixty; in each shard the first three share one, and the
/// fourth is paid into the handler's.
async fn cards(store: &Store, system: &Actor, handler: &str) -> StoreResult<()> {
    let mut n = 0;
    for shard in people::api::shards(store).await? {
        let (mut after, mut place) = (String::new(), 0_usize);
        loop {
            let sql = "SELECT DISTINCT g.id FROM pay_grant g WHERE g.shard = $1 AND g.id > $2 ORDER BY g.id LIMIT 2000";
            let rows = store
                .all(sql, values![shard.as_str(), after.as_str()])
                .await?;
            let mut new = Vec::with_capacity(rows.len());
            for row in &rows {
                after = row.text("id")?;
                n += 1;
                place += 1;
                if place % 60 == 0 {
                    continue;
                }
                let card = match place {
                    2 | 3 => n - (place - 1),
                    _ => n,
                };
                new.push(Card {
                    key: PersonKey {
                        shard: shard.clone(),
                        id: after.clone(),
                    },
                    kind: if place == 4 {
                        "guardian"
                    } else {
                        "social_card"
                    }
                    .to_owned(),
                    bank: "演示农村商业银行".to_owned(),
                    holder: (place == 4).then(|| handler.to_owned()),
                    number: number(card),
                    confirmed: "village".to_owned(),
                });
            }
            let more = rows.len() == 2_000;
            let mut tx = store.begin(system, None).await?;
            accounts::insert(&mut tx, &new, 1).await?;
            tx.audit(store::Audit::new("demo.accounts").with("people", new.len() as i64));
            tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

/// Budgets of the year: thirteen months of what is granted; the open office's is too small by half a month.
async fn budgets(store: &Store, areas: &AreaBook, system: &Actor, demo: &Demo) -> StoreResult<()> {
    let sql = "SELECT office, programme, CAST(sum(fen) AS BIGINT) AS fen FROM pay_grant WHERE state = 'active' \
         GROUP BY office, programme ORDER BY office, programme";
    let rows = store.all(sql, vec![]).await?;
    let mut tx = store.begin(system, None).await?;
    let mut new = Vec::new();
    for row in &rows {
        let (office, programme, fen) =
            (row.text("office")?, row.text("programme")?, row.int("fen")?);
        let short = office == demo.open.0 && programme == "senior_allowance";
        let budget = if short { fen * 3 / 2 } else { fen * 13 };
        let document = format!(
            "{}{}年预算（演示值）",
            office_zh(areas, &office),
            demo.month.year()
        );
        new.push((office, programme, budget / 100 * 100, document));
    }
    for (office, programme, fen, document) in new {
        let new = crate::budgets::New {
            office: &office,
            programme: &programme,
            year: demo.month.year(),
            level: None,
            kind: "first",
            fen: fen.max(100),
            document: &document,
        };
        crate::budgets::enter(&mut tx, &new).await?;
    }
    tx.audit(store::Audit::new("demo.budgets"));
    tx.commit().await
}
