//! 一人一档: who this is, what they are owed, which facts are known, who looked.

use super::{one, words};
use crate::api::{self, Person, Resolved};
use crate::store::{history, person as sql};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page, PanelPlace, PersonView};
use kernel::{Day, Instant};
use rules::facts::{FactId, SettledBy};
use store::Audit;
use ui::{Details, ListQuery, ListSpec, PageError, Shell, Timeline};

const SPEC: ListSpec = ListSpec {
    filters: &["tab", "on", "known"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Tab {
    title: String,
    href: String,
    active: bool,
}

struct FactRow {
    zh: &'static str,
    says: &'static str,
    value: Option<String>,
    since: String,
    recorded: String,
    source: String,
    overdue: bool,
    owner: String,
    settled_by: &'static str,
    correct: Option<String>,
}

struct FactGroup {
    title: &'static str,
    rows: Vec<FactRow>,
}

struct Relative {
    name: String,
    relation: String,
    age: String,
    href: Option<String>,
    tags: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/show.html")]
struct PersonPage {
    shell: Shell,
    id: String,
    name: String,
    dead: Option<String>,
    age: String,
    sex: &'static str,
    number: String,
    phone: String,
    tel: Option<String>,
    hukou: String,
    residence: String,
    apart: bool,
    both_offices: String,
    tags: Vec<String>,
    contact: String,
    provisional: bool,
    bands: Vec<String>,
    tabs: Vec<Tab>,
    tab: String,
    on: String,
    known: String,
    now: bool,
    panel: String,
    basic: Details,
    groups: Vec<FactGroup>,
    household: Vec<Relative>,
    hidden_members: i64,
    guardians: Vec<Relative>,
    history: Timeline,
    reads: Timeline,
    can_unmask: bool,
    can_report: bool,
}

/// `GET /people/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let person = one::open(&ctx, &id, Action::ReadPerson).await?;
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    page(&ctx, person, &query, None).await
}

/// The page of a person the asker may see; `unmasked` shows number and phone in full.
pub(crate) async fn page(
    ctx: &Ctx,
    person: Person,
    query: &ListQuery,
    unmasked: Option<()>,
) -> Page {
    let book = one::book(ctx)?;
    let (view, typed_on, typed_known) = view_of(ctx, &person, query)?;
    let tab = query.filter("tab").unwrap_or("basic").to_owned();
    let mut bands = Vec::new();
    let mut panel = String::new();
    let mut panel_tabs = Vec::new();
    for offered in &ctx.app.panels {
        match offered.place {
            PanelPlace::Band => bands.push((offered.render)(ctx, &view).await?),
            PanelPlace::Tab => {
                panel_tabs.push((offered.key, offered.title));
                if offered.key == tab {
                    panel = (offered.render)(ctx, &view).await?;
                }
            }
        }
    }
    let tabs = tabs(&person.key.id, &tab, &panel_tabs, &typed_on, &typed_known);
    if !tabs.iter().any(|tab| tab.active) {
        return Err(PageError::not_found().into());
    }
    let resolved = api::facts_on(&ctx.app.store, &person.key, view.on, view.known).await?;
    let groups = if tab == "facts" {
        fact_groups(ctx, &book, &person, &resolved, view.on)
    } else {
        Vec::new()
    };
    let (household, hidden_members) = if tab == "family" {
        household(ctx, &person).await?
    } else {
        (Vec::new(), 0)
    };
    let guardians = if tab == "family" {
        guardians(ctx, &person).await?
    } else {
        Vec::new()
    };
    let (history, reads) = if tab == "history" {
        (
            history_of(ctx, &book, &person).await?,
            reads_of(ctx, &person).await?,
        )
    } else {
        (Timeline::default(), Timeline::default())
    };
    let store = &ctx.app.store;
    let number = api::open_secret(store, "id_number", person.id_number.as_ref())?;
    let phone = api::open_secret(store, "phone", person.phone.as_ref())?;
    let contact_phone = api::open_secret(store, "contact_phone", person.contact_phone.as_ref())?;
    let show = |plain: Option<String>| {
        plain.map(|plain| {
            if unmasked.is_some() {
                plain
            } else {
                words::masked(&plain)
            }
        })
    };
    let actor = ctx.actor();
    let mut shell = ctx
        .shell(format!("{}的档案", person.name))
        .crumb("人员档案", "/people");
    if unmasked.is_some() {
        shell = shell
            .path(format!("/people/{}", person.key.id))
            .mark_active();
    }
    Ok(ui::page_no_store(PersonPage {
        shell,
        id: person.key.id.clone(),
        name: person.name.clone(),
        dead: super::death::dead_on(&person.facts).map(Day::zh),
        age: words::age(&person.facts, ctx.today()),
        sex: words::sex(&person.facts),
        number: show(number).unwrap_or_else(|| person.provisional.clone().unwrap_or_default()),
        tel: phone.clone().filter(|_| unmasked.is_some()),
        phone: show(phone).unwrap_or_default(),
        hukou: words::area(&book, &person, FactId::HUKOU_AREA),
        residence: words::area(&book, &person, FactId::RESIDENCE_AREA),
        apart: person.lives_apart(),
        both_offices: if person.lives_apart() {
            book.office_to_ask(&person.subject())
        } else {
            String::new()
        },
        tags: words::tags(&person.facts, ctx.today()),
        contact: contact(&person, show(contact_phone)),
        provisional: person.provisional.is_some(),
        bands,
        tabs,
        basic: basic(&book, &person, &resolved),
        tab,
        on: typed_on,
        known: typed_known,
        now: view.now,
        panel,
        groups,
        household,
        hidden_members,
        guardians,
        history,
        reads,
        can_unmask: unmasked.is_none() && Action::Unmask.allowed_to(actor.role),
        can_report: Action::ReportEvent.allowed_to(actor.role),
    }))
}

fn view_of(
    ctx: &Ctx,
    person: &Person,
    query: &ListQuery,
) -> Result<(PersonView, String, String), Failure> {
    let day = |key: &str| -> Result<Option<Day>, Failure> {
        query
            .filter(key)
            .filter(|text| !text.is_empty())
            .map(|text| {
                ui::day_from_typed(text).ok_or_else(|| {
                    PageError::bad_request(format!("「{text}」不是日期，请写成 2025-03-31 的样子"))
                        .into()
                })
            })
            .transpose()
    };
    let (on, known) = (day("on")?, day("known")?);
    // 「按当时掌握」 of a day means all that was recorded by the end of that day.
    let known_at = known.map_or_else(
        || ctx.app.clock().now(),
        |day| Instant::at(day.plus_days(1), -1),
    );
    let view = PersonView {
        key: person.key.clone(),
        on: on.or(known).unwrap_or_else(|| ctx.today()),
        known: known_at,
        now: on.is_none() && known.is_none(),
    };
    let typed = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    Ok((view, typed(on), typed(known)))
}

fn tabs(
    id: &str,
    active: &str,
    panels: &[(&'static str, &'static str)],
    on: &str,
    known: &str,
) -> Vec<Tab> {
    let mut all: Vec<(&str, &str)> = vec![("basic", "基本情况")];
    all.extend(panels.iter().copied());
    all.extend([
        ("facts", "事实与来源"),
        ("family", "家庭与监护人"),
        ("history", "变更与查阅记录"),
    ]);
    all.into_iter()
        .map(|(key, title)| {
            let mut href = format!("/people/{id}?tab={key}");
            for (name, value) in [("on", on), ("known", known)] {
                if !value.is_empty() {
                    href.push_str(&format!("&{name}={value}"));
                }
            }
            Tab {
                title: title.to_owned(),
                href,
                active: key == active,
            }
        })
        .collect()
}

fn contact(person: &Person, phone: Option<String>) -> String {
    let parts = [
        person.contact_name.clone(),
        person.contact_relation.clone(),
        phone,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn basic(book: &AreaBook, person: &Person, resolved: &Resolved) -> Details {
    let mut details = Details::default();
    for name in [
        "birth_date",
        "sex",
        "hukou_area",
        "residence_area",
        "residence_since",
        "urban",
        "living",
        "left_behind",
    ] {
        let Some(fact) = rules::facts::find(name) else {
            continue;
        };
        let value = resolved
            .facts
            .get(fact)
            .map(|value| words::value(book, fact, value))
            .unwrap_or_default();
        let note = resolved
            .known(fact)
            .map(|known| format!("{} 起 · {}", known.since, known.source))
            .unwrap_or_default();
        details = details.row_with(fact.def().zh, value, note);
    }
    details = details.row("详细地址", person.address.clone().unwrap_or_default());
    details.row_with(
        "建档时间",
        person.registered.minute(),
        format!("第 {} 版", person.version),
    )
}

/// Which facts stand together on the tab, by their first name.
const FACT_GROUPS: &[(&str, &[&str])] = &[
    (
        "身份与户籍",
        &[
            "alive",
            "dead_on",
            "birth_date",
            "sex",
            "hukou_area",
            "moved_out_on",
            "in_custody",
        ],
    ),
    (
        "居住与家庭",
        &[
            "residence_area",
            "residence_since",
            "urban",
            "living",
            "left_behind",
            "unattended",
            "has_supporter",
            "supporter_refuses",
        ],
    ),
    (
        "社会救助",
        &[
            "tekun",
            "tekun_choice",
            "tekun_mode",
            "tekun_self_care",
            "dibao",
            "dibao_household",
            "dibao_still_hard",
            "low_income",
            "dibao_edge",
            "rigid_spending",
            "homeless",
            "legal_aid_case",
            "serious_illness",
        ],
    ),
    (
        "能力与残疾",
        &[
            "ability_level",
            "cannot_self_care",
            "dementia",
            "wants_assessment",
            "disability_grade",
            "disability_kind",
            "disability_card_until",
            "needs_long_care",
            "carer_trained",
            "carer_of",
        ],
    ),
    (
        "养老与保险",
        &[
            "employee_pension",
            "resident_pension",
            "work_injury_care_pay",
            "ltci_benefit",
        ],
    ),
];

/// A day of death or removal that is not there is not something to find out.
fn is_open(fact: FactId) -> bool {
    !matches!(fact.name(), "dead_on" | "moved_out_on")
}

fn fact_groups(
    ctx: &Ctx,
    book: &AreaBook,
    person: &Person,
    resolved: &Resolved,
    on: Day,
) -> Vec<FactGroup> {
    let child = person.age_on(ctx.today()).is_some_and(|age| age < 18);
    let mut groups: Vec<FactGroup> = Vec::new();
    let mut placed: Vec<FactId> = Vec::new();
    for (title, names) in FACT_GROUPS {
        let facts: Vec<FactId> = names
            .iter()
            .filter_map(|name| rules::facts::find(name))
            .collect();
        placed.extend(&facts);
        groups.push(FactGroup {
            title,
            rows: facts
                .into_iter()
                .filter(|fact| is_open(*fact) || resolved.facts.get(*fact).is_some())
                .map(|fact| fact_row(ctx, book, person, resolved, fact, on))
                .collect(),
        });
    }
    let rest: Vec<FactId> = FactId::all()
        .filter(|fact| !placed.contains(fact))
        .collect();
    let is_child_fact = |fact: &FactId| {
        matches!(
            fact.name(),
            "orphan"
                | "unattended_child"
                | "martyr_child"
                | "poor_family_child"
                | "migrant_child"
                | "birth_order"
                | "guardian_ids"
        )
    };
    let (children, others): (Vec<FactId>, Vec<FactId>) = rest.into_iter().partition(is_child_fact);
    let rows = |facts: Vec<FactId>| {
        facts
            .into_iter()
            .map(|fact| fact_row(ctx, book, person, resolved, fact, on))
            .collect()
    };
    if child {
        groups.push(FactGroup {
            title: "儿童",
            rows: rows(children),
        });
    } else {
        groups.push(FactGroup {
            title: "优抚、计生与生育",
            rows: rows(others),
        });
    }
    groups
}

fn fact_row(
    ctx: &Ctx,
    book: &AreaBook,
    person: &Person,
    resolved: &Resolved,
    fact: FactId,
    on: Day,
) -> FactRow {
    let def = fact.def();
    let known = resolved.known(fact);
    let action = Action::CorrectFact { offices: def.owner };
    let may = action.allowed_to(ctx.actor().role);
    FactRow {
        zh: def.zh,
        says: def.says,
        value: resolved
            .facts
            .get(fact)
            .map(|value| words::value(book, fact, value)),
        since: known
            .map(|known| known.since.to_string())
            .unwrap_or_default(),
        recorded: known
            .map(|known| known.recorded.day().to_string())
            .unwrap_or_default(),
        source: known
            .map(|known| {
                let roll = if known.roll.is_some() {
                    "（全量名单，不在册）"
                } else {
                    ""
                };
                format!("{}{roll} · {}", known.source, known.by)
            })
            .unwrap_or_default(),
        overdue: match (def.review_months, known) {
            (Some(months), Some(known)) => known.recorded.day().plus_months(i32::from(months)) < on,
            _ => false,
        },
        owner: def.owner.join("、"),
        settled_by: if def.settled_by == SettledBy::None {
            ""
        } else {
            def.settled_by.zh()
        },
        correct: may.then(|| format!("/people/{}/facts/{}/correction", person.key.id, def.name)),
    }
}

async fn household(ctx: &Ctx, person: &Person) -> Result<(Vec<Relative>, i64), Failure> {
    let Some(household) = &person.household else {
        return Ok((Vec::new(), 0));
    };
    let members = sql::household(&ctx.app.store, &ctx.scope(), household).await?;
    let size = sql::household_size(&ctx.app.store, household).await?;
    let hidden = size - members.len() as i64;
    let entries: Vec<Audit> = members
        .iter()
        .filter(|member| member.key != person.key)
        .map(|member| Audit::new("person.relative").person(&member.key.shard, &member.key.id))
        .collect();
    ctx.log_reads(&entries).await?;
    Ok((
        members
            .iter()
            .filter(|member| member.key != person.key)
            .map(|member| relative(ctx, member, member.relation.clone()))
            .collect(),
        hidden,
    ))
}

async fn guardians(ctx: &Ctx, person: &Person) -> Result<Vec<Relative>, Failure> {
    let mut out = Vec::new();
    for (id, relation) in sql::guardians(&ctx.app.store, &person.key).await? {
        if let Some(guardian) = api::person(&ctx.app.store, &id).await? {
            let mut shown = relative(ctx, &guardian, Some(relation));
            if !ctx.scope().admits(&guardian.subject()) {
                shown.href = None;
            }
            out.push(shown);
        }
    }
    Ok(out)
}

fn relative(ctx: &Ctx, person: &Person, relation: Option<String>) -> Relative {
    Relative {
        name: person.name.clone(),
        relation: relation.unwrap_or_default(),
        age: words::age(&person.facts, ctx.today()),
        href: Some(format!("/people/{}", person.key.id)),
        tags: words::tags(&person.facts, ctx.today()),
    }
}

async fn history_of(ctx: &Ctx, book: &AreaBook, person: &Person) -> Result<Timeline, Failure> {
    let mut entries: Vec<(Instant, String, String, String, &str)> = Vec::new();
    for record in api::records(&ctx.app.store, &person.key).await? {
        let facts: Vec<String> = record
            .sets
            .iter()
            .map(|set| {
                let value = set.value.as_ref().map_or_else(
                    || "未知".to_owned(),
                    |value| words::value(book, set.fact, value),
                );
                format!("{}：{value}（{} 起）", set.fact.def().zh, set.since)
            })
            .collect();
        let title = match (&record.reason, record.withdrawn) {
            (_, Some(_)) => format!("{}（已撤回）", record.source),
            (Some(_), None) => format!("更正 · {}", record.source),
            (None, None) => record.source.clone(),
        };
        let tone = if record.withdrawn.is_some() {
            "danger"
        } else if record.reason.is_some() {
            "warn"
        } else {
            ""
        };
        entries.push((
            record.recorded,
            title,
            record.by.clone(),
            facts.join("；"),
            tone,
        ));
    }
    for event in history::events(&ctx.app.store, &person.key).await? {
        let (title, tone) = match event.kind.as_str() {
            "death" => ("报去世", "danger"),
            _ => ("迁移", "ok"),
        };
        let areas: Vec<String> = [event.from, event.to]
            .into_iter()
            .flatten()
            .map(|code| book.full_name(&code))
            .collect();
        entries.push((
            event.recorded,
            format!("{title} · {}", event.day.zh()),
            event.by,
            areas.join(" → "),
            tone,
        ));
    }
    entries.sort_by(|a, b| b.0.cmp(&a.0));
    Ok(entries.into_iter().fold(
        Timeline::default(),
        |timeline, (at, title, by, text, tone)| {
            timeline.entry(&at.minute(), &title, &by, &text, tone)
        },
    ))
}

async fn reads_of(ctx: &Ctx, person: &Person) -> Result<Timeline, Failure> {
    let rows = store::audit::about(&ctx.app.store, &person.key.id, 50).await?;
    Ok(rows.into_iter().fold(Timeline::default(), |timeline, row| {
        let (title, tone) = match row.action.as_str() {
            "person.read" => ("查阅档案", ""),
            "person.unmask" => ("查看完整证号电话", "warn"),
            "person.refused" => ("越权查阅被拒绝", "danger"),
            "person.relative" => ("随家庭成员查阅", ""),
            "fact.correct" => ("更正事实", "ok"),
            "person.death" => ("报去世", "danger"),
            "person.move" => ("登记迁移", "ok"),
            "person.register" => ("建档", "ok"),
            _ => ("其他操作", ""),
        };
        let role = authz::Role::from_key(&row.role).map_or("", authz::Role::zh);
        timeline.entry(&row.at.minute(), title, role, "", tone)
    }))
}
