//! A month by town: how many findings appeared, how many were settled, in how many days on average.

use authz::Scope;
use kernel::{AreaCode, Day};
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreResult, scope_condition};

/// What a month brought in one town.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Month {
    /// First found in the month.
    pub(crate) found: i64,
    /// Gone or settled in the month.
    pub(crate) settled: i64,
    /// Days from first found to settled, of all settled together.
    pub(crate) days: i64,
    /// Still to be worked on at the end, found by then.
    pub(crate) open: i64,
}

impl Month {
    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            found: self.found + other.found,
            settled: self.settled + other.settled,
            days: self.days + other.days,
            open: self.open + other.open,
        }
    }

    /// Days on average, to a tenth; nothing where none was settled.
    pub(crate) fn average(&self) -> Option<String> {
        (self.settled > 0).then(|| {
            let tenths = (self.days * 10 + self.settled / 2) / self.settled;
            format!("{}.{}", tenths / 10, tenths % 10)
        })
    }
}

/// The month from `first` to `last` of findings of a kind, by town of 户籍 (money follows it).
pub(crate) async fn by_town(
    reads: &impl Reads,
    scope: &Scope,
    kind: &str,
    (first, last): (Day, Day),
) -> StoreResult<BTreeMap<AreaCode, Month>> {
    let mut out: BTreeMap<AreaCode, Month> = BTreeMap::new();
    let town = "substr(f.hukou_area, 1, 9)";
    let base = |what: &str| {
        let mut sql = Sql::new(&format!(
            "SELECT {town} AS town, {what}, CAST(count(*) AS BIGINT) AS n FROM entitle_finding f WHERE f.kind = "
        ));
        sql.bind(kind)
            .push(" AND f.hukou_area IS NOT NULL AND ")
            .append(&scope_condition(scope, "f"));
        sql
    };
    let mut found = base("0 AS zero");
    found.push(" AND f.first_found >= ").bind(first.number());
    found.push(" AND f.first_found <= ").bind(last.number());
    found.push(&format!(" GROUP BY {town}"));
    let (text, values) = found.parts();
    for row in reads.all(&text, values).await? {
        if let Some(code) = row.opt_area("town")? {
            out.entry(code).or_default().found += row.int("n")?;
        }
    }
    let mut open = base("0 AS zero");
    open.push(" AND f.first_found <= ").bind(last.number());
    open.push(" AND (f.closed_on IS NULL OR f.closed_on > ")
        .bind(last.number());
    open.push(") AND (f.quiet_until IS NULL OR f.quiet_until <= ")
        .bind(last.number());
    open.push(&format!(") GROUP BY {town}"));
    let (text, values) = open.parts();
    for row in reads.all(&text, values).await? {
        if let Some(code) = row.opt_area("town")? {
            out.entry(code).or_default().open += row.int("n")?;
        }
    }
    // Gone because the facts or the payment changed.
    let mut gone = base("f.first_found AS began, f.closed_on AS ended");
    gone.push(" AND f.closed_on >= ").bind(first.number());
    gone.push(" AND f.closed_on <= ").bind(last.number());
    gone.push(&format!(" GROUP BY {town}, f.first_found, f.closed_on"));
    let (text, values) = gone.parts();
    for row in reads.all(&text, values).await? {
        if let Some(code) = row.opt_area("town")? {
            add(
                out.entry(code).or_default(),
                row.day("began")?,
                row.day("ended")?,
                row.int("n")?,
            );
        }
    }
    // Settled by somebody and quiet since: the latest step is the one that settled it.
    let mut quiet = base(
        "f.first_found AS began, (SELECT max(s.at) FROM entitle_follow s WHERE s.finding = f.finding) AS at",
    );
    quiet
        .push(" AND f.closed_on IS NULL AND f.quiet_until > ")
        .bind(last.number());
    quiet.push(&format!(" GROUP BY {town}, f.first_found, f.finding"));
    let (text, values) = quiet.parts();
    for row in reads.all(&text, values).await? {
        let at = row.opt_int("at")?.map(kernel::Instant::from_micros);
        let day = at.map(kernel::Instant::day);
        if let (Some(code), Some(day)) = (row.opt_area("town")?, day)
            && first <= day
            && day <= last
        {
            add(
                out.entry(code).or_default(),
                row.day("began")?,
                day,
                row.int("n")?,
            );
        }
    }
    Ok(out)
}

fn add(month: &mut Month, began: Day, ended: Day, n: i64) {
    month.settled += n;
    month.days += n * i64::from(began.days_until(ended).max(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B14: an average is over what was settled, and there is none where nothing was.
    #[test]
    fn an_average_of_days() {
        let mut month = Month::default();
        assert_eq!(month.average(), None);
        let day = |text: &str| text.parse::<Day>().unwrap();
        add(&mut month, day("2025-06-01"), day("2025-06-11"), 1);
        add(&mut month, day("2025-06-01"), day("2025-06-06"), 2);
        assert_eq!(month.average().as_deref(), Some("6.7"));
    }
}
