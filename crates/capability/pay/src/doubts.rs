//! 疑点: what a person must look at before a batch goes on. Each is settled by somebody, with a reason: paid all the
//! same, or held back this month.

use crate::draft::Whole;
use crate::history::Range;
use crate::runs::Run;
use crate::{budgets, proofs, vouchers};
use authz::Actor;
use host::PersonKey;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Audit, Reads, Row, StoreResult, Tx, values};

/// A kind of doubt: key, name, what to look at.
pub const KINDS: &[(&str, &str, &str)] = &[
    (
        "dead",
        "疑似去世",
        "核对死亡信息；确已去世的本月不发或按末月规则核定",
    ),
    (
        "twice",
        "一人多领",
        "同一人同月有互斥或择高的另一项，留一项",
    ),
    (
        "shared_account",
        "共用账户",
        "核对卡号是不是本人的，代领的补登手续",
    ),
    (
        "over_standard",
        "超标准",
        "核对标准和年龄，确属当地提标的写明文号",
    ),
    (
        "no_account",
        "无卡号",
        "请乡镇向本人要卡号；本月补不上的下月补发",
    ),
    (
        "handler_account",
        "经办人本人账户",
        "收款账户是经办人的，须换人核实",
    ),
    (
        "unproven",
        "未认证",
        "先查探访、入住、就医记录，再联系本人；只因未认证不停发，停发在资格认证里办",
    ),
    (
        "over_quota",
        "超名额",
        "按先后和困难程度核减：多出来的人先暂停，再作废批次重新生成；增加名额的写明文号",
    ),
    ("over_budget", "超预算", "财政追加预算或压减后再审核"),
];

/// The name of a kind.
pub fn kind_zh(kind: &str) -> &'static str {
    let known = KINDS.iter().find(|(key, ..)| *key == kind);
    known.map_or("其他", |(_, name, _)| *name)
}

/// What to look at.
pub fn kind_hint(kind: &str) -> &'static str {
    let known = KINDS.iter().find(|(key, ..)| *key == kind);
    known.map_or("", |(.., hint)| *hint)
}

/// A doubt to be written.
#[derive(Debug, Clone)]
pub(crate) struct New {
    key: Option<PersonKey>,
    kind: &'static str,
    detail: String,
}

impl New {
    pub(crate) fn of(key: &PersonKey, kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            key: Some(key.clone()),
            kind,
            detail: detail.into(),
        }
    }
}

pub(crate) async fn insert(tx: &mut Tx, run: &str, new: Vec<New>) -> StoreResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let sql = "SELECT max(no) + 1 AS n FROM pay_doubt WHERE run = $1";
    let first = tx.number(sql, values![run]).await?.max(1);
    let rows = (first..)
        .zip(new)
        .map(|(no, one)| {
            let (shard, id) = one
                .key
                .map_or((None, None), |key| (Some(key.shard), Some(key.id)));
            values![run, no, shard, id, one.kind, one.detail, "open"]
        })
        .collect();
    tx.insert_many(
        "pay_doubt",
        &["run", "no", "shard", "id", "kind", "detail", "state"],
        rows,
    )
    .await
}

/// What only the whole batch shows: two programmes that do not go together, proofs of life, quota and budget.
pub(crate) async fn of_whole(tx: &mut Tx, whole: &Whole, run: &Run) -> StoreResult<()> {
    let mut new = Vec::new();
    for (other, name, hint) in rivals(whole) {
        let twice = "SELECT DISTINCT a.shard, a.id FROM pay_attempt a JOIN pay_due d ON d.shard = a.shard AND d.programme = $2 \
             AND d.month = a.month AND d.id = a.id AND d.line = 1 AND d.fen > 0 WHERE a.run = $1 AND a.month = $3 \
             ORDER BY a.shard, a.id";
        let values = values![run.run.as_str(), other.as_str(), run.month.number()];
        for row in tx.all(twice, values).await? {
            new.push(New::of(
                &key_of(&row)?,
                "twice",
                format!("本月另有「{name}」，两项不能同时发{hint}"),
            ));
        }
    }
    new.extend(unproven(&*tx, whole, run).await?);
    if let Some(quota) = whole.own.voucher.as_ref().and_then(|terms| terms.quota) {
        let sql = "SELECT CAST(count(DISTINCT id) AS BIGINT) AS n FROM pay_attempt WHERE run = $1";
        let people = tx.number(sql, values![run.run.as_str()]).await?;
        if people > quota {
            new.push(New {
                key: None,
                kind: "over_quota",
                detail: format!(
                    "本月 {people} 人，名额 {quota} 人，多 {} 人",
                    people - quota
                ),
            });
        }
    }
    if let Some(words) = budgets::refuses(&*tx, run, whole.own.shares()).await? {
        new.push(New {
            key: None,
            kind: "over_budget",
            detail: words,
        });
    }
    insert(tx, &run.run, new).await
}

/// What makes an account doubtful, asked once for a batch.
pub(crate) struct Accounts {
    /// Digests of numbers that many are paid into, and into how many.
    shared: BTreeMap<String, i64>,
    /// Whose own account is one: the handler's name.
    handler: Option<String>,
}

impl Accounts {
    /// Nothing where a batch pays into no accounts.
    pub(crate) async fn of(reads: &impl Reads, whole: &Whole) -> StoreResult<Option<Self>> {
        if vouchers::by_terms(&whole.own) {
            return Ok(None);
        }
        let sql = "SELECT number_index, CAST(count(*) AS BIGINT) AS n FROM pay_account WHERE live GROUP BY number_index \
             HAVING count(*) >= $1";
        let rows = reads.all(sql, values![whole.shared_from]).await?;
        Ok(Some(Self {
            shared: rows
                .iter()
                .map(|row| Ok((row.text("number_index")?, row.int("n")?)))
                .collect::<StoreResult<_>>()?,
            handler: org::api::account(reads, &whole.run.made_by)
                .await?
                .map(|account| account.name),
        }))
    }

    /// What is wrong with the accounts that these people of a range would be paid into.
    pub(crate) async fn look(
        &self,
        reads: &impl Reads,
        range: &Range<'_>,
        paid: &BTreeSet<&PersonKey>,
    ) -> StoreResult<Vec<New>> {
        if paid.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT id, number_index, holder FROM pay_account WHERE shard = $1 AND id >= $2 AND id <= $3 AND live";
        let rows = reads
            .all(sql, values![range.shard, range.first, range.last])
            .await?;
        let mut known: HashMap<String, &Row> = HashMap::with_capacity(rows.len());
        for row in &rows {
            known.insert(row.text("id")?, row);
        }
        let mut new = Vec::new();
        for key in paid {
            let Some(account) = known.get(&key.id) else {
                new.push(New::of(key, "no_account", "没有登记收款卡号"));
                continue;
            };
            if let Some(people) = self.shared.get(&account.text("number_index")?) {
                let words = format!("{people} 人用同一个账户收款");
                new.push(New::of(key, "shared_account", words));
            }
            let holder = account.opt_text("holder")?;
            if let (Some(holder), Some(handler)) = (&holder, &self.handler)
                && holder == handler
            {
                let words = format!("收款账户户名与经办人「{handler}」相同");
                new.push(New::of(key, "handler_account", words));
            }
        }
        Ok(new)
    }
}

/// Whoever is paid although their proof of life is overdue; nobody before proofs have come in for a whole term.
async fn unproven(reads: &impl Reads, whole: &Whole, run: &Run) -> StoreResult<Vec<New>> {
    let (Some(months), Some(since)) = (whole.proof_months, proofs::since(reads).await?) else {
        return Ok(Vec::new());
    };
    let cut_off = run.known.day().plus_months(-months);
    if since > cut_off {
        return Ok(Vec::new());
    }
    let sql = "SELECT DISTINCT a.shard, a.id, l.day AS seen FROM pay_attempt a JOIN pay_grant g ON g.shard = a.shard \
         AND g.programme = a.programme AND g.id = a.id AND g.state = 'active' LEFT JOIN pay_life l ON l.shard = a.shard \
         AND l.id = a.id WHERE a.run = $1 AND g.from_day <= $2 AND coalesce(l.day, 0) <= $2 ORDER BY a.shard, a.id";
    let rows = reads
        .all(sql, values![run.run.as_str(), cut_off.number()])
        .await?;
    rows.iter()
        .map(|row| {
            let words = match row.opt_day("seen")? {
                Some(day) => format!("上次认证 {}，已超过 {months} 个月", day.zh()),
                None => "还没有认证过".to_owned(),
            };
            Ok(New::of(&key_of(row)?, "unproven", words))
        })
        .collect()
}

/// Programmes that a person may not have in the same month, with a hint where one of the two covers several months.
fn rivals(whole: &Whole) -> Vec<(String, String, &'static str)> {
    let rows = whole.published.list.programmes();
    let Some(mine) = rows.get(whole.programme).map(|row| &row.programme) else {
        return Vec::new();
    };
    rows.iter()
        .map(|row| &row.programme)
        .filter(|other| other.id != mine.id)
        .filter(|other| {
            mine.excludes.contains(&other.id)
                || other.excludes.contains(&mine.id)
                || (mine.highest_of.is_some() && mine.highest_of == other.highest_of)
        })
        .map(|other| {
            let long = [mine, other]
                .iter()
                .any(|one| one.cycle.months() != Some(1));
            let hint = if long {
                "；不是每月发的，核对各月是否重复"
            } else {
                ""
            };
            (other.id.clone(), other.name.clone(), hint)
        })
        .collect()
}

fn key_of(row: &Row) -> StoreResult<PersonKey> {
    Ok(PersonKey {
        shard: row.text("shard")?,
        id: row.text("id")?,
    })
}

/// A doubt.
#[derive(Debug, Clone)]
pub struct Doubt {
    /// Its number.
    pub no: i64,
    /// Whom it is about; nobody for the batch.
    pub key: Option<PersonKey>,
    /// Its kind.
    pub kind: String,
    /// What was found.
    pub detail: String,
    /// `open`, `pay`, `hold`.
    pub state: String,
    /// Why it was settled so.
    pub reason: Option<String>,
    /// Account that settled it.
    pub by: Option<String>,
}

impl Doubt {
    /// On pages.
    pub fn state_zh(&self) -> &'static str {
        match self.state.as_str() {
            "pay" => "核实照发",
            "hold" => "本月不发",
            _ => "待核实",
        }
    }
}

fn of_row(row: &Row) -> StoreResult<Doubt> {
    let key = match (row.opt_text("shard")?, row.opt_text("id")?) {
        (Some(shard), Some(id)) => Some(PersonKey { shard, id }),
        _ => None,
    };
    Ok(Doubt {
        no: row.int("no")?,
        key,
        kind: row.text("kind")?,
        detail: row.text("detail")?,
        state: row.text("state")?,
        reason: row.opt_text("reason")?,
        by: row.opt_text("settled_by")?,
    })
}

const READ: &str =
    "SELECT no, shard, id, kind, detail, state, reason, settled_by FROM pay_doubt WHERE run = $1";

/// The doubts of a batch, open ones first.
pub async fn list(reads: &impl Reads, run: &str, skip: i64, most: i64) -> StoreResult<Vec<Doubt>> {
    let sql = format!(
        "{READ} ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, no LIMIT $2 OFFSET $3"
    );
    let rows = reads.all(&sql, values![run, most, skip]).await?;
    rows.iter().map(of_row).collect()
}

/// One doubt.
pub async fn find(reads: &impl Reads, run: &str, no: i64) -> StoreResult<Option<Doubt>> {
    let sql = format!("{READ} AND no = $2");
    let row = reads.one(&sql, values![run, no]).await?;
    row.as_ref().map(of_row).transpose()
}

/// How many of each kind, and how many of these are open.
pub async fn counts(reads: &impl Reads, run: &str) -> StoreResult<Vec<(String, i64, i64)>> {
    let sql = "SELECT kind, CAST(count(*) AS BIGINT) AS n, CAST(sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS BIGINT) AS waiting \
         FROM pay_doubt WHERE run = $1 GROUP BY kind ORDER BY kind";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| Ok((row.text("kind")?, row.int("n")?, row.int("waiting")?)))
        .collect()
}

/// Settles a doubt; `false` where somebody was faster or the batch has gone on. Held back is everything the person has
/// in this batch.
pub async fn settle(
    tx: &mut Tx,
    who: &Actor,
    run: &Run,
    doubt: &Doubt,
    pay: bool,
    reason: &str,
) -> StoreResult<bool> {
    let state = if pay { "pay" } else { "hold" };
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE pay_doubt SET state = $1, reason = $2, settled_by = $3, settled_at = $4 WHERE run = $5 AND no = $6 AND state = 'open'",
            values![state, reason, who.id.as_str(), at, run.run.as_str(), doubt.no],
        )
        .await?;
    if done == 1
        && !pay
        && let Some(key) = &doubt.key
    {
        tx.run(
            "UPDATE pay_attempt SET state = 'held' WHERE run = $1 AND shard = $2 AND id = $3 AND state = 'drawn'",
            values![run.run.as_str(), key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    }
    tx.audit(
        Audit::new("pay.doubt")
            .subject(&run.run)
            .with("kind", doubt.kind.as_str())
            .with("decision", state),
    );
    Ok(done == 1)
}
