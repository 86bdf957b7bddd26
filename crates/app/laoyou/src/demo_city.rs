//! `laoyou demo`: makes a database with the demo city in it, shows progress, and serves it.

mod duplicates;
mod load;

use crate::compose::{self, DEMO_DAY, DEMO_MADE};
use crate::fault::{Fault, Outcome};
use crate::{demo_roles, files, out};
use area::api::{Tree, install};
use authz::Actor;
use demo::{Options, Village};
use kernel::{Clock, Day, FixedClock, Instant, SeededIds, SystemClock};
use plan::api::PlanBook;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Audit, Keys, Store};

/// The files of a plan folder, part of the program.
macro_rules! folder {
    ($place:literal: $($file:literal),+) => {
        &[$(($file, include_str!(concat!("../../../../plans/", $place, "/", $file)))),+]
    };
}
/// A plan folder: names and texts of its files.
type Folder = &'static [(&'static str, &'static str)];
/// The plan of the demo city.
const PLAN: Folder = folder!("suizhou": "plan.toml", "services.toml", "services.cases.toml", "programmes.toml",
    "params.toml", "areas.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml");
/// Other places' plans, to read and to compare with.
const OTHER_PLANS: &[Folder] = &[
    folder!("xianning": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml"),
    folder!("chongxin": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml"),
    folder!("shaoyang": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml"),
];
const OVERLAY: &str = include_str!("../../demo/overlay/suizhou-params.toml");

/// What to make.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Residents.
    pub people: usize,
    /// Seed.
    pub seed: u64,
    /// The demo's day.
    pub today: Day,
    /// Folder of database and key.
    pub data: PathBuf,
    /// Throw away what is there.
    pub reset: bool,
    /// Another database than the SQLite file in `data` (it must be empty).
    pub database: Option<String>,
}

/// Opens the demo database, making it when it is not there yet.
pub async fn prepare(options: &DemoOptions) -> Outcome<(Store, PathBuf, String)> {
    std::fs::create_dir_all(&options.data).map_err(|error| {
        Fault::new(format!(
            "不能建立数据目录 {}：{error}",
            options.data.display()
        ))
    })?;
    let file = options.data.join("laoyou-demo.db");
    let key_file = options.data.join("laoyou-demo.key");
    let done = options.data.join("laoyou-demo.ready");
    if options.reset || !done.exists() {
        // A demo that was killed while it was made is made again.
        for path in [
            &file,
            &with_suffix(&file, "-wal"),
            &with_suffix(&file, "-shm"),
            &with_suffix(&file, "-gate"),
            &with_suffix(&file, "-next"),
            &done,
        ] {
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
    }
    for folder in ["files", "snapshots"] {
        if !done.exists() && options.data.join(folder).exists() {
            std::fs::remove_dir_all(options.data.join(folder))?;
        }
    }
    if !key_file.exists() {
        write_private(&key_file, &Keys::generate_file()?)?;
    }
    let keys = crate::serve::keys(&key_file)?;
    let database = options
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", file.display()));
    if !done.exists() {
        make(options, &database, keys.clone()).await?;
        std::fs::write(&done, "")?;
    }
    let store = compose::open(&database, keys).await?;
    store.migrate(&compose::migrations()).await?;
    Ok((store, key_file, database))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn write_private(path: &Path, text: &str) -> Outcome<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

/// Makes the demo city in an empty database, at 08:00 of its day: the same seed gives the same rows.
pub async fn make(options: &DemoOptions, database: &str, keys: Keys) -> Outcome<()> {
    let clock = Arc::new(FixedClock(Instant::at(options.today, 8 * 3600)));
    let ids = Arc::new(SeededIds::new(options.seed));
    let store = Store::open_scratch(database, keys, clock, ids).await?;
    store.migrate(&compose::migrations()).await?;
    fill(&store, options).await?;
    demo_roles::extras(&store).await?;
    duplicates::plant(&store, &village_codes()?, options.today).await?;
    let folder = options.data.join("files");
    crate::payments::demo(&store, &folder, options.people, options.today).await?;
    crate::procedures::demo(&store).await?;
    crate::assessing::demo(&store, &folder).await?;
    let snapshots = period::api::PeriodSettings {
        directory: Some(options.data.join("snapshots")),
        ..period::api::PeriodSettings::default()
    };
    crate::periods::demo(&store, snapshots, options.people).await?;
    let mut tx = store.begin(&Actor::system("demo"), None).await?;
    tx.set_setting(DEMO_MADE, &SystemClock.now().to_string())
        .await?;
    tx.audit(Audit::new("demo.made"));
    tx.commit().await?;
    store.seal_audit().await?;
    store.close().await;
    Ok(())
}

/// Fills an empty, migrated database with the demo city.
pub async fn fill(store: &Store, options: &DemoOptions) -> Outcome<()> {
    let today = options.today;
    let maker = Actor::system("demo");
    let texts = files_of(PLAN);
    let folder = rules::folder::load(&texts).map_err(|problems| files::problems(&problems))?;
    out::progress(format!(
        "正在生成演示城市：{} 人，种子 {}，日期 {}",
        options.people,
        options.seed,
        today.zh()
    ));
    look_at_conflicts(store).await?;
    let mut tx = store.begin(&maker, None).await?;
    tx.set_setting(DEMO_DAY, &today.to_string()).await?;
    install(
        &mut tx,
        &Tree::of_plan(&folder.plan, &folder.areas),
        folder.list.version,
    )
    .await?;
    plan::api::set_overlay(&mut tx, &folder.plan.slug, OVERLAY)
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    publish(&mut tx, &texts).await?;
    for other in OTHER_PLANS {
        publish(&mut tx, &files_of(other)).await?;
    }
    tx.audit(Audit::new("demo.begin").with("people", options.people as i64));
    tx.commit().await?;
    let city = Options {
        people: options.people,
        seed: options.seed,
        today,
    };
    let indexes = store
        .take_down_indexes(&maker, &load::large_tables())
        .await?;
    let book = PlanBook::load(store).await?;
    let owed =
        load::everybody(store, &maker, city, villages(&folder), book.in_force(today)).await?;
    out::progress("  建立索引".to_owned());
    store.build_indexes(&maker, indexes).await?;
    demo_roles::create(store, &maker, owed, today).await?;
    crate::privacy_commands::load(store, None, "施安全").await?;
    if let Some(own) = book.places().first() {
        let areas = area::api::AreaBook::load(store).await?;
        dashboard::api::demo(store, &own.book, &areas).await?;
        tasks::api::demo(store, own, &areas).await?;
    }
    store.seal_audit().await?;
    Ok(())
}

fn files_of(folder: Folder) -> rules::Files {
    folder
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

/// Somebody looks at what is serious in the plans, before they are published.
async fn look_at_conflicts(store: &Store) -> Outcome<()> {
    let mut reader = Actor::system("demo");
    "李规划（市民政局）".clone_into(&mut reader.name);
    let mut tx = store.begin(&reader, None).await?;
    for plan in std::iter::once(&PLAN).chain(OTHER_PLANS) {
        let texts = files_of(plan);
        let book = figures::load(&texts).map_err(|problems| files::problems(&problems))?;
        for finding in plan::api::check(&texts, None).open() {
            plan::api::acknowledge_finding(
                &mut tx,
                &book.head.slug,
                finding,
                "原文如此，两处并列登记，已请发文单位明确",
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Loads a plan folder and publishes it with a second person.
async fn publish(tx: &mut store::Tx, texts: &rules::Files) -> Outcome<()> {
    let version = plan::api::load(tx, texts, "李规划（市民政局）")
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    plan::api::publish(tx, &version, "李规划（市民政局）", "陈审定（市民政局）")
        .await
        .map_err(|error| Fault::new(error.to_string()))
}

/// Codes of the demo plan's towns and villages.
fn village_codes() -> Outcome<Vec<kernel::AreaCode>> {
    let folder =
        rules::folder::load(&files_of(PLAN)).map_err(|problems| files::problems(&problems))?;
    Ok(villages(&folder)
        .into_iter()
        .map(|village| village.code)
        .collect())
}

fn villages(folder: &rules::folder::Folder) -> Vec<Village> {
    let mut out = Vec::new();
    for town in folder
        .areas
        .counties
        .iter()
        .flat_map(|county| &county.towns)
    {
        out.push(Village {
            code: town.code,
            name: town.name.clone(),
        });
        out.extend(town.villages.iter().map(|village| Village {
            code: village.code,
            name: village.name.clone(),
        }));
    }
    out
}
