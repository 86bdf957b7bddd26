//! Rows as bytes, the same on both databases, and the digest of a table's content.
//!
//! A row is its columns in the order of their names, each a mark and what follows it: `0` null; `1` text and `6` bytes
//! with their length before them; `2` a whole number; `3` false; `4` true; `5` a number of eight bytes. Lengths and whole
//! numbers are written seven bits a byte, the lowest first; the sign of a whole number is its lowest bit.
//!
//! The digest of a table does not depend on the order in which a database gives its rows: it is an SM3 over the table's
//! shape, the number of its rows and the sum of the rows' SM3.

use crate::catalogue::{Column, Kind, Table};
use crate::secret::sm3_hex;
use crate::{Backend, StoreError, StoreResult, Value};
use sea_orm::{QueryResult, TryGetable};
use sm3::{Digest, Sm3};

fn get<T: TryGetable>(row: &QueryResult, at: usize, column: &Column) -> StoreResult<Option<T>> {
    row.try_get_by_index::<Option<T>>(at)
        .map_err(|error| StoreError::BadColumn {
            column: column.name.clone(),
            what: error.to_string(),
        })
}

/// Appends a row of `columns`, selected in their order.
pub(crate) fn encode(
    row: &QueryResult,
    columns: &[Column],
    backend: Backend,
    out: &mut Vec<u8>,
) -> StoreResult<()> {
    for (at, column) in columns.iter().enumerate() {
        match column.kind {
            Kind::Text => bytes(
                out,
                1,
                get::<String>(row, at, column)?.map(String::into_bytes),
            ),
            Kind::Bytes => bytes(out, 6, get::<Vec<u8>>(row, at, column)?),
            Kind::Int => whole(out, get::<i64>(row, at, column)?),
            // SQLite has one kind of whole number.
            Kind::Small if backend == Backend::Sqlite => whole(out, get::<i64>(row, at, column)?),
            Kind::Small => whole(out, get::<i32>(row, at, column)?.map(i64::from)),
            Kind::Flag => {
                out.push(get::<bool>(row, at, column)?.map_or(0, |flag| 3 + u8::from(flag)));
            }
            Kind::Real => match get::<f64>(row, at, column)? {
                None => out.push(0),
                Some(number) => {
                    out.push(5);
                    out.extend_from_slice(&number.to_bits().to_be_bytes());
                }
            },
        }
    }
    Ok(())
}

fn bytes(out: &mut Vec<u8>, mark: u8, value: Option<Vec<u8>>) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(mark);
            length(out, value.len() as u64);
            out.extend_from_slice(&value);
        }
    }
}

fn whole(out: &mut Vec<u8>, value: Option<i64>) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(2);
            length(out, ((value << 1) ^ (value >> 63)) as u64);
        }
    }
}

fn length(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Rows of a block, one after the other.
#[derive(Debug)]
pub struct Rows<'a> {
    left: &'a [u8],
    columns: &'a [Column],
}

impl<'a> Rows<'a> {
    /// The rows of these bytes.
    pub const fn new(bytes: &'a [u8], columns: &'a [Column]) -> Self {
        Self {
            left: bytes,
            columns,
        }
    }

    fn take(&mut self, count: usize) -> StoreResult<&'a [u8]> {
        let (now, later) = self
            .left
            .split_at_checked(count)
            .ok_or_else(|| StoreError::Other("a row ends in the middle".to_owned()))?;
        self.left = later;
        Ok(now)
    }

    fn number(&mut self) -> StoreResult<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?.first().copied().unwrap_or(0);
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(StoreError::Other(
            "a number of a row is too long".to_owned(),
        ))
    }

    fn cell(&mut self, column: &Column) -> StoreResult<Value> {
        let mark = self.take(1)?.first().copied().unwrap_or(0);
        let bad = |what: &str| StoreError::BadColumn {
            column: column.name.clone(),
            what: what.to_owned(),
        };
        let null = mark == 0;
        Ok(match (column.kind, mark) {
            (Kind::Text, 0) => Value::from(None::<String>),
            (Kind::Text, 1) => {
                let count = self.number()? as usize;
                let text = std::str::from_utf8(self.take(count)?)
                    .map_err(|error| bad(&error.to_string()))?;
                Value::from(text.to_owned())
            }
            (Kind::Bytes, 0) => Value::from(None::<Vec<u8>>),
            (Kind::Bytes, 6) => {
                let count = self.number()? as usize;
                Value::from(self.take(count)?.to_vec())
            }
            (Kind::Int | Kind::Small, 0 | 2) => {
                let number = if null {
                    None
                } else {
                    let folded = self.number()?;
                    Some((folded >> 1) as i64 ^ -((folded & 1) as i64))
                };
                if column.kind == Kind::Int {
                    Value::from(number)
                } else {
                    let small = number.map(i32::try_from).transpose();
                    Value::from(small.map_err(|error| bad(&error.to_string()))?)
                }
            }
            (Kind::Flag, 0) => Value::from(None::<bool>),
            (Kind::Flag, 3 | 4) => Value::from(mark == 4),
            (Kind::Real, 0) => Value::from(None::<f64>),
            (Kind::Real, 5) => {
                let bits = self
                    .take(8)?
                    .try_into()
                    .map_err(|_short| bad("a number is cut"))?;
                Value::from(f64::from_bits(u64::from_be_bytes(bits)))
            }
            _ => return Err(bad("the archive holds another kind of value")),
        })
    }

    /// The next row: its bytes and its values; `None` at the end.
    pub fn next_row(&mut self) -> StoreResult<Option<(&'a [u8], Vec<Value>)>> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let begin = self.left;
        let columns = self.columns;
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            values.push(self.cell(column)?);
        }
        let used = begin.len() - self.left.len();
        Ok(Some((begin.get(..used).unwrap_or_default(), values)))
    }
}

/// How many rows a table has, and what they say, whatever their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    rows: u64,
    sum: [u64; 4],
}

impl Content {
    /// Adds a row as it was encoded.
    pub fn add(&mut self, row: &[u8]) {
        let digest = Sm3::digest(row);
        let mut carry = false;
        for (place, limb) in self.sum.iter_mut().enumerate() {
            let mut bytes = [0_u8; 8];
            for (byte, from) in bytes.iter_mut().zip(digest.iter().skip(place * 8)) {
                *byte = *from;
            }
            let (sum, over) = limb.overflowing_add(u64::from_le_bytes(bytes));
            let (sum, more) = sum.overflowing_add(u64::from(carry));
            *limb = sum;
            carry = over || more;
        }
        self.rows += 1;
    }

    /// How many rows were added.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The digest of the content of this table, hexadecimal.
    pub fn digest(&self, table: &Table) -> String {
        let mut text = table.name.clone();
        for column in &table.columns {
            text.push_str(&format!("\n{} {}", column.name, column.kind.key()));
        }
        text.push_str(&format!("\n{}", self.rows));
        for limb in self.sum {
            text.push_str(&format!("\n{limb:016x}"));
        }
        sm3_hex(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        [
            ("a", Kind::Int),
            ("b", Kind::Text),
            ("c", Kind::Flag),
            ("d", Kind::Small),
            ("e", Kind::Real),
            ("f", Kind::Bytes),
        ]
        .map(|(name, kind)| Column {
            name: name.to_owned(),
            kind,
        })
        .to_vec()
    }

    /// Invariant 13: what is written comes back, nulls and both ends of the whole numbers included.
    #[test]
    fn rows_come_back() {
        let columns = columns();
        let mut block = Vec::new();
        let numbers = [0, -1, 1, 63, 64, i64::MIN, i64::MAX];
        for number in numbers {
            whole(&mut block, Some(number));
            bytes(&mut block, 1, Some("随州\u{0}'\n".as_bytes().to_vec()));
            block.push(4);
            whole(&mut block, Some(-20250630));
            block.push(5);
            block.extend_from_slice(&1.5_f64.to_bits().to_be_bytes());
            bytes(&mut block, 6, Some(vec![0; 300]));
        }
        block.extend_from_slice(&[0; 6]);
        let mut rows = Rows::new(&block, &columns);
        for number in numbers {
            let (_, row) = rows.next_row().unwrap().unwrap();
            let expected = crate::values![
                number,
                "随州\u{0}'\n",
                true,
                -20250630_i32,
                1.5_f64,
                vec![0_u8; 300]
            ];
            assert_eq!(row, expected);
        }
        let (bytes, row) = rows.next_row().unwrap().unwrap();
        assert_eq!(bytes, [0; 6]);
        assert_eq!(row.get(2), Some(&Value::from(None::<bool>)));
        assert!(rows.next_row().unwrap().is_none());
        for cut in 1..block.len() {
            let mut rows = Rows::new(&block[..cut], &columns);
            while let Ok(Some((bytes, _))) = rows.next_row() {
                assert!(!bytes.is_empty());
            }
        }
    }

    /// Row M05: the content's digest knows rows, not their order; one row twice is not two others.
    #[test]
    fn the_content_has_no_order() {
        let table = Table {
            name: "t".into(),
            columns: columns(),
        };
        let of = |rows: &[&str]| {
            let mut content = Content::default();
            for row in rows {
                content.add(row.as_bytes());
            }
            content.digest(&table)
        };
        assert_eq!(of(&["a", "b", "b"]), of(&["b", "a", "b"]));
        assert_ne!(of(&["a", "b", "b"]), of(&["a", "a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["a", "b", "b"]));
        let other = Table {
            name: "u".into(),
            ..table.clone()
        };
        assert_ne!(
            Content::default().digest(&table),
            Content::default().digest(&other)
        );
    }
}
