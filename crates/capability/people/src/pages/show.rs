//! 一人一档: who this is, what they are owed, which facts are known, who looked.

use super::reads::{ReadLog, Wanted, read_log};
use super::show_facts::{FactGroup, fact_groups};
use super::show_family::{Relative, guardians, household};
use super::show_history::history_of;
use super::{one, words};
use crate::api::{self, Person, Resolved};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page, PanelPlace, PersonView};
use kernel::{Day, Instant};
use rules::facts::FactId;
use store::Audit;
use ui::{Details, ListQuery, ListSpec, PageError, Shell, Timeline};

const SPEC: ListSpec = ListSpec {
    filters: &["tab", "on", "known", "month"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Tab {
    title: String,
    href: String,
    active: bool,
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
    reads: Option<ReadLog>,
    can_unmask: bool,
    can_report: bool,
}

/// `GET /people/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    // A file that gave way to another one leads there; who may see that one is decided there.
    if let Some(survivor) = api::survivor_of(&ctx.app.store, &id).await? {
        return Ok(ui::redirect(&format!("/people/{survivor}")));
    }
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
            Some(reads_of(ctx, &person, query).await?),
        )
    } else {
        (Timeline::default(), None)
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
    let home = if Action::ReadLists.allowed_to(actor.role) {
        ("人员档案", "/people")
    } else {
        ("我的家人", "/family")
    };
    let mut shell = ctx
        .shell(format!("{}的档案", person.name))
        .crumb(home.0, home.1);
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
        provisional: person.provisional.is_some() && person.id_number.is_none(),
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

async fn reads_of(ctx: &Ctx, person: &Person, query: &ListQuery) -> Result<ReadLog, Failure> {
    let wanted = Wanted {
        month: query.filter("month"),
        after: query.after.as_deref(),
    };
    let (id, kept) = (&person.key.id, vec![("tab", "history")]);
    read_log(ctx, id, format!("/people/{id}"), kept, wanted).await
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
