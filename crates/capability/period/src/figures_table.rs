//! The table `figures` of a snapshot: what the own plan wants, by measure. Values come from whoever keeps
//! them.

use engine::snapshot::table::{Cell, ColumnKind, TableMeta, TableWriter};
use host::{SnapshotAsk, SnapshotFile};
use plan::api::PlanBook;
use store::{Store, StoreError, StoreResult};

const FILE: &str = "figures.parquet";

pub(crate) async fn write(store: Store, ask: SnapshotAsk) -> StoreResult<SnapshotFile> {
    let failed = |error: engine::Error| StoreError::Other(format!("写指标快照失败：{error}"));
    let plans = PlanBook::load(&store).await?;
    let own = plans
        .places()
        .first()
        .cloned()
        .filter(|own| own.version.has_list());
    let meta = TableMeta {
        table: "figures",
        as_of: ask.as_of,
        known_at: ask.known_at,
        place: ask.place.clone(),
        plan_digest: own.as_ref().map(|own| own.version.digest.clone()),
    };
    let columns = [
        ("row", ColumnKind::Word),
        ("measure", ColumnKind::Word),
        ("area", ColumnKind::Word),
        ("goal", ColumnKind::Flag),
        ("value", ColumnKind::Word),
        ("unit", ColumnKind::Word),
        ("year", ColumnKind::Small),
    ];
    let mut out = TableWriter::create(&ask.dir.join(FILE), &meta, &columns).map_err(failed)?;
    for (row, figure) in own.iter().flat_map(|own| own.book.figures()) {
        let area = figure.area.map(|area| area.to_string());
        let value = figure.value.to_string();
        let unit = figure.unit.as_ref().map(|unit| unit.printed.clone());
        let cells = [
            Cell::Text(Some(&row.id)),
            Cell::Text(Some(&figure.measure)),
            Cell::Text(area.as_deref()),
            Cell::Flag(Some(figure.role.is_goal())),
            Cell::Text(Some(&value)),
            Cell::Text(unit.as_deref()),
            Cell::Int(figure.until.or(figure.year).map(i64::from)),
        ];
        out.push(&cells).map_err(failed)?;
    }
    Ok(SnapshotFile {
        file: FILE.to_owned(),
        rows: out.finish().map_err(failed)?,
    })
}
