//! Sealing anew: what stands sealed in which table, and a chunk of it turned to the current key.
//!
//! A capability says what it keeps sealed as data ([`SealedTable`]); the walk is here. A chunk is one transaction, its
//! rows held until it ends; running it twice changes nothing. While keys turn, rows stand under the old and the new key
//! side by side: texts name their key, and digests are looked for under every key ([`Keys::blinds`]).

use crate::read::{Reads, Row};
use crate::{Keys, Sealed, Sql, Store, StoreError, StoreResult, Tx, Value};
use std::collections::BTreeMap;

/// Setting: how far the turning to the current key has come; absent when nothing turns.
pub const TURNING: &str = "keys.turning";
/// Setting: the key that this database is written with.
pub const CURRENT: &str = "keys.current";

/// A digest that stands beside a sealed text and follows from it.
#[derive(Debug, Clone, Copy)]
pub struct BlindColumn {
    /// The column.
    pub column: &'static str,
    /// The field of the digest.
    pub field: &'static str,
    /// How many digits it has.
    pub digits: usize,
    /// The part of the plain text it is of.
    pub of: fn(&str) -> Option<&str>,
}

/// A column that a key stands behind.
#[derive(Debug, Clone, Copy)]
pub enum Held {
    /// A sealed text, and the digests of it in other columns of the row.
    Sealed {
        /// The column.
        column: &'static str,
        /// What it is sealed for.
        field: &'static str,
        /// Its digests.
        blinds: &'static [BlindColumn],
    },
    /// A digest of a text that stands plain in another column of the row.
    Named {
        /// The column of the digest.
        column: &'static str,
        /// The column of the text.
        from: &'static str,
        /// The field of the digest.
        field: &'static str,
    },
    /// A text with sealed texts and digests inside.
    Within {
        /// The column.
        column: &'static str,
        /// The same text under the current key; `None` where nothing in it is under another one.
        turn: fn(&Keys, &str) -> StoreResult<Option<String>>,
    },
}

/// A column of a primary key.
#[derive(Debug, Clone, Copy)]
pub enum KeyColumn {
    /// Of texts.
    Text(&'static str),
    /// Of whole numbers.
    Number(&'static str),
}

impl KeyColumn {
    const fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) => name,
        }
    }

    fn of(self, row: &Row) -> StoreResult<String> {
        match self {
            Self::Text(name) => row.text(name),
            Self::Number(name) => Ok(row.int(name)?.to_string()),
        }
    }

    fn value(self, part: &str) -> StoreResult<Value> {
        match self {
            Self::Text(_) => Ok(part.into()),
            Self::Number(name) => {
                let number: i64 = part
                    .parse()
                    .map_err(|error| StoreError::Other(format!("{name}: {part}: {error}")))?;
                Ok(number.into())
            }
        }
    }
}

/// A table with sealed columns.
#[derive(Debug, Clone, Copy)]
pub struct SealedTable {
    /// The table.
    pub table: &'static str,
    /// Its primary key.
    pub key: &'static [KeyColumn],
    /// What is sealed in it.
    pub holds: &'static [Held],
}

/// What a chunk came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Rows looked at.
    pub seen: i64,
    /// Rows sealed anew.
    pub changed: i64,
    /// The key of the last one; `None` when there are no more.
    pub last: Option<Vec<String>>,
}

/// All of a text.
pub fn whole(text: &str) -> Option<&str> {
    Some(text)
}

impl Held {
    /// Whether what stands in a row is not under the current key; `None` where nothing does, or the text says so itself.
    fn is_old(&self, keys: &Keys, row: &Row) -> StoreResult<Option<bool>> {
        Ok(match self {
            Self::Sealed { .. } => None,
            Self::Named {
                column,
                from,
                field,
            } => Some(row.text(column)? != keys.blind(field, &row.text(from)?)),
            Self::Within { column, turn } => match row.opt_text(column)? {
                Some(text) => Some(turn(keys, &text)?.is_some()),
                None => None,
            },
        })
    }
}

impl SealedTable {
    fn columns(&self) -> Vec<&'static str> {
        let mut columns: Vec<&str> = self.key.iter().map(|column| column.name()).collect();
        for held in self.holds {
            match held {
                Held::Sealed { column, .. } | Held::Within { column, .. } => columns.push(column),
                Held::Named { column, from, .. } => columns.extend([*column, *from]),
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Rows behind a key, in key order.
    async fn rows(
        &self,
        reads: &impl Reads,
        after: Option<&[String]>,
        most: i64,
        ending: &str,
    ) -> StoreResult<Vec<Row>> {
        let names: Vec<&str> = self.key.iter().map(|column| column.name()).collect();
        let key = names.join(", ");
        let mut sql = Sql::new(&format!(
            "SELECT {} FROM {} t",
            self.columns().join(", "),
            self.table
        ));
        if let Some(after) = after {
            sql.push(&format!(" WHERE ({key}) > ("));
            for (place, (column, part)) in self.key.iter().zip(after).enumerate() {
                sql.push(if place == 0 { "" } else { ", " })
                    .bind(column.value(part)?);
            }
            sql.push(")");
        }
        sql.push(&format!(" ORDER BY {key} LIMIT "))
            .bind(most)
            .push(ending);
        let (text, values) = sql.parts();
        reads.all(&text, values).await
    }

    fn key_of(&self, row: &Row) -> StoreResult<Vec<String>> {
        self.key.iter().map(|column| column.of(row)).collect()
    }

    /// What has to be written into a row; empty where it stands under the current key.
    fn anew(&self, keys: &Keys, row: &Row) -> StoreResult<Vec<(&'static str, String)>> {
        let mut out = Vec::new();
        for held in self.holds {
            match held {
                Held::Sealed {
                    column,
                    field,
                    blinds,
                } => {
                    let Some(sealed) = row.opt_text(column)?.map(Sealed) else {
                        continue;
                    };
                    let Some(anew) = keys.reseal(field, &sealed)? else {
                        continue;
                    };
                    let plain = keys.open(field, &sealed)?;
                    out.push((*column, anew.0));
                    for blind in *blinds {
                        if let Some(part) = (blind.of)(&plain) {
                            let digest = keys.blind_short(blind.field, part, blind.digits);
                            out.push((blind.column, digest));
                        }
                    }
                }
                Held::Named {
                    column,
                    from,
                    field,
                } => {
                    let digest = keys.blind(field, &row.text(from)?);
                    if row.text(column)? != digest {
                        out.push((*column, digest));
                    }
                }
                Held::Within { column, turn } => {
                    if let Some(text) = row.opt_text(column)?
                        && let Some(anew) = turn(keys, &text)?
                    {
                        out.push((*column, anew));
                    }
                }
            }
        }
        Ok(out)
    }

    /// Seals the next rows anew, at most `most`.
    pub async fn turn(
        &self,
        tx: &mut Tx,
        after: Option<&[String]>,
        most: i64,
    ) -> StoreResult<Chunk> {
        let keys = tx.store().keys().clone();
        let ending = tx.for_update_of("t");
        let rows = self.rows(tx, after, most, &ending).await?;
        let mut chunk = Chunk::default();
        for row in &rows {
            chunk.seen += 1;
            let key = self.key_of(row)?;
            let anew = self.anew(&keys, row)?;
            if !anew.is_empty() {
                self.write(tx, &key, anew).await?;
                chunk.changed += 1;
            }
            chunk.last = Some(key);
        }
        if chunk.seen < most {
            chunk.last = None;
        }
        Ok(chunk)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        key: &[String],
        anew: Vec<(&'static str, String)>,
    ) -> StoreResult<()> {
        let mut sql = Sql::new(&format!("UPDATE {} SET ", self.table));
        for (place, (column, text)) in anew.into_iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .push(column)
                .push(" = ")
                .bind(text);
        }
        for (place, (column, part)) in self.key.iter().zip(key).enumerate() {
            sql.push(if place == 0 { " WHERE " } else { " AND " })
                .push(column.name())
                .push(" = ")
                .bind(column.value(part)?);
        }
        let (text, values) = sql.parts();
        tx.run(&text, values).await?;
        Ok(())
    }

    /// Rows of the table.
    pub async fn size(&self, reads: &impl Reads) -> StoreResult<i64> {
        let sql = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {} t", self.table);
        reads.number(&sql, vec![]).await
    }

    /// How many values stand under which key. Digests of plain texts and texts with sealed ones inside do not name
    /// their key: they count under the current one, or as `older`.
    pub async fn count(
        &self,
        reads: &impl Reads,
        keys: &Keys,
        out: &mut BTreeMap<String, i64>,
    ) -> StoreResult<()> {
        let mut walked = Vec::new();
        for held in self.holds {
            match held {
                Held::Sealed { column, .. } => {
                    let mut known = 0;
                    for id in keys.ids() {
                        let found = self.under(reads, column, id).await?;
                        known += found;
                        *out.entry(id.to_owned()).or_default() += found;
                    }
                    let sql = format!(
                        "SELECT CAST(count(t.{column}) AS BIGINT) AS n FROM {} t",
                        self.table
                    );
                    let foreign = reads.number(&sql, vec![]).await? - known;
                    if foreign > 0 {
                        *out.entry("?".to_owned()).or_default() += foreign;
                    }
                }
                Held::Named { .. } | Held::Within { .. } => walked.push(*held),
            }
        }
        if walked.is_empty() {
            return Ok(());
        }
        let (mut after, mut more) = (None, true);
        while more {
            let rows = self.rows(reads, after.as_deref(), WALKED, "").await?;
            more = rows.len() as i64 == WALKED;
            for row in &rows {
                for held in &walked {
                    if let Some(old) = held.is_old(keys, row)? {
                        let under = if old { OLDER } else { keys.current_id() };
                        *out.entry(under.to_owned()).or_default() += 1;
                    }
                }
                after = Some(self.key_of(row)?);
            }
        }
        Ok(())
    }

    async fn under(&self, reads: &impl Reads, column: &str, id: &str) -> StoreResult<i64> {
        let forms = ['.', ',', ':'].map(|form| format!("{id}{form}%"));
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM {} t WHERE t.{column} LIKE $1 OR t.{column} LIKE $2 OR t.{column} LIKE $3",
            self.table
        );
        let values = forms.into_iter().map(Value::from).collect();
        reads.number(&sql, values).await
    }
}

/// Rows of a walk read at once.
const WALKED: i64 = 1_000;
/// Under which values count that are not under the current key and do not say which one they are under.
pub const OLDER: &str = "older";

impl Store {
    /// Whether what is sealed is just being turned to another key.
    pub async fn keys_turn(&self) -> StoreResult<bool> {
        Ok(self.setting(TURNING).await?.is_some())
    }
}

impl Tx {
    /// Whoever writes a digest that must be there only once waits here for whoever else does, while several keys are
    /// known: then equal texts may have different digests, and the database's own rule does not keep them apart.
    pub async fn hold_keys(&mut self) -> StoreResult<()> {
        if self.store().keys().several() {
            let sql = format!(
                "SELECT s.value FROM setting s WHERE s.name = $1{}",
                self.for_update_of("s")
            );
            self.one(&sql, crate::values![CURRENT]).await?;
        }
        Ok(())
    }
}

/// Whether a text, or a part of it between quotes, looks like one sealed with the key of this id. It trusts no
/// declaration of what is sealed where: a key is thrown away only when nothing in the whole database looks like it.
pub fn looks_sealed(text: &str, id: &str) -> bool {
    text.split('"').any(|part| {
        let Some(body) = part
            .strip_prefix(id)
            .and_then(|rest| rest.strip_prefix(['.', ',', ':']))
        else {
            return false;
        };
        // Nonce and tag alone are 28 bytes.
        body.len() >= 38
            && body
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sealed text is known by its looks wherever it stands, and only under its own key.
    #[test]
    fn a_sealed_text_is_known_by_its_looks() {
        let keys = Keys::from_file(crate::testing::TEST_KEYS).unwrap();
        let id = keys.current_id().to_owned();
        let sealed = keys.seal("phone", "1").unwrap().0;
        assert!(looks_sealed(&sealed, &id));
        assert!(looks_sealed(&format!("{{\"phone\":\"{sealed}\"}}"), &id));
        assert!(!looks_sealed(&sealed, "77"));
        for text in ["1.基本养老服务", "1,234,567", "1.5", "", "1.2.3"] {
            assert!(!looks_sealed(text, "1"), "{text}");
        }
    }
}
