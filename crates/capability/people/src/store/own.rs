//! What a file says of a person besides facts: read and written column by column, sealed as it stands.

use super::write::{
    blind_index, blind_indexes, claim, last_four_digits, number_digits, phone_digits, refuse_known,
};
use crate::api::PersonKey;
use std::collections::BTreeMap;
use store::rekey::{BlindColumn, Held, KeyColumn, SealedTable, whole};
use store::{Keys, Reads, Sealed, Sql, StoreError, StoreResult, Tx, values};

/// What stands together in a file and is taken from one or the other whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnField {
    /// 姓名.
    Name,
    /// 身份证号.
    Number,
    /// 电话.
    Phone,
    /// 详细地址.
    Address,
    /// 紧急联系人: name, phone, relation.
    Contact,
    /// 家庭 and 与户主关系.
    Household,
}

impl OwnField {
    /// All of them, in the order of a page.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Number,
        Self::Phone,
        Self::Address,
        Self::Contact,
        Self::Household,
    ];

    /// Its key in forms and journals.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "id_number",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Contact => "contact",
            Self::Household => "household",
        }
    }

    /// Its words on pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::Number => "身份证号",
            Self::Phone => "电话",
            Self::Address => "详细地址",
            Self::Contact => "紧急联系人",
            Self::Household => "所在家庭",
        }
    }

    /// The columns it is made of, the telling one first.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name"],
            Self::Number => &["id_number_index", "id_number", "id_last_four_index"],
            Self::Phone => &["phone_index", "phone"],
            Self::Address => &["address"],
            Self::Contact => &["contact_name", "contact_phone", "contact_relation"],
            Self::Household => &["household", "relation"],
        }
    }
}

/// The columns of a field with what they hold.
pub type OwnValue = BTreeMap<String, Option<String>>;

/// Whether the field says anything.
pub fn says_something(value: &OwnValue) -> bool {
    value.values().any(Option::is_some)
}

/// The same under the current key, where it is sealed or a digest of something sealed; `None` where all of it is already.
pub fn turned(keys: &Keys, value: &OwnValue) -> StoreResult<Option<OwnValue>> {
    let mut out = value.clone();
    let mut put = |column: &str, text: String| out.insert(column.to_owned(), Some(text));
    let mut changed = false;
    for field in ["id_number", "phone", "contact_phone"] {
        let Some(sealed) = value.get(field).cloned().flatten().map(Sealed) else {
            continue;
        };
        let Some(anew) = keys.reseal(field, &sealed)? else {
            continue;
        };
        changed = true;
        let plain = keys.open(field, &sealed)?;
        put(field, anew.0);
        match field {
            "id_number" => {
                put("id_number_index", blind_index(keys, field, &plain));
                if let Some(four) = last_four(&plain) {
                    put(
                        "id_last_four_index",
                        blind_index(keys, "id_last_four", four),
                    );
                }
            }
            "phone" => {
                put("phone_index", blind_index(keys, field, &plain));
            }
            _ => {}
        }
    }
    Ok(changed.then_some(out))
}

/// The last four characters of a number.
pub(crate) fn last_four(number: &str) -> Option<&str> {
    number.get(14..)
}

/// What is sealed of a file, wherever it stands.
const HOLDS: &[Held] = &[
    Held::Sealed {
        column: "id_number",
        field: "id_number",
        blinds: &[
            BlindColumn {
                column: "id_number_index",
                field: "id_number",
                digits: number_digits(),
                of: whole,
            },
            BlindColumn {
                column: "id_last_four_index",
                field: "id_last_four",
                digits: last_four_digits(),
                of: last_four,
            },
        ],
    },
    Held::Sealed {
        column: "phone",
        field: "phone",
        blinds: &[BlindColumn {
            column: "phone_index",
            field: "phone",
            digits: phone_digits(),
            of: whole,
        }],
    },
    Held::Sealed {
        column: "contact_phone",
        field: "contact_phone",
        blinds: &[],
    },
];

/// The tables of files.
pub(crate) static SEALED: [SealedTable; 2] = [
    SealedTable {
        table: "people_person",
        key: &[KeyColumn::Text("shard"), KeyColumn::Text("id")],
        holds: HOLDS,
    },
    SealedTable {
        table: "people_alias",
        key: &[KeyColumn::Text("shard"), KeyColumn::Text("id")],
        holds: HOLDS,
    },
];

/// Whether two say the same: sealed texts differ each time, so indexes are compared where there are any, both under the
/// current key.
pub fn same(keys: &Keys, field: OwnField, a: &OwnValue, b: &OwnValue) -> StoreResult<bool> {
    let (x, y) = (turned(keys, a)?, turned(keys, b)?);
    Ok(alike(
        field,
        x.as_ref().unwrap_or(a),
        y.as_ref().unwrap_or(b),
    ))
}

fn alike(field: OwnField, a: &OwnValue, b: &OwnValue) -> bool {
    let telling: &[&str] = match field {
        OwnField::Number | OwnField::Phone => &field.columns()[..1],
        _ => field.columns(),
    };
    telling
        .iter()
        .all(|column| a.get(*column).cloned().flatten() == b.get(*column).cloned().flatten())
}

/// What a file says in all fields; `None` where there is no such person.
pub(crate) async fn read(
    reads: &impl Reads,
    key: &PersonKey,
) -> StoreResult<Option<BTreeMap<OwnField, OwnValue>>> {
    let columns: Vec<&str> = OwnField::ALL
        .iter()
        .flat_map(|field| field.columns())
        .copied()
        .collect();
    let row = reads
        .one(
            &format!(
                "SELECT {} FROM people_person WHERE shard = $1 AND id = $2",
                columns.join(", ")
            ),
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut out = BTreeMap::new();
    for field in OwnField::ALL {
        let mut value = OwnValue::new();
        for column in field.columns() {
            value.insert((*column).to_owned(), row.opt_text(column)?);
        }
        out.insert(*field, value);
    }
    Ok(Some(out))
}

/// Writes a field. A number that is somebody else's is [`StoreError::Duplicate`].
pub(crate) async fn write(
    tx: &mut Tx,
    key: &PersonKey,
    field: OwnField,
    value: &OwnValue,
) -> StoreResult<()> {
    let mut sql = Sql::new("UPDATE people_person SET ");
    for (place, column) in field.columns().iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " })
            .push(column)
            .push(" = ")
            .bind(value.get(*column).cloned().flatten());
    }
    sql.push(" WHERE shard = ")
        .bind(key.shard.as_str())
        .push(" AND id = ")
        .bind(key.id.as_str());
    let (text, values) = sql.parts();
    if tx.run(&text, values).await? != 1 {
        return Err(StoreError::Other(format!("people_person lacks {}", key.id)));
    }
    Ok(())
}

/// Gives somebody their number, if the file is still at `version`; 临时编号 stays and leads to them.
pub(crate) async fn set_number(
    tx: &mut Tx,
    key: &PersonKey,
    version: i64,
    number: &str,
) -> StoreResult<bool> {
    if !claim(tx, key, version).await? {
        return Ok(false);
    }
    let keys = tx.store().keys().clone();
    let mut older = blind_indexes(&keys, "id_number", number);
    older.remove(0);
    refuse_known(tx, &older).await?;
    let value: OwnValue = [
        ("id_number", Some(keys.seal("id_number", number)?.0)),
        (
            "id_number_index",
            Some(blind_index(&keys, "id_number", number)),
        ),
        (
            "id_last_four_index",
            last_four(number).map(|four| blind_index(&keys, "id_last_four", four)),
        ),
    ]
    .into_iter()
    .map(|(column, value)| (column.to_owned(), value))
    .collect();
    write(tx, key, OwnField::Number, &value).await?;
    Ok(true)
}
