//! The table of work: one group a kind, the oldest deadline first, pages that run through all groups.

use super::approvals::Approval;
use super::asked::{Asked, Kind};
use super::names;
use crate::terms::{Term, VISIT_FROM_AGE, left};
use area::api::AreaBook;
use authz::Role;
use entitle::api::work::{self, ToVisit, Unsettled};
use entitle::api::{Finding, cause_zh};
use host::{Ctx, Failure};
use kernel::AreaCode;
use people::api::{Fact, Person};
use plan::api::Published;
use ui::ListQuery;

/// One line of the table.
pub(super) struct Row {
    /// Id of a finding a notice can be printed for; empty where there is none.
    pub(super) finding: String,
    pub(super) href: String,
    pub(super) who: String,
    pub(super) village: String,
    pub(super) matter: String,
    /// 从哪来.
    pub(super) from: String,
    /// 收到.
    pub(super) came: String,
    /// 剩余工作日, in words.
    pub(super) left: String,
    pub(super) tone: &'static str,
    /// 现在要做什么.
    pub(super) next: &'static str,
    pub(super) act: &'static str,
}

/// The lines of one kind on this page.
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) count: i64,
    pub(super) rows: Vec<Row>,
}

/// One page of the table.
pub(super) struct Found {
    pub(super) groups: Vec<Group>,
    /// Rows of all pages.
    pub(super) total: i64,
    /// Person ids on this page.
    pub(super) keys: Vec<String>,
}

/// One page of everything that is asked for.
pub(super) async fn groups(
    ctx: &Ctx,
    book: &AreaBook,
    asked: &Asked,
    query: &ListQuery,
    published: Option<&Published>,
    approvals: &[Approval],
) -> Result<Found, Failure> {
    let mut found = Found {
        groups: Vec::new(),
        total: 0,
        keys: Vec::new(),
    };
    let (mut skip, mut room) = (query.offset() as i64, i64::from(query.size));
    for kind in Kind::ALL {
        if !asked.wants(kind) {
            continue;
        }
        let count = count(ctx, asked, kind, approvals).await?;
        found.total += count;
        if skip >= count || room == 0 {
            skip = (skip - count).max(0);
            continue;
        }
        let most = room.min(count - skip);
        let rows = page(
            ctx,
            book,
            asked,
            kind,
            (skip, most),
            published,
            approvals,
            &mut found.keys,
        )
        .await?;
        room -= most;
        skip = 0;
        found.groups.push(Group { kind, count, rows });
    }
    Ok(found)
}

async fn count(
    ctx: &Ctx,
    asked: &Asked,
    kind: Kind,
    approvals: &[Approval],
) -> Result<i64, Failure> {
    Ok(match kind {
        Kind::Approve => approvals.len() as i64,
        Kind::Owed | Kind::Undue => {
            work::count(&ctx.app.store, &ctx.scope(), &asked.open(kind.key())).await?
        }
        Kind::Visit => count_visits(ctx, asked, &asked.areas).await?,
    })
}

#[expect(clippy::too_many_arguments, reason = "one call, one place")]
async fn page(
    ctx: &Ctx,
    book: &AreaBook,
    asked: &Asked,
    kind: Kind,
    (skip, most): (i64, i64),
    published: Option<&Published>,
    approvals: &[Approval],
    keys: &mut Vec<String>,
) -> Result<Vec<Row>, Failure> {
    let (store, scope) = (&ctx.app.store, ctx.scope());
    match kind {
        Kind::Approve => Ok(approvals
            .iter()
            .skip(skip as usize)
            .take(most as usize)
            .map(approval)
            .collect()),
        Kind::Owed | Kind::Undue => {
            let open = asked.open(kind.key());
            let findings = work::page(store, &scope, &open, skip, most).await?;
            let ids: Vec<String> = findings.iter().map(|one| one.key.id.clone()).collect();
            keys.extend(ids.iter().cloned());
            let persons = people::api::of_ids(store, &scope, ids).await?;
            let row = |found: &Finding| {
                let person = persons.iter().find(|one| one.key.id == found.key.id)?;
                Some(finding(ctx, book, asked, kind, found, person, published))
            };
            Ok(findings.iter().filter_map(row).collect())
        }
        Kind::Visit => {
            let visits = to_visit(asked, &asked.areas);
            let (_, found) = work::to_visit(&ctx.app, &scope, &visits, skip, most).await?;
            let ids: Vec<String> = found.iter().map(|one| one.id.clone()).collect();
            keys.extend(ids.iter().cloned());
            let persons = people::api::of_ids(store, &scope, ids).await?;
            let row = |one: &Unsettled| {
                let person = persons.iter().find(|person| person.key.id == one.id)?;
                Some(visit(ctx, book, one, person))
            };
            Ok(found.iter().filter_map(row).collect())
        }
    }
}

/// People of the risk rule who wait for a visit, in some areas.
pub(super) async fn count_visits(
    ctx: &Ctx,
    asked: &Asked,
    areas: &[AreaCode],
) -> Result<i64, Failure> {
    let visits = to_visit(asked, areas);
    let (all, _) = work::to_visit(&ctx.app, &ctx.scope(), &visits, 0, 0).await?;
    Ok(all)
}

fn to_visit(asked: &Asked, areas: &[AreaCode]) -> ToVisit {
    ToVisit {
        areas: areas.to_vec(),
        born_until: asked.today.plus_years(-VISIT_FROM_AGE),
    }
}

fn approval(one: &Approval) -> Row {
    Row {
        finding: String::new(),
        href: one.href.clone(),
        who: one.what.clone(),
        village: String::new(),
        matter: "另一人批准".to_owned(),
        from: one.says.clone(),
        came: one.since.to_string(),
        left: String::new(),
        tone: "",
        next: "看改动和校验，批准或退回",
        act: "去审批",
    }
}

fn finding(
    ctx: &Ctx,
    book: &AreaBook,
    asked: &Asked,
    kind: Kind,
    found: &Finding,
    person: &Person,
    published: Option<&Published>,
) -> Row {
    let due = Term::of(kind.key()).due(found.first_found);
    let (left, tone) = left(asked.today, due);
    let name = published
        .and_then(|published| {
            let mut all = published.list.programmes().iter();
            all.find(|row| row.programme.id == found.programme)
        })
        .map_or("", |row| row.programme.name.as_str());
    Row {
        finding: if kind == Kind::Owed {
            found.finding.clone()
        } else {
            String::new()
        },
        href: format!(
            "/people/{}?tab=entitlement#item-{}",
            person.key.id, found.item
        ),
        who: names::who(ctx, person),
        village: village(book, person, Fact::HUKOU_AREA),
        matter: name.to_owned(),
        from: cause_zh(&found.cause).to_owned(),
        came: found.first_found.to_string(),
        left,
        tone,
        next: next(kind, asked.role, &found.cause),
        act: "办理",
    }
}

fn visit(ctx: &Ctx, book: &AreaBook, one: &Unsettled, person: &Person) -> Row {
    let missing: Vec<&str> = one.missing.iter().map(|fact| fact.def().zh).collect();
    Row {
        finding: String::new(),
        href: format!("/people/{}?tab=facts", person.key.id),
        who: names::who(ctx, person),
        village: village(book, person, Fact::RESIDENCE_AREA),
        matter: format!("缺{}", missing.join("、")),
        from: format!("{VISIT_FROM_AGE}周岁以上，部门比对不出"),
        came: String::new(),
        left: "下次走访".to_owned(),
        tone: "",
        next: "上门看一看，回来补登",
        act: "补登",
    }
}

/// What the reader does about it now.
fn next(kind: Kind, role: Role, cause: &str) -> &'static str {
    match (kind, role, cause) {
        (Kind::Undue, Role::Visitor, "dead") => "确认去世日期，报乡镇",
        (Kind::Undue, Role::Visitor, _) => "看情况是否变了，报乡镇",
        (Kind::Undue, Role::TownWorker, "dead") => "核实去世日期，报县民政停发",
        (Kind::Undue, Role::TownWorker, _) => "核实变化，报县民政停发",
        (Kind::Undue, Role::CityCivil, _) => "督促县民政停发",
        (Kind::Undue, _, "dead") => "核对死亡登记，停发并核多发",
        (Kind::Undue, ..) => "核对变化，停发或更正",
        (Kind::Owed, Role::Visitor, _) => "上门告知，帮着申请",
        (Kind::Owed, Role::CityCivil, _) => "督促属地联系本人",
        (Kind::Owed, _, "apart") => "与常住地核对后代为申请",
        (Kind::Owed, Role::CountyCivil, _) => "交乡镇联系本人，代为申请",
        (Kind::Owed, ..) => "联系本人或家属，代为申请",
        (Kind::Approve | Kind::Visit, ..) => "",
    }
}

fn village(book: &AreaBook, person: &Person, fact: Fact) -> String {
    person
        .area(fact)
        .map(|code| book.short_name(&code))
        .unwrap_or_default()
}
