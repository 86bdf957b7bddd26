//! Whether a body and two assessors may take a request; pure.

use crate::model::{Assessor, Body};
use kernel::{AreaCode, Day};

/// What a dispatch is judged by.
#[derive(Debug)]
pub(crate) struct Dispatch<'a> {
    /// The day of the dispatch.
    pub(crate) day: Day,
    /// Where the person lives or is registered.
    pub(crate) areas: &'a [AreaCode],
    /// The body.
    pub(crate) body: &'a Body,
    /// The two assessors.
    pub(crate) two: [&'a Assessor; 2],
    /// Assessors with a declared tie to the person.
    pub(crate) tied: &'a [String],
    /// Who assessed before, where others have to do it now.
    pub(crate) before: &'a [String],
}

impl Dispatch<'_> {
    /// Everything that stands against it: the field, and what to do instead.
    pub(crate) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let body = self.body;
        if self.day < body.from || self.day >= body.until {
            out.push((
                "body",
                format!(
                    "「{}」的委托期是 {} 至 {}，今天不在期内",
                    body.name,
                    body.from.zh(),
                    body.until.plus_days(-1).zh()
                ),
            ));
        }
        if !self.areas.iter().any(|area| body.area.contains(area)) {
            out.push(("body", format!("「{}」没有受托这个地区的评估", body.name)));
        }
        let [first, second] = self.two;
        if first.assessor == second.assessor {
            out.push(("assessor2", "两名评估员不能是同一人".to_owned()));
        }
        for (field, one) in [("assessor1", first), ("assessor2", second)] {
            if one.body != body.body || one.ended.is_some_and(|day| day <= self.day) {
                out.push((
                    field,
                    format!("{}不是「{}」的在岗评估员", one.name, body.name),
                ));
            }
            if one.certificate_until < self.day {
                out.push((
                    field,
                    format!("{}的证书已于 {} 到期", one.name, one.certificate_until.zh()),
                ));
            }
            if self.tied.contains(&one.assessor) {
                out.push((field, format!("{}与评估对象有利害关系，请换人", one.name)));
            }
            if self.before.contains(&one.assessor) {
                out.push((
                    field,
                    format!("{}做过上一次评估，复评要由其他人做", one.name),
                ));
            }
        }
        if !first.medical && !second.medical {
            out.push(("assessor2", "两人中至少一人要有医护背景".to_owned()));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn body() -> Body {
        Body {
            body: "b".into(),
            name: "甲评估".into(),
            area: "421321".parse().unwrap(),
            contract: "c".into(),
            from: day("2025-01-01"),
            until: day("2026-01-01"),
            fee_fen: 1,
        }
    }

    fn assessor(name: &str, medical: bool) -> Assessor {
        Assessor {
            assessor: name.into(),
            body: "b".into(),
            name: name.into(),
            certificate: "x".into(),
            certificate_until: day("2025-06-30"),
            medical,
            ended: None,
        }
    }

    /// Rows B10, B11: each reason against a dispatch, alone.
    #[test]
    fn each_reason_against_a_dispatch_is_named() {
        type Change = fn(&mut Body, &mut Assessor, &mut Assessor);
        let cases: [(&str, Change, &str); 8] = [
            ("2025-06-30", |_, _, _| {}, ""),
            ("2024-12-31", |_, _, _| {}, "委托期"),
            (
                "2025-06-30",
                |body, _, _| body.until = day("2025-06-30"),
                "委托期",
            ),
            (
                "2025-06-30",
                |body, _, _| body.area = "421303".parse().unwrap(),
                "这个地区",
            ),
            (
                "2025-07-01",
                |_, one, _| one.certificate_until = day("2025-07-01"),
                "到期",
            ),
            ("2025-06-30", |_, one, _| one.medical = false, "医护"),
            ("2025-06-30", |_, _, two| two.body = "other".into(), "在岗"),
            ("2025-06-30", |_, one, two| *two = one.clone(), "同一人"),
        ];
        for (on, change, wanted) in cases {
            let (mut body, mut one, mut two) =
                (body(), assessor("一", true), assessor("二", false));
            change(&mut body, &mut one, &mut two);
            let dispatch = Dispatch {
                day: day(on),
                areas: &["421321109001".parse().unwrap()],
                body: &body,
                two: [&one, &two],
                tied: &[],
                before: &[],
            };
            let told = dispatch.problems();
            match wanted {
                "" => assert!(told.is_empty(), "{told:?}"),
                _ => assert!(
                    told.iter().any(|(_, says)| says.contains(wanted)),
                    "{wanted}: {told:?}"
                ),
            }
        }
    }

    /// Row B10: a tie, and who assessed before, exclude an assessor.
    #[test]
    fn ties_and_earlier_assessors_are_excluded() {
        let (body, one, two) = (body(), assessor("一", true), assessor("二", false));
        let dispatch = |tied: &[String], before: &[String]| {
            let dispatch = Dispatch {
                day: day("2025-06-30"),
                areas: &["421321109001".parse().unwrap()],
                body: &body,
                two: [&one, &two],
                tied,
                before,
            };
            dispatch.problems()
        };
        let [tied] = dispatch(&["二".to_owned()], &[]).try_into().unwrap();
        assert!(
            tied.0 == "assessor2" && tied.1.contains("利害关系"),
            "{tied:?}"
        );
        let [before] = dispatch(&[], &["一".to_owned()]).try_into().unwrap();
        assert!(
            before.0 == "assessor1" && before.1.contains("其他人"),
            "{before:?}"
        );
    }
}
