//! The steps of an item (分档) as rows of a form: what a step is called, for whom it is, what it gives in yuan. Names stand
//! in the list's `tiers`; amounts are one `case` of the item's amount, first match first, as the rows stand.

use super::item_rows::{when, words};
use kernel::Fen;
use rules::amount_typed;
use rules::folder::{BenefitKind, Folder, Service, TierRow};
use ui::{Form, FormData};

/// Steps of an item at the most.
pub(crate) const MOST: usize = 12;

/// A row as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    /// What the step is called; may be empty where it only has an amount of its own.
    pub(crate) name: String,
    /// For whom.
    pub(crate) when: String,
    /// Yuan, or `param('…')`; may be empty.
    pub(crate) fen: String,
}

impl Row {
    /// Whether nothing is typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_empty() && self.when.is_empty() && self.fen.is_empty()
    }
}

/// The names of a row's fields.
pub(crate) fn fields(at: usize) -> [String; 3] {
    ["name", "when", "fen"].map(|key| format!("tier_{key}_{at}"))
}

/// The rows as typed, empty ones too.
pub(crate) fn typed(data: &FormData) -> Vec<Row> {
    (0..MOST)
        .map(fields)
        .take_while(|fields| fields.iter().any(|field| data.has(field)))
        .map(|[name, when, fen]| Row {
            name: data.get(&name).to_owned(),
            when: data.get(&when).to_owned(),
            fen: data.get(&fen).to_owned(),
        })
        .collect()
}

/// How many rows are shown: those typed, and two to be filled behind them.
pub(crate) fn shown(rows: &[Row]) -> usize {
    let last = rows.iter().rposition(|row| !row.is_empty());
    (last.map_or(0, |last| last + 1) + 2)
        .max(rows.len())
        .min(MOST)
}

/// Puts rows into a form, in the place of all that stand there.
pub(crate) fn set(data: &mut FormData, rows: &[Row]) {
    let none = Row::default();
    for at in 0..MOST {
        let [name, when, fen] = fields(at);
        let row = rows.get(at);
        if row.is_none() && !data.has(&when) {
            continue;
        }
        let row = row.unwrap_or(&none);
        data.set(&name, row.name.as_str());
        data.set(&when, row.when.as_str());
        data.set(&fen, row.fen.as_str());
    }
}

/// An item's rows, and what is left of its amount for whoever is in no step. An amount that is not one plain `case`, or
/// one of other steps, is left as it is.
pub(crate) fn of(item: &Service) -> (Vec<Row>, String) {
    let amount = item.amount.as_ref().map_or("", |amount| &amount.text);
    if item.tiers.len() > MOST {
        return (Vec::new(), amount.to_owned());
    }
    let named = |tier: &TierRow| Row {
        name: tier.tier.clone(),
        when: tier.when.clone(),
        fen: String::new(),
    };
    let unpriced = (item.tiers.iter().map(named).collect(), amount.to_owned());
    let Some(split) = split(amount).filter(|split| split.cases.len() <= MOST) else {
        return unpriced;
    };
    let mut tiers = item.tiers.iter().peekable();
    let rows = split.cases.into_iter().map(|(when, then)| {
        let tier = tiers.next_if(|tier| blanks(&tier.when) == when);
        Row {
            name: tier.map_or_else(String::new, |tier| tier.tier.clone()),
            fen: then.parse().map_or(then, |fen: i64| Fen(fen).to_string()),
            when,
        }
    });
    let rows: Vec<Row> = rows.collect();
    if tiers.peek().is_some() {
        return unpriced;
    }
    (rows, split.otherwise.unwrap_or_default())
}

/// What was read from the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Name and condition of those that have a name.
    pub(crate) named: Vec<(String, String)>,
    /// Condition and amount of those that have one.
    pub(crate) cases: Vec<(String, String)>,
}

/// Reads the rows; what is wrong stands at its field. `None` where the form has no rows: steps stay as they are.
pub(crate) fn read(form: &mut Form, folder: &Folder, item: &Service) -> Option<Steps> {
    let rows = typed(&form.data);
    if rows.is_empty() || item.tiers.len() > MOST {
        return None;
    }
    let money = item.benefit.kind == BenefitKind::Money;
    let priced = rows.iter().any(|row| !row.fen.is_empty());
    let (mut named, mut cases): (Vec<(String, String)>, Vec<_>) = (Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let [name_at, when_at, fen_at] = fields(at);
        if row.when.is_empty() {
            form.errors.add(
                when_at,
                "请写这一档给谁，例如 age >= 90；不要这一档，把三格都清空",
            );
        } else {
            when(form, folder, item.no, &when_at, &row.when);
        }
        let text = blanks(&row.when);
        match (row.name.is_empty(), row.fen.is_empty()) {
            (true, true) => {
                let told = if money {
                    "请写这一档叫什么，或给多少钱"
                } else {
                    "请写这一档叫什么，例如 半价"
                };
                form.errors.add(name_at, told);
            }
            (false, true) if priced => form
                .errors
                .add(fen_at, "别的档写了金额，这一档也写；不给钱写 0"),
            (_, false) if !money => form
                .errors
                .add(fen_at, "这一项不是给资金的，档次没有金额，清空这一格"),
            (_, false) => match fen(folder, item.no, &row.fen) {
                Ok(fen) => cases.push((text.clone(), fen)),
                Err(told) => form.errors.add(fen_at, told),
            },
            (false, true) => {}
        }
        if !row.name.is_empty() {
            if named.iter().any(|(name, _)| *name == row.name) {
                let told = format!("前面已经有一档叫“{}”，换一个名称", row.name);
                form.errors.add(fields(at)[0].clone(), told);
            }
            named.push((row.name.clone(), text));
        }
    }
    Some(Steps { named, cases })
}

/// An amount as typed, in fen: yuan, or a parameter.
fn fen(folder: &Folder, no: u16, text: &str) -> Result<String, String> {
    if let Some(fen) = Fen::from_yuan(text) {
        return Ok(fen.0.to_string());
    }
    if !text.contains("param") {
        return Err("写元，例如 200 或 120.50；金额在参数表里的，写 param('参数名')".to_owned());
    }
    if split(text).is_some() || text.to_lowercase().contains("case") {
        return Err("一档只写一个金额；再分就多加一档".to_owned());
    }
    amount_typed(folder, no, text)
        .map(|_reads| blanks(text))
        .map_err(|problem| words(text, &problem))
}

/// The amount of the whole item: `otherwise` for whoever is in no step. What comes to the same as what stands there is
/// what stands there.
pub(crate) fn amount(
    steps: &Steps,
    otherwise: Option<&str>,
    stands: Option<&str>,
) -> Option<String> {
    if steps.cases.is_empty() {
        return otherwise.map(str::to_owned);
    }
    let new = Split {
        cases: steps.cases.clone(),
        otherwise: otherwise.map(blanks),
    };
    if let Some(stands) = stands.filter(|stands| split(stands).as_ref() == Some(&new)) {
        return Some(stands.to_owned());
    }
    let mut text = "case".to_owned();
    for (when, then) in &new.cases {
        text.push_str(&format!(" when {when} then {then}"));
    }
    if let Some(otherwise) = &new.otherwise {
        text.push_str(&format!(" else {otherwise}"));
    }
    text.push_str(" end");
    Some(text)
}

/// One plain `case`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Split {
    cases: Vec<(String, String)>,
    otherwise: Option<String>,
}

/// The parts of an amount that is one `case` without another in it; `None` for anything else.
fn split(text: &str) -> Option<Split> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let (mut quoted, mut depth, mut word) = (false, 0_i32, String::new());
    let mut place = |word: &mut String, depth: i32| {
        let key = word.to_lowercase();
        let keyword = depth == 0 && ["case", "when", "then", "else", "end"].contains(&key.as_str());
        if keyword {
            parts.push((key, String::new()));
        } else if key == "case" {
            // Another one within brackets.
            parts.push(("case".to_owned(), String::new()));
        } else if let Some((_, part)) = parts.last_mut() {
            part.push_str(word);
        } else if !word.trim().is_empty() {
            parts.push((String::new(), word.clone()));
        }
        word.clear();
    };
    for letter in text.chars() {
        let in_word = letter.is_alphanumeric() || letter == '_';
        if quoted || in_word || letter == '\'' {
            word.push(letter);
            quoted ^= letter == '\'';
            continue;
        }
        place(&mut word, depth);
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        word.push(letter);
        place(&mut word, depth);
    }
    place(&mut word, depth);
    let keys: Vec<&str> = parts.iter().map(|(key, _)| key.as_str()).collect();
    let inner = keys.strip_prefix(&["case"])?.strip_suffix(&["end"])?;
    let text_of = |at: usize| parts.get(at).map(|(_, text)| blanks(text));
    let empty = |at: usize| text_of(at).is_some_and(|text| text.is_empty());
    if !empty(0) || !empty(keys.len() - 1) {
        return None;
    }
    let (pairs, otherwise) = match inner.split_last() {
        Some((&"else", pairs)) => (pairs, Some(text_of(keys.len() - 2)?)),
        _ => (inner, None),
    };
    let whole = !pairs.is_empty() && pairs.chunks(2).all(|pair| pair == ["when", "then"]);
    if !whole {
        return None;
    }
    let cases = (0..pairs.len() / 2).map(|n| Some((text_of(1 + 2 * n)?, text_of(2 + 2 * n)?)));
    Some(Split {
        cases: cases.collect::<Option<_>>()?,
        otherwise,
    })
}

fn blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows C01, C02: an amount that is one plain `case` is read as steps, and comes back as it was; any other is left alone.
    #[test]
    fn a_plain_case_is_steps() {
        let plain = "case when age >= 100 then param('津贴 when 100') when age in (90, 91) then 12050 else param('津贴') end";
        let parts = split(plain).unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            parts.cases,
            [
                pair("age >= 100", "param('津贴 when 100')"),
                pair("age in (90, 91)", "12050")
            ]
        );
        assert_eq!(parts.otherwise.as_deref(), Some("param('津贴')"));
        let steps = Steps {
            named: Vec::new(),
            cases: parts.cases,
        };
        for (stands, otherwise, wants) in [
            (None, Some("param('津贴')"), plain),
            (
                Some("CASE  when age >= 100 then 1 end"),
                None,
                "case when age >= 100 then param('津贴 when 100') when age in (90, 91) then 12050 end",
            ),
        ] {
            assert_eq!(amount(&steps, otherwise, stands).as_deref(), Some(wants));
        }
        let spaced = plain.replace(" when age in", "\n  when age in");
        let same = amount(&steps, Some("param('津贴')"), Some(&spaced));
        assert_eq!(
            same.as_deref(),
            Some(spaced.as_str()),
            "blanks are no change"
        );
        for other in [
            "",
            "param('津贴')",
            "12050",
            "case when age >= 90 then case when urban then 1 else 2 end else 3 end",
            "case when (case when urban then true else false end) then 1 end",
            "case when age >= 90 then 1 end + 5",
            "2 * case when age >= 90 then 1 end",
            "case age when 90 then 1 end",
            "case else 1 end",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
        let none = Steps {
            named: Vec::new(),
            cases: Vec::new(),
        };
        assert_eq!(amount(&none, Some("5"), None).as_deref(), Some("5"));
        assert_eq!(amount(&none, None, None), None);
    }
}
