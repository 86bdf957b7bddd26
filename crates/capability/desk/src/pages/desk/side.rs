//! The side of the desk: who is late below, and whom the reader opened last.

use super::asked::Asked;
use super::names;
use crate::terms::Term;
use area::api::AreaBook;
use authz::Role;
use entitle::api::work::{self, Count};
use host::{Ctx, Failure};
use kernel::AreaCode;
use kernel::area_code::Level;
use people::api::Fact;
use std::collections::BTreeMap;
use store::audit_log::{Place, Wanted};

/// People shown as 最近打开.
const RECENT: usize = 5;
/// Days that are looked back for them.
const RECENT_DAYS: i32 = 7;

/// Counts of the scope, and of its parts.
pub(super) struct Counts {
    pub(super) owed: Count,
    pub(super) undue: Count,
    /// People with an open question.
    pub(super) unknown: i64,
    parts: Vec<AreaCode>,
    owed_by: BTreeMap<AreaCode, Count>,
    undue_by: BTreeMap<AreaCode, Count>,
    unknown_by: BTreeMap<AreaCode, i64>,
}

/// Counts everything once.
pub(super) async fn counts(ctx: &Ctx, book: &AreaBook, asked: &Asked) -> Result<Counts, Failure> {
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let parts: Vec<AreaCode> = match asked.scope_areas.as_slice() {
        [only] => book.children(only).iter().map(|area| area.code).collect(),
        many => many.to_vec(),
    };
    let level = parts
        .iter()
        .chain(&asked.scope_areas)
        .map(AreaCode::level)
        .next()
        .unwrap_or(Level::Village);
    let of = async |kind: &'static str| {
        let marks = Term::of(kind).marks(asked.today);
        work::count_by(store, &scope, &asked.all(kind), marks, level).await
    };
    let (owed_by, undue_by) = (of("owed").await?, of("undue").await?);
    let sum = |by: &BTreeMap<AreaCode, Count>| {
        by.values().fold(Count::default(), |all, one| all.and(*one))
    };
    let whole = entitle::api::counts(store, &asked.scope_areas).await?;
    let mut unknown_by = BTreeMap::new();
    for ((area, state), n) in entitle::api::people_by_area(store, &parts).await? {
        if state == "unknown"
            && let Ok(code) = area.parse()
        {
            unknown_by.insert(code, n);
        }
    }
    Ok(Counts {
        owed: sum(&owed_by),
        undue: sum(&undue_by),
        unknown: whole.get(&(0, "unknown".to_owned())).copied().unwrap_or(0),
        parts,
        owed_by,
        undue_by,
        unknown_by,
    })
}

impl Counts {
    fn part(&self, code: &AreaCode) -> (Count, Count) {
        let of = |by: &BTreeMap<AreaCode, Count>| by.get(code).copied().unwrap_or_default();
        (of(&self.owed_by), of(&self.undue_by))
    }

    /// The part that is latest, with how many.
    pub(super) fn latest(&self) -> Option<(AreaCode, i64)> {
        self.parts
            .iter()
            .map(|code| {
                let (owed, undue) = self.part(code);
                (*code, owed.late + undue.late)
            })
            .filter(|(_, late)| *late > 0)
            .max_by_key(|(_, late)| *late)
    }
}

/// One area below, or all together.
pub(super) struct BelowRow {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) late: i64,
    pub(super) owed: i64,
    pub(super) undue: i64,
    pub(super) unknown: i64,
}

/// 下级进度.
pub(super) struct Below {
    pub(super) rows: Vec<BelowRow>,
    /// Areas left out, all without anything late.
    pub(super) more: usize,
    pub(super) total: BelowRow,
}

/// Areas shown.
const MOST: usize = 12;

/// Who is late below, the latest first; nothing for a village, and for who has nobody below.
pub(super) fn below(book: &AreaBook, asked: &Asked, counts: &Counts, role: Role) -> Option<Below> {
    if role == Role::Visitor || counts.parts.is_empty() || asked.scope_areas == counts.parts {
        // A management area of several towns is its own parts: they are shown all the same.
        if role == Role::Visitor || counts.parts.len() < 2 {
            return None;
        }
    }
    let mut rows: Vec<BelowRow> = counts
        .parts
        .iter()
        .map(|code| {
            let (owed, undue) = counts.part(code);
            BelowRow {
                name: book
                    .name(code)
                    .map_or_else(|| code.to_string(), area::api::plain),
                key: code.to_string(),
                late: owed.late + undue.late,
                owed: owed.all,
                undue: undue.all,
                unknown: counts.unknown_by.get(code).copied().unwrap_or(0),
            }
        })
        .collect();
    let shown = |of: fn(&BelowRow) -> i64| rows.iter().map(of).sum::<i64>();
    let total = BelowRow {
        name: "合计".to_owned(),
        key: String::new(),
        late: counts.owed.late + counts.undue.late,
        owed: counts.owed.all,
        undue: counts.undue.all,
        unknown: counts.unknown,
    };
    // What stands at no area below (a code of a county or town only) is named, so that the sum is right.
    let rest = BelowRow {
        name: "未落实到下级".to_owned(),
        key: String::new(),
        late: total.late - shown(|row| row.late),
        owed: total.owed - shown(|row| row.owed),
        undue: total.undue - shown(|row| row.undue),
        unknown: total.unknown - shown(|row| row.unknown),
    };
    rows.sort_by(|a, b| {
        let by = |row: &BelowRow| (row.late, row.owed + row.undue, row.unknown);
        by(b).cmp(&by(a)).then_with(|| a.name.cmp(&b.name))
    });
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    if rest.owed + rest.undue + rest.unknown > 0 {
        rows.push(rest);
    }
    Some(Below { rows, more, total })
}

/// Somebody the reader opened.
pub(super) struct Recent {
    pub(super) id: String,
    pub(super) who: String,
    pub(super) village: String,
}

/// The people the reader opened last, those still in scope, from the log of reads.
pub(super) async fn recent(ctx: &Ctx) -> Result<Vec<Recent>, Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor().id);
    let mut ids: Vec<String> = Vec::new();
    for back in 0..RECENT_DAYS {
        let wanted = Wanted {
            day: Some(ctx.today().plus_days(-back)),
            action: Some("person.read"),
            actor: Some(&actor),
        };
        let (rows, _) = store::audit_log::page(store, &wanted, &Place::Offset(0), 50).await?;
        for id in rows.into_iter().filter_map(|row| row.subject) {
            if ids.len() < RECENT && !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.len() == RECENT {
            break;
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let book = ctx.app.part::<AreaBook>()?;
    let persons = people::api::of_ids(store, &ctx.scope(), ids.clone()).await?;
    let one = |id: &String| {
        let person = persons.iter().find(|person| person.key.id == *id)?;
        Some(Recent {
            id: id.clone(),
            who: names::who(ctx, person),
            village: person
                .area(Fact::RESIDENCE_AREA)
                .or_else(|| person.area(Fact::HUKOU_AREA))
                .map(|code| book.short_name(&code))
                .unwrap_or_default(),
        })
    };
    Ok(ids.iter().filter_map(one).collect())
}
