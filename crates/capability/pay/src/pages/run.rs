//! One batch: where it stands and what blocks it, the bridge from last month to the fen, doubts, roster, money, files,
//! log. Who sees no names sees counts.

use super::run_tabs::{self, Tab};
use super::{names, office_zh, open, programme_zh, programmes, signed, yuan};
use crate::approve::own_terms;
use crate::runs::{self, Run, State, Step};
use crate::{bankfile, doubts};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page};
use store::{Audit, Reads, StoreResult, values};
use ui::{Field, Form, ListQuery, ListSpec, PageError, Shell};

pub(super) const SPEC: ListSpec = ListSpec::filtered(&["tab", "kind"]);

/// One step of the bar.
struct Bar {
    title: &'static str,
    who: String,
    when: String,
    done: bool,
    here: bool,
}

/// One term of the bridge.
struct Term {
    sign: &'static str,
    title: &'static str,
    people: String,
    money: String,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/run.html")]
struct RunPage {
    shell: Shell,
    form: Form,
    run: Run,
    office: String,
    known: String,
    pay_day: String,
    rule: String,
    drawing: bool,
    bars: Vec<Bar>,
    bridge: Vec<Term>,
    balanced: bool,
    blocks: Option<String>,
    step: Option<(&'static str, &'static str)>,
    refused: Option<String>,
    may_back: bool,
    may_discard: bool,
    may_answer: bool,
    may_file: bool,
    vouchers: bool,
    state: &'static str,
    may_again: bool,
    tabs: Vec<(&'static str, &'static str, String)>,
    tab: Tab,
    prints: bool,
    publishes: bool,
}

impl RunPage {
    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "意见")
                .rows(2)
                .hint("可不填；退回时必须写原因")
                .maxlength(200),
        )
    }
}

/// `GET /payments/{run}`
pub(crate) async fn get(ctx: Ctx, Path(run): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let run = open(&ctx, &run).await?;
    Ok(ui::page_no_store(
        page(&ctx, run, &query, Form::default(), None).await?,
    ))
}

/// Sums of one kind of change.
struct Sum {
    kind: String,
    people: i64,
    fen: i64,
}

async fn sums(reads: &impl Reads, run: &Run) -> StoreResult<Vec<Sum>> {
    let sql = "SELECT kind, CAST(count(DISTINCT id) AS BIGINT) AS n, CAST(sum(fen) AS BIGINT) AS fen FROM pay_change WHERE run = $1 \
         GROUP BY kind";
    let rows = reads.all(sql, values![run.run.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Sum {
                kind: row.text("kind")?,
                people: row.int("n")?,
                fen: row.int("fen")?,
            })
        })
        .collect()
}

/// People and fen of a statement with columns `n` and `fen`.
async fn pair(reads: &impl Reads, sql: &str, values: Vec<store::Value>) -> StoreResult<(i64, i64)> {
    match reads.one(sql, values).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}

/// 上月 + 新增 − 停发 ± 调标 + 补发 − 抵扣 = 本月, people and fen; whether it comes out to the fen.
async fn bridge(ctx: &Ctx, run: &Run) -> StoreResult<(Vec<Term>, bool)> {
    let store = &ctx.app.store;
    let last = pair(
        store,
        "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(d.fen), 0) AS BIGINT) AS fen FROM pay_run r JOIN pay_due d ON d.run = r.run \
         WHERE r.office = $1 AND r.programme = $2 AND r.month = $3 AND r.kind = 'month' AND d.month = $3 AND d.line = 1 AND d.fen > 0",
        values![run.office.as_str(), run.programme.as_str(), run.month.plus(-1).number()],
    )
    .await?;
    let this = pair(
        store,
        "SELECT CAST(count(DISTINCT a.id) AS BIGINT) AS n, CAST(coalesce(sum(a.fen), 0) AS BIGINT) AS fen FROM pay_attempt a \
         WHERE a.run = $1",
        values![run.run.as_str()],
    )
    .await?;
    let sums = sums(store, run).await?;
    let mut terms = vec![Term {
        sign: "",
        title: "上月",
        people: ui::text::grouped(last.0.unsigned_abs()),
        money: yuan(last.1),
        href: String::new(),
    }];
    let mut total = last.1;
    for (kind, sign, title) in [
        ("new", "+", "新增"),
        ("stop", "−", "停发"),
        ("adjust", "±", "调标"),
        ("arrear", "+", "补发"),
        ("offset", "−", "抵扣"),
    ] {
        let sum = sums.iter().find(|sum| sum.kind == kind);
        let (people, fen) = sum.map_or((0, 0), |sum| (sum.people, sum.fen));
        total += fen;
        let money = match kind {
            "adjust" => signed(fen),
            _ => yuan(fen.abs()),
        };
        terms.push(Term {
            sign,
            title,
            people: ui::text::grouped(people.unsigned_abs()),
            money,
            href: if people > 0 {
                format!("/payments/{}?tab=changes&kind={kind}", run.run)
            } else {
                String::new()
            },
        });
    }
    terms.push(Term {
        sign: "=",
        title: "本月",
        people: ui::text::grouped(this.0.unsigned_abs()),
        money: yuan(this.1),
        href: format!("/payments/{}?tab=roster", run.run),
    });
    Ok((terms, total == this.1))
}

/// The bridge for print: sign, title, people, yuan; whether it comes out.
pub(super) async fn terms_of(
    ctx: &Ctx,
    run: &Run,
) -> StoreResult<(Vec<(&'static str, &'static str, String, String)>, bool)> {
    let (terms, balanced) = bridge(ctx, run).await?;
    let rows = terms
        .into_iter()
        .map(|term| (term.sign, term.title, term.people, term.money))
        .collect();
    Ok((rows, balanced || run.again))
}

/// The step that comes next for a state.
pub(super) fn next_step(state: State) -> Option<Step> {
    Step::ALL
        .into_iter()
        .find(|step| *step != Step::Back && *step != Step::Draw && step.between().0 == state)
}

fn step_words(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Check => ("check", "比对完成，提交复核"),
        Step::Review => ("review", "复核通过"),
        Step::Lead => ("lead", "同意，送财政审核"),
        Step::Approve => ("approve", "审核通过"),
        Step::Close => ("close", "结账"),
        Step::Draw | Step::File | Step::Answer | Step::Back => ("", ""),
    }
}

async fn bars(ctx: &Ctx, run: &Run, vouchers: bool) -> StoreResult<Vec<Bar>> {
    let logged = runs::steps(&ctx.app.store, &run.run).await?;
    Ok(Step::ALL
        .into_iter()
        .filter(|step| *step != Step::Back && !(vouchers && *step == Step::Answer))
        .map(|step| {
            let done = run.state >= step.between().1;
            let last = logged
                .iter()
                .rev()
                .find(|one| one.step == step)
                .filter(|_| done);
            Bar {
                title: if vouchers && step == Step::File {
                    "发券"
                } else {
                    step.zh()
                },
                who: last.map(|one| one.name.clone()).unwrap_or_default(),
                when: last.map(|one| one.at.day().to_string()).unwrap_or_default(),
                done,
                here: run.state == step.between().0,
            }
        })
        .collect())
}

/// Why nothing goes on, in one sentence.
async fn blocks(ctx: &Ctx, run: &Run) -> StoreResult<Option<String>> {
    let open: i64 = doubts::counts(&ctx.app.store, &run.run)
        .await?
        .iter()
        .map(|(_, _, waiting)| waiting)
        .sum();
    Ok(match run.state {
        State::Drawing => Some(format!("正在生成，已算出 {} 笔", run.drawn)),
        State::Drawn if open > 0 => Some(format!("还有 {open} 条疑点待核实")),
        State::Filed => Some("等银行回盘".to_owned()),
        _ => None,
    })
}

pub(super) async fn page(
    ctx: &Ctx,
    run: Run,
    query: &ListQuery,
    form: Form,
    refused: Option<String>,
) -> Result<impl Template + use<>, Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let (book, known_names) = (ctx.app.part::<AreaBook>()?, programmes(ctx)?);
    let sees = names(actor.role);
    let tab = query.filter("tab").unwrap_or("changes");
    query.allowed("tab", |key| {
        run_tabs::KEYS.iter().any(|(known, _)| *known == key)
    })?;
    let tab = run_tabs::of(ctx, &run, tab, query, sees).await?;
    if !tab.keys.is_empty() {
        ctx.log_reads(&[Audit::new("person.list")
            .with("list", "payments")
            .with("run", run.run.as_str())
            .with("keys", serde_json::json!(tab.keys))])
            .await?;
    }
    let own = own_terms(store, &run).await?;
    let vouchers = crate::vouchers::by_terms(&own);
    let (bridge, balanced) = if run.again {
        (Vec::new(), true)
    } else {
        bridge(ctx, &run).await?
    };
    let step = next_step(run.state).filter(|step| step.roles().contains(&actor.role));
    let programme = programme_zh(&known_names, &run.programme);
    let again = crate::again::sum(store, std::slice::from_ref(&run.office), Some(&run.run))
        .await?
        .0;
    let counts: i64 = doubts::counts(store, &run.run)
        .await?
        .iter()
        .map(|(_, n, _)| n)
        .sum();
    let tabs = run_tabs::KEYS
        .iter()
        .map(|(key, title)| {
            let words = match *key {
                "doubts" if counts > 0 => format!("{title} {counts}"),
                _ => (*title).to_owned(),
            };
            (*key, *title, words)
        })
        .collect();
    let may_sign = step.filter(|step| !step_words(*step).0.is_empty());
    Ok(RunPage {
        shell: ctx
            .shell(format!("{programme} {}", run.month.zh()))
            .crumb("发放批次", "/payments"),
        form,
        office: office_zh(&book, &run.office),
        known: run.known.minute(),
        pay_day: bankfile::pay_day(&run, &own).zh(),
        rule: format!("{}；{}", own.says(), own.shares_say()),
        drawing: run.state == State::Drawing,
        bars: bars(ctx, &run, vouchers).await?,
        vouchers,
        state: if vouchers && run.state == State::Approved {
            "待发券"
        } else {
            run.state.zh()
        },
        bridge,
        balanced,
        blocks: blocks(ctx, &run).await?,
        step: may_sign.map(step_words),
        refused,
        may_back: may_sign.is_some()
            && matches!(run.state, State::Checked | State::Reviewed | State::Led),
        may_discard: actor.role == Role::CountyCivil && run.state == State::Drawn && !run.again,
        may_answer: run.state == State::Filed && Step::Answer.roles().contains(&actor.role),
        may_file: run.state == State::Approved && Step::File.roles().contains(&actor.role),
        may_again: again > 0
            && actor.role == Role::CountyCivil
            && matches!(run.state, State::Answered | State::Closed),
        tabs,
        tab,
        publishes: actor.role == Role::CountyCivil
            && run.state >= State::Approved
            && super::publicity::is_public(ctx, &run.programme)?,
        prints: matches!(
            actor.role,
            Role::CountyCivil | Role::Finance | Role::CityCivil
        ),
        run,
    })
}

/// The batch again with what was refused, and nothing typed lost.
pub(super) async fn refuse(ctx: &Ctx, run: &Run, form: Form, words: String, stale: bool) -> Page {
    let query = ListQuery::of(None, &SPEC)?;
    let run = runs::find(&ctx.app.store, &run.run)
        .await?
        .ok_or_else(PageError::not_found)?;
    let page = page(ctx, run, &query, form, Some(words)).await?;
    Ok(if stale {
        ui::page_409(page)
    } else {
        ui::page_422(page)
    })
}
