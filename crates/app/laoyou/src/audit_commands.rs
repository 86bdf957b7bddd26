//! `laoyou audit`: the chain of the log from its first row, against heads that were kept outside the database.

use crate::fault::{Fault, Outcome};
use crate::out;
use authz::Actor;
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

/// What the chain says is wrong, in Chinese.
pub(crate) fn words(broken: &str) -> String {
    let number = broken
        .rsplit_once("number ")
        .map(|(_, rest)| rest)
        .unwrap_or_default();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    let row = broken
        .strip_prefix("audit row ")
        .and_then(|rest| rest.split_once(' '))
        .map_or("", |(row, _)| row);
    let between = |from: &str| {
        let (_, rest) = broken.split_once(from)?;
        rest.split([' ', ':', ';']).next()
    };
    let day = between(" on ").unwrap_or_default();
    if broken.contains("rows at its end were removed") {
        let ends = between("ends at number ").unwrap_or_default();
        format!("链到第 {ends} 条为止，而 {day} 导出时已更长：末尾的记录被删除")
    } else if broken.contains("written anew") {
        format!("第 {number} 条与 {day} 导出时不同：它或它之前的记录被改动，链被重写")
    } else if broken.contains("was changed") {
        format!("第 {number} 条记录（{row}）被改动")
    } else if broken.contains("is gone") {
        format!("第 {number} 条记录（{row}）被删除")
    } else {
        format!("缺少第 {number} 号")
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    /// Row M05: what is broken is said in words, with the row's number and id.
    #[test]
    fn what_is_broken_is_said_in_words() {
        for (broken, says) in [
            (
                "audit row 0a-1 (number 7) was changed",
                "第 7 条记录（0a-1）被改动",
            ),
            (
                "audit row 0a-1 (number 7) is gone",
                "第 7 条记录（0a-1）被删除",
            ),
            ("the chain lacks number 3", "缺少第 3 号"),
            (
                "the chain ends at number 5; on 2025-06-30 it had 9: rows at its end were removed",
                "链到第 5 条为止，而 2025-06-30 导出时已更长：末尾的记录被删除",
            ),
            (
                "number 4 is not what it was on 2025-06-30: a row up to it was changed and the chain written anew",
                "第 4 条与 2025-06-30 导出时不同：它或它之前的记录被改动，链被重写",
            ),
        ] {
            assert_eq!(words(broken), says);
        }
    }
}
