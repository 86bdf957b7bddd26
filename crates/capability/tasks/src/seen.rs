//! Who sees and does what in the loop: executors' parts are theirs and the city's (invariants 8 and 10).

use area::api::{AreaBook, ExecutorKind, plain};
use authz::{Action, Actor, Role, Scope};
use kernel::AreaCode;
use store::Sql;

/// What somebody sees, worked out once for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The whole place: every item and every part.
    pub(crate) whole: bool,
    /// Executors whose area lies in the scope, with what they are called.
    pub(crate) bodies: Vec<(String, String)>,
    role: Role,
    account: String,
}

impl Seen {
    /// Of an actor. A county does not stand for the 管委会 inside it.
    pub(crate) fn of(actor: &Actor, book: &AreaBook) -> Self {
        let whole = match &actor.scope {
            Scope::Everywhere => true,
            scope => book
                .root()
                .is_some_and(|root| scope.admits_area(&root.code)),
        };
        let inside = |areas: &[AreaCode]| match &actor.scope {
            Scope::Areas(mine) => {
                !mine.is_empty() && mine.iter().all(|own| areas.iter().any(|a| a.contains(own)))
            }
            _ => false,
        };
        let bodies = book
            .executors()
            .iter()
            .filter(|body| {
                let covers = !body.areas.is_empty()
                    && body.areas.iter().all(|area| actor.scope.admits_area(area));
                let own = body.kind == ExecutorKind::County || inside(&body.areas);
                whole || (covers && own)
            })
            .map(|body| (format!("E:{}", body.key), plain(&body.name)))
            .collect();
        Self {
            whole,
            bodies,
            role: actor.role,
            account: actor.id.clone(),
        }
    }

    /// Whether a part of this executor may be seen: what [`Self::executor_in`] says of a column.
    #[cfg(test)]
    pub(crate) fn sees(&self, executor: &str) -> bool {
        self.whole || self.bodies.iter().any(|(key, _)| key == executor)
    }

    /// Whether this is who reports for an executor: counties for themselves, a department's part is typed by the
    /// office of that department, otherwise by the office that leads.
    pub(crate) fn acts_for(&self, executor: &str, lead: Role) -> bool {
        if !Action::ReportTask.allowed_to(self.role) {
            return false;
        }
        match executor.strip_prefix("D:") {
            Some(name) => {
                self.whole && (self.role == role_of(name) || (self.role == lead && !named(name)))
            }
            None => {
                matches!(self.role, Role::CountyCivil | Role::CountyHealth)
                    && self.bodies.iter().any(|(key, _)| key == executor)
            }
        }
    }

    /// Whether this is the lead office of an item: it splits, reviews and closes.
    pub(crate) fn leads(&self, lead: Role) -> bool {
        self.whole && Action::LeadTask.allowed_to(self.role) && self.role == lead
    }

    /// Whether this is any lead office.
    pub(crate) fn leads_any(&self) -> bool {
        self.whole && Action::LeadTask.allowed_to(self.role)
    }

    /// The role.
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// The condition on a column with an executor; always a complete one in parentheses.
    pub(crate) fn executor_in(&self, column: &str) -> Sql {
        let mut sql = Sql::default();
        if self.whole {
            sql.push("(1 = 1)");
            return sql;
        }
        sql.push("(1 = 0");
        for (key, _) in &self.bodies {
            sql.push(" OR ").push(column).push(" = ").bind(key.as_str());
        }
        sql.push(")");
        sql
    }

    /// The condition on an item's id column: one of its parts is seen.
    pub(crate) fn item_in(&self, column: &str) -> Sql {
        let mut sql = Sql::default();
        if self.whole {
            sql.push("(1 = 1)");
            return sql;
        }
        sql.push("EXISTS (SELECT 1 FROM tasks_assignment s WHERE s.withdrawn = ")
            .bind(false)
            .push(" AND s.item = ")
            .push(column)
            .push(" AND ")
            .append(&self.executor_in("s.executor"));
        sql.push(")");
        sql
    }
}

fn named(department: &str) -> bool {
    ["民政", "卫健", "卫生健康", "发改", "发展和改革"]
        .iter()
        .any(|word| department.contains(word))
}

/// The role of a department of the city; departments without accounts of their own belong to 民政.
pub(crate) fn role_of(department: &str) -> Role {
    if department.contains("卫健") || department.contains("卫生健康") {
        Role::CityHealth
    } else if department.contains("发改") || department.contains("发展和改革") {
        Role::Planner
    } else {
        Role::CityCivil
    }
}

/// The office of a role, as letters and refusals name it.
pub(crate) fn office_of(role: Role, place: &str) -> String {
    let office = match role {
        Role::CityHealth => "卫生健康委员会",
        Role::Planner => "发展和改革委员会",
        _ => "民政局",
    };
    format!("{place}{office}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use area::api::{AreaRow, ManagementRow, Tree};

    fn book() -> AreaBook {
        let row = |code: &str, name: &str| AreaRow {
            code: code.parse().unwrap(),
            name: name.into(),
        };
        AreaBook::of_tree(&Tree {
            areas: vec![
                row("421300", "随州市"),
                row("421303", "曾都区"),
                row("421303001", "西城街道"),
                row("421303004", "淅河镇"),
                row("421381", "广水市"),
            ],
            management: vec![ManagementRow {
                code: "M42130001".into(),
                name: "随州高新区".into(),
                towns: vec!["421303004".parse().unwrap()],
                confirm: true,
                source: "测".into(),
            }],
        })
    }

    fn seen(role: Role, areas: &[&str]) -> Seen {
        let actor = Actor {
            id: "a".into(),
            name: "甲".into(),
            role,
            scope: Scope::Areas(areas.iter().map(|code| code.parse().unwrap()).collect()),
            scope_name: String::new(),
        };
        Seen::of(&actor, &book())
    }

    /// Rows A06, M03; invariants 8 and 10: a county sees and reports its own part only; a county does not stand for
    /// the 管委会 inside it; who reads does not write.
    #[test]
    fn a_part_is_its_executors_and_the_citys() {
        let (zengdu, gaoxin, guangshui) = ("E:421303000000", "E:M42130001", "E:421381000000");
        let county = seen(Role::CountyCivil, &["421303001"]);
        assert!(county.sees(zengdu) && county.acts_for(zengdu, Role::CityCivil));
        assert!(!county.sees(guangshui) && !county.sees(gaoxin) && !county.whole);
        let all_of_it = seen(Role::CountyHealth, &["421303"]);
        assert!(all_of_it.sees(zengdu) && !all_of_it.sees(gaoxin));
        let body = seen(Role::CountyCivil, &["421303004"]);
        assert!(body.sees(gaoxin) && !body.sees(zengdu));
        let city = seen(Role::CityCivil, &["4213"]);
        assert!(city.whole && city.sees(gaoxin) && city.leads(Role::CityCivil));
        assert!(
            !city.acts_for(zengdu, Role::CityCivil),
            "the city does not report for a county"
        );
        assert!(!city.leads(Role::CityHealth));
        assert!(city.acts_for("D:市住建局", Role::CityCivil));
        assert!(!city.acts_for("D:市卫健委", Role::CityCivil));
        let leader = seen(Role::Leader, &["4213"]);
        assert!(leader.whole && !leader.leads_any() && !leader.acts_for(zengdu, Role::CityCivil));
        let town = seen(Role::TownWorker, &["421303001"]);
        assert!(!town.acts_for(zengdu, Role::CityCivil));
    }
}
