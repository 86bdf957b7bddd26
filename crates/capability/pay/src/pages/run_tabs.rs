//! What stands on the tabs of a batch.

use super::{signed, yuan};
use crate::approve::own_terms;
use crate::months::month_of;
use crate::runs::{self, Run, State};
use crate::{bankfile, doubts, posts};
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, Failure};
use ledger::{Level, bank::Outcome};
use people::api::Person;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Row, StoreError, StoreResult, values};
use ui::{ListQuery, Pager, Total};

/// The tabs: key and title.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("changes", "变动"),
    ("doubts", "疑点"),
    ("roster", "花名册"),
    ("funds", "资金来源"),
    ("files", "文件"),
    ("log", "操作记录"),
];

/// A tab, drawn.
pub(super) struct Tab {
    pub(super) key: String,
    pub(super) html: String,
    /// Whom it shows, for the log.
    pub(super) keys: Vec<String>,
}

/// A person on a row: the name for whoever sees names, the village for all.
struct Who {
    name: String,
    href: String,
    area: String,
}

struct ChangeLine {
    who: Who,
    kind: &'static str,
    month: String,
    money: String,
    why: String,
}

struct DoubtLine {
    no: i64,
    who: Option<Who>,
    kind: &'static str,
    hint: &'static str,
    detail: String,
    state: &'static str,
    open: bool,
    reason: String,
    by: String,
}

struct RosterLine {
    seq: i64,
    who: Who,
    month: String,
    money: String,
    tail: String,
    state: &'static str,
    pill: &'static str,
    reason: String,
}

#[derive(Template)]
#[template(path = "pages/run_tab.html")]
struct Html {
    run: String,
    what: &'static str,
    may_settle: bool,
    changes: Vec<ChangeLine>,
    doubts: Vec<DoubtLine>,
    kinds: Vec<(&'static str, i64, i64)>,
    roster: Vec<RosterLine>,
    funds: Vec<(&'static str, String, String)>,
    fund: String,
    budget: Option<(String, String)>,
    postings: Vec<(
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        String,
    )>,
    files: Vec<(String, &'static str, String, String, String, String)>,
    downloads: Vec<(String, String, String)>,
    steps: Vec<(&'static str, String, String, String)>,
    pager: Option<Pager>,
}

/// Whom rows are about, with names.
struct People {
    by_id: BTreeMap<String, Person>,
    sees: bool,
    book: std::sync::Arc<AreaBook>,
}

impl People {
    async fn of(ctx: &Ctx, ids: Vec<String>, sees: bool) -> StoreResult<Self> {
        let people = people::api::of_ids(&ctx.app.store, &ctx.scope(), ids).await?;
        Ok(Self {
            by_id: people
                .into_iter()
                .map(|person| (person.key.id.clone(), person))
                .collect(),
            sees,
            book: ctx.app.part::<AreaBook>()?,
        })
    }

    fn who(&self, id: &str) -> Who {
        let person = self.by_id.get(id);
        let area = person
            .and_then(|person| person.subject().hukou)
            .map_or_else(String::new, |code| self.book.short_name(&code));
        match person {
            Some(person) if self.sees => Who {
                name: person.name.clone(),
                href: format!("/people/{id}?tab=payments"),
                area,
            },
            Some(person) => Who {
                name: ui::mask::name(&person.name),
                href: String::new(),
                area,
            },
            None => Who {
                name: "（不在您的范围）".to_owned(),
                href: String::new(),
                area,
            },
        }
    }
}

fn change_zh(kind: &str) -> &'static str {
    match kind {
        "new" => "新增",
        "stop" => "停发",
        "adjust" => "调标",
        "arrear" => "补发",
        _ => "抵扣",
    }
}

/// Draws one tab.
pub(super) async fn of(
    ctx: &Ctx,
    run: &Run,
    key: &str,
    query: &ListQuery,
    sees: bool,
) -> Result<Tab, Failure> {
    let store = &ctx.app.store;
    let mut html = Html {
        run: run.run.clone(),
        what: KEYS
            .iter()
            .find(|(known, _)| *known == key)
            .map_or("changes", |(known, _)| *known),
        may_settle: run.state == State::Drawn && ctx.actor().role == authz::Role::CountyCivil,
        changes: Vec::new(),
        doubts: Vec::new(),
        kinds: Vec::new(),
        roster: Vec::new(),
        funds: Vec::new(),
        fund: String::new(),
        budget: None,
        postings: Vec::new(),
        files: Vec::new(),
        downloads: Vec::new(),
        steps: Vec::new(),
        pager: None,
    };
    // Counts only for leaders: no row of a person.
    let counts_only =
        ctx.actor().role == authz::Role::Leader || ctx.actor().role == authz::Role::Bank;
    let path = format!("/payments/{}", run.run);
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let mut keys = Vec::new();
    match html.what {
        "changes" if !counts_only => {
            let kind = query.filter("kind").unwrap_or("");
            let of = if kind.is_empty() {
                ""
            } else {
                " AND kind = $2"
            };
            let mut asked = values![run.run.as_str()];
            if !kind.is_empty() {
                asked.push(kind.into());
            }
            let count =
                format!("SELECT CAST(count(*) AS BIGINT) AS n FROM pay_change WHERE run = $1{of}");
            let total = store.number(&count, asked.clone()).await?;
            let sql = format!(
                "SELECT id, kind, fen, CAST(month AS BIGINT) AS month, why FROM pay_change WHERE run = $1{of} ORDER BY no LIMIT {most} OFFSET {skip}"
            );
            let rows = store.all(&sql, asked).await?;
            keys = ids(&rows)?;
            let people = People::of(ctx, keys.clone(), sees).await?;
            for row in &rows {
                html.changes.push(ChangeLine {
                    who: people.who(&row.text("id")?),
                    kind: change_zh(&row.text("kind")?),
                    month: month_of(row, "month")?.zh(),
                    money: signed(row.int("fen")?),
                    why: row.text("why")?,
                });
            }
            html.pager = Some(Pager::new(
                &path,
                query,
                Total::Exact(total.unsigned_abs()),
                None,
                None,
            ));
        }
        "doubts" => {
            let counts = doubts::counts(store, &run.run).await?;
            let total: i64 = counts.iter().map(|(_, n, _)| n).sum();
            html.kinds = counts
                .iter()
                .map(|(kind, n, waiting)| (doubts::kind_zh(kind), *n, *waiting))
                .collect();
            if !counts_only {
                let list = doubts::list(store, &run.run, skip, most).await?;
                keys = list
                    .iter()
                    .filter_map(|one| one.key.as_ref().map(|key| key.id.clone()))
                    .collect();
                let people = People::of(ctx, keys.clone(), sees).await?;
                let by: BTreeSet<&str> = list.iter().filter_map(|one| one.by.as_deref()).collect();
                let names = org::api::Names::of(store, by).await?;
                for one in &list {
                    html.doubts.push(DoubtLine {
                        no: one.no,
                        who: one.key.as_ref().map(|key| people.who(&key.id)),
                        kind: doubts::kind_zh(&one.kind),
                        hint: doubts::kind_hint(&one.kind),
                        detail: one.detail.clone(),
                        state: one.state_zh(),
                        open: one.state == "open",
                        reason: one.reason.clone().unwrap_or_default(),
                        by: one
                            .by
                            .as_deref()
                            .map(|by| names.name(by))
                            .unwrap_or_default(),
                    });
                }
                html.pager = Some(Pager::new(
                    &path,
                    query,
                    Total::Exact(total.unsigned_abs()),
                    None,
                    None,
                ));
            }
        }
        "roster" if !counts_only => {
            let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt WHERE run = $1";
            let total = store.number(sql, values![run.run.as_str()]).await?;
            keys = roster(ctx, run, sees, skip, most, &mut html).await?;
            html.pager = Some(Pager::new(
                &path,
                query,
                Total::Exact(total.unsigned_abs()),
                None,
                None,
            ));
        }
        "funds" => funds(ctx, run, &mut html).await?,
        "files" => files(ctx, run, &mut html).await?,
        "log" => {
            for one in runs::steps(store, &run.run).await? {
                let role = authz::Role::from_key(&one.role).map_or("", authz::Role::zh);
                html.steps.push((
                    one.step.zh(),
                    format!("{}（{role}）", one.name),
                    one.at.minute(),
                    one.note,
                ));
            }
        }
        _ => html.what = "counts",
    }
    let drawn = html
        .render()
        .map_err(|error| StoreError::Other(error.to_string()))?;
    Ok(Tab {
        key: key.to_owned(),
        html: drawn,
        keys,
    })
}

fn ids(rows: &[Row]) -> StoreResult<Vec<String>> {
    let mut ids: Vec<String> = rows
        .iter()
        .map(|row| row.text("id"))
        .collect::<StoreResult<_>>()?;
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// What became of a payment, in one word with its pill.
pub(crate) fn attempt_zh(state: &str, run: State, outcome: &str) -> (&'static str, &'static str) {
    match state {
        "paid" if outcome == crate::vouchers::OUTCOME => ("已发券", "yes"),
        "paid" => ("已到账", "yes"),
        "failed" => (
            Outcome::from_key(outcome).unwrap_or(Outcome::Other).zh(),
            "owed",
        ),
        "held" => ("暂缓", "warn"),
        "void" => ("已作废", "no"),
        "open" if run >= State::Filed => ("银行处理中", "info"),
        "open" => ("待报盘", "info"),
        _ => ("待审批", "info"),
    }
}

async fn roster(
    ctx: &Ctx,
    run: &Run,
    sees: bool,
    skip: i64,
    most: i64,
    html: &mut Html,
) -> StoreResult<Vec<String>> {
    let store = &ctx.app.store;
    let sql = format!(
        "SELECT a.seq, a.shard, a.id, CAST(a.month AS BIGINT) AS month, a.fen, a.state, a.outcome FROM pay_attempt a WHERE a.run = $1 \
         ORDER BY a.seq LIMIT {most} OFFSET {skip}"
    );
    let rows = store.all(&sql, values![run.run.as_str()]).await?;
    let keys = ids(&rows)?;
    let people = People::of(ctx, keys.clone(), sees).await?;
    let mut of = Vec::new();
    for row in &rows {
        of.push(host::PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        });
    }
    let accounts = crate::accounts::of_many(store, &of).await?;
    for row in &rows {
        let (id, outcome) = (
            row.text("id")?,
            row.opt_text("outcome")?.unwrap_or_default(),
        );
        let (state, pill) = attempt_zh(&row.text("state")?, run.state, &outcome);
        let tail = match accounts.get(&id) {
            Some(account) => account.tail(store)?,
            None => String::new(),
        };
        html.roster.push(RosterLine {
            seq: row.int("seq")?,
            who: people.who(&id),
            month: month_of(row, "month")?.zh(),
            money: yuan(row.int("fen")?),
            tail,
            state,
            pill,
            reason: Outcome::from_key(&outcome)
                .map_or("", Outcome::remedy)
                .to_owned(),
        });
    }
    Ok(keys)
}

async fn funds(ctx: &Ctx, run: &Run, html: &mut Html) -> StoreResult<()> {
    let store = &ctx.app.store;
    let own = own_terms(store, run).await?;
    let shares = own.shares();
    let part = posts::Part {
        from: "(SELECT fen FROM pay_attempt WHERE run = $1 AND state NOT IN ('held', 'void')) x",
        values: values![run.run.as_str()],
    };
    let parts = posts::split(store, shares, &part).await?;
    for (level, fen) in Level::ALL.into_iter().zip(parts) {
        let share = shares.of(level);
        html.funds.push((
            level.zh(),
            format!("{}.{:02}%", share / 100, share % 100),
            yuan(fen),
        ));
    }
    html.fund.clone_from(&own.fund);
    html.budget = crate::budgets::of_run(store, run)
        .await?
        .map(|one| (yuan(one.budget), yuan(one.left())));
    for one in posts::of_run(store, &run.run).await? {
        html.postings.push((
            one.event.zh(),
            one.debit.zh(),
            one.credit.zh(),
            one.level.zh(),
            yuan(one.amount),
        ));
    }
    Ok(())
}

async fn files(ctx: &Ctx, run: &Run, html: &mut Html) -> StoreResult<()> {
    let store = &ctx.app.store;
    let files = bankfile::files_of(store, &run.run).await?;
    let names = org::api::Names::of(store, files.iter().map(|file| file.by.as_str())).await?;
    for file in files {
        html.files.push((
            format!("/payments/{}/files/{}/{}", run.run, file.kind, file.no),
            file.kind_zh(),
            file.name.clone(),
            file.digest.clone(),
            format!(
                "{} 行 · {} 字节",
                file.rows,
                ui::text::grouped(file.size.unsigned_abs())
            ),
            format!("{} {}", names.name(&file.by), file.at.minute()),
        ));
    }
    for (kind, by, at) in bankfile::downloads(store, &run.run).await? {
        let kind = match kind.as_str() {
            "body" => "报盘文件",
            "digest" => "摘要文件",
            "seal" => "签名文件",
            _ => "回盘文件",
        };
        html.downloads.push((kind.to_owned(), by, at.minute()));
    }
    Ok(())
}
