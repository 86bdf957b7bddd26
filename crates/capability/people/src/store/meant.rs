//! Whom the rows of a list mean: by identity number or 临时编号, a thousand at once.

use super::alias;
use super::intake::Beside;
use super::person::BY_ID;
use super::write::blind_indexes;
use crate::api::PersonKey;
use kernel::AreaCode;
use rules::facts::{FactId, Kind, Value as FactValue, parse_value};
use std::collections::HashMap;
use store::{Keys, Reads, Row, StoreError, StoreResult, Value, places};

/// Somebody whom a row of a list means, with what the list asks about.
#[derive(Debug, Clone)]
pub struct Meant {
    /// Key.
    pub key: PersonKey,
    /// Name.
    pub name: String,
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
    /// Whether nothing at all is known of them: a registration that was taken back.
    pub empty: bool,
    /// The facts asked for, in that order.
    pub facts: Vec<Option<FactValue>>,
    /// What stands beside the facts, where that was asked for.
    pub(crate) beside: Option<Closed>,
}

/// What stands beside the facts as the columns hold it.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    phone_index: Option<String>,
    contact_phone: Option<String>,
    /// The rest, without phones.
    rest: Beside,
}

impl Closed {
    /// Whether a list says something of it that is not so yet.
    pub(crate) fn gains(&self, keys: &Keys, said: &Beside) -> StoreResult<bool> {
        let differs =
            |said: &Option<String>, known: &Option<String>| said.is_some() && said != known;
        if let Some(phone) = &said.phone
            && !blind_indexes(keys, "phone", phone)
                .iter()
                .any(|index| self.phone_index.as_deref() == Some(index.as_str()))
        {
            return Ok(true);
        }
        if said.contact_phone.is_some() {
            let sealed = self.contact_phone.clone().map(store::Sealed);
            let known = sealed
                .map(|sealed| keys.open("contact_phone", &sealed))
                .transpose()?;
            if said.contact_phone != known {
                return Ok(true);
            }
        }
        let known = &self.rest;
        Ok(differs(&said.address, &known.address)
            || differs(&said.contact_name, &known.contact_name)
            || differs(&said.contact_relation, &known.contact_relation)
            || differs(&said.household, &known.household)
            || differs(&said.relation, &known.relation))
    }
}

/// The largest number of values in one lookup.
const MOST: usize = 2_000;

/// The people with these identity numbers, by number.
pub(crate) async fn by_numbers(
    reads: &impl Reads,
    keys: &Keys,
    numbers: &[&str],
    facts: &[FactId],
    beside: bool,
) -> StoreResult<HashMap<String, Meant>> {
    let mut by_index: HashMap<String, &str> = HashMap::with_capacity(numbers.len());
    for number in numbers {
        for index in blind_indexes(keys, "id_number", number) {
            by_index.insert(index, number);
        }
    }
    let mut wanted: Vec<&String> = by_index.keys().collect();
    wanted.sort_unstable();
    let mut out = HashMap::with_capacity(wanted.len());
    for part in wanted.chunks(MOST) {
        let part: Vec<Value> = part.iter().map(|text| text.as_str().into()).collect();
        for (index, found) in looked_up(reads, "id_number_index", part, facts, beside).await? {
            if let Some(number) = by_index.get(&index) {
                out.insert((*number).to_owned(), found);
            }
        }
    }
    // Whose file was merged into another one's is that other one.
    let rest: Vec<&str> = by_index
        .iter()
        .filter(|(_, number)| !out.contains_key(**number))
        .map(|(index, _)| index.as_str())
        .collect();
    for (index, found) in led(reads, "id_number_index", &rest, facts, beside).await? {
        if let Some(number) = by_index.get(&index) {
            out.insert((*number).to_owned(), found);
        }
    }
    Ok(out)
}

/// The people to whom files lead that were set aside and hold one of these values.
async fn led(
    reads: &impl Reads,
    column: &'static str,
    wanted: &[&str],
    facts: &[FactId],
    beside: bool,
) -> StoreResult<Vec<(String, Meant)>> {
    let led = alias::survivors_of(reads, column, wanted).await?;
    let ids: Vec<Value> = led.iter().map(|(_, id)| id.as_str().into()).collect();
    let mut people = HashMap::new();
    for part in ids.chunks(MOST) {
        people.extend(looked_up(reads, "id", part.to_vec(), facts, beside).await?);
    }
    let found = |(value, id): (String, String)| Some((value, people.get(&id)?.clone()));
    Ok(led.into_iter().filter_map(found).collect())
}

/// The people with these 临时编号.
pub(crate) async fn by_provisional(
    reads: &impl Reads,
    codes: &[&str],
    facts: &[FactId],
    beside: bool,
) -> StoreResult<HashMap<String, Vec<Meant>>> {
    let mut out: HashMap<String, Vec<Meant>> = HashMap::new();
    for part in codes.chunks(MOST) {
        let part: Vec<Value> = part.iter().map(|text| (*text).into()).collect();
        for (code, found) in looked_up(reads, "provisional", part, facts, beside).await? {
            out.entry(code).or_default().push(found);
        }
    }
    let rest: Vec<&str> = codes
        .iter()
        .copied()
        .filter(|code| !out.contains_key(*code))
        .collect();
    for (code, found) in led(reads, "provisional", &rest, facts, beside).await? {
        out.entry(code).or_default().push(found);
    }
    Ok(out)
}

async fn looked_up(
    reads: &impl Reads,
    column: &str,
    wanted: Vec<Value>,
    facts: &[FactId],
    beside: bool,
) -> StoreResult<Vec<(String, Meant)>> {
    let mut asked = String::new();
    for fact in facts {
        if ![FactId::HUKOU_AREA, FactId::RESIDENCE_AREA, FactId::ALIVE].contains(fact) {
            asked.push_str(", p.");
            asked.push_str(fact.name());
        }
    }
    let more = if beside {
        ", p.phone_index, p.address, p.contact_name, p.contact_phone, p.contact_relation, p.household, p.relation"
    } else {
        ""
    };
    let from = if column == "id" {
        BY_ID
    } else {
        "FROM people_person p"
    };
    let sql = format!(
        "SELECT p.{column} AS looked, p.shard, p.id, p.name, p.alive, p.hukou_area, p.residence_area{asked}{more} \
         {from} WHERE p.{column} IN ({})",
        places(reads.dialect(), wanted.len())
    );
    let rows = reads.all(&sql, wanted).await?;
    rows.iter()
        .map(|row| {
            let (hukou, residence) = (row.opt_area("hukou_area")?, row.opt_area("residence_area")?);
            let found = Meant {
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                name: row.text("name")?,
                empty: hukou.is_none() && residence.is_none() && row.opt_flag("alive")?.is_none(),
                hukou,
                residence,
                facts: facts
                    .iter()
                    .map(|fact| value_of(row, *fact))
                    .collect::<StoreResult<_>>()?,
                beside: if beside { Some(closed_of(row)?) } else { None },
            };
            Ok((row.text("looked")?, found))
        })
        .collect()
}

fn closed_of(row: &Row) -> StoreResult<Closed> {
    Ok(Closed {
        phone_index: row.opt_text("phone_index")?,
        contact_phone: row.opt_text("contact_phone")?,
        rest: Beside {
            phone: None,
            contact_phone: None,
            address: row.opt_text("address")?,
            contact_name: row.opt_text("contact_name")?,
            contact_relation: row.opt_text("contact_relation")?,
            household: row.opt_text("household")?,
            relation: row.opt_text("relation")?,
        },
    })
}

pub(super) fn value_of(row: &Row, fact: FactId) -> StoreResult<Option<FactValue>> {
    let name = fact.name();
    Ok(match fact.def().kind {
        Kind::Bool => row.opt_flag(name)?.map(FactValue::Bool),
        Kind::Int { .. } => row.opt_int(name)?.map(FactValue::Int),
        Kind::Day => row.opt_day(name)?.map(FactValue::Day),
        Kind::Word(_) | Kind::Area | Kind::Text => row
            .opt_text(name)?
            .map(|text| parse_value(fact, &text))
            .transpose()
            .map_err(|what| StoreError::BadColumn {
                column: name.to_owned(),
                what,
            })?,
    })
}
