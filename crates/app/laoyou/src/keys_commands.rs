//! `laoyou keys`: the key file and what stands under which of its keys.

use crate::config::Config;
use crate::fault::{Fault, Outcome};
use crate::rekey::{self, Step};
use crate::{compose, out, serve};
use authz::Actor;
use host::Sealing;
use pay::seal::BankSeal;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::catalogue::{self, Kind};
use store::rekey::{OLDER, looks_sealed};
use store::{Audit, Keys, Reads, Store};

fn opened(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// `laoyou keys create`: a key file with one key; one that is there is not overwritten.
pub fn create(path: &Path) -> Outcome<()> {
    let mut file = opened(path).map_err(|error| {
        Fault::new(format!(
            "不能写 {}：{error}。已有密钥文件不会被覆盖",
            path.display()
        ))
    })?;
    file.write_all(Keys::generate_file()?.as_bytes())?;
    file.sync_all()?;
    out::line(format!(
        "已生成 {}。请离线备份：丢了它，证号和电话再也打不开",
        path.display()
    ));
    Ok(())
}

/// `laoyou pay seal-key`: the key that bank files are sealed with.
pub fn seal_key(path: &Path) -> Outcome<()> {
    let mut file = opened(path).map_err(|error| {
        Fault::new(format!(
            "不能写 {}：{error}。已有密钥文件不会被覆盖",
            path.display()
        ))
    })?;
    let text = BankSeal::new_text()?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let public = BankSeal::from_text(&text)
        .map_err(Fault::new)?
        .public()
        .unwrap_or_default();
    out::line(format!(
        "已生成 {}，在配置里写 bank_key_file 后启用。交给代发银行的 SM2 公钥：\n{public}",
        path.display()
    ));
    Ok(())
}

fn text_of(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Fault::new(format!("读不了密钥文件 {}：{error}", path.display())))
}

/// Puts a new text in the key file's place: there is always a whole one, whenever the power goes.
fn replace(path: &Path, text: &str) -> Outcome<()> {
    // What cannot be read back is not put there.
    Keys::from_file(text)?;
    let wrong =
        |error: std::io::Error| Fault::new(format!("不能改写密钥文件 {}：{error}", path.display()));
    let beside = path.with_extension("key.new");
    if beside.exists() {
        std::fs::remove_file(&beside).map_err(wrong)?;
    }
    let mut file = opened(&beside).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    file.sync_all().map_err(wrong)?;
    std::fs::rename(&beside, path).map_err(wrong)?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(wrong)?;
    }
    Ok(())
}

/// `laoyou keys add`: one more key in the file, which is not used yet, so that every process can learn it first.
pub fn add(config: &Config) -> Outcome<()> {
    let path = &config.key_file;
    let (text, id) = Keys::with_new_key(&text_of(path)?)?;
    replace(path, &text)?;
    out::line(format!(
        "{} 里加了 {id} 号密钥，还没有启用。请离线备份新的密钥文件，重启所有进程（serve、work），再运行 laoyou keys rotate",
        path.display()
    ));
    Ok(())
}

/// `laoyou keys rotate`: the newest key becomes current and the turning to it begins; with `now` it is done here.
pub async fn rotate(config: &Config, now: bool, rows: i64) -> Outcome<()> {
    let path = &config.key_file;
    let text = text_of(path)?;
    let keys = Keys::from_file(&text)?;
    let newest = keys
        .ids()
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    if newest == keys.current_id() {
        let store = compose::open(&config.database, keys).await?;
        let turns = rekey::turning(&store).await?.is_some();
        let known = rekey::written_with(&store).await?;
        if !turns && known.is_none_or(|id| id == newest) {
            return Err(Fault::new(format!(
                "{newest} 号已经是当前密钥，没有更新的。要换新的，先运行 laoyou keys add，并重启所有进程"
            )));
        }
        return go(config, store, now, rows).await;
    }
    let store = compose::open(&config.database, keys).await?;
    // The database must be this key file's before its current key moves.
    rekey::ready(&store).await?;
    if rekey::turning(&store).await?.is_some() {
        return Err(Fault::new(
            "上一次换密钥还没有完成，等它完成再换。看进度：laoyou keys status",
        ));
    }
    store.close().await;
    let text = Keys::with_current(&text, &newest)?;
    replace(path, &text)?;
    let store = compose::open(&config.database, Keys::from_file(&text)?).await?;
    go(config, store, now, rows).await
}

async fn go(config: &Config, store: Store, now: bool, rows: i64) -> Outcome<()> {
    rekey::ready(&store).await?;
    let id = store.keys().current_id().to_owned();
    out::line(format!("新写入的内容从现在起用 {id} 号密钥"));
    if !now {
        out::line(
            "请马上重启所有进程：旧的进程读不了新的内容。重启后作业在后台重新加密，不必停止服务；看进度：laoyou keys status",
        );
        return Ok(());
    }
    let files = config.file_store();
    loop {
        match rekey::step(&store, &files, rows.max(1)).await? {
            Step::More(state) => {
                out::progress(format!("已重新加密 {} / {} 行", state.done, state.total));
            }
            Step::Done => break,
            Step::Idle => {
                out::line("没有要重新加密的");
                return Ok(());
            }
        }
    }
    store.close().await;
    out::line(format!(
        "全部内容已用 {id} 号密钥。旧密钥可以删除：laoyou keys drop；以前的备份仍要旧密钥才能打开"
    ));
    Ok(())
}

/// `laoyou keys status`: what stands under which key, and how far a turning has come.
pub async fn status(config: &Config) -> Outcome<()> {
    let store = compose::open(&config.database, serve::keys(&config.key_file)?).await?;
    let files = config.file_store();
    let counted = rekey::count(&store, &files).await?;
    let keys = store.keys().clone();
    for id in keys.ids() {
        let used = if id == keys.current_id() {
            "当前"
        } else if keys.is_older(id) {
            "旧"
        } else {
            "还没有启用"
        };
        let of = |all: &std::collections::BTreeMap<String, i64>| all.get(id).copied().unwrap_or(0);
        let mut line = format!(
            "{id} 号（{used}）：{} 处加密内容，{} 个文件",
            of(&counted.values),
            of(&counted.files)
        );
        for (zh, count) in lost(&store, id).await? {
            line.push_str(&format!("，{zh} {count} 个"));
        }
        out::line(line);
    }
    if let Some(count) = counted.values.get(OLDER) {
        out::line(format!("旧密钥的摘要（不写明是哪一号）：{count} 处"));
    }
    let foreign: i64 = counted.values.get("?").copied().unwrap_or(0)
        + counted
            .files
            .iter()
            .filter(|(id, _)| !keys.knows(id))
            .map(|(_, count)| count)
            .sum::<i64>();
    if foreign > 0 {
        out::line(format!("！{foreign} 处的密钥不在密钥文件里，打不开"));
    }
    match rekey::turning(&store).await? {
        Some(state) => out::line(format!(
            "正在换成 {} 号密钥：{} / {} 行",
            state.to, state.done, state.total
        )),
        None => out::line("没有在换密钥"),
    }
    store.close().await;
    Ok(())
}

async fn lost(store: &Store, id: &str) -> Outcome<Vec<(&'static str, i64)>> {
    let mut out = Vec::new();
    for sealing in compose::sealed() {
        if let Sealing::Lost { zh, count, .. } = sealing {
            let count = count(store, id).await?;
            if count > 0 {
                out.push((zh, count));
            }
        }
    }
    Ok(out)
}

/// `laoyou keys drop`: takes an old key out of the file, when nothing in the whole database is under it any more.
pub async fn drop_key(config: &Config, id: &str, codes: bool) -> Outcome<()> {
    let path = &config.key_file;
    let text = text_of(path)?;
    let keys = Keys::from_file(&text)?;
    if !keys.knows(id) {
        return Err(Fault::new(format!("密钥文件里没有 {id} 号密钥")));
    }
    if id == keys.current_id() {
        return Err(Fault::new(format!(
            "{id} 号是当前密钥，不能删除。要换密钥：laoyou keys add，再 laoyou keys rotate"
        )));
    }
    let store = compose::open(&config.database, keys).await?;
    rekey::ready(&store).await?;
    if rekey::turning(&store).await?.is_some() {
        return Err(Fault::new(
            "正在换密钥，没有删除。等它完成，看进度：laoyou keys status",
        ));
    }
    let left = rekey::count(&store, &config.file_store()).await?.under(id);
    if left > 0 {
        return Err(Fault::new(format!(
            "还有 {left} 处用 {id} 号密钥，没有删除。先运行 laoyou keys rotate"
        )));
    }
    if let Some(place) = stray(&store, id).await? {
        return Err(Fault::new(format!(
            "{place} 里还有用 {id} 号密钥加密的内容，没有删除"
        )));
    }
    for (zh, count) in lost(&store, id).await? {
        if !codes {
            return Err(Fault::new(format!(
                "{zh}还有 {count} 个只能用 {id} 号密钥核对，删除后就失效。请这些人先在“登录安全”里重新生成；确定让它们失效，写 --codes"
            )));
        }
    }
    let text = Keys::without(&text, id)?;
    let mut tx = store.begin(&Actor::system("keys"), None).await?;
    for sealing in compose::sealed() {
        if let Sealing::Lost { forget, .. } = sealing {
            forget(&mut tx, id).await?;
        }
    }
    tx.audit(Audit::new("keys.dropped").with("key", id));
    tx.commit().await?;
    store.close().await;
    replace(path, &text)?;
    out::line(format!(
        "{} 里已没有 {id} 号密钥。用它做的备份以后打不开：要留着那些备份，就把旧的密钥文件另外保管",
        path.display()
    ));
    Ok(())
}

/// A column of any table in which something looks sealed with this key, whatever was declared.
async fn stray(store: &Store, id: &str) -> Outcome<Option<String>> {
    for name in catalogue::table_names(store).await? {
        let table = catalogue::table(store, &name).await?;
        for column in table.columns.iter().filter(|c| c.kind == Kind::Text) {
            let column = &column.name;
            let mut patterns = Vec::new();
            for form in ['.', ',', ':'] {
                patterns.push(format!("{id}{form}%"));
                patterns.push(format!("%\"{id}{form}%"));
            }
            let asked: Vec<String> = (1..=patterns.len())
                .map(|place| format!("t.{column} LIKE ${place}"))
                .collect();
            let sql = format!(
                "SELECT t.{column} AS found FROM {name} t WHERE {}",
                asked.join(" OR ")
            );
            let rows = store
                .all(&sql, patterns.into_iter().map(store::Value::from).collect())
                .await?;
            for row in rows {
                if looks_sealed(&row.text("found")?, id) {
                    return Ok(Some(format!("{name}.{column}")));
                }
            }
        }
    }
    Ok(None)
}
