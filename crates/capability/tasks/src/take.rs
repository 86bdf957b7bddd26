//! Taking a year's dated tasks over into the loop: one act of a lead office, the same version twice changes nothing,
//! a new version says first what it changes (row A07).

use crate::book::{self, to_json};
use crate::events::{self, Line};
use crate::model::Item;
use crate::plan_goals::{Dated, dated};
use area::api::AreaBook;
use plan::api::Shelved;
use store::{Audit, StoreResult, Tx, values};

/// What becomes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Became {
    /// Not in the loop yet.
    New,
    /// In it, as it is.
    Same,
    /// Fields that differ: name, before, after.
    Changed(Vec<(&'static str, String, String)>),
    /// The plan has it no more.
    Gone,
}

/// One task of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) title: String,
    pub(crate) no: String,
    pub(crate) became: Became,
    item: Option<String>,
    task: Option<Dated>,
}

impl Step {
    /// Colour and word of what becomes of it.
    pub(crate) const fn word(&self) -> (&'static str, &'static str) {
        match self.became {
            Became::New => ("info", "新增"),
            Became::Same => ("plain", "已纳入"),
            Became::Changed(_) => ("warn", "有变化"),
            Became::Gone => ("danger", "规划已删去"),
        }
    }

    /// Fields that differ.
    pub(crate) fn fields(&self) -> &[(&'static str, String, String)] {
        match &self.became {
            Became::Changed(fields) => fields,
            _ => &[],
        }
    }
}

/// What taking a year over would change, in the order of the document, dropped ones last.
pub(crate) fn compare(tasks: Vec<Dated>, items: &[Item]) -> Vec<Step> {
    let mut out = Vec::new();
    for task in &tasks {
        let known = items
            .iter()
            .find(|item| item.plan_row.as_deref() == Some(task.row.as_str()));
        let became = match known {
            None => Became::New,
            Some(item) => match changes(item, task) {
                fields if fields.is_empty() => Became::Same,
                fields => Became::Changed(fields),
            },
        };
        out.push(Step {
            title: task.title.clone(),
            no: task.no.clone(),
            became,
            item: known.map(|item| item.id.clone()),
            task: Some(task.clone()),
        });
    }
    let dropped = |item: &&Item| {
        !item.withdrawn
            && !tasks
                .iter()
                .any(|task| item.plan_row.as_deref() == Some(task.row.as_str()))
    };
    for item in items.iter().filter(dropped) {
        out.push(Step {
            title: item.title.clone(),
            no: item.no.clone(),
            became: Became::Gone,
            item: Some(item.id.clone()),
            task: None,
        });
    }
    out
}

fn changes(item: &Item, task: &Dated) -> Vec<(&'static str, String, String)> {
    let goals = |goals: &[crate::model::Goal]| {
        goals
            .iter()
            .map(|goal| format!("{} {}", goal.name, goal.says))
            .collect::<Vec<_>>()
            .join("；")
    };
    let state = if item.withdrawn { "已撤销" } else { "" };
    [
        ("名称", item.title.clone(), task.title.clone()),
        ("要求", item.says.clone(), task.says.clone()),
        ("出处", item.source.clone(), task.source.clone()),
        (
            "责任单位",
            item.departments.join("、"),
            task.departments.join("、"),
        ),
        ("时限", item.due.to_string(), task.due.to_string()),
        ("目标", goals(&item.goals), goals(&task.goals)),
        ("状态", state.to_owned(), String::new()),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .collect()
}

/// How many of each a comparison has: new, changed, gone.
pub(crate) fn counts(steps: &[Step]) -> [usize; 3] {
    let n = |fits: fn(&Became) -> bool| steps.iter().filter(|step| fits(&step.became)).count();
    [
        n(|became| *became == Became::New),
        n(|became| matches!(became, Became::Changed(_))),
        n(|became| *became == Became::Gone),
    ]
}

/// Takes the year over; returns how many were new, changed and gone. The same version again changes nothing.
pub(crate) async fn take(
    tx: &mut Tx,
    shelved: &Shelved,
    areas: &AreaBook,
    year: i32,
) -> StoreResult<[usize; 3]> {
    let (slug, version) = (&shelved.version.slug, shelved.version.id.to_string());
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    // Whoever comes second waits here, and finds the row.
    let first = tx
        .run(
            "INSERT INTO tasks_take (slug, year, taken_from, added, changed, removed, taken_at, taken_by, taken_name) \
             VALUES ($1, $2, $3, 0, 0, 0, $4, $5, $6) ON CONFLICT DO NOTHING",
            values![slug.as_str(), i64::from(year), version.as_str(), at, by.as_str(), name.as_str()],
        )
        .await?;
    let items = book::of_plan(tx, slug, year).await?;
    let steps = compare(dated(&shelved.book, areas, year), &items);
    let n = counts(&steps);
    if first == 0 && n == [0; 3] {
        return Ok(n);
    }
    for step in &steps {
        match (&step.became, &step.task, &step.item) {
            (Became::New, Some(task), _) => insert(tx, slug, &version, task).await?,
            (Became::Changed(fields), Some(task), Some(item)) => {
                update(tx, &version, item, task).await?;
                let says: Vec<String> = fields
                    .iter()
                    .map(|(field, before, after)| format!("{field}：{before} → {after}"))
                    .collect();
                line(tx, item, "规划有新版本", &says.join("；"), "warn").await?;
            }
            (Became::Gone, _, Some(item)) => {
                tx.run(
                    "UPDATE tasks_item SET withdrawn = $1, version = version + 1 WHERE id = $2",
                    values![true, item.as_str()],
                )
                .await?;
                line(tx, item, "新版本的规划里没有这一项", "", "warn").await?;
            }
            _ => {}
        }
    }
    let [added, changed, removed] = n.map(|n| n as i64);
    tx.run(
        "UPDATE tasks_take SET added = $1, changed = $2, removed = $3 WHERE slug = $4 AND year = $5 AND taken_from = $6",
        values![added, changed, removed, slug.as_str(), i64::from(year), version.as_str()],
    )
    .await?;
    tx.audit(
        Audit::new("task.take")
            .subject(&version)
            .with("year", i64::from(year))
            .with("added", added)
            .with("changed", changed)
            .with("removed", removed),
    );
    Ok(n)
}

async fn line(tx: &mut Tx, item: &str, act: &str, says: &str, tone: &str) -> StoreResult<()> {
    let line = Line {
        item,
        executor: "",
        act,
        says,
        tone,
    };
    events::add(tx, &line).await
}

async fn insert(tx: &mut Tx, slug: &str, version: &str, task: &Dated) -> StoreResult<()> {
    let id = tx.store().new_id();
    let (at, by, name) = (
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    tx.run(
        "INSERT INTO tasks_item (id, kind, year, slug, plan_row, no, title, says, source, departments, lead_office, \
         lead_role, domain, start_day, due, goals, taken_from, withdrawn, version, created_at, created_by, \
         created_name) VALUES ($1, 'plan', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, \
         $18, $19, $20)",
        values![
            id.as_str(),
            i64::from(task.year),
            slug,
            task.row.as_str(),
            task.no.as_str(),
            task.title.as_str(),
            task.says.as_str(),
            task.source.as_str(),
            to_json(&task.departments)?,
            task.lead_office.as_str(),
            task.lead_role.key(),
            task.domain.as_str(),
            task.start.number(),
            task.due.number(),
            to_json(&task.goals)?,
            version,
            false,
            at,
            by,
            name
        ],
    )
    .await?;
    line(tx, &id, "纳入督办", &task.source, "").await
}

async fn update(tx: &mut Tx, version: &str, item: &str, task: &Dated) -> StoreResult<()> {
    tx.run(
        "UPDATE tasks_item SET no = $1, title = $2, says = $3, source = $4, departments = $5, lead_office = $6, \
         lead_role = $7, domain = $8, due = $9, goals = $10, taken_from = $11, withdrawn = $12, version = version + 1 \
         WHERE id = $13",
        values![
            task.no.as_str(),
            task.title.as_str(),
            task.says.as_str(),
            task.source.as_str(),
            to_json(&task.departments)?,
            task.lead_office.as_str(),
            task.lead_role.key(),
            task.domain.as_str(),
            task.due.number(),
            to_json(&task.goals)?,
            version,
            false,
            item
        ],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ItemKind;
    use authz::Role;
    use kernel::{Day, Instant};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn task(row: &str, title: &str, due: &str) -> Dated {
        Dated {
            row: row.into(),
            year: 2025,
            no: "1".into(),
            title: title.into(),
            says: "完成".into(),
            source: "文 附件2".into(),
            departments: vec!["市民政局".into()],
            lead_office: "市民政局".into(),
            lead_role: Role::CityCivil,
            domain: "养老".into(),
            start: day("2025-01-01"),
            due: day(due),
            goals: Vec::new(),
        }
    }

    fn item(task: &Dated, withdrawn: bool) -> Item {
        Item {
            id: task.row.clone(),
            kind: ItemKind::Plan,
            year: task.year,
            slug: Some("x".into()),
            plan_row: Some(task.row.clone()),
            no: task.no.clone(),
            title: task.title.clone(),
            says: task.says.clone(),
            source: task.source.clone(),
            departments: task.departments.clone(),
            lead_office: task.lead_office.clone(),
            lead_role: task.lead_role,
            domain: task.domain.clone(),
            start: task.start,
            due: task.due,
            goals: Vec::new(),
            taken_from: None,
            withdrawn,
            version: 1,
            created: Instant::at(task.start, 0),
            created_name: String::new(),
        }
    }

    /// Row A07; invariant 2: a new version of the plan says what it changes, field by field, before it is taken over;
    /// what it dropped is named; what stayed is left alone.
    #[test]
    fn a_new_version_says_what_changed() {
        let (same, moved, back) = (
            task("a", "甲", "2025-12-31"),
            task("b", "乙", "2025-12-31"),
            task("c", "丙", "2025-12-31"),
        );
        let gone = task("d", "丁", "2025-12-31");
        let items = [
            item(&same, false),
            item(&moved, false),
            item(&back, true),
            item(&gone, false),
            item(&task("e", "戊", "2025-12-31"), true),
        ];
        let now = vec![
            same,
            task("b", "乙", "2025-11-30"),
            back,
            task("f", "己", "2025-12-31"),
        ];
        let steps = compare(now, &items);
        let said: Vec<(&str, &str)> = steps
            .iter()
            .map(|step| (step.title.as_str(), step.word().1))
            .collect();
        assert_eq!(
            said,
            [
                ("甲", "已纳入"),
                ("乙", "有变化"),
                ("丙", "有变化"),
                ("己", "新增"),
                ("丁", "规划已删去")
            ]
        );
        let fields = steps.get(1).unwrap().fields();
        assert_eq!(
            fields,
            [("时限", "2025-12-31".to_owned(), "2025-11-30".to_owned())]
        );
        assert_eq!(counts(&steps), [1, 2, 1]);
    }
}
