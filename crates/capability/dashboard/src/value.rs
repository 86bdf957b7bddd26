//! Values of measures: what was reported or computed, for which day, known since when.
//!
//! Rows A03, A22–A52; invariant 5. Nothing is overwritten; [`known`] answers as of a day, as known at a
//! moment.

use figures::Num;
use kernel::{Day, Instant};
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, Sql, StoreError, StoreResult, Tx, values};

/// Where a value comes from, as product.md 42 wants it said beside every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// 实报: counted from files or ledgers, with evidence.
    Actual,
    /// 填报: typed by the office that answers for it.
    Typed,
    /// 估计.
    Estimate,
    /// 计算: from the register, never typed.
    Computed,
}

impl Kind {
    /// Kinds a person may report.
    pub(crate) const REPORTED: [Self; 3] = [Self::Actual, Self::Typed, Self::Estimate];

    /// Its word in the table.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Typed => "typed",
            Self::Estimate => "estimate",
            Self::Computed => "computed",
        }
    }

    /// On screens.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Actual => "实报",
            Self::Typed => "填报",
            Self::Estimate => "估计",
            Self::Computed => "计算",
        }
    }

    /// Of its word.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        [Self::Actual, Self::Typed, Self::Estimate, Self::Computed]
            .into_iter()
            .find(|kind| kind.key() == key)
    }

    /// Colour of its badge.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Actual | Self::Computed => "info",
            Self::Typed => "plain",
            Self::Estimate => "warn",
        }
    }
}

/// One value.
#[expect(
    clippy::struct_field_names,
    reason = "the value of a value with its circumstances"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Row.
    pub(crate) id: String,
    /// The measure.
    pub(crate) measure: String,
    /// The area's key ([`crate::places`]).
    pub(crate) area: String,
    /// For which day.
    pub(crate) day: Day,
    /// In the measure's base unit.
    pub(crate) value: Num,
    /// What was counted above the line.
    pub(crate) numerator: Option<Num>,
    /// What it was divided by.
    pub(crate) denominator: Option<Num>,
    /// Reported, estimated or computed.
    pub(crate) kind: Kind,
    /// File, ledger or formula.
    pub(crate) source: String,
    /// What the reporter adds.
    pub(crate) note: Option<String>,
    /// Account of who reported it.
    pub(crate) reporter: String,
    /// Their name then.
    pub(crate) reporter_name: String,
    /// Known since.
    pub(crate) recorded: Instant,
    /// The row that took its place.
    pub(crate) superseded_by: Option<String>,
}

const COLUMNS: &str = "id, measure, area, day, value, numerator, denominator, kind, source, note, reporter, \
     reporter_name, recorded_at, superseded_by";

fn num(column: &str, text: &str) -> StoreResult<Num> {
    Num::parse(text).ok_or_else(|| StoreError::BadColumn {
        column: format!("dashboard_value.{column}"),
        what: format!("{text} is not a decimal"),
    })
}

fn of_row(row: &Row) -> StoreResult<Value> {
    let opt = |column: &str| {
        row.opt_text(column)?
            .map(|text| num(column, &text))
            .transpose()
    };
    let kind = row.text("kind")?;
    Ok(Value {
        id: row.text("id")?,
        measure: row.text("measure")?,
        area: row.text("area")?,
        day: row.day("day")?,
        value: num("value", &row.text("value")?)?,
        numerator: opt("numerator")?,
        denominator: opt("denominator")?,
        kind: Kind::from_key(&kind).ok_or_else(|| StoreError::BadColumn {
            column: "dashboard_value.kind".to_owned(),
            what: kind,
        })?,
        source: row.text("source")?,
        note: row.opt_text("note")?,
        reporter: row.text("reporter")?,
        reporter_name: row.text("reporter_name")?,
        recorded: row.instant("recorded_at")?,
        superseded_by: row.opt_text("superseded_by")?,
    })
}

/// Values by measure and area, days ascending.
pub(crate) type Series = BTreeMap<(String, String), Vec<Value>>;

/// What counts as of `day`, as known at `moment`: of several rows for one day the one recorded last.
pub(crate) async fn known(reads: &impl Reads, day: Day, moment: Instant) -> StoreResult<Series> {
    let rows = reads
        .all(
            &format!(
                "SELECT {COLUMNS} FROM dashboard_value WHERE day <= $1 AND recorded_at <= $2 \
                 ORDER BY measure, area, day, recorded_at, CASE WHEN superseded_by IS NULL THEN 1 ELSE 0 END, id"
            ),
            values![day.number(), moment.micros()],
        )
        .await?;
    let mut out = Series::new();
    for row in &rows {
        let value = of_row(row)?;
        let series = out
            .entry((value.measure.clone(), value.area.clone()))
            .or_default();
        match series.last_mut().filter(|last| last.day == value.day) {
            Some(last) => *last = value,
            None => series.push(value),
        }
    }
    Ok(out)
}

/// The last value of each measure and area as of a day, as known at a moment.
pub(crate) async fn known_latest(
    reads: &impl Reads,
    day: Day,
    moment: Instant,
) -> StoreResult<BTreeMap<(String, String), Value>> {
    let series = known(reads, day, moment).await?;
    Ok(series
        .into_iter()
        .filter_map(|(key, mut values)| Some((key, values.pop()?)))
        .collect())
}

/// Values of these measures until `day` that no other row took the place of, by measure and area, days ascending.
pub(crate) async fn counting(
    reads: &impl Reads,
    measures: &[String],
    day: Day,
) -> StoreResult<Series> {
    let mut out = Series::new();
    for some in measures.chunks(500) {
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM dashboard_value WHERE superseded_by IS NULL AND day <= "
        ));
        sql.bind(day.number()).push(" AND measure IN (");
        for (at, measure) in some.iter().enumerate() {
            sql.push(if at == 0 { "" } else { ", " })
                .bind(measure.as_str());
        }
        sql.push(") ORDER BY measure, area, day");
        let (text, values) = sql.parts();
        for row in &reads.all(&text, values).await? {
            let value = of_row(row)?;
            out.entry((value.measure.clone(), value.area.clone()))
                .or_default()
                .push(value);
        }
    }
    Ok(out)
}

/// Every row of a measure with what was superseded, newest day first.
pub(crate) async fn history(reads: &impl Reads, measure: &str) -> StoreResult<Vec<Value>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM dashboard_value WHERE measure = $1 ORDER BY day DESC, area, recorded_at DESC, \
         CASE WHEN superseded_by IS NULL THEN 0 ELSE 1 END, id LIMIT 600"
    );
    reads
        .all(&sql, values![measure])
        .await?
        .iter()
        .map(of_row)
        .collect()
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct New {
    /// The measure.
    pub(crate) measure: String,
    /// The area's key.
    pub(crate) area: String,
    /// For which day.
    pub(crate) day: Day,
    /// In the measure's base unit.
    pub(crate) value: Num,
    /// Above the line.
    pub(crate) numerator: Option<Num>,
    /// Below it.
    pub(crate) denominator: Option<Num>,
    /// Reported, estimated or computed.
    pub(crate) kind: Kind,
    /// File, ledger or formula.
    pub(crate) source: String,
    /// What the reporter adds.
    pub(crate) note: Option<String>,
}

/// The row that counts now for a measure, area and day.
pub(crate) async fn current(
    reads: &impl Reads,
    measure: &str,
    area: &str,
    day: Day,
) -> StoreResult<Option<Value>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM dashboard_value WHERE measure = $1 AND area = $2 AND day = $3 AND superseded_by IS NULL"
    );
    let row = reads
        .one(&sql, values![measure, area, day.number()])
        .await?;
    row.as_ref().map(of_row).transpose()
}

/// Records many values at once, of days that have none yet; the caller audits.
pub(crate) async fn record_many(tx: &mut Tx, all: &[New]) -> StoreResult<()> {
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    let columns: Vec<&str> = COLUMNS.split(',').map(str::trim).collect();
    let rows = all
        .iter()
        .map(|new| {
            values![
                tx.store().new_id(),
                new.measure.as_str(),
                new.area.as_str(),
                new.day.number(),
                new.value.to_string(),
                new.numerator.map(|n| n.to_string()),
                new.denominator.map(|n| n.to_string()),
                new.kind.key(),
                new.source.as_str(),
                new.note.as_deref(),
                by.clone(),
                name.clone(),
                at,
                None::<String>,
            ]
        })
        .collect();
    tx.insert_many("dashboard_value", &columns, rows).await
}

/// Records a value in the name of the transaction's actor; one of the same day is superseded.
/// [`StoreError::Duplicate`] when somebody else recorded that day at the same time.
pub(crate) async fn record(tx: &mut Tx, new: &New) -> StoreResult<String> {
    let id = tx.store().new_id();
    let replaced = tx
        .run(
            "UPDATE dashboard_value SET superseded_by = $1 \
             WHERE measure = $2 AND area = $3 AND day = $4 AND superseded_by IS NULL",
            values![
                id.clone(),
                new.measure.as_str(),
                new.area.as_str(),
                new.day.number()
            ],
        )
        .await?;
    let (by, name) = (tx.actor().id.clone(), tx.actor().name.clone());
    let at = tx.at().micros();
    tx.run(
        &format!("INSERT INTO dashboard_value ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)"),
        values![
            id.clone(),
            new.measure.as_str(),
            new.area.as_str(),
            new.day.number(),
            new.value.to_string(),
            new.numerator.map(|n| n.to_string()),
            new.denominator.map(|n| n.to_string()),
            new.kind.key(),
            new.source.as_str(),
            new.note.as_deref(),
            by,
            name,
            at
        ],
    )
    .await?;
    if new.kind != Kind::Computed {
        tx.audit(
            Audit::new("figure.report")
                .subject(&new.measure)
                .with("area", new.area.as_str())
                .with("day", new.day.to_string())
                .with("value", new.value.to_string())
                .with("superseded", replaced as i64),
        );
    }
    Ok(id)
}
