//! Everybody registered in an area, for comparing with a complete list.

use super::meant::value_of;
use crate::api::PersonKey;
use kernel::AreaCode;
use rules::facts::{FactId, Value as FactValue};
use store::{Reads, Sql, StoreResult};

/// The key of a person and the fact's current value, of everybody whose 户籍地 lies in an area: what a complete
/// list is compared with. In key order behind a key.
pub(crate) async fn registered_in(
    reads: &impl Reads,
    area: &AreaCode,
    fact: FactId,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<(PersonKey, Option<AreaCode>, Option<FactValue>)>> {
    let mut sql = Sql::new(&format!(
        "SELECT p.shard, p.id, p.hukou_area, p.{} FROM people_person p WHERE ",
        fact.name()
    ));
    let (from, until) = area.range();
    sql.push("p.hukou_area >= ").bind(from);
    sql.push(" AND p.hukou_area < ").bind(until);
    if let Some(key) = after {
        sql.push(" AND (p.shard, p.id) > (")
            .bind(key.shard.as_str());
        sql.push(", ").bind(key.id.as_str()).push(")");
    }
    sql.push(" ORDER BY p.shard, p.id LIMIT ").bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            let hukou = row.opt_area("hukou_area")?;
            let value = if fact == FactId::HUKOU_AREA {
                hukou.map(FactValue::Area)
            } else {
                value_of(row, fact)?
            };
            Ok((
                PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                hukou,
                value,
            ))
        })
        .collect()
}
