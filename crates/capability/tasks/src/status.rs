//! How parts and items stand: figures of the data and of accepted reports, laid against the path.

use crate::colour::{Aim, Colour, Way, colour};
use crate::model::{Assignment, Goal, Item, Origin, Progress, Spread, State, Told};
use crate::month;
use dashboard::api::{Known, KnownKind};
use figures::Num;
use kernel::Day;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// What the data know of the measures that goals are about, by measure and area.
pub(crate) struct Facts {
    known: BTreeMap<(String, String), Vec<Known>>,
    root: String,
}

impl Facts {
    /// Reads them for these items.
    pub(crate) async fn of(
        reads: &impl Reads,
        items: &[Item],
        root: &str,
        until: Day,
    ) -> StoreResult<Self> {
        let mut measures: Vec<String> = items
            .iter()
            .flat_map(|item| item.goals.iter().map(|goal| goal.measure.clone()))
            .collect();
        measures.sort_unstable();
        measures.dedup();
        Ok(Self {
            known: dashboard::api::values(reads, &measures, until).await?,
            root: root.to_owned(),
        })
    }

    fn values(&self, goal: &Goal, executor: &str) -> &[Known] {
        let area = if executor.starts_with("E:") {
            executor
        } else {
            self.root.as_str()
        };
        self.known
            .get(&(goal.measure.clone(), area.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// The figure of a goal and month that nobody types: computed from the register, or already reported with its
    /// source under 填报. An estimate does not count as known.
    pub(crate) fn taken(&self, goal: &Goal, executor: &str, month: Day) -> Option<Told> {
        let end = month::end(month);
        let values = self.values(goal, executor);
        if let Some(formula) = dashboard::api::formula(&goal.measure) {
            let last = values.iter().rfind(|known| known.day <= end);
            return Some(Told {
                typed: String::new(),
                value: last.map(|known| known.value),
                from: Origin::Computed,
                means: match last {
                    Some(known) => format!("数据计算，{}：{}", known.day, formula.words),
                    None => format!("数据计算，本月还没有算出：{}", formula.words),
                },
            });
        }
        let known = values.iter().rfind(|known| {
            known.day >= month
                && known.day <= end
                && matches!(known.kind, KnownKind::Actual | KnownKind::Typed)
        })?;
        Some(Told {
            typed: String::new(),
            value: Some(known.value),
            from: Origin::Reported,
            means: format!("{}，{}，来源：{}", known.kind.zh(), known.day, known.source),
        })
    }

    /// Points of a goal of a part, days ascending: of the data where they are computed, otherwise of accepted
    /// reports.
    fn points(
        &self,
        item: &Item,
        goal: &Goal,
        at: usize,
        part: &Assignment,
        reports: &[Progress],
        today: Day,
    ) -> Vec<(Day, Num)> {
        if dashboard::api::formula(&goal.measure).is_some() {
            return self
                .values(goal, &part.executor)
                .iter()
                .filter(|known| known.day >= item.start && known.day <= today)
                .map(|known| (known.day, known.value))
                .collect();
        }
        reports
            .iter()
            .filter(|report| report.state == State::Accepted)
            .filter_map(|report| {
                let value = report.figures.get(at)?.value?;
                Some((month::end(report.month).min(today), value))
            })
            .collect()
    }
}

/// How a part stands today.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) colour: Colour,
    pub(crate) why: String,
    /// The last figure that counts, by goal.
    pub(crate) now: Vec<Option<(Day, Num)>>,
    /// What the path wants on the day of that figure, by goal.
    pub(crate) path: Vec<Option<Num>>,
    /// Months whose report is missing.
    pub(crate) missing: Vec<Day>,
}

/// Works it out as of a day. Reports of later months do not count.
pub(crate) fn status(
    item: &Item,
    part: &Assignment,
    reports: &[Progress],
    facts: &Facts,
    today: Day,
) -> Status {
    let until: Vec<Progress> = reports
        .iter()
        .filter(|report| report.month <= today)
        .cloned()
        .collect();
    let (mut aims, mut now, mut path) = (Vec::new(), Vec::new(), Vec::new());
    for (at, goal) in item.goals.iter().enumerate() {
        let Some(need) = part.shares.get(at).copied().flatten() else {
            now.push(None);
            path.push(None);
            continue;
        };
        let aim = Aim {
            need,
            down: goal.down,
            strict: goal.strict,
            base: (goal.flow && goal.spread != Spread::Same).then_some(Num::ZERO),
            whole: goal.spread != Spread::Same && need.round(0) == need,
            points: facts.points(item, goal, at, part, &until, today),
        };
        let last = aim.points.last().copied();
        now.push(last);
        path.push(last.and_then(|(day, _)| aim.path(item.start, part.due, day)));
        aims.push(aim);
    }
    let way = Way {
        start: item.start,
        due: part.due,
        aims,
        finished: until
            .iter()
            .any(|report| report.finished && report.state == State::Accepted),
        missed: month::missed_in_a_row(part, &until, today),
    };
    let (colour, why) = colour(&way, today);
    Status {
        missing: if colour == Colour::Done {
            Vec::new()
        } else {
            month::missing(part, &until, today)
        },
        colour,
        why,
        now,
        path,
    }
}
