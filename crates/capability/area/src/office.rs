//! Whom to ask about a record that is not one's own: the offices of its areas, by name.

use crate::book::{AreaBook, Executor, ExecutorKind};
use authz::Subject;
use kernel::AreaCode;
use kernel::area_code::Level;

/// Where nobody in this place is in charge.
const ELSEWHERE: &str = "户籍地民政部门";

impl AreaBook {
    /// 「曾都区民政局或万店镇民政办」; with two counties 「曾都区民政局（户籍地）或随县民政局（常住地）」;
    /// 「户籍地民政部门」 where both areas lie outside.
    pub fn office_to_ask(&self, subject: &Subject) -> String {
        let local = |code: Option<AreaCode>| code.filter(|code| self.is_local(code));
        match (local(subject.hukou), local(subject.residence)) {
            (Some(hukou), Some(residence)) => {
                let (first, second) = (self.county_office(&hukou), self.county_office(&residence));
                if first == second {
                    self.with_towns(first, &[hukou, residence])
                } else {
                    format!("{first}（户籍地）或{second}（常住地）")
                }
            }
            (Some(code), None) | (None, Some(code)) => {
                self.with_towns(self.county_office(&code), &[code])
            }
            (None, None) => ELSEWHERE.to_owned(),
        }
    }

    /// 「曾都区民政局」, 「随州高新区管委会」, 「随州市民政局」.
    pub fn county_office(&self, code: &AreaCode) -> String {
        match self.executor_of(code) {
            Some(executor) => office_of(executor),
            None => match self.root() {
                Some(root) if root.code.contains(code) => format!("{}民政局", root.name),
                _ => ELSEWHERE.to_owned(),
            },
        }
    }

    fn with_towns(&self, office: String, codes: &[AreaCode]) -> String {
        let mut towns: Vec<String> = Vec::new();
        for code in codes.iter().filter(|code| code.level() >= Level::Town) {
            if let Some(name) = self.name(&code.up_to(Level::Town)).map(str::to_owned)
                && !towns.contains(&name)
            {
                towns.push(name);
            }
        }
        if towns.is_empty() {
            office
        } else {
            format!("{office}或{}民政办", towns.join("、"))
        }
    }
}

fn office_of(executor: &Executor) -> String {
    match executor.kind {
        ExecutorKind::County => format!("{}民政局", executor.name),
        ExecutorKind::Management => format!("{}管委会", executor.name),
    }
}
