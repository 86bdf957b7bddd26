//! 资格认证: who must be seen alive and by when; one person with proofs, attempts, and the stop.

use super::{names, programme_zh, programmes};
use crate::proofs::{self, Asked, CHANNELS, Proof, WAYS, Which};
use crate::{terms, told};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page};
use kernel::Day;
use ledger::{Month, ProofTerms};
use people::api::Person;
use plan::api::PlanBook;
use rules::facts::{FactId, Value};
use std::collections::BTreeMap;
use store::{Audit, StoreResult};
use ui::{
    Choice, Column, Field, Form, FormData, ListQuery, ListSpec, PageError, Pager, Shell, Table,
    Tile, Total,
};

const SPEC: ListSpec = ListSpec::filtered(&["tab"]);

const TABS: [(&str, &str, Which); 4] = [
    ("soon", "将到期", Which::Soon),
    ("overdue", "已超期", Which::Overdue),
    ("ready", "可拟停发", Which::Ready),
    ("all", "全部应认证", Which::All),
];

struct Line {
    href: String,
    name: String,
    area: String,
    age: String,
    seen: String,
    due: String,
    left: String,
    tried: String,
}

#[derive(Template)]
#[template(path = "pages/proofs.html")]
struct ProofsPage {
    shell: Shell,
    rule: String,
    connected: bool,
    months: i32,
    tabs: Vec<(&'static str, &'static str, String)>,
    tab: &'static str,
    tiles: Vec<Tile>,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
}

/// How many of the asker's people are overdue; nobody where no proof ever came in.
pub(crate) async fn overdue(ctx: &Ctx) -> StoreResult<i64> {
    let store = &ctx.app.store;
    let (Some((own, mine)), Some(since)) = (needs(ctx).await?, proofs::since(store).await?) else {
        return Ok(0);
    };
    let asked = Asked {
        scope: &ctx.scope(),
        programmes: &mine,
        terms: &own,
        since,
        today: ctx.today(),
    };
    proofs::count(store, &asked, Which::Overdue).await
}

/// The terms of proof, and the programmes paid here that need it.
async fn needs(ctx: &Ctx) -> StoreResult<Option<(ProofTerms, Vec<String>)>> {
    let book = ctx.app.part::<PlanBook>()?;
    terms::proof(&ctx.app.store, &book, ctx.today()).await
}

async fn needed(ctx: &Ctx) -> Result<(ProofTerms, Vec<String>), Failure> {
    let known = needs(ctx).await?;
    known.ok_or_else(|| {
        PageError::bad_request("发放规则里没有写资格认证，请系统管理员载入带 [proof] 的规则。")
            .into()
    })
}

fn age_of(person: &Person, today: Day) -> Option<i32> {
    match person.facts.get(FactId::BIRTH_DATE) {
        Some(Value::Day(birth)) => Some(birth.age_on(today)),
        _ => None,
    }
}

fn channel_zh(key: &str) -> &'static str {
    proofs::channel_of(key).map_or("其他", |one| one.zh)
}

/// `GET /proofs`
pub(crate) async fn list(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("tab", |key| TABS.iter().any(|(known, ..)| *known == key))?;
    let (own, mine) = needed(&ctx).await?;
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let since = proofs::since(store).await?;
    let asked = Asked {
        scope: &scope,
        programmes: &mine,
        terms: &own,
        since: since.unwrap_or(today),
        today,
    };
    let chosen = query.filter("tab").unwrap_or("soon");
    let (tab, _, which) = TABS
        .iter()
        .find(|(key, ..)| *key == chosen)
        .copied()
        .unwrap_or(TABS[0]);
    let mut counts = BTreeMap::new();
    let mut tabs = Vec::new();
    for (key, title, which) in TABS {
        let n = proofs::count(store, &asked, which).await?;
        counts.insert(key, n);
        tabs.push((key, title, ui::text::grouped(n.unsigned_abs())));
    }
    let of = |key: &str| counts.get(key).copied().unwrap_or(0);
    let proven = proofs::proven(store, &asked).await?;
    let (mut done, mut silent) = (0, 0);
    for (channel, n) in &proven {
        done += n;
        if proofs::channel_of(channel).is_some_and(|one| one.silent) {
            silent += n;
        }
    }
    let part = |n: i64, of: i64| {
        if of == 0 {
            "—".to_owned()
        } else {
            format!("{}.{}", n * 100 / of, n * 1000 / of % 10)
        }
    };
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let due = proofs::page(store, &asked, which, skip, most).await?;
    let ids: Vec<String> = due.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "proofs")
        .with("count", of(tab))
        .with("keys", serde_json::json!(ids))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let full = names(ctx.actor().role);
    let mut rows = Vec::with_capacity(due.len());
    for one in due {
        let Some(person) = people.get(&one.key.id) else {
            continue;
        };
        let tried = proofs::contacts(store, &one.key, one.seen).await?;
        let until = one.base.plus_months(own.months);
        rows.push(Line {
            href: format!("/proofs/{}", one.key.id),
            name: if full {
                person.name.clone()
            } else {
                ui::mask::name(&person.name)
            },
            area: person
                .subject()
                .hukou
                .map_or_else(String::new, |code| book.short_name(&code)),
            age: age_of(person, today).map_or_else(String::new, |age| age.to_string()),
            seen: match (one.seen, &one.channel) {
                (Some(day), Some(channel)) => format!("{day} {}", channel_zh(channel)),
                _ => "还没有".to_owned(),
            },
            left: match today.days_until(until) {
                left if left < 0 => format!("超期 {} 天", -left),
                left => format!("还有 {left} 天"),
            },
            due: until.to_string(),
            tried: if tried.is_empty() {
                "没有".to_owned()
            } else {
                format!("{} 次", tried.len())
            },
        });
    }
    let columns = [
        Column::new("姓名"),
        Column::number("年龄"),
        Column::new("上次认证"),
        Column::new("到期日"),
        Column::new("已联系"),
        Column::end("办理"),
    ];
    Ok(ui::page_no_store(ProofsPage {
        shell: ctx.shell("资格认证"),
        rule: format!(
            "每 {} 个月认证一次，先用探访、评估、入住点名、就医记录；不让老人跑腿，到期不自动停发",
            own.months
        ),
        connected: since.is_some(),
        months: own.months,
        tabs,
        tab,
        tiles: vec![
            ui::tile("应认证", ui::text::grouped(of("all").unsigned_abs())).unit("人"),
            ui::tile("已认证", ui::text::grouped(done.unsigned_abs())).unit("人"),
            ui::tile("无感认证率", part(silent, done))
                .unit("%")
                .note("不用本人操作的占已认证的"),
            ui::tile("已超期", ui::text::grouped(of("overdue").unsigned_abs())).unit("人"),
        ],
        table: Table::new("资格认证", &columns, "/proofs", &query),
        pager: Pager::new(
            "/proofs",
            &query,
            Total::Exact(of(tab).unsigned_abs()),
            None,
            None,
        ),
        rows,
    }))
}

#[derive(Template)]
#[template(path = "pages/proof.html")]
struct ProofPage {
    shell: Shell,
    form: Form,
    id: String,
    who: String,
    standing: String,
    stopped: Option<String>,
    may_suspend: bool,
    missing: Vec<String>,
    next: String,
    log: Vec<(String, String, String)>,
}

impl ProofPage {
    fn act(&self) -> Field {
        let choices = vec![
            Choice::new("proof", "认证通过：见到或确认了本人"),
            Choice::new("contact", "联系记录：没有联系上，或已告知"),
        ];
        self.form
            .field(Field::radio("act", "登记什么", choices).required())
    }

    fn channel(&self) -> Field {
        let choices = CHANNELS
            .iter()
            .map(|one| Choice::new(one.key, one.zh))
            .collect();
        self.form.field(
            Field::select("channel", "认证方式", choices)
                .blank("请选择")
                .hint("登记认证通过时填"),
        )
    }

    fn way(&self) -> Field {
        let choices = WAYS
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form.field(
            Field::select("way", "联系方式", choices)
                .blank("请选择")
                .hint("登记联系记录时填"),
        )
    }

    fn day(&self) -> Field {
        self.form.field(Field::date("day", "日期").required())
    }

    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "情况")
                .required()
                .rows(2)
                .hint("谁见到的、在哪里，或者打给了谁、结果怎样")
                .maxlength(200),
        )
    }
}

/// `GET /proofs/{id}`
pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::KeepAccount).await?;
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    let form = Form::filled([("act", "proof"), ("day", &ctx.today().to_string())]);
    Ok(ui::page_no_store(page(&ctx, &person, form).await?))
}

/// `POST /proofs/{id}`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = people::api::open(&ctx, &id, Action::KeepAccount).await?;
    let (mut form, today) = (Form::from(data), ctx.today());
    let act = form.one_of("act", &["proof", "contact"], "请选择登记什么");
    let note = form.required("note", "请写明情况");
    let day = form.day("day");
    if day.is_none() && !form.has_errors() {
        form.errors.add("day", "请填写日期");
    }
    if day.is_some_and(|day| day > today || day < today.plus_months(-24)) {
        form.errors.add("day", "日期应在今天以前、两年以内");
    }
    let proof = act.as_deref() == Some("proof");
    let channels: Vec<&str> = CHANNELS.iter().map(|one| one.key).collect();
    let ways: Vec<&str> = WAYS.iter().map(|(key, _)| *key).collect();
    let how = match act.as_deref() {
        Some("proof") => form.one_of("channel", &channels, "请选择认证方式"),
        Some(_) => form.one_of("way", &ways, "请选择联系方式"),
        None => None,
    };
    if proof && matches!(person.facts.get(FactId::ALIVE), Some(Value::Bool(false))) {
        form.errors
            .add_form("档案里登记为已去世，请先更正档案再认证。");
    }
    let (Some(how), Some(note), Some(day), false) = (how, note, day, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &person, form).await?));
    };
    let actor = ctx.actor();
    let mut tx = ctx.begin().await?;
    let words = if proof {
        let channel = proofs::channel_of(&how).map_or("village", |one| one.key);
        let new = Proof {
            key: person.key.clone(),
            day,
            channel,
            source: format!("{}：{note}", actor.name),
        };
        match proofs::prove(&mut tx, &actor, &new).await? {
            0 => "认证已登记。".to_owned(),
            n => format!("认证已登记；{n} 项待遇恢复发放，从停发月补发。"),
        }
    } else {
        proofs::contacted(&mut tx, &actor, &person.key, &how, day, &note).await?;
        "联系记录已登记。".to_owned()
    };
    tx.commit().await?;
    Ok(ctx.saved(&format!("/proofs/{id}"), &words))
}

/// `POST /proofs/{id}/suspend`
pub(crate) async fn suspend(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::GrantMoney).await?;
    let (own, mine) = needed(&ctx).await?;
    let actor = ctx.actor();
    let mut tx = ctx.begin().await?;
    let standing = standing(&tx, &own, &person, &ctx).await?;
    if !standing.overdue || !standing.missing.is_empty() {
        tx.rollback().await?;
        let mut form = Form::filled([("act", "contact")]);
        form.errors.add_form(if standing.overdue {
            "还没有联系到位，不能暂停。"
        } else {
            "没有超期，不能暂停。"
        });
        return Ok(ui::page_422(page(&ctx, &person, form).await?));
    }
    let rested = proofs::suspend(&mut tx, &actor, &person.key, &mine).await?;
    if rested.is_empty() {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&format!("/proofs/{id}"), "info", "已经暂停，不用再办。"));
    }
    let next = Month::of(ctx.today()).plus(1);
    let when = ("suspend", next.first());
    for held in &rested {
        let why = "超过期限没有资格认证";
        told::stopping(&ctx.app, &mut tx, &person, &held.programme, when, why).await?;
    }
    tx.commit().await?;
    let words = format!("从{}起暂停 {} 项，认证后补发。", next.zh(), rested.len());
    Ok(ctx.saved(&format!("/proofs/{id}"), &words))
}

/// How one person stands.
struct Standing {
    due: Option<Day>,
    overdue: bool,
    missing: Vec<String>,
}

async fn standing(
    reads: &impl store::Reads,
    own: &ProofTerms,
    person: &Person,
    ctx: &Ctx,
) -> Result<Standing, Failure> {
    let since = proofs::since(reads).await?;
    let seen = proofs::of_person(reads, &person.key)
        .await?
        .first()
        .map(|(day, ..)| *day);
    let first = crate::grants::of_person(reads, &person.key)
        .await?
        .into_iter()
        .filter(|held| held.state == "active")
        .map(|held| held.from)
        .max();
    let contacts = proofs::contacts(reads, &person.key, seen).await?;
    let due = since.zip(first).map(|(since, first)| {
        let base = seen.unwrap_or(first).max(first).max(since);
        base.plus_months(own.months)
    });
    Ok(Standing {
        overdue: due.is_some_and(|due| due <= ctx.today()),
        due,
        missing: proofs::missing(own, age_of(person, ctx.today()), &contacts),
    })
}

async fn page(ctx: &Ctx, person: &Person, form: Form) -> Result<ProofPage, Failure> {
    let (own, _) = needed(ctx).await?;
    let store = &ctx.app.store;
    let standing = standing(store, &own, person, ctx).await?;
    let known = programmes(ctx)?;
    let held = crate::grants::of_person(store, &person.key).await?;
    let granted: Vec<String> = held
        .iter()
        .filter(|held| held.state == "active")
        .map(|held| programme_zh(&known, &held.programme))
        .collect();
    let mut log: Vec<(Day, String, String)> = proofs::of_person(store, &person.key)
        .await?
        .into_iter()
        .map(|(day, channel, source)| (day, format!("认证 · {}", channel_zh(&channel)), source))
        .collect();
    for one in proofs::contacts(store, &person.key, None).await? {
        let way = WAYS.iter().find(|(key, _)| *key == one.way);
        let way = way.map_or("其他", |(_, name)| *name);
        log.push((
            one.day,
            format!("联系 · {way}"),
            format!("{}（{}）", one.note, one.by),
        ));
    }
    log.sort_by_key(|(day, ..)| std::cmp::Reverse(*day));
    let stopped = proofs::stopped(store, &person.key).await?;
    let until = match standing.due {
        None => "没有在享待遇，或还没有接入认证记录".to_owned(),
        Some(due) if standing.overdue => format!("{} 到期，已超期", due.zh()),
        Some(due) => format!("{} 到期", due.zh()),
    };
    Ok(ProofPage {
        shell: ctx
            .shell(format!("资格认证 · {}", person.name))
            .crumb("资格认证", "/proofs"),
        form,
        id: person.key.id.clone(),
        who: person.name.clone(),
        standing: format!("{}；{until}", granted.join("、")),
        may_suspend: ctx.actor().role == Role::CountyCivil && standing.overdue && stopped.is_none(),
        stopped: stopped.map(|day| {
            format!(
                "因没有认证，从{}起暂停发放。认证通过后自动恢复，从停发月补发。",
                Month::of(day).zh()
            )
        }),
        missing: standing.missing,
        next: Month::of(ctx.today()).plus(1).zh(),
        log: log
            .into_iter()
            .map(|(day, what, note)| (day.to_string(), what, note))
            .collect(),
    })
}
