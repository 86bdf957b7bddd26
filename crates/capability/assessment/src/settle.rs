//! Fees of a month by body, and the draw of results that are checked again by others.

use crate::acts::{self, New};
use crate::book::scoped;
use crate::model::{COLUMNS, Request, State};
use crate::terms::terms;
use authz::Actor;
use kernel::{Day, Fen, Instant};
use store::{Audit, Reads, Sql, StoreResult, Tx, values};

/// A settled or open month of a body.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "what one assessment costs")]
pub(crate) struct Fee {
    pub(crate) body: String,
    pub(crate) name: String,
    pub(crate) number: i64,
    pub(crate) fee_fen: i64,
    pub(crate) settled: Option<i64>,
}

impl Fee {
    pub(crate) const fn fen(&self) -> i64 {
        self.number * self.fee_fen
    }

    /// The month in yuan.
    pub(crate) fn yuan(&self) -> String {
        Fen(self.fen()).to_string()
    }

    /// One assessment in yuan.
    pub(crate) fn each_yuan(&self) -> String {
        Fen(self.fee_fen).to_string()
    }

    /// What was settled, in yuan.
    pub(crate) fn settled_yuan(&self) -> Option<String> {
        self.settled.map(|fen| Fen(fen).to_string())
    }
}

/// First and last moment of a month: from, and before.
fn bounds(month: Day) -> (i64, i64) {
    let first = month.first_of_month();
    (
        Instant::at(first, 0).micros(),
        Instant::at(first.plus_months(1), 0).micros(),
    )
}

fn month_number(month: Day) -> i64 {
    i64::from(month.year() * 100 + month.month())
}

/// What each body earned in a month, within what the actor sees: results confirmed in it.
pub(crate) async fn fees(reads: &impl Reads, actor: &Actor, month: Day) -> StoreResult<Vec<Fee>> {
    let (from, before) = bounds(month);
    let mut sql = Sql::new(
        "SELECT b.body, b.name, b.fee_fen, count(*) AS n, max(s.fen) AS settled FROM assessment_request q \
         JOIN assessment_result r ON r.request = q.request JOIN assessment_agency b ON b.body = q.body \
         LEFT JOIN assessment_settlement s ON s.body = b.body AND s.month = ",
    );
    sql.bind(month_number(month))
        .push(" WHERE q.state = 'done' AND r.confirmed_at >= ")
        .bind(from)
        .push(" AND r.confirmed_at < ")
        .bind(before)
        .push(" AND ")
        .append(&scoped(actor))
        .push(" GROUP BY b.body, b.name, b.fee_fen ORDER BY b.name, b.body");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Fee {
                body: row.text("body")?,
                name: row.text("name")?,
                number: row.int("n")?,
                fee_fen: row.int("fee_fen")?,
                settled: row.opt_int("settled")?,
            })
        })
        .collect()
}

/// Settles a month of a body; [`store::StoreError::Duplicate`] where it is settled.
pub(crate) async fn settle(tx: &mut Tx, fee: &Fee, month: Day) -> StoreResult<()> {
    let (id, at, by) = (tx.store().new_id(), tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO assessment_settlement (settlement, body, month, number, fen, made_at, made_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            id.as_str(),
            fee.body.as_str(),
            month_number(month),
            fee.number,
            fee.fen(),
            at,
            by
        ],
    )
    .await?;
    tx.audit(
        Audit::new("assessment.settle")
            .subject(&fee.body)
            .with("month", month_number(month))
            .with("number", fee.number)
            .with("fen", fee.fen()),
    );
    Ok(())
}

/// Results of a month that could be drawn: confirmed, not drawn yet.
pub(crate) async fn drawable(
    reads: &impl Reads,
    actor: &Actor,
    month: Day,
) -> StoreResult<Vec<Request>> {
    let (from, before) = bounds(month);
    let mut sql = Sql::new(&format!(
        "SELECT {COLUMNS} FROM assessment_request q JOIN assessment_result r ON r.request = q.request \
         WHERE q.state = 'done' AND q.kind NOT IN ('recheck', 'recognised') AND r.confirmed_at >= "
    ));
    sql.bind(from)
        .push(" AND r.confirmed_at < ")
        .bind(before)
        .push(
            " AND NOT EXISTS (SELECT 1 FROM assessment_request c WHERE c.of_request = q.request AND c.kind = 'recheck') AND ",
        )
        .append(&scoped(actor))
        .push(" ORDER BY q.request");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(Request::of_row).collect()
}

/// How many of so many are drawn: the share, rounded up.
pub(crate) const fn share(of: usize, percent: i64) -> usize {
    (of * percent.unsigned_abs() as usize).div_ceil(100)
}

/// An order that follows from a seed: the same seed draws the same again.
fn place(seed: &str, id: &str) -> u64 {
    seed.bytes()
        .chain(id.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Draws results to be checked again and asks for it; gives how many. The seed stands in the log.
pub(crate) async fn draw(
    tx: &mut Tx,
    actor: &Actor,
    mut from: Vec<Request>,
    seed: &str,
) -> StoreResult<usize> {
    let most = share(from.len(), terms().recheck_percent);
    from.sort_by_key(|one| (place(seed, &one.request), one.request.clone()));
    from.truncate(most);
    let due = tx.at().day().plus_days(terms().due_days);
    for one in &from {
        let found = people::api::of_keys(tx, std::slice::from_ref(&one.key)).await?;
        let Some(person) = found.into_iter().next() else {
            continue;
        };
        let new = New {
            person: &person,
            scheme: one.scheme,
            kind: "recheck",
            origin: "sample",
            of_request: Some(&one.request),
            state: State::Asked,
            due,
            says: None,
        };
        acts::ask(tx, actor, new).await?;
    }
    tx.audit(
        Audit::new("assessment.draw")
            .with("seed", seed)
            .with("count", from.len() as i64),
    );
    Ok(from.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B10: a share is rounded up, so that a small month is checked too; a seed draws the same again.
    #[test]
    fn a_share_is_rounded_up() {
        for (of, percent, wanted) in [(0, 5, 0), (1, 5, 1), (20, 5, 1), (21, 5, 2), (100, 5, 5)] {
            assert_eq!(share(of, percent), wanted, "{of} at {percent}");
        }
        assert_eq!(place("a", "b"), place("a", "b"));
        assert_ne!(place("a", "b"), place("b", "b"));
    }
}
