//! `laoyou audit`: the chain of the log from its first row, against heads that were kept outside the database.

use crate::fault::{Fault, Outcome};
use crate::out;
use authz::Actor;
use org::api::broken as words;
use std::io::Write;
use std::path::Path;
use store::audit_chain::{compare, heads_of, heads_text};
use store::{Audit, Store};

/// Walks the whole chain and compares it with exported heads; whether nothing was altered or removed.
pub async fn verify(store: &Store, heads: Option<&Path>) -> Outcome<bool> {
    let known = match heads {
        None => Vec::new(),
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Fault::new(format!("读不了 {}：{error}", file.display())))?;
            heads_of(&text).map_err(|what| {
                Fault::new(format!(
                    "{} 不是 laoyou audit heads 写出的文件：{what}",
                    file.display()
                ))
            })?
        }
    };
    let walk = store.walk_audit(0).await?;
    let against = match &walk.broken {
        Some(_) => None,
        None => compare(store, &known, walk.rows).await?,
    };
    let well = walk.broken.is_none() && against.is_none();
    let mut tx = store.begin(&Actor::system("audit"), None).await?;
    tx.audit(
        Audit::new("audit.verify")
            .with("result", if well { "whole" } else { "broken" })
            .with("heads", known.len() as i64),
    );
    tx.commit().await?;
    if let Some(broken) = walk.broken {
        out::line(format!(
            "✗ 操作记录链断裂，第一处：{}。前面 {} 条完好 → 立即报告安全审计员，保留现场，不要再写入",
            words(&broken),
            walk.rows
        ));
    } else if let Some(against) = against {
        out::line(format!(
            "✗ 与导出的链头不符：{} → 立即报告安全审计员，保留现场，不要再写入",
            words(&against)
        ));
    } else {
        out::line(format!(
            "✓ 操作记录链完整：{} 条，{} 天，没有改动、没有缺失",
            walk.rows,
            walk.heads.len()
        ));
        match heads {
            Some(file) => out::line(format!(
                "✓ 与 {} 的 {} 个每日链头一致",
                file.display(),
                known.len()
            )),
            None => out::line(
                "  只核对了链本身。要证明整条链没有被重写、末尾没有被删，请用 --heads 与以前导出的链头核对",
            ),
        }
    }
    Ok(well)
}

/// Seals what is open and writes the last link of each day; `false` where the chain does not hold.
pub async fn heads(store: &Store, file: &Path) -> Outcome<bool> {
    store.seal_audit().await?;
    let walk = store.walk_audit(0).await?;
    if let Some(broken) = walk.broken {
        out::line(format!(
            "✗ 操作记录链断裂，没有导出：{} → 立即报告安全审计员，保留现场",
            words(&broken)
        ));
        return Ok(false);
    }
    let (put, mut to) = archive::Put::begin(file)?;
    to.write_all(heads_text(&walk.heads).as_bytes())?;
    to.sync_all()?;
    put.end()?;
    out::line(format!(
        "已导出 {} 天的链头（到第 {} 条）：{}。请交给审计员保存在别处",
        walk.heads.len(),
        walk.rows,
        file.display()
    ));
    Ok(true)
}
