//! The demo's money: grants from its rolls, cards that are visibly made up, budgets, a month that was paid, and a month
//! that is being worked on, with doubts to settle. Everything goes the way of the offices, by made-up officers.

mod cards;
mod lives;
mod twice;
mod vouchers;

pub use vouchers::vouchers;

use crate::answers::{self, Upload};
use crate::bankfile::{self, Names};
use crate::pace::Pace;
use crate::pages::{areas_of, payer};
use crate::runs::{self, New, Step};
use crate::seal::BankSeal;
use crate::{adopt, approve, doubts, draft, steps, terms};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use files::Files;
use host::App;
use kernel::{Fen, Instant};
use ledger::bank::{Head, Layout, Line, Outcome, made_answer};
use ledger::{Month, ProgrammeTerms};
use plan::api::PlanBook;
use store::{Store, StoreError, StoreResult};

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
    cards::cards(store, &system, &demo.open.1.name).await?;
    lives::fill(store, &system, demo.month).await?;
    cards::budgets(store, &areas, &system, demo).await?;
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
        let stretch = bankfile::with_bank(store, run, after, 2_000).await?;
        let Some(stretch) = stretch else { break };
        after = stretch.last;
        for sent in stretch.sent {
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
