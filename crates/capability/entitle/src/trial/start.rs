//! What a trial compares: a draft with the list that it would replace on the first day it would decide, or
//! the list in force today with itself on another day (明年今天).

use super::{KIND, Question, store as rows};
use ::store::{Reads, StoreResult, Tx};
use kernel::Day;
use plan::api::{PlanBook, Version, VersionId, replaced, trial_day, version};

/// Why nothing can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotAsked {
    /// Which field, and what is wrong with it.
    Field(&'static str, String),
}

/// The question for a version and a day; without a day the one that suits it.
pub(crate) async fn question(
    reads: &impl Reads,
    book: &PlanBook,
    id: &str,
    day: Option<Day>,
    today: Day,
) -> StoreResult<Result<Question, NotAsked>> {
    let refused = |field, text: &str| Ok(Err(NotAsked::Field(field, text.to_owned())));
    let Some(tried) = version(reads, &VersionId(id.to_owned())).await? else {
        return refused("version", "没有这个清单版本，请重新选择");
    };
    if !tried.has_list() {
        return refused("version", "这个规划没有服务清单，不能测算");
    }
    if day.is_some_and(|day| day < today || day > today.plus_years(30)) {
        return refused("day", "测算日期应在今天到30年之内：人的情况按今天的登记算");
    }
    let (base, base_day, day) = match base(reads, book, &tried, today).await? {
        Base::Published(base) => {
            let day = day.unwrap_or_else(|| trial_day(&tried, today));
            (*base, day, day)
        }
        Base::Itself => {
            let Some(day) = day.filter(|day| *day != today) else {
                return refused("day", "清单没有变，请选另一天，例如明年今天");
            };
            (tried.clone(), today, day)
        }
        Base::None => {
            return refused("version", "还没有发布过清单，没有可比的");
        }
    };
    Ok(Ok(Question {
        version: tried.id.to_string(),
        digest: tried.digest,
        base: base.id.to_string(),
        base_digest: base.digest,
        day,
        base_day,
        change: None,
    }))
}

enum Base {
    Published(Box<Version>),
    Itself,
    None,
}

async fn base(
    reads: &impl Reads,
    book: &PlanBook,
    tried: &Version,
    today: Day,
) -> StoreResult<Base> {
    if tried.publication.is_none() {
        let base = replaced(reads, tried).await?;
        return Ok(base.map_or(Base::None, |base| Base::Published(Box::new(base))));
    }
    let now = book.in_force(today);
    if now.as_ref().is_some_and(|now| now.id == tried.id) {
        return Ok(Base::Itself);
    }
    let Some(now) = now else {
        return Ok(Base::None);
    };
    let base = version(reads, &now.id).await?;
    Ok(base.map_or(Base::None, |base| Base::Published(Box::new(base))))
}

/// Stores the trial and starts its job, in one transaction.
pub(crate) async fn start(tx: &mut Tx, question: &Question) -> StoreResult<String> {
    let id = rows::insert(tx, question).await?;
    let payload = serde_json::json!({ "trial": id }).to_string();
    let at = tx.at();
    tx.enqueue(KIND, &payload, None, at).await?;
    Ok(id)
}
