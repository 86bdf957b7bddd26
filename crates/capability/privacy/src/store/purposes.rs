//! Purposes and rules as they are loaded.

use crate::data::{LegalBasis, PurposeFile, RuleFile};
use kernel::{Day, Instant};
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// A purpose.
#[derive(Debug, Clone)]
pub(crate) struct Purpose {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) basis: LegalBasis,
    pub(crate) law: String,
    pub(crate) article: String,
    pub(crate) says: String,
    pub(crate) categories: Vec<String>,
    pub(crate) receivers: Vec<String>,
    pub(crate) retention: String,
    /// 待当地确认, and nobody has yet.
    pub(crate) to_confirm: bool,
    pub(crate) sensitive: bool,
    pub(crate) digest: String,
    pub(crate) confirmed: Option<(String, Instant)>,
}

impl Purpose {
    /// 《个人信息保护法》第三十四条.
    pub(crate) fn cites(&self) -> String {
        format!("《{}》{}", self.law, self.article)
    }
}

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

fn confirmed(row: &Row) -> StoreResult<Option<(String, Instant)>> {
    Ok(row
        .opt_text("confirmed_name")?
        .zip(row.opt_instant("confirmed_at")?))
}

fn purpose_of(row: &Row) -> StoreResult<Purpose> {
    let basis = row.text("basis")?;
    let list = |column: &str| -> StoreResult<Vec<String>> {
        serde_json::from_str(&row.text(column)?).map_err(|error| bad(column, &error.to_string()))
    };
    let confirmed = confirmed(row)?;
    Ok(Purpose {
        key: row.text("purpose")?,
        title: row.text("title")?,
        basis: LegalBasis::of(&basis).ok_or_else(|| bad("privacy_purpose.basis", &basis))?,
        law: row.text("law")?,
        article: row.text("article")?,
        says: row.text("says")?,
        categories: list("categories")?,
        receivers: list("receivers")?,
        retention: row.text("retention")?,
        to_confirm: row.text("trust")? == "confirm" && confirmed.is_none(),
        sensitive: row.flag("sensitive")?,
        digest: row.text("digest")?,
        confirmed,
    })
}

const READ: &str = "SELECT purpose, title, basis, law, article, says, categories, receivers, retention, trust, sensitive, \
     digest, confirmed_name, confirmed_at FROM privacy_purpose";

/// All purposes in use, in their order.
pub(crate) async fn all(reads: &impl Reads) -> StoreResult<Vec<Purpose>> {
    let sql = format!("{READ} WHERE in_use = $1 ORDER BY seq, purpose");
    let rows = reads.all(&sql, values![true]).await?;
    rows.iter().map(purpose_of).collect()
}

/// One purpose in use.
pub(crate) async fn find(reads: &impl Reads, key: &str) -> StoreResult<Option<Purpose>> {
    let sql = format!("{READ} WHERE purpose = $1 AND in_use = $2");
    let row = reads.one(&sql, values![key, true]).await?;
    row.as_ref().map(purpose_of).transpose()
}

/// The names of the facts that rest on a purpose; none where it is not loaded.
pub(crate) async fn facts(reads: &impl Reads, key: &str) -> StoreResult<Option<Vec<String>>> {
    let sql = "SELECT facts FROM privacy_purpose WHERE purpose = $1 AND in_use = $2";
    let Some(row) = reads.one(sql, values![key, true]).await? else {
        return Ok(None);
    };
    let facts = serde_json::from_str(&row.text("facts")?);
    facts
        .map(Some)
        .map_err(|error| bad("privacy_purpose.facts", &error.to_string()))
}

/// A rule of retention.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) key: String,
    pub(crate) kind: String,
    /// Happens by itself, or not at all; no list erases it.
    pub(crate) auto: bool,
    pub(crate) months: i64,
    pub(crate) days: i64,
    pub(crate) law: String,
    pub(crate) article: String,
    pub(crate) says: String,
    pub(crate) to_confirm: bool,
    pub(crate) confirmed: Option<(String, Instant)>,
}

impl Rule {
    /// The first day whose events are not due on `today`.
    pub(crate) fn before(&self, today: Day) -> Day {
        // What counts from today's own event with no time at all is due today.
        today
            .plus_months(-(self.months as i32))
            .plus_days(1 - (self.days as i32))
    }

    /// 「5 年」「7 天」.
    pub(crate) fn term(&self) -> String {
        match (self.months, self.days) {
            (0, 0) => "即删".to_owned(),
            (0, days) => format!("{days} 天"),
            (months, 0) if months % 12 == 0 => format!("{} 年", months / 12),
            (months, 0) => format!("{months} 个月"),
            (months, days) => format!("{months} 个月 {days} 天"),
        }
    }

    /// 《个人信息保护法》第四十七条.
    pub(crate) fn cites(&self) -> String {
        format!("《{}》{}", self.law, self.article)
    }
}

/// All rules in use, in their order.
pub(crate) async fn rules(reads: &impl Reads) -> StoreResult<Vec<Rule>> {
    let sql = "SELECT rule, kind, auto, months, days, law, article, says, trust, confirmed_name, confirmed_at \
         FROM privacy_rule WHERE in_use = $1 ORDER BY seq, rule";
    let rows = reads.all(sql, values![true]).await?;
    rows.iter()
        .map(|row| {
            let confirmed = confirmed(row)?;
            Ok(Rule {
                key: row.text("rule")?,
                kind: row.text("kind")?,
                auto: row.flag("auto")?,
                months: row.int("months")?,
                days: row.int("days")?,
                law: row.text("law")?,
                article: row.text("article")?,
                says: row.text("says")?,
                to_confirm: row.text("trust")? == "confirm" && confirmed.is_none(),
                confirmed,
            })
        })
        .collect()
}

/// Puts purposes and rules in the place of those that were loaded before; one that is no longer there is out of use and
/// stays for the consents that name it. A confirmation holds while the words are the same. The caller audits.
pub(crate) async fn load(
    tx: &mut Tx,
    purposes: &[PurposeFile],
    rules: &[RuleFile],
    by: &str,
) -> StoreResult<()> {
    let at = tx.at().micros();
    let json = |list: &[String]| {
        serde_json::to_string(list).map_err(|error| StoreError::Other(error.to_string()))
    };
    tx.run("UPDATE privacy_purpose SET in_use = $1", values![false])
        .await?;
    for (seq, one) in purposes.iter().enumerate() {
        tx.run(
            "INSERT INTO privacy_purpose (purpose, seq, title, basis, law, article, says, categories, receivers, retention, \
             trust, sensitive, digest, in_use, loaded_at, loaded_by, facts) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
             ON CONFLICT (purpose) DO UPDATE SET seq = excluded.seq, title = excluded.title, basis = excluded.basis, \
             law = excluded.law, article = excluded.article, says = excluded.says, categories = excluded.categories, \
             receivers = excluded.receivers, retention = excluded.retention, trust = excluded.trust, \
             sensitive = excluded.sensitive, in_use = excluded.in_use, loaded_at = excluded.loaded_at, \
             loaded_by = excluded.loaded_by, facts = excluded.facts, \
             confirmed_name = CASE WHEN privacy_purpose.digest = excluded.digest THEN privacy_purpose.confirmed_name END, \
             confirmed_at = CASE WHEN privacy_purpose.digest = excluded.digest THEN privacy_purpose.confirmed_at END, \
             digest = excluded.digest",
            values![
                one.key.as_str(),
                seq as i64,
                one.title.as_str(),
                one.basis.key(),
                one.law.as_str(),
                one.article.as_str(),
                one.says.as_str(),
                json(&one.categories)?,
                json(&one.receivers)?,
                one.retention.as_str(),
                one.trust.key(),
                one.sensitive,
                one.digest(),
                true,
                at,
                by,
                json(&one.facts())?,
            ],
        )
        .await?;
    }
    tx.run("UPDATE privacy_rule SET in_use = $1", values![false])
        .await?;
    for (seq, one) in rules.iter().enumerate() {
        tx.run(
            "INSERT INTO privacy_rule (rule, seq, kind, auto, months, days, law, article, says, trust, in_use, loaded_at, loaded_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (rule) DO UPDATE SET seq = excluded.seq, auto = excluded.auto, law = excluded.law, \
             article = excluded.article, says = excluded.says, trust = excluded.trust, in_use = excluded.in_use, \
             loaded_at = excluded.loaded_at, loaded_by = excluded.loaded_by, \
             confirmed_name = CASE WHEN privacy_rule.kind = excluded.kind AND privacy_rule.months = excluded.months \
             AND privacy_rule.days = excluded.days THEN privacy_rule.confirmed_name END, \
             confirmed_at = CASE WHEN privacy_rule.kind = excluded.kind AND privacy_rule.months = excluded.months \
             AND privacy_rule.days = excluded.days THEN privacy_rule.confirmed_at END, \
             kind = excluded.kind, months = excluded.months, days = excluded.days",
            values![
                one.key.as_str(),
                seq as i64,
                one.kind.as_str(),
                one.auto,
                one.months,
                one.days,
                one.law.as_str(),
                one.article.as_str(),
                one.says.as_str(),
                one.trust.key(),
                true,
                at,
                by,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Somebody of the office says that a purpose's basis holds here, or a rule's time; false where it is not known.
pub(crate) async fn confirm(tx: &mut Tx, rule: bool, key: &str) -> StoreResult<bool> {
    let (at, name) = (tx.at().micros(), tx.actor().name.clone());
    let sql = if rule {
        "UPDATE privacy_rule SET confirmed_name = $1, confirmed_at = $2 WHERE rule = $3 AND in_use = $4"
    } else {
        "UPDATE privacy_purpose SET confirmed_name = $1, confirmed_at = $2 WHERE purpose = $3 AND in_use = $4"
    };
    Ok(tx.run(sql, values![name, at, key, true]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(months: i64, days: i64) -> Rule {
        Rule {
            key: "r".into(),
            kind: "k".into(),
            auto: false,
            months,
            days,
            law: "个人信息保护法".into(),
            article: "第四十七条".into(),
            says: String::new(),
            to_confirm: true,
            confirmed: None,
        }
    }

    /// Row M05: a time of five years is over on the day it is full, not the day before.
    #[test]
    fn a_time_is_over_on_the_day_it_is_full() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let five = rule(60, 0);
        assert_eq!(five.before(day("2025-06-30")), day("2020-07-01"));
        assert_eq!(rule(0, 0).before(day("2025-06-30")), day("2025-07-01"));
        assert_eq!(rule(0, 7).before(day("2025-06-30")), day("2025-06-24"));
        let says: Vec<String> = [(60, 0), (6, 0), (0, 7), (0, 0)]
            .map(|(months, days)| rule(months, days).term())
            .to_vec();
        assert_eq!(says, ["5 年", "6 个月", "7 天", "即删"]);
    }
}
