//! Receipts of a national system: which records it took and which it refused, with its reason.

use crate::batch::{self, Batch};
use crate::records;
use crate::returned::{Matched, over};
use crate::uploads::{Counts, Upload};
use host::AppState;
use serde_json::json;
use store::jobs::Job;
use store::{Audit, StoreResult};
use tabular::headers::ColumnSpec;

/// Whether the record was taken.
pub(crate) const TAKEN: &str = "taken";
/// Why it was not.
pub(crate) const WHY: &str = "why";
/// Records moved in one transaction.
const CHUNK: usize = 400;

/// Columns of a receipt besides who it is about.
pub(crate) const SPECS: [ColumnSpec; 2] = [
    ColumnSpec {
        key: TAKEN,
        title: "结果",
        aliases: &["处理结果", "导入结果", "上报结果", "状态", "审核结果"],
        required: true,
        example: "成功",
        hint: "成功或失败",
    },
    ColumnSpec {
        key: WHY,
        title: "原因",
        aliases: &["失败原因", "退回原因", "错误信息", "说明", "错误原因"],
        required: false,
        example: "证件号码与姓名不符",
        hint: "失败的写原因",
    },
];

/// The words of a result: taken, refused, or neither.
pub(crate) fn taken(words: &str) -> Option<bool> {
    match words.trim() {
        "成功" | "通过" | "已接收" | "接收" | "入库" | "是" | "1" | "导入成功" | "审核通过" => {
            Some(true)
        }
        "失败" | "退回" | "不通过" | "未通过" | "拒绝" | "否" | "0" | "导入失败" | "审核不通过" => {
            Some(false)
        }
        _ => None,
    }
}

/// Moves the records of a file as its receipt says. A record that has moved on since is left as it is.
pub(crate) async fn write(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    upload: &Upload,
    matched: Matched,
) -> StoreResult<()> {
    let mut counts = Counts {
        total: matched.total,
        missed: matched.missed,
        refused: matched.refused.len() as i64,
        ..Counts::default()
    };
    let (mut done, todo) = (0_i64, matched.matches.len() as i64);
    for part in matched.matches.chunks(CHUNK) {
        let mut tx = app.store.begin(&upload.owner, None).await?;
        if !tx.hold_job(job, done, todo).await? {
            return tx.rollback().await;
        }
        let mut seen: Vec<&str> = Vec::new();
        for one in part {
            let Some((taken, why)) = &one.row.receipt else {
                continue;
            };
            seen.push(one.key.id.as_str());
            if !records::receipt(&mut tx, &batch.kind, &batch.id, &one.key, *taken).await? {
                counts.known += 1;
                continue;
            }
            counts.fresh += 1;
            if !taken {
                let subject = records::words_of(&batch.kind, &one.key.id);
                let says = why.as_deref().unwrap_or("没有写原因");
                batch::say(&mut tx, &subject, says).await?;
            }
        }
        done += part.len() as i64;
        tx.audit(
            Audit::new("reporting.receipt")
                .subject(&batch.id)
                .with("kind", batch.kind.as_str())
                .with("count", part.len() as i64)
                .with("keys", json!(seen)),
        );
        tx.commit().await?;
    }
    over(app, job, upload, matched.refused, counts, "reporting.read").await
}

#[cfg(test)]
mod tests {
    use super::taken;

    /// Row M04: what a receipt says is read, and what is neither yes nor no is neither.
    #[test]
    fn results_are_read() {
        assert_eq!(taken(" 成功 "), Some(true));
        assert_eq!(taken("退回"), Some(false));
        assert_eq!(taken("处理中"), None);
    }
}
