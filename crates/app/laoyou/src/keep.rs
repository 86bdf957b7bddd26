//! `laoyou backup` and `laoyou restore`: one sealed archive of rows, files and snapshots, from either database into either.

use crate::config::Config;
use crate::fault::{Fault, Outcome};
use crate::{compose, out, serve};
use archive::{Folder, Plan, Target};
use authz::Actor;
use files::Files;
use kernel::{Instant, SystemClock, SystemIds};
use std::path::Path;
use std::sync::Arc;
use store::migrate::tables_of;
use store::{Audit, Keys, Migration, Still, Store, StoreResult, Tx, catalogue};

/// Subject of the log's rows about backups.
pub const SUBJECT: &str = "backup";
/// The log's action of a backup that was made.
pub const MADE: &str = "backup.made";
/// Setting: the id of this installation.
const INSTALLATION: &str = "installation.id";
/// Setting: a keyed digest, by which a key file is known to be this installation's.
const PROBE: &str = "keys.probe";

impl From<archive::ArchiveError> for Fault {
    fn from(error: archive::ArchiveError) -> Self {
        Self(error.to_string())
    }
}

/// Whether the key file is the one this database was made with; `None` where nothing says so yet.
pub async fn keys_fit(store: &Store) -> Outcome<Option<bool>> {
    if let Some(probe) = store.setting(PROBE).await? {
        return Ok(Some(probe_fits(store.keys(), &probe)));
    }
    let sample = people::api::after(store, None, 50).await?;
    let sealed = sample.iter().find_map(|person| person.id_number.as_ref());
    Ok(sealed.map(|sealed| store.keys().open("id_number", sealed).is_ok()))
}

fn probe_of(keys: &Keys) -> String {
    keys.blind_short("probe", "laoyou", 32)
}

fn probe_fits(keys: &Keys, probe: &str) -> bool {
    keys.blinds_short("probe", "laoyou", 32)
        .iter()
        .any(|known| known == probe)
}

/// The key that a database was written with that does not say so itself; `None` where nothing in it is sealed.
pub async fn written_with(store: &Store) -> StoreResult<Option<String>> {
    if let Some(probe) = store.setting(PROBE).await? {
        let key = store.keys().of_digest("probe", "laoyou", &probe);
        return Ok(Some(key.unwrap_or("?").to_owned()));
    }
    let sample = people::api::after(store, None, 50).await?;
    let mut sealed = sample.iter().filter_map(|person| person.id_number.as_ref());
    Ok(sealed
        .next()
        .and_then(|sealed| sealed.key_id().map(ToOwned::to_owned)))
}

/// Marks the database with the current key: from now on its keys are known by that one.
pub async fn mark_keys(tx: &mut Tx) -> StoreResult<()> {
    let probe = probe_of(tx.store().keys());
    tx.set_setting(PROBE, &probe).await
}

/// Names a new installation and marks by which its keys are known. The schema is this program's.
pub async fn identify(store: &Store) -> Outcome<()> {
    if keys_fit(store).await? == Some(false) {
        return Err(Fault::new(
            "密钥文件不是这个数据库的那一份，没有继续。请在配置 key_file 里指定原来的密钥文件",
        ));
    }
    named(store).await?;
    if store.setting(PROBE).await?.is_none() {
        let mut tx = store.begin(&Actor::system("install"), None).await?;
        mark_keys(&mut tx).await?;
        tx.audit(Audit::new("installation.keys"));
        tx.commit().await?;
    }
    Ok(())
}

/// The installation's id; one that has none gets one.
async fn named(store: &Store) -> Outcome<String> {
    if let Some(id) = store.setting(INSTALLATION).await? {
        return Ok(id);
    }
    let id = store.new_id();
    let mut tx = store.begin(&Actor::system("install"), None).await?;
    tx.set_setting(INSTALLATION, &id).await?;
    tx.audit(Audit::new("installation.named").subject(&id));
    tx.commit().await?;
    Ok(id)
}

/// Writes an archive of the present moment; nobody has to stop.
pub async fn backup(config: &Config, file: &Path) -> Outcome<()> {
    if file.exists() {
        return Err(Fault::new(format!(
            "{} 已经在了，没有覆盖。换一个文件名",
            file.display()
        )));
    }
    let keys = serve::keys(&config.key_file)?;
    let store = compose::open(&config.database, keys.clone()).await?;
    let migrations = applied(&store).await?;
    if migrations.len() == compose::migrations().len() {
        identify(&store).await?;
    }
    // An older schema is not asked for people; its keys are known where it says so itself.
    if store
        .setting(PROBE)
        .await?
        .is_some_and(|probe| !probe_fits(&keys, &probe))
    {
        return Err(Fault::new(
            "密钥文件不是这个数据库的那一份，没有备份。请在配置 key_file 里指定原来的密钥文件",
        ));
    }
    let installation = named(&store).await?;
    let archive = store.new_id();
    let still = store.still().await?;
    let plan = Plan {
        still: &still,
        keys: &keys,
        archive: archive.clone(),
        installation,
        made_at: store.clock().now().micros(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        tables: tables_of(&migrations),
        folders: wanted(config, &still, &migrations).await?,
    };
    out::progress(format!("正在备份到 {}", file.display()));
    let tell = |text: String| out::progress(text);
    let written = archive::write(&plan, file, &tell).await?;
    still.end().await?;
    let rows: u64 = written.manifest.tables.iter().map(|table| table.rows).sum();
    let (count, bytes) = (written.manifest.files.len(), written.bytes);
    // Whoever holds the archive holds the register: it is in the log before it has its name.
    let mut tx = store.begin(&Actor::system("backup"), None).await?;
    tx.audit(
        Audit::new(MADE)
            .subject(SUBJECT)
            .with("archive", archive.clone())
            .with("rows", rows)
            .with("files", count as i64)
            .with("bytes", bytes),
    );
    tx.commit().await?;
    let missing = written.manifest.missing.clone();
    written.name()?;
    store.close().await;
    out::line(format!(
        "已备份：{}\n编号 {archive}，{rows} 行，{count} 个文件，{:.1} MB",
        file.display(),
        bytes as f64 / 1e6
    ));
    for path in &missing {
        out::line(format!("！{path} 不在磁盘上，备份里没有它"));
    }
    out::line(format!(
        "密钥不在备份里。请把 {} 另外保管，不要和备份放在一起；没有它，这份备份打不开",
        config.key_file.display()
    ));
    Ok(())
}

/// The migrations this database has run; an error for one that is not ours.
async fn applied(store: &Store) -> Outcome<Vec<Migration>> {
    if let Some(mark) = store.load_mark().await? {
        return Err(store::StoreError::HalfRestored(mark).into());
    }
    let applied = catalogue::applied(store).await?;
    if applied.is_empty() {
        return Err(Fault::new("数据库是空的，没有可备份的内容"));
    }
    let all = compose::migrations();
    let ours = |id: &String| all.iter().any(|migration| migration.key() == *id);
    if let Some((id, _)) = applied.iter().find(|(id, _)| !ours(id)) {
        return Err(store::StoreError::Newer(id.clone()).into());
    }
    let ran = |migration: &&Migration| applied.iter().any(|(id, _)| *id == migration.key());
    Ok(all.iter().filter(ran).copied().collect())
}

/// The folders, with the files that rows of this moment speak of.
async fn wanted(config: &Config, still: &Still, migrations: &[Migration]) -> Outcome<Vec<Folder>> {
    let mut folders = folders(config);
    for folder in &mut folders {
        let owner = match folder.name {
            "snapshots" => "period",
            name => name,
        };
        if migrations.iter().all(|migration| migration.owner != owner) {
            continue;
        }
        folder.wanted = match owner {
            "period" => period::api::directories(still).await?,
            _ => Files::paths(still).await?,
        };
    }
    Ok(folders)
}

fn folders(config: &Config) -> Vec<Folder> {
    let folder = |name, place: &Path| Folder {
        name,
        place: place.to_owned(),
        wanted: Vec::new(),
    };
    vec![
        folder("files", &config.files),
        folder("snapshots", &config.snapshots),
    ]
}

/// Reads an archive through and compares all its digests; no database is needed.
pub fn verify(config: &Config, file: &Path) -> Outcome<()> {
    let keys = serve::keys(&config.key_file)?;
    let (header, manifest) = archive::read::verify(file, &keys)?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    out::line(format!(
        "备份完好：{}\n编号 {}，写于 {}，{} 个表 {rows} 行，{} 个文件，数据库结构 {} 步，程序 {}",
        file.display(),
        header.archive,
        Instant::from_micros(header.made_at).minute(),
        manifest.tables.len(),
        manifest.files.len(),
        header.migrations.len(),
        header.program
    ));
    Ok(())
}

/// Restores an archive into an empty database, files and snapshots into their folders.
pub async fn restore(config: &Config, file: &Path, into: Option<String>) -> Outcome<()> {
    let target = Target {
        database: into.unwrap_or_else(|| config.database.clone()),
        keys: serve::keys(&config.key_file)?,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        migrations: compose::migrations(),
        folders: folders(config),
    };
    out::progress(format!("正在恢复 {}", file.display()));
    let tell = |text: String| out::progress(text);
    let restored = archive::restore(file, &target, &tell).await?;
    let rows: u64 = restored.manifest.tables.iter().map(|sum| sum.rows).sum();
    out::line(format!(
        "已恢复：编号 {}，写于 {}，{rows} 行，{} 个文件；逐表核对与备份一致",
        restored.header.archive,
        Instant::from_micros(restored.header.made_at).minute(),
        restored.manifest.files.len()
    ));
    if restored.migrated > 0 {
        out::line(format!(
            "备份时的数据库结构较旧，已升级 {} 步",
            restored.migrated
        ));
    }
    for path in &restored.manifest.missing {
        out::line(format!("！备份时 {path} 就不在磁盘上，这份备份里没有它"));
    }
    out::line("接着运行 laoyou doctor，再启动服务");
    Ok(())
}
