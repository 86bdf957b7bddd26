//! 数据体检: everyone is walked and what is missing, doubtful or due for review is counted by town.

use host::AppState;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use people::api::{Reach, Resolved, resolve};
use rules::facts::{FactId, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::jobs::{Job, JobError};
use store::{Reads, Store, StoreError, StoreResult, values};

/// Kind of the job.
pub const JOB: &str = "quality.checkup";

/// From this age on somebody who is registered as living is worth a look: the oldest in the census of 2020 were
/// few, and a death that nobody reported is the likelier reason.
const VERY_OLD: i32 = 105;

/// 老年人 for those who should have a phone.
const ELDER: i32 = 60;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    NoNumber,
    NoPhone,
    NoBirth,
    NoResidence,
    Apart,
    VeryOld,
    Stale,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::VeryOld,
        Self::NoResidence,
        Self::Apart,
        Self::NoPhone,
        Self::NoNumber,
        Self::NoBirth,
        Self::Stale,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::NoNumber => "no_number",
            Self::NoPhone => "no_phone",
            Self::NoBirth => "no_birth",
            Self::NoResidence => "no_residence",
            Self::Apart => "apart",
            Self::VeryOld => "very_old",
            Self::Stale => "stale",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::NoNumber => "没有证号",
            Self::NoPhone => "没有电话",
            Self::NoBirth => "出生日期不详",
            Self::NoResidence => "常住地不详",
            Self::Apart => "人户分离未核实",
            Self::VeryOld => "高寿待核实",
            Self::Stale => "信息待复核",
        }
    }

    /// What is counted, in one line.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::NoNumber => "在世，还用临时编号，没有身份证号",
            Self::NoPhone => "在世的 60 周岁及以上老人，本人和紧急联系人都没有电话",
            Self::NoBirth => "在世，没有出生日期",
            Self::NoResidence => "在世，没有常住地",
            Self::Apart => "户籍地和常住地不在一个乡镇，没有登记从何时起住在现址",
            Self::VeryOld => "登记为在世且满 105 周岁，核实是否已去世",
            Self::Stale => "有一项以上信息超过复核期（信息照常使用）",
        }
    }
}

/// What is found about one person; nothing about somebody who died.
pub(crate) fn findings(known: &Resolved, reach: Reach, day: Day) -> Vec<Kind> {
    let facts = &known.facts;
    let area = |fact| match facts.get(fact) {
        Some(Value::Area(code)) => Some(*code),
        _ => None,
    };
    let date = |fact| match facts.get(fact) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    };
    if facts.get(FactId::ALIVE) == Some(&Value::Bool(false)) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut find = |on: bool, kind: Kind| {
        if on {
            out.push(kind);
        }
    };
    let residence_since = rules::facts::find("residence_since").and_then(date);
    let age = date(FactId::BIRTH_DATE).map(|birth| birth.age_on(day));
    let (hukou, residence) = (area(FactId::HUKOU_AREA), area(FactId::RESIDENCE_AREA));
    let town = |code: AreaCode| code.up_to(Level::Town);
    find(age.is_some_and(|age| age >= VERY_OLD), Kind::VeryOld);
    find(residence.is_none(), Kind::NoResidence);
    find(
        matches!((hukou, residence), (Some(a), Some(b)) if town(a) != town(b))
            && residence_since.is_none(),
        Kind::Apart,
    );
    find(
        age.is_some_and(|age| age >= ELDER) && !reach.phone,
        Kind::NoPhone,
    );
    find(!reach.number, Kind::NoNumber);
    find(age.is_none(), Kind::NoBirth);
    let stale = FactId::all().any(|fact| match (fact.def().review_months, known.known(fact)) {
        (Some(months), Some(known)) => known.recorded.day().plus_months(i32::from(months)) < day,
        _ => false,
    });
    find(stale, Kind::Stale);
    out
}

/// Where somebody is counted: the town of 常住地, else of 户籍地; a county where no more is known.
pub(crate) fn place(known: &Resolved) -> Option<AreaCode> {
    [FactId::RESIDENCE_AREA, FactId::HUKOU_AREA]
        .into_iter()
        .find_map(|fact| match known.facts.get(fact) {
            Some(Value::Area(code)) => Some(code.up_to(Level::Town)),
            _ => None,
        })
}

/// Runs `quality.checkup`: a second run on a day replaces the first.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let retry = |error: StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let store = &app.store;
    let day = store.clock().today();
    let forced = job.payload.contains("now");
    if !forced && ran_this_month(store, day).await.map_err(retry)? {
        return Ok(());
    }
    let rolls = Arc::new(people::api::roll_book(store).await.map_err(retry)?);
    let now = store.clock().now();
    let parts = people::api::walk_parts(store).await.map_err(retry)?;
    let mut counts: BTreeMap<(String, Kind), i64> = BTreeMap::new();
    let total = parts.len() as i64;
    for (done, part) in parts.iter().enumerate() {
        let records = people::api::walk_records(store, part)
            .await
            .map_err(retry)?;
        let reach = people::api::walk_reach(store, part).await.map_err(retry)?;
        let rolls = Arc::clone(&rolls);
        // Resolving is work for the processor: pages go on meanwhile.
        let found = tokio::task::spawn_blocking(move || {
            let reach: BTreeMap<_, _> = reach.into_iter().collect();
            let mut found: Vec<(String, Kind)> = Vec::new();
            for (key, records) in records {
                let known = resolve(&records, &rolls, day, now);
                let (Some(place), Some(reach)) = (place(&known), reach.get(&key)) else {
                    continue;
                };
                found.extend(
                    findings(&known, *reach, day)
                        .into_iter()
                        .map(|kind| (place.to_string(), kind)),
                );
            }
            found
        })
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
        for cell in found {
            *counts.entry(cell).or_default() += 1;
        }
        if done % 50 == 49 {
            store
                .job_progress(&job, done as i64, total)
                .await
                .map_err(retry)?;
        }
    }
    save(store, day, &counts).await.map_err(retry)
}

async fn ran_this_month(store: &Store, day: Day) -> StoreResult<bool> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM quality_checkup WHERE day >= $1";
    let first = day.first_of_month().number();
    Ok(store.number(sql, values![first]).await? > 0)
}

async fn save(store: &Store, day: Day, counts: &BTreeMap<(String, Kind), i64>) -> StoreResult<()> {
    let mut tx = store.begin(&authz::Actor::system("checkup"), None).await?;
    tx.run(
        "DELETE FROM quality_checkup WHERE day = $1",
        values![day.number()],
    )
    .await?;
    let mut rows: Vec<_> = counts
        .iter()
        .map(|((area, kind), people)| values![day.number(), area.as_str(), kind.key(), *people])
        .collect();
    // A check that found nothing is on record too.
    rows.push(values![day.number(), "", "run", 0_i64]);
    tx.insert_many("quality_checkup", &["day", "area", "kind", "people"], rows)
        .await?;
    tx.audit(store::Audit::new("quality.checkup").with("count", counts.values().sum::<i64>()));
    tx.commit().await
}

/// A row of the table: area, kind, people.
pub(crate) type Cell = (AreaCode, Kind, i64);

/// The days of the last checks, latest first.
pub(crate) async fn days(reads: &impl Reads, most: i64) -> StoreResult<Vec<Day>> {
    let sql = "SELECT DISTINCT day FROM quality_checkup ORDER BY day DESC LIMIT $1";
    let rows = reads.all(sql, values![most]).await?;
    rows.iter().map(|row| row.day("day")).collect()
}

/// What the check of a day found, everywhere.
pub(crate) async fn cells(reads: &impl Reads, day: Day) -> StoreResult<Vec<Cell>> {
    let sql = "SELECT area, kind, people FROM quality_checkup WHERE day = $1 AND kind <> 'run' ORDER BY area, kind";
    let rows = reads.all(sql, values![day.number()]).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in &rows {
        let (area, kind) = (row.text("area")?, row.text("kind")?);
        let kind = Kind::ALL.into_iter().find(|known| known.key() == kind);
        if let (Ok(area), Some(kind)) = (area.parse(), kind) {
            out.push((area, kind, row.int("people")?));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Instant;
    use people::api::{Record, RollBook, Set};

    fn known(sets: &[(&str, &str)], recorded: &str) -> Resolved {
        let day: Day = recorded.parse().unwrap();
        let sets = sets
            .iter()
            .map(|(name, text)| {
                let fact = rules::facts::find(name).unwrap();
                Set {
                    fact,
                    value: Some(rules::facts::parse_value(fact, text).unwrap()),
                    since: "1900-01-01".parse().unwrap(),
                    until: None,
                }
            })
            .collect();
        let record = Record {
            seq: 1,
            recorded: Instant::at(day, 0),
            source: "测试".into(),
            by: "测".into(),
            sets,
            reason: None,
            withdrawn: None,
        };
        let today: Day = "2025-06-30".parse().unwrap();
        resolve(
            &[record],
            &RollBook::new(Vec::new()),
            today,
            Instant::at(today, 1),
        )
    }

    /// Rows B01, B06: each gap is found by itself, and a person without gaps has none.
    #[test]
    fn each_gap_is_found_by_itself() {
        let whole = [
            ("alive", "true"),
            ("birth_date", "1945-01-01"),
            ("hukou_area", "421303001001"),
            ("residence_area", "421303001002"),
        ];
        let with = |name: &'static str, value: &'static str| {
            let mut sets: Vec<_> = whole
                .iter()
                .copied()
                .filter(|(fact, _)| *fact != name)
                .collect();
            if !value.is_empty() {
                sets.push((name, value));
            }
            sets
        };
        let all = Reach {
            number: true,
            phone: true,
        };
        let today = "2025-06-30".parse().unwrap();
        for (sets, reach, recorded, expect) in [
            (whole.to_vec(), all, "2025-01-01", vec![]),
            (
                with("birth_date", "1919-01-01"),
                all,
                "2025-01-01",
                vec![Kind::VeryOld],
            ),
            (
                with("residence_area", ""),
                all,
                "2025-01-01",
                vec![Kind::NoResidence],
            ),
            (
                with("residence_area", "421321100001"),
                all,
                "2025-01-01",
                vec![Kind::Apart],
            ),
            (
                whole.to_vec(),
                Reach {
                    phone: false,
                    ..all
                },
                "2025-01-01",
                vec![Kind::NoPhone],
            ),
            (
                whole.to_vec(),
                Reach {
                    number: false,
                    ..all
                },
                "2025-01-01",
                vec![Kind::NoNumber],
            ),
            (
                with("birth_date", "2020-01-01"),
                Reach {
                    phone: false,
                    ..all
                },
                "2025-01-01",
                vec![],
            ),
            (
                with("birth_date", ""),
                all,
                "2025-01-01",
                vec![Kind::NoBirth],
            ),
            (
                with("living", "alone"),
                all,
                "2020-01-01",
                vec![Kind::Stale],
            ),
            (
                with("alive", "false"),
                Reach {
                    number: false,
                    phone: false,
                },
                "2020-01-01",
                vec![],
            ),
        ] {
            assert_eq!(
                findings(&known(&sets, recorded), reach, today),
                expect,
                "{sets:?}"
            );
        }
    }
}
