//! The demo's accounts: every role of product.md, each with a believable scope, opened by one click.

use crate::fault::Outcome;
use authz::{Actor, Role, Scope};
use host::PersonKey;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use org::api::{Grant, NewAccount, create_account};
use store::{Audit, Store};

/// The village account of the demo: name, phone number, first code.
const VILLAGE: (&str, &str, &str) = ("郑春兰", "16000002025", "2025-0630");

/// Makes the accounts. The town and village of the first named person get a worker and a visitor, and
/// her daughter an account, so that the first five minutes of `docs/demo-city.md` work.
pub async fn create(
    store: &Store,
    maker: &Actor,
    owed: Option<(PersonKey, Option<AreaCode>)>,
    today: Day,
) -> Outcome<()> {
    let village = owed.as_ref().and_then(|(_, hukou)| *hukou);
    let (Ok(city_code), Ok(other_town)) =
        ("4213".parse::<AreaCode>(), "421381100".parse::<AreaCode>())
    else {
        return Ok(());
    };
    let village = village.unwrap_or(city_code);
    let (town, county) = (village.up_to(Level::Town), village.up_to(Level::County));
    let area = |code: &AreaCode| vec![Grant::area(code, today.plus_years(-2))];
    let body = |key: &str| vec![Grant::management(key, today.plus_years(-2))];
    let family: Vec<Grant> = owed
        .map(|(key, _)| Grant::person(&key.id, today.plus_years(-1)))
        .into_iter()
        .collect();
    let accounts: Vec<(&str, &str, Role, Vec<Grant>)> = vec![
        ("demo-01-town", "张敏", Role::TownWorker, area(&town)),
        (
            "demo-02-town",
            "赵立新",
            Role::TownWorker,
            area(&other_town),
        ),
        (
            "demo-03-county",
            "王建国",
            Role::CountyCivil,
            body(county.as_str()),
        ),
        (
            "demo-04-body",
            "孙高新",
            Role::CountyCivil,
            body("M42130001"),
        ),
        ("demo-05-city", "李规划", Role::CityCivil, area(&city_code)),
        ("demo-06-city", "陈审定", Role::CityCivil, area(&city_code)),
        ("demo-07-visitor", "周小燕", Role::Visitor, area(&village)),
        ("demo-08-family", "王家属", Role::Family, family),
        ("demo-09-leader", "刘市长", Role::Leader, area(&city_code)),
        (
            "demo-10-health",
            "吴卫健",
            Role::CityHealth,
            area(&city_code),
        ),
        (
            "demo-11-health",
            "郑妇幼",
            Role::CountyHealth,
            area(&county),
        ),
        ("demo-12-planner", "冯发改", Role::Planner, area(&city_code)),
        (
            "demo-13-data",
            "褚残联",
            Role::DepartmentData,
            area(&county),
        ),
        (
            "demo-14-finance",
            "卫财政",
            Role::Finance,
            body(county.as_str()),
        ),
        ("demo-15-bank", "蒋代发", Role::Bank, body(county.as_str())),
        ("demo-16-assessor", "沈评估", Role::Assessor, area(&county)),
        (
            "demo-17-body",
            "韩机构",
            Role::AssessmentBody,
            area(&county),
        ),
        ("demo-18-home", "杨院长", Role::ElderHome, area(&town)),
        (
            "demo-19-nursery",
            "朱园长",
            Role::ChildcareCentre,
            area(&town),
        ),
        ("demo-20-provider", "秦服务", Role::Provider, area(&county)),
        (
            "demo-21-dispatch",
            "尤调度",
            Role::Dispatcher,
            area(&county),
        ),
        ("demo-22-hotline", "许坐席", Role::Hotline, area(&city_code)),
        (
            "demo-23-audit",
            "何审计",
            Role::InspectorDiscipline,
            vec![
                Grant::area(&city_code, today.plus_days(-10))
                    .until(today.plus_days(60))
                    .under("随审〔2025〕6号"),
            ],
        ),
        ("demo-24-system", "吕系统", Role::SystemAdmin, Vec::new()),
        (
            "demo-25-security",
            "施安全",
            Role::SecurityAdmin,
            Vec::new(),
        ),
        ("demo-26-logs", "张日志", Role::AuditAdmin, Vec::new()),
        (
            "demo-27-county",
            "李复核",
            Role::CountyCivil,
            body(county.as_str()),
        ),
        (
            "demo-28-leader",
            "周县长",
            Role::Leader,
            body(county.as_str()),
        ),
    ];
    let others = ["421303", "421321", "421381"]
        .into_iter()
        .filter(|code| !county.as_str().starts_with(code))
        .zip(["丁财政", "万财政", "方财政"]);
    let others: Vec<(String, &str, Role, Vec<Grant>)> = others
        .enumerate()
        .map(|(n, (code, name))| {
            let login = format!("demo-{}-finance", 29 + n);
            (login, name, Role::Finance, body(&format!("{code}000000")))
        })
        .collect();
    let accounts = accounts
        .into_iter()
        .map(|(login, name, role, grants)| (login.to_owned(), name, role, grants))
        .chain(others);
    let assessors = [
        ("demo-32-assessor", "陶评估", Role::Assessor),
        ("demo-33-assessor", "金评估", Role::Assessor),
        ("demo-34-assessor", "姜评估", Role::Assessor),
        ("demo-35-body", "谢机构", Role::AssessmentBody),
    ];
    let assessors = assessors
        .into_iter()
        .map(|(login, name, role)| (login.to_owned(), name, role, area(&county)));
    let accounts = accounts.chain(assessors);
    let mut tx = store.begin(maker, None).await?;
    for (login, name, role, grants) in accounts {
        let new = NewAccount {
            login,
            name: name.to_owned(),
            role,
            password: None,
            grants,
        };
        create_account(&mut tx, new).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What a visitor of the demo finds already there: people who looked at the first named person's record, and a village
/// account whose phone number and first code stand in `docs/demo-city.md`.
pub async fn extras(store: &Store) -> Outcome<()> {
    let accounts = org::api::accounts(store).await?;
    let of = |login: &str| accounts.iter().find(|account| account.login == login);
    let actor = |login: &str| {
        of(login).map(|account| Actor {
            id: account.id.clone(),
            name: account.name.clone(),
            role: account.role,
            scope: Scope::Nowhere,
            scope_name: String::new(),
        })
    };
    let mother = of("demo-08-family").and_then(|family| family.grants.first());
    let (Some(mother), Some(town)) = (mother, actor("demo-01-town")) else {
        return Ok(());
    };
    let Some(person) = people::api::person(store, &mother.code).await? else {
        return Ok(());
    };
    let about = |action| Audit::new(action).person(&person.key.shard, &person.key.id);
    for (login, entry) in [
        ("demo-07-visitor", about("person.read")),
        (
            "demo-03-county",
            Audit::new("person.list").with("keys", vec![person.key.id.clone()]),
        ),
        (
            "demo-01-town",
            about("person.unmask").with("reason", "apply"),
        ),
        ("demo-02-town", about("person.refused")),
    ] {
        if let Some(who) = actor(login) {
            store.log_reads(&who, None, &[entry]).await?;
        }
    }
    let today = store.clock().today();
    let mut tx = store.begin(&town, None).await?;
    identity::api::record_tie(
        &mut tx,
        &identity::api::NewTie {
            person: &person.key,
            guardian: false,
            name: "王家属",
            relation: "女儿",
            paper: "mandate",
            from: today.plus_years(-1),
            until: Some(today.plus_days(20)),
            account: of("demo-08-family").map(|family| family.id.as_str()),
        },
    )
    .await?;
    privacy::api::give(&mut tx, &person.key, "health", today.plus_days(-60)).await?;
    tx.commit().await?;
    if let Some(village) = person.subject().hukou {
        let (name, phone, code) = VILLAGE;
        org::api::open_village(store, &town, name, phone, village, code).await?;
    }
    Ok(())
}
