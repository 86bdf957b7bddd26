//! The demo's vouchers: a county gives meal vouchers to some of those who are owed them; an institution has taken a few.

use crate::issue;
use crate::model::{self, Place};
use crate::spend::{self, Asked};
use authz::{Actor, Role, Scope};
use host::App;
use ledger::Month;
use store::{Audit, Reads, StoreResult, values};

/// What the demo wants.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The office that gives out.
    pub office: String,
    /// What it is called.
    pub office_name: String,
    /// The account of the institution.
    pub account: String,
    /// The programme, and the yuan of a month in fen.
    pub programme: (String, i64),
    /// How many people.
    pub people: i64,
    /// For which month.
    pub month: Month,
}

/// Gives out and takes some; how many vouchers there are.
pub async fn make(app: &App, demo: &Demo) -> StoreResult<usize> {
    let (programme, fen) = &demo.programme;
    let given = pay::api::demo_vouchers(
        app,
        &demo.office,
        (programme, *fen),
        demo.people,
        demo.month,
    )
    .await?;
    let Some((run, finance)) = given else {
        return Ok(0);
    };
    let payer = format!("{}财政局", demo.office_name);
    let words = pay::api::message_words(app, programme, app.store.clock().today())?;
    let words = format!("{}{words}", demo.month.zh());
    let issued = issue::issue(app, &finance, &run, &payer, &words).await?;
    let Ok(count) = issued else { return Ok(0) };
    let place = place(app, demo).await?;
    let store = &app.store;
    let taker = Actor {
        id: demo.account.clone(),
        name: place.name.clone(),
        role: Role::Provider,
        scope: Scope::Nowhere,
        scope_name: String::new(),
    };
    let sql = "SELECT code FROM voucher_voucher WHERE run = $1 ORDER BY seq LIMIT 12";
    for (n, row) in store
        .all(sql, values![run.as_str()])
        .await?
        .iter()
        .enumerate()
    {
        let n = n as i64;
        let asked = Asked {
            code: row.text("code")?,
            scope: if n % 4 == 3 { "meal_home" } else { "meal" }.to_owned(),
            bill: 1_200 + n * 350,
            form: format!("demo-{n}"),
        };
        // What is not taken is told on the page; here nothing stands in the way.
        let _taken = spend::take(store, &taker, &place, &asked).await?;
    }
    Ok(count)
}

async fn place(app: &App, demo: &Demo) -> StoreResult<Place> {
    let store = &app.store;
    let mut tx = store.begin(&Actor::system("demo"), None).await?;
    let (id, at) = (tx.store().new_id(), tx.at());
    let scopes = format!("{0}/meal\n{0}/meal_home", demo.programme.0);
    tx.run(
        "INSERT INTO voucher_place (place, office, name, credit_code, scopes, bank, bank_account, account, from_day, \
         recorded_by, recorded_at) VALUES ($1, $2, '演示幸福食堂', '91350100M000100Y43', $3, '演示农村商业银行', \
         '99999988880001', $4, $5, 'system:demo', $6)",
        values![
            id.as_str(),
            demo.office.as_str(),
            scopes.as_str(),
            demo.account.as_str(),
            demo.month.plus(-6).first().number(),
            at.micros(),
        ],
    )
    .await?;
    tx.audit(Audit::new("voucher.place").subject(&id));
    tx.commit().await?;
    let all = model::places(store, std::slice::from_ref(&demo.office)).await?;
    all.into_iter()
        .find(|place| place.place == id)
        .ok_or_else(|| store::StoreError::Other(format!("voucher_place lacks {id}")))
}
