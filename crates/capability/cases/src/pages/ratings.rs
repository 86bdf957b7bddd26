//! 好差评: one for each case that ended, and what they come to by office and programme.

use super::open;
use crate::store::Case;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Page};
use pay::api::{office_zh, programme_zh, programmes};
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};
use ui::{Form, FormData, PageError, Shell};

/// Scores and their names.
pub(crate) const SCORES: &[(i64, &str)] = &[
    (1, "非常不满意"),
    (2, "不满意"),
    (3, "基本满意"),
    (4, "满意"),
    (5, "非常满意"),
];

fn score_zh(score: i64) -> String {
    SCORES
        .iter()
        .find(|(known, _)| *known == score)
        .map_or_else(String::new, |(_, name)| (*name).to_owned())
}

/// The rating of a case.
pub(crate) async fn of(reads: &impl Reads, code: &str) -> StoreResult<Option<(i64, String)>> {
    let sql = "SELECT score FROM cases_rating WHERE code = $1";
    let row = reads.one(sql, values![code]).await?;
    row.map(|row| {
        let score = row.int("score")?;
        Ok((score, score_zh(score)))
    })
    .transpose()
}

/// Writes the rating of a case; it stands as it was given.
pub(crate) async fn rate(tx: &mut Tx, case: &Case, score: i64, says: &str) -> StoreResult<()> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let says = (!says.is_empty()).then(|| says.to_owned());
    tx.run(
        "INSERT INTO cases_rating (code, office, programme, score, rated_by, rated_at, says) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            case.code.as_str(),
            case.office.as_str(),
            case.programme.as_str(),
            score,
            by,
            at,
            says
        ],
    )
    .await?;
    tx.audit(
        Audit::new("case.rate")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str())
            .with("score", score),
    );
    Ok(())
}

/// `POST /cases/{code}/rating`
pub(crate) async fn post(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let opened = open(&ctx, &code).await?;
    let to = format!("/cases/{code}");
    let mut form = Form::from(data);
    let score: i64 = form.parse("score").unwrap_or(0);
    if !(1..=5).contains(&score) {
        return Ok(ctx.redirect_with(&to, "warn", "没有评价：请选择满意程度。"));
    }
    let may = matches!(
        ctx.actor().role,
        Role::Family | Role::TownWorker | Role::Visitor
    );
    if !may || opened.case.standing.state.open() {
        return Err(PageError::bad_request("办结以后由申请人或代办人评价。").into());
    }
    let says = form.text("words").unwrap_or_default();
    let mut tx = ctx.begin().await?;
    match rate(&mut tx, &opened.case, score, &says).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(ctx.redirect_with(&to, "ok", "谢谢您的评价。"))
        }
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            Ok(ctx.redirect_with(&to, "warn", "这件已经评价过。"))
        }
        Err(error) => Err(error.into()),
    }
}

struct Line {
    office: String,
    programme: String,
    number: i64,
    good: String,
    average: String,
    bad: i64,
}

#[derive(Template)]
#[template(path = "pages/ratings.html")]
struct RatingsPage {
    shell: Shell,
    rows: Vec<Line>,
    words: Vec<(String, String, String)>,
}

/// `GET /ratings`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (store, offices) = (&ctx.app.store, super::offices(&ctx)?);
    let mut sql = store::Sql::new(
        "SELECT office, programme, CAST(count(*) AS BIGINT) AS n, CAST(sum(score) AS BIGINT) AS total, \
         CAST(sum(CASE WHEN score >= 3 THEN 1 ELSE 0 END) AS BIGINT) AS good FROM cases_rating WHERE office IN (''",
    );
    for office in &offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") GROUP BY office, programme ORDER BY office, programme");
    let (text, values) = sql.parts();
    let (areas, known) = (ctx.app.part::<AreaBook>()?, programmes(&ctx)?);
    let rows = store
        .all(&text, values)
        .await?
        .iter()
        .map(|row| {
            let (n, total, good) = (row.int("n")?, row.int("total")?, row.int("good")?);
            let tenths = total * 10 / n.max(1);
            Ok(Line {
                office: office_zh(&areas, &row.text("office")?),
                programme: programme_zh(&known, &row.text("programme")?),
                number: n,
                good: format!("{}%", good * 100 / n.max(1)),
                average: format!("{}.{}", tenths / 10, tenths % 10),
                bad: n - good,
            })
        })
        .collect::<StoreResult<Vec<Line>>>()?;
    let mut sql = store::Sql::new(
        "SELECT code, score, says FROM cases_rating WHERE says IS NOT NULL AND office IN (''",
    );
    for office in &offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY rated_at DESC LIMIT 20");
    let (text, values) = sql.parts();
    let words = store
        .all(&text, values)
        .await?
        .iter()
        .map(|row| {
            Ok((
                format!("/cases/{}", row.text("code")?),
                score_zh(row.int("score")?),
                row.text("says")?,
            ))
        })
        .collect::<StoreResult<Vec<_>>>()?;
    Ok(ui::page_no_store(RatingsPage {
        shell: ctx.shell("评价"),
        rows,
        words,
    }))
}
