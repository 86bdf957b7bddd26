//! Reading a scale and refusing one with a hole, by name.

use crate::scheme::{Adjust, Kind, Part, Scheme};
use std::collections::BTreeSet;

impl Scheme {
    /// Reads the text of a scale; all that is wrong at once, in Chinese.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut scheme: Self =
            toml::from_str(text).map_err(|error| vec![error.to_string().trim().to_owned()])?;
        let mut problems = Vec::new();
        scheme.fill_words(&mut problems);
        scheme.check_head(&mut problems);
        scheme.check_items(&mut problems);
        scheme.check_levels(&mut problems);
        scheme.check_grades(&mut problems);
        scheme.check_table(&mut problems);
        scheme.check_adjusts(&mut problems);
        if problems.is_empty() {
            Ok(scheme)
        } else {
            let name = scheme.id;
            Err(problems
                .into_iter()
                .map(|problem| format!("量表「{name}」：{problem}"))
                .collect())
        }
    }

    /// Shared wordings and steps go into the items.
    fn fill_words(&mut self, problems: &mut Vec<String>) {
        for group in &mut self.groups {
            for item in &mut group.items {
                item.step = group.steps;
                let Some(words) = &item.words else { continue };
                if !item.scores.is_empty() {
                    problems.push(format!("项目「{}」同时写了 words 和 scores", item.id));
                }
                match self.words.get(words) {
                    Some(says) => item.scores.clone_from(says),
                    None => {
                        problems.push(format!("项目「{}」用的说法「{words}」没有写", item.id));
                    }
                }
            }
        }
    }

    fn check_head(&self, problems: &mut Vec<String>) {
        if self.version.parse::<kernel::Day>().is_err() {
            problems.push(format!("version「{}」不是日期", self.version));
        }
        if self.valid_months < 1 {
            problems.push("valid_months 至少 1".to_owned());
        }
        for (key, text) in [
            ("id", &self.id),
            ("name", &self.name),
            ("document", &self.document),
            ("audience", &self.audience),
            ("office", &self.office),
            ("source", &self.source),
        ] {
            if text.trim().is_empty() {
                problems.push(format!("没有写 {key}"));
            }
        }
    }

    fn check_items(&self, problems: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        let flags = self.flags.iter().map(|flag| flag.id.as_str());
        let counts = self.counts.iter().map(|count| count.id.as_str());
        let keys = self.groups.iter().map(|group| group.id.as_str());
        let items = self.items().map(|item| item.id.as_str());
        for key in keys.chain(items).chain(flags).chain(counts) {
            if !seen.insert(key) {
                problems.push(format!("编号「{key}」写了不止一次"));
            }
        }
        if self.groups.is_empty() {
            problems.push("没有一级指标 group".to_owned());
        }
        for group in &self.groups {
            if group.name.trim().is_empty() {
                problems.push(format!("一级指标「{}」没有名称", group.id));
            }
            if group.steps < 1 {
                problems.push(format!("一级指标「{}」的 steps 至少 1", group.id));
            }
            if self.is_scored() && group.items.is_empty() {
                problems.push(format!("一级指标「{}」没有项目", group.id));
            }
        }
        for item in self.items() {
            if item.name.trim().is_empty() {
                problems.push(format!("项目「{}」没有名称", item.id));
            }
            if item.scores.len() < 2 {
                problems.push(format!("项目「{}」没有写全每一分的说法", item.id));
            }
            for (at, says) in item.scores.iter().enumerate() {
                if says.trim().is_empty() {
                    let points = at as i64 * item.step;
                    problems.push(format!("项目「{}」的 {points} 分没有说法", item.id));
                }
            }
        }
        for count in &self.counts {
            let mut seen = BTreeSet::new();
            if count.kinds.is_empty() || count.most < 1 {
                problems.push(format!("计数「{}」没有种类，或 most 小于 1", count.id));
            }
            for word in count.kinds.iter().flat_map(|kind| {
                let also = kind.also.iter().map(String::as_str);
                [kind.id.as_str()].into_iter().chain(also)
            }) {
                if !seen.insert(word) {
                    problems.push(format!("计数「{}」的种类「{word}」写了不止一次", count.id));
                }
            }
        }
    }

    fn check_levels(&self, problems: &mut Vec<String>) {
        if self.bands.is_empty() {
            problems.push("没有等级 band".to_owned());
        }
        for (at, band) in self.bands.iter().enumerate() {
            if band.level != at {
                problems.push(format!(
                    "等级应从 0 起依次写，第 {} 个写成了 {}",
                    at + 1,
                    band.level
                ));
            }
            if band.name.trim().is_empty() {
                problems.push(format!("等级 {} 没有名称", band.level));
            }
        }
        let ranges: Vec<Range> = self
            .bands
            .iter()
            .map(|band| (format!("等级 {}", band.level), band.from, band.to))
            .collect();
        if self.kind == Kind::Sum {
            let step = self.groups.iter().map(|group| group.steps).min();
            covered("总分", &ranges, self.most(), step.unwrap_or(1), problems);
        } else {
            unranged(&ranges, problems);
        }
    }

    fn check_grades(&self, problems: &mut Vec<String>) {
        for group in &self.groups {
            for (at, grade) in group.bands.iter().enumerate() {
                if grade.grade != at {
                    problems.push(format!("一级指标「{}」的分档应从 0 起依次写", group.id));
                }
            }
            let ranges: Vec<Range> = group
                .bands
                .iter()
                .map(|grade| {
                    (
                        format!("{} 分档 {}", group.id, grade.grade),
                        grade.from,
                        grade.to,
                    )
                })
                .collect();
            match self.kind {
                Kind::Table if group.bands.is_empty() => {
                    problems.push(format!("一级指标「{}」没有分档", group.id));
                }
                Kind::Table => covered(&group.id, &ranges, group.most(), group.steps, problems),
                Kind::Sum if !group.bands.is_empty() => {
                    problems.push(format!("一级指标「{}」的分档没有用处", group.id));
                }
                Kind::Sum | Kind::Recorded => unranged(&ranges, problems),
            }
        }
    }

    fn check_table(&self, problems: &mut Vec<String>) {
        let table = match (&self.table, self.kind) {
            (Some(table), Kind::Table) => table,
            (None, Kind::Table) => {
                problems.push("没有组合表 table".to_owned());
                return;
            }
            (Some(_), _) => {
                problems.push("组合表 table 没有用处".to_owned());
                return;
            }
            (None, _) => return,
        };
        let of = |part| {
            self.groups
                .iter()
                .filter(move |group| group.part == Some(part))
        };
        let rows: Vec<_> = of(Part::Rows).collect();
        let wide = of(Part::Columns).map(|group| group.bands.len()).max();
        if self.groups.iter().any(|group| group.part.is_none()) || rows.len() != 1 || wide.is_none()
        {
            problems.push("组合表要一个 rows 一级指标，其余都是 columns".to_owned());
            return;
        }
        let high = rows.first().map_or(0, |group| group.bands.len());
        if table.levels.len() != high {
            problems.push(format!("组合表应有 {high} 行，写了 {}", table.levels.len()));
        }
        for (at, row) in table.levels.iter().enumerate() {
            if Some(row.len()) != wide {
                let wide = wide.unwrap_or(0);
                problems.push(format!(
                    "组合表第 {} 行应有 {wide} 格，写了 {}",
                    at + 1,
                    row.len()
                ));
            }
            for level in row.iter().filter(|level| **level > self.worst()) {
                problems.push(format!("组合表第 {} 行的等级 {level} 没有写", at + 1));
            }
        }
        if table.clause.trim().is_empty() {
            problems.push("组合表没有写依据 clause".to_owned());
        }
    }

    fn check_adjusts(&self, problems: &mut Vec<String>) {
        for one in &self.adjusts {
            let key = one.key();
            let known = match (&one.flag, &one.count) {
                (Some(flag), None) => self.flags.iter().any(|known| known.id == *flag),
                (None, Some(count)) => self.counts.iter().any(|known| known.id == *count),
                _ => false,
            };
            if !known {
                problems.push(format!(
                    "等级变更「{}」的 flag 或 count「{key}」没有写",
                    one.says
                ));
            }
            if !one.is_whole() {
                problems.push(format!(
                    "等级变更「{key}」要写 to 或 raise 之一；用计数的要写 at_least 和 counted（sum 或 kind）"
                ));
            }
            if one.to.is_some_and(|level| level > self.worst()) {
                problems.push(format!("等级变更「{key}」的等级没有写"));
            }
            if one.says.trim().is_empty() || one.clause.trim().is_empty() {
                problems.push(format!("等级变更「{key}」没有写说法 says 或依据 clause"));
            }
        }
        let raises = self.adjusts.iter().any(|one| one.raise.is_some());
        match &self.raise {
            None if raises => problems.push("没有写最多提高几级 raise".to_owned()),
            Some(raise) if raise.at_most < 1 || raise.clause.trim().is_empty() => {
                problems.push("raise 的 at_most 至少 1，并写依据 clause".to_owned());
            }
            Some(_) | None => {}
        }
        for flag in &self.flags {
            if !self.adjusts.iter().any(|one| one.key() == flag.id) {
                problems.push(format!("「{}」没有等级变更用它", flag.id));
            }
        }
        for count in &self.counts {
            if !self.adjusts.iter().any(|one| one.key() == count.id) {
                problems.push(format!("「{}」没有等级变更用它", count.id));
            }
        }
    }
}

impl Adjust {
    fn is_whole(&self) -> bool {
        let effect = match (self.to, self.raise) {
            (Some(_), None) => true,
            (None, Some(raise)) => raise > 0,
            _ => false,
        };
        let counted = matches!(self.counted.as_deref(), Some("sum" | "kind"));
        let cause = match &self.count {
            Some(_) => counted && self.at_least.is_some_and(|least| least > 0),
            None => self.at_least.is_none() && self.counted.is_none(),
        };
        effect && cause
    }
}

type Range = (String, Option<i64>, Option<i64>);

/// From 0 to the highest, in steps, each total in exactly one range.
fn covered(what: &str, ranges: &[Range], most: i64, step: i64, problems: &mut Vec<String>) {
    for (name, from, to) in ranges {
        match (from, to) {
            (Some(from), Some(to)) if from <= to => {}
            _ => problems.push(format!("{name} 没有写 from 和 to，或 from 大于 to")),
        }
    }
    for total in (0..=most).step_by(usize::try_from(step.max(1)).unwrap_or(1)) {
        let within: Vec<&str> = ranges
            .iter()
            .filter(|(_, from, to)| {
                from.is_some_and(|from| from <= total) && to.is_some_and(|to| total <= to)
            })
            .map(|(name, _, _)| name.as_str())
            .collect();
        match within.as_slice() {
            [_] => {}
            [] => problems.push(format!("{what} {total} 分不在任何等级里")),
            _ => problems.push(format!("{what} {total} 分同时在 {}", within.join("、"))),
        }
    }
    for (name, _, to) in ranges {
        if to.is_some_and(|to| to > most) {
            problems.push(format!("{name} 高过最高分 {most}"));
        }
    }
}

/// Where scores do not decide, ranges would only mislead.
fn unranged(ranges: &[Range], problems: &mut Vec<String>) {
    for (name, from, to) in ranges {
        if from.is_some() || to.is_some() {
            problems.push(format!("{name} 的 from、to 没有用处"));
        }
    }
}
