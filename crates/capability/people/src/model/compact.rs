//! The history as it stands in `people_record`: short texts, several acts of recording in one row on the bulk
//! path (engineering.md 1, ADR 0002).
//!
//! A row's columns tell when, by whom and from where its first act was recorded; `sets` holds what it says,
//! and behind `|` the acts that were loaded with it. Days and moments are numbers in base 36.
//!
//! ```text
//! sets     = group ("," set)*  for the first act, then ("|" later)*
//! later    = seconds "." origin ["." withdrawn-seconds] ";" sets      counted from the first act's moment
//! group    = since ["-" until] ":"                                    yyyymmdd; holds for the sets behind it
//! set      = fact value                                               A=t  B=f  C=-  D="female"  …
//! ```
//!
//! Rows of the first version hold one act as JSON (`[["dibao","true",20240101,null]]`) and are read as before.

use super::record::{Record, Set, decode_json};
use kernel::{AreaCode, Day, Instant};
use rules::facts::{FactId, Kind, Value, find, parse_value};
use store::{StoreError, StoreResult};

/// The facts by their code in a compact text. Only ever add at the end: a code that has been written stands for
/// its fact for ever (a test pins the order).
const CODES: &[&str] = &[
    "alive",
    "dead_on",
    "birth_date",
    "sex",
    "hukou_area",
    "residence_area",
    "residence_since",
    "moved_out_on",
    "urban",
    "employee_pension",
    "resident_pension",
    "tekun",
    "tekun_choice",
    "tekun_mode",
    "tekun_self_care",
    "dibao",
    "dibao_household",
    "dibao_still_hard",
    "low_income",
    "dibao_edge",
    "rigid_spending",
    "ability_level",
    "cannot_self_care",
    "dementia",
    "disability_grade",
    "disability_kind",
    "disability_card_until",
    "needs_long_care",
    "living",
    "left_behind",
    "unattended",
    "special_family",
    "special_family_kind",
    "only_child_parent",
    "special_family_approved",
    "merit_martyr_family",
    "merit_fallen_family",
    "merit_deceased_soldier_family",
    "merit_disabled_soldier",
    "merit_demobilised",
    "merit_discharged",
    "merit_veteran",
    "merit_serving_family",
    "merit_pension",
    "has_supporter",
    "supporter_refuses",
    "homeless",
    "legal_aid_case",
    "carer_trained",
    "carer_of",
    "wants_assessment",
    "serious_illness",
    "work_injury_care_pay",
    "ltci_benefit",
    "in_custody",
    "orphan",
    "unattended_child",
    "martyr_child",
    "poor_family_child",
    "migrant_child",
    "birth_order",
    "guardian_ids",
    "gave_birth_on",
    "delivery_in_area",
    "policy_birth",
    "employer_kind",
];

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HistoryRow {
    /// Number of its first act.
    pub(crate) seq: i64,
    /// When that was recorded.
    pub(crate) recorded: Instant,
    /// Its origin's code.
    pub(crate) origin: i64,
    /// What it and the acts behind it say.
    pub(crate) sets: String,
    /// Why, for a correction.
    pub(crate) reason: Option<String>,
    /// When the first act was taken back.
    pub(crate) withdrawn: Option<Instant>,
}

/// Packs acts that follow one another by number into as few rows as they need; `origin` gives the code of who
/// told it.
pub(crate) fn pack(
    records: &[Record],
    origin: impl Fn(&Record) -> StoreResult<i64>,
) -> StoreResult<Vec<HistoryRow>> {
    let mut rows: Vec<HistoryRow> = Vec::new();
    let mut next = None;
    for record in records {
        let follows = next == Some(record.seq) && record.reason.is_none();
        next = Some(record.seq + 1);
        let whole = |from: Instant, to: Instant| {
            let micros = to.micros() - from.micros();
            (micros >= 0 && micros % 1_000_000 == 0).then_some(micros / 1_000_000)
        };
        if follows
            && let Some(row) = rows.last_mut().filter(|row| row.reason.is_none())
            && let Some(seconds) = whole(row.recorded, record.recorded)
            && let Some(withdrawn) = record
                .withdrawn
                .map_or(Some(None), |at| whole(row.recorded, at).map(Some))
        {
            row.sets.push('|');
            push_number(&mut row.sets, seconds);
            row.sets.push('.');
            push_number(&mut row.sets, origin(record)?);
            if let Some(seconds) = withdrawn {
                row.sets.push('.');
                push_number(&mut row.sets, seconds);
            }
            row.sets.push(';');
            push_sets(&mut row.sets, &record.sets);
            continue;
        }
        let mut sets = String::with_capacity(96);
        push_sets(&mut sets, &record.sets);
        rows.push(HistoryRow {
            seq: record.seq,
            recorded: record.recorded,
            origin: origin(record)?,
            sets,
            reason: record.reason.clone(),
            withdrawn: record.withdrawn,
        });
    }
    Ok(rows)
}

/// The acts of a row; `origin` gives source and who recorded it.
pub(crate) fn unpack(
    row: HistoryRow,
    origin: impl Fn(i64) -> StoreResult<(String, String)>,
) -> StoreResult<Vec<Record>> {
    if row.sets.starts_with('[') {
        let sets = decode_json(&row.sets)?;
        let (source, by) = origin(row.origin)?;
        return Ok(vec![Record {
            seq: row.seq,
            recorded: row.recorded,
            source,
            by,
            sets,
            reason: row.reason,
            withdrawn: row.withdrawn,
        }]);
    }
    let mut out = Vec::new();
    let mut acts = row.sets.split('|');
    let (source, by) = origin(row.origin)?;
    out.push(Record {
        seq: row.seq,
        recorded: row.recorded,
        source,
        by,
        sets: read_sets(acts.next().unwrap_or(""))?,
        reason: row.reason,
        withdrawn: row.withdrawn,
    });
    for (place, act) in acts.enumerate() {
        let (head, sets) = act.split_once(';').ok_or_else(|| bad(act))?;
        let numbers: Vec<i64> = head
            .split('.')
            .map(read_number)
            .collect::<StoreResult<_>>()?;
        let (seconds, code, withdrawn) = match numbers.as_slice() {
            [seconds, code] => (*seconds, *code, None),
            [seconds, code, withdrawn] => (*seconds, *code, Some(*withdrawn)),
            _ => return Err(bad(act)),
        };
        let (source, by) = origin(code)?;
        out.push(Record {
            seq: row.seq + 1 + place as i64,
            recorded: row.recorded.plus_seconds(seconds),
            source,
            by,
            sets: read_sets(sets)?,
            reason: None,
            withdrawn: withdrawn.map(|seconds| row.recorded.plus_seconds(seconds)),
        });
    }
    Ok(out)
}

fn bad(text: &str) -> StoreError {
    StoreError::BadColumn {
        column: "people_record.sets".to_owned(),
        what: format!("not a history: {text}"),
    }
}

fn push_number(out: &mut String, number: i64) {
    if number < 0 {
        out.push('~');
    }
    let mut digits = [0_u8; 13];
    let mut rest = number.unsigned_abs();
    let mut from = digits.len();
    while let Some(slot) = from.checked_sub(1).and_then(|place| digits.get_mut(place)) {
        *slot = b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize];
        from -= 1;
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits.iter().skip(from).map(|digit| char::from(*digit)));
}

fn read_number(text: &str) -> StoreResult<i64> {
    let (minus, digits) = text
        .strip_prefix('~')
        .map_or((false, text), |rest| (true, rest));
    let number = i64::from_str_radix(digits, 36).map_err(|_not_a_number| bad(text))?;
    Ok(if minus { -number } else { number })
}

/// `A` to `Z` for the first facts, `AA` and so on behind them.
fn push_code(out: &mut String, fact: FactId) -> bool {
    let Some(place) = CODES.iter().position(|name| *name == fact.name()) else {
        return false;
    };
    if place >= 26 {
        out.push(char::from(b'A' + (place / 26 - 1) as u8));
    }
    out.push(char::from(b'A' + (place % 26) as u8));
    true
}

fn read_code(text: &str) -> StoreResult<(FactId, &str)> {
    let length = text
        .bytes()
        .take_while(u8::is_ascii_uppercase)
        .take(2)
        .count();
    let (code, value) = text.split_at(length);
    let letter = |byte: u8| usize::from(byte - b'A');
    let place = match code.as_bytes() {
        [one] => letter(*one),
        [first, second] => (letter(*first) + 1) * 26 + letter(*second),
        _ => return Err(bad(text)),
    };
    let fact = CODES
        .get(place)
        .and_then(|name| find(name))
        .ok_or_else(|| bad(text))?;
    Ok((fact, value))
}

fn push_sets(out: &mut String, sets: &[Set]) {
    let mut days = None;
    for (place, set) in sets.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        if days != Some((set.since, set.until)) {
            days = Some((set.since, set.until));
            push_number(out, i64::from(set.since.number()));
            if let Some(until) = set.until {
                out.push('-');
                push_number(out, i64::from(until.number()));
            }
            out.push(':');
        }
        if !push_code(out, set.fact) {
            // A fact without a code of its own (a test says so first): by name.
            out.push('=');
            out.push_str(set.fact.name());
            out.push('=');
        }
        match &set.value {
            None => out.push('-'),
            Some(Value::Bool(value)) => out.push(if *value { 't' } else { 'f' }),
            Some(Value::Int(value)) => push_number(out, *value),
            Some(Value::Day(day)) => push_number(out, i64::from(day.number())),
            Some(Value::Area(code)) => match code.as_str().parse() {
                Ok(number) => push_number(out, number),
                Err(_not_a_number) => push_text(out, code.as_str()),
            },
            Some(Value::Word(word)) => push_text(out, word),
            Some(Value::Text(text)) => push_text(out, text),
        }
    }
}

/// A text begins with `'`; what the notation needs is written as `%` and two hexadecimal digits.
fn push_text(out: &mut String, text: &str) {
    out.push('\'');
    for c in text.chars() {
        match c {
            ',' | ':' | '|' | ';' | '%' | '[' => {
                out.push_str(&format!("%{:02x}", c as u32));
            }
            _ => out.push(c),
        }
    }
}

fn read_text(text: &str) -> StoreResult<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let code = behind
            .get(..2)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        out.push(char::from(code.ok_or_else(|| bad(text))?));
        rest = behind.get(2..).unwrap_or("");
    }
    out.push_str(rest);
    Ok(out)
}

fn read_sets(text: &str) -> StoreResult<Vec<Set>> {
    let mut out = Vec::new();
    if text.is_empty() {
        return Ok(out);
    }
    let day = |text: &str| -> StoreResult<Day> {
        i32::try_from(read_number(text)?)
            .ok()
            .and_then(Day::from_number)
            .ok_or_else(|| bad(text))
    };
    let mut days: Option<(Day, Option<Day>)> = None;
    for part in text.split(',') {
        let set = match part.split_once(':') {
            None => part,
            Some((head, set)) => {
                days = Some(match head.split_once('-') {
                    None => (day(head)?, None),
                    Some((since, until)) => (day(since)?, Some(day(until)?)),
                });
                set
            }
        };
        let (since, until) = days.ok_or_else(|| bad(part))?;
        let (fact, value) = match set.strip_prefix('=') {
            None => read_code(set)?,
            Some(named) => {
                let (name, value) = named.split_once('=').ok_or_else(|| bad(set))?;
                (find(name).ok_or_else(|| bad(set))?, value)
            }
        };
        out.push(Set {
            fact,
            value: read_value(fact, value)?,
            since,
            until,
        });
    }
    Ok(out)
}

fn read_value(fact: FactId, text: &str) -> StoreResult<Option<Value>> {
    if text == "-" {
        return Ok(None);
    }
    if let Some(quoted) = text.strip_prefix('\'') {
        let value = parse_value(fact, &read_text(quoted)?).map_err(|what| bad(&what))?;
        return Ok(Some(value));
    }
    let value = match fact.def().kind {
        Kind::Bool if text == "t" => Value::Bool(true),
        Kind::Bool if text == "f" => Value::Bool(false),
        Kind::Int { .. } => Value::Int(read_number(text)?),
        Kind::Day => i32::try_from(read_number(text)?)
            .ok()
            .and_then(Day::from_number)
            .map(Value::Day)
            .ok_or_else(|| bad(text))?,
        Kind::Area => {
            let digits = format!("{:012}", read_number(text)?);
            let code: AreaCode = digits.parse().map_err(|_not_an_area| bad(text))?;
            Value::Area(code)
        }
        Kind::Bool | Kind::Word(_) | Kind::Text => return Err(bad(text)),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::facts::COUNT;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn record(seq: i64, at: i64, sets: Vec<Set>) -> Record {
        Record {
            seq,
            recorded: Instant::from_micros(at),
            source: format!("source {}", seq % 3),
            by: "office".to_owned(),
            sets,
            reason: None,
            withdrawn: None,
        }
    }

    fn set(fact: &str, value: Option<&str>, since: &str, until: Option<&str>) -> Set {
        let fact = find(fact).unwrap();
        Set {
            fact,
            value: value.map(|text| parse_value(fact, text).unwrap()),
            since: day(since),
            until: until.map(day),
        }
    }

    /// A code that has been written stands for its fact for ever: nothing is taken out or moved.
    #[test]
    fn every_fact_has_a_code_and_codes_do_not_move() {
        assert_eq!(CODES.len(), COUNT);
        for fact in FactId::all() {
            assert!(
                CODES.contains(&fact.name()),
                "{} needs a code at the end",
                fact.name()
            );
        }
        let text = store::secret::sm3_hex(CODES.get(..66).unwrap().join(" ").as_bytes());
        assert!(text.starts_with(FIRST_66), "{text}");
    }
    const FIRST_66: &str = "23b91b791e6b4694";

    /// Invariant 5: what was recorded is read back as it was, in few rows and short texts.
    #[test]
    fn histories_come_back_as_they_went_in() {
        let births = vec![
            set("alive", Some("true"), "1953-03-25", None),
            set("birth_date", Some("1953-03-25"), "1953-03-25", None),
            set("sex", Some("female"), "1953-03-25", None),
            set("hukou_area", Some("421321119200"), "1953-03-25", None),
        ];
        let later = vec![
            set("living", None, "2023-01-26", Some("2024-02-29")),
            set("carer_of", Some("A,b:c|d;e%f[g 好"), "2023-01-26", None),
            set("ability_level", Some("3"), "2023-01-26", None),
            set("dibao", Some("false"), "2022-01-26", None),
        ];
        let at = 1_700_000_000_000_000;
        let mut records = vec![
            record(1, at, births),
            record(2, at + 86_400_000_000, later.clone()),
            record(3, at + 86_400_000_001, later.clone()),
            record(4, at + 86_401_000_001, vec![]),
            record(5, at, later.clone()),
            record(7, at, later.clone()),
            record(8, at, later),
        ];
        records[1].withdrawn = Some(Instant::from_micros(at + 90_000_000_000));
        records[6].reason = Some("mistyped".to_owned());
        let code = |record: &Record| Ok(record.source[7..].parse::<i64>().unwrap() + 40);
        let rows = pack(&records, code).unwrap();
        let firsts: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        assert_eq!(firsts, [1, 3, 5, 7, 8]);
        assert!(rows[0].sets.len() < 130, "{}", rows[0].sets);
        let back: Vec<Record> = rows
            .into_iter()
            .flat_map(|row| {
                unpack(row, |code| {
                    Ok((format!("source {}", code - 40), "office".to_owned()))
                })
                .unwrap()
            })
            .collect();
        assert_eq!(back, records);
    }

    /// The first version's rows stay readable, a text that is no history is an error.
    #[test]
    fn json_of_the_first_version_is_read_and_nonsense_refused() {
        let row = |sets: &str| HistoryRow {
            seq: 4,
            recorded: Instant::from_micros(5),
            origin: 1,
            sets: sets.to_owned(),
            reason: None,
            withdrawn: None,
        };
        let read = |sets: &str| unpack(row(sets), |_| Ok(("a".to_owned(), "b".to_owned())));
        let old = read(r#"[["living","alone",20240601,null]]"#).unwrap();
        assert_eq!(
            old[0].sets,
            [set("living", Some("alone"), "2024-06-01", None)]
        );
        for text in [
            "c1:A",
            "c1:Qx",
            "At",
            "c1tk:ZZt",
            "zz:At",
            "c1tk9:At|1;",
            "c1tk9:At|1.1.1.1;",
            "c1tk9:D'%z",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
