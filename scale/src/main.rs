//! The whole list over a snapshot, on more than one machine: the SQL that `rules::sql` prints, asked of Ballista, of
//! DataFusion in this process, and of the engine, which all have to say the same.
//!
//! `scheduler PORT`, `executor SCHEDULER_PORT PORT GRPC_PORT FOLDER` stay until they are stopped. `ask ballista PORT`,
//! `ask datafusion` and `ask engine`, each with `PLAN OVERLAY FILE DAY`, print one line of JSON: seconds, people, and
//! per item `[number, yes, unknown, no, fen, fen unknown]`. `measure.py` drives them.

mod cluster;
mod list;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use engine::sql::totals_query;
use kernel::Day;
use rules::List;
use rules::sql::{Dialect, SqlNames};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// What goes wrong ends the program with its words.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Partitions of a query: some for every core of a small cluster.
const PARTITIONS: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["scheduler", port] => cluster::scheduler(port.parse()?).await,
        ["executor", scheduler, port, grpc, folder] => {
            cluster::executor(scheduler.parse()?, port.parse()?, grpc.parse()?, folder).await
        }
        ["ask", "ballista", port, plan, overlay, file, day] => {
            let config = SessionConfig::new_with_ballista().with_target_partitions(PARTITIONS);
            let state = SessionStateBuilder::new()
                .with_config(config)
                .with_default_features()
                .build();
            let url = format!("df://127.0.0.1:{port}");
            let context = SessionContext::remote_with_state(&url, state).await?;
            ask(&context, &list::load(plan, overlay)?, file, day.parse()?).await
        }
        ["ask", "datafusion", plan, overlay, file, day] => {
            let config = SessionConfig::new().with_target_partitions(PARTITIONS);
            let context = SessionContext::new_with_config(config);
            ask(&context, &list::load(plan, overlay)?, file, day.parse()?).await
        }
        ["ask", "engine", plan, overlay, file, day] => {
            own(&list::load(plan, overlay)?, Path::new(file), day.parse()?)
        }
        _ => Err("scheduler PORT | executor SCHEDULER_PORT PORT GRPC_PORT FOLDER | ask (ballista PORT | datafusion | engine) PLAN OVERLAY FILE DAY".into()),
    }
}

/// Asks the printed query and adds its areas up.
async fn ask(context: &SessionContext, list: &List, file: &str, as_of: Day) -> Result<(), Failed> {
    let names = SqlNames {
        dialect: Dialect::Postgres,
        as_of,
    };
    let options = ParquetReadOptions::default();
    context.register_parquet("people", file, options).await?;
    let query = totals_query(list, &names, "people");
    let start = Instant::now();
    let batches = context.sql(&query).await?.collect().await?;
    let seconds = start.elapsed().as_secs_f64();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut areas = 0;
    for batch in &batches {
        areas += batch.num_rows();
        for (column, field) in batch.columns().iter().zip(batch.schema().fields()) {
            if field.name() == "area" {
                continue;
            }
            let sum = sums.entry(field.name().clone()).or_default();
            for row in 0..batch.num_rows() {
                if column.is_valid(row) {
                    *sum += array_value_to_string(column, row)?.parse::<i64>()?;
                }
            }
        }
    }
    let people = sums.get("people").copied().unwrap_or(0);
    let of = |what: &str, no: u16| sums.get(&format!("{what}_{no}")).copied().unwrap_or(0);
    let items: Vec<Json> = list
        .items()
        .iter()
        .map(|item| {
            let no = item.service.no;
            let (known, yes) = (of("known", no), of("yes", no));
            json!([
                no,
                yes,
                people - known,
                known - yes,
                of("fen", no),
                of("fen_unknown", no)
            ])
        })
        .collect();
    println!(
        "{}",
        json!({ "seconds": seconds, "people": people, "areas": areas, "items": items })
    );
    Ok(())
}

/// The same by the engine of the product.
fn own(list: &List, file: &Path, as_of: Day) -> Result<(), Failed> {
    let threads = std::thread::available_parallelism()?.get();
    let start = Instant::now();
    let totals = engine::run(list, file, as_of, threads)?;
    let seconds = start.elapsed().as_secs_f64();
    let items: Vec<Json> = totals
        .items
        .iter()
        .map(|item| {
            let all = item.all;
            json!([
                item.no,
                all.yes,
                all.unknown,
                all.no,
                all.fen,
                all.fen_unknown
            ])
        })
        .collect();
    println!(
        "{}",
        json!({ "seconds": seconds, "people": totals.people, "items": items })
    );
    Ok(())
}
