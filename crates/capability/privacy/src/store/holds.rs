//! 法律保全: what must not be erased while somebody audits or sues.

use kernel::{AreaCode, Instant};
use store::{Reads, Row, StoreResult, Tx, values};

/// Why something is held: code and words.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("audit", "审计、巡察中"),
    ("lawsuit", "诉讼、仲裁、复议中"),
    ("case", "信访、纪检立案中"),
    ("recovery", "追缴、核查中"),
];

/// A hold.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub(crate) id: String,
    /// `all`, `area` or `person`.
    pub(crate) kind: String,
    /// The area's code, or the person's id.
    pub(crate) code: String,
    pub(crate) reason: String,
    pub(crate) paper: String,
    pub(crate) made: Instant,
    pub(crate) made_name: String,
    pub(crate) ended: Option<(String, Instant)>,
}

impl Hold {
    /// Whether it holds what belongs to this person and this area. What has no area is held by any area: it cannot be
    /// told apart.
    pub(crate) fn holds(&self, person: Option<&str>, areas: &[AreaCode]) -> bool {
        match self.kind.as_str() {
            "all" => true,
            "person" => person == Some(self.code.as_str()),
            _ => self
                .code
                .parse::<AreaCode>()
                .is_ok_and(|code| areas.is_empty() || areas.iter().any(|area| code.contains(area))),
        }
    }
}

fn of_row(row: &Row) -> StoreResult<Hold> {
    Ok(Hold {
        id: row.text("id")?,
        kind: row.text("kind")?,
        code: row.text("code")?,
        reason: row.text("reason")?,
        paper: row.text("paper")?,
        made: row.instant("made_at")?,
        made_name: row.text("made_name")?,
        ended: row
            .opt_text("ended_name")?
            .zip(row.opt_instant("ended_at")?),
    })
}

const READ: &str = "SELECT id, kind, code, reason, paper, made_at, made_name, ended_at, ended_name FROM privacy_hold";

/// Those in force.
pub(crate) async fn open(reads: &impl Reads) -> StoreResult<Vec<Hold>> {
    let sql = format!("{READ} WHERE ended_at IS NULL ORDER BY made_at, id");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter().map(of_row).collect()
}

/// The latest, those in force first.
pub(crate) async fn latest(reads: &impl Reads) -> StoreResult<Vec<Hold>> {
    let mut out = open(reads).await?;
    out.reverse();
    let sql = format!("{READ} WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id LIMIT 20");
    for row in &reads.all(&sql, vec![]).await? {
        out.push(of_row(row)?);
    }
    Ok(out)
}

/// What is to be held.
pub(crate) struct NewHold<'a> {
    pub(crate) kind: &'static str,
    pub(crate) code: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) paper: &'a str,
}

/// Begins one; its id. The caller audits.
pub(crate) async fn insert(tx: &mut Tx, new: &NewHold<'_>) -> StoreResult<String> {
    let (id, at, by, name) = (
        tx.store().new_id(),
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    tx.run(
        "INSERT INTO privacy_hold (id, kind, code, reason, paper, made_at, made_by, made_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            id.as_str(),
            new.kind,
            new.code,
            new.reason,
            new.paper,
            at,
            by,
            name
        ],
    )
    .await?;
    Ok(id)
}

/// Ends one; false where it was ended already.
pub(crate) async fn end(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let (at, name) = (tx.at().micros(), tx.actor().name.clone());
    let sql =
        "UPDATE privacy_hold SET ended_at = $1, ended_name = $2 WHERE id = $3 AND ended_at IS NULL";
    Ok(tx.run(sql, values![at, name, id]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05: a hold on an area holds all inside it and what belongs nowhere; one on a person nobody else.
    #[test]
    fn a_hold_reaches_as_far_as_it_says() {
        let hold = |kind: &str, code: &str| Hold {
            id: "h".into(),
            kind: kind.into(),
            code: code.into(),
            reason: "audit".into(),
            paper: String::new(),
            made: Instant::from_micros(0),
            made_name: String::new(),
            ended: None,
        };
        let village: AreaCode = "421303001001".parse().unwrap();
        assert!(hold("all", "").holds(Some("p"), &[village]));
        assert!(hold("area", "421303").holds(Some("p"), &[village]));
        assert!(!hold("area", "421321").holds(Some("p"), &[village]));
        assert!(hold("area", "421321").holds(None, &[]));
        assert!(hold("person", "p").holds(Some("p"), &[village]));
        assert!(!hold("person", "q").holds(Some("p"), &[village]));
    }
}
