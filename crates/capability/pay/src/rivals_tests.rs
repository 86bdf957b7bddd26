//! What is paid by the quarter beside what is paid by the month, over months.

use super::{Judges, Relation};
use crate::grants::Held;
use crate::judge::{Judge, Life};
use host::PersonKey;
use kernel::{Day, Fen, Instant};
use ledger::{DueRule, First, Last, Month, Round};
use people::api::{Record, RollBook, Set};
use rules::{Files, List, Value, compile};
use std::collections::BTreeMap;
use std::path::Path;

const MONTHLY: &str = "nursing_subsidy";
const QUARTERLY: &str = "severe_disability_nursing";

/// The plan of 随州 with one programme paid by the quarter.
fn list() -> List {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut text = std::fs::read_to_string(&path).unwrap();
        if name == "programmes.toml" {
            let at = text.find(QUARTERLY).unwrap();
            let (before, after) = text.split_at(at);
            let after = after.replacen("cycle = \"month\"", "cycle = \"quarter\"", 1);
            text = format!("{before}{after}");
        }
        files.insert(name, text);
    }
    compile(&rules::folder::load(&files).unwrap(), None).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A grant from a day on, known since the year before.
fn held(programme: &str, from: &str, fen: i64) -> Held {
    Held {
        key: PersonKey {
            shard: "421321".into(),
            id: "one".into(),
        },
        programme: programme.into(),
        no: 1,
        office: "421321000000".into(),
        area: None,
        from: day(from),
        fen: Fen(fen),
        payee: "self".into(),
        origin: "finding".into(),
        state: "active".into(),
        reasons: String::new(),
        digest: String::new(),
        proposed_by: String::new(),
        decided_by: None,
        decided_at: None,
        recorded: Instant::at(day("2024-06-01"), 0),
        received: false,
        events: Vec::new(),
    }
}

/// How the two stand to each other.
#[derive(Debug, Clone, Copy)]
enum Way {
    Highest,
    Quarterly,
    Monthly,
    QuarterlyIsTheRest,
}

fn relation(list: &List, id: &str, way: Way) -> Relation {
    let rows = list.programmes();
    let place = rows.iter().position(|row| row.programme.id == id).unwrap();
    let other = if id == MONTHLY { QUARTERLY } else { MONTHLY };
    let names = |says: bool| Vec::from_iter(says.then(|| other.to_owned()));
    let quarterly = id == QUARTERLY;
    Relation {
        place,
        id: id.into(),
        name: id.to_uppercase(),
        rule: DueRule {
            first: First::Next,
            last: Last::Through,
            change: First::Next,
            round: Round::HalfUp,
        },
        highest_of: matches!(way, Way::Highest).then(|| "nursing".to_owned()),
        excludes: names(match way {
            Way::Quarterly => quarterly,
            Way::Monthly => !quarterly,
            Way::Highest | Way::QuarterlyIsTheRest => false,
        }),
        offset: names(matches!(way, Way::QuarterlyIsTheRest) && quarterly),
    }
}

/// What the months of a quarter come to, of the monthly programme and of the quarterly one, with the last word about the latter.
fn settled(
    list: &List,
    way: Way,
    monthly: (&str, i64),
    quarterly: (&str, i64),
) -> ([i64; 3], [i64; 3], String) {
    let rolls = RollBook::default();
    let known = Instant::at(day("2025-06-30"), 0);
    let birth = day("1940-05-05");
    let set = |fact: &str, value: Value| Set {
        fact: rules::facts::find(fact).unwrap(),
        value: Some(value),
        since: birth,
        until: None,
    };
    let village = || Value::Area("421321109217".parse().unwrap());
    let records = vec![Record {
        seq: 1,
        recorded: Instant::at(day("2020-01-01"), 0),
        source: "测试".into(),
        by: "测试".into(),
        sets: vec![
            set("birth_date", Value::Day(birth)),
            set("alive", Value::Bool(true)),
            set("hukou_area", village()),
            set("residence_area", village()),
        ],
        reason: None,
        withdrawn: None,
    }];
    let all = [relation(list, MONTHLY, way), relation(list, QUARTERLY, way)];
    let grants = [
        held(MONTHLY, monthly.0, monthly.1),
        held(QUARTERLY, quarterly.0, quarterly.1),
    ];
    let (first, mut why) = ("2025-01".parse::<Month>().unwrap(), String::new());
    let mut of = |mine: usize| {
        let judge = |at: usize| Judge {
            list,
            programme: all[at].place,
            rule: all[at].rule,
            known,
        };
        let judges = Judges {
            own: judge(mine),
            rivals: vec![(&all[1 - mine], judge(1 - mine))],
            mine: Some(&all[mine]),
            rolls: &rolls,
            daily: false,
        };
        let life: Life<'_> = judges.life(&records);
        let other = &grants[1 - mine];
        let others = BTreeMap::from([(other.programme.clone(), vec![other.clone()])]);
        [0, 1, 2].map(|n| {
            let held = std::slice::from_ref(&grants[mine]);
            let judged = judges.settled(held, Some(&others), &life, first.plus(n));
            let (fen, words) = match judged.due {
                Some(due) => (due.fen.0, due.why),
                None => (0, judged.why_not),
            };
            why = words;
            fen
        })
    };
    let (by_month, by_quarter) = (of(0), of(1));
    (by_month, by_quarter, why)
}

/// Rows C18, C19, C33; invariants 6, 11: 择高, 互斥 and 差额 of a quarterly beside a monthly programme are settled month by month, to the fen, and
/// both batches come to the same: no month is paid twice, none is lost.
#[test]
fn a_quarter_is_compared_month_by_month() {
    let list = list();
    let always = "2024-12-10";
    for (way, monthly, quarterly, wants, quarter, says) in [
        (
            Way::Highest,
            (always, 10_000),
            (always, 36_000),
            [0, 0, 0],
            36_000,
            "",
        ),
        (
            Way::Highest,
            (always, 10_000),
            (always, 24_000),
            [10_000; 3],
            0,
            "2025年1月、2025年2月、2025年3月与「NURSING_SUBSIDY」择高",
        ),
        // Equal: the first of the list.
        (
            Way::Highest,
            (always, 10_000),
            (always, 30_000),
            [10_000; 3],
            0,
            "不低于本项",
        ),
        // The fen that the division leaves stands in March.
        (
            Way::Highest,
            (always, 10_000),
            (always, 30_001),
            [10_000, 10_000, 0],
            10_001,
            "2025年1月、2025年2月与",
        ),
        // The quarterly one is due in February and March only.
        (
            Way::Highest,
            (always, 10_000),
            ("2025-01-10", 36_000),
            [10_000, 0, 0],
            24_000,
            "3 个月里 2 个月符合",
        ),
        // The monthly one begins in March.
        (
            Way::Highest,
            ("2025-02-10", 20_000),
            (always, 36_000),
            [0, 0, 20_000],
            24_000,
            "2025年3月与",
        ),
        (
            Way::Monthly,
            (always, 90_000),
            (always, 300),
            [0, 0, 0],
            300,
            "",
        ),
        (
            Way::Monthly,
            (always, 90_000),
            ("2025-02-10", 300),
            [90_000, 90_000, 0],
            100,
            "折算",
        ),
        (
            Way::Quarterly,
            ("2025-01-10", 10),
            (always, 30_000),
            [0, 10, 10],
            10_000,
            "不能同时享受",
        ),
        (
            Way::QuarterlyIsTheRest,
            ("2025-01-10", 10_000),
            (always, 36_000),
            [0, 10_000, 10_000],
            16_000,
            "差额发放",
        ),
        (
            Way::QuarterlyIsTheRest,
            (always, 12_000),
            (always, 36_000),
            [12_000; 3],
            0,
            "差额发放",
        ),
    ] {
        let (by_month, by_quarter, why) = settled(&list, way, monthly, quarterly);
        let told = format!("{way:?} {monthly:?} {quarterly:?}: {why}");
        assert_eq!(by_month, wants, "{told}");
        assert_eq!(by_quarter, [0, 0, quarter], "{told}");
        assert!(why.contains(says), "{told}");
    }
}
