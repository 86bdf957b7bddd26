//! 发放规则: how each programme is paid at a place, as data with clauses: months, shares, calendar, bank layouts.

use crate::bank::Layout;
use crate::dues::{DueRule, First, Last, Round};
use crate::{Level, Shares};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The terms of a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// In force from this day, `yyyy-mm-dd`.
    pub version: String,
    /// From how many people on one account is 共用账户.
    pub shared_account_from: i64,
    /// How many months back a change is recomputed.
    pub months_back: i32,
    /// The clause these three stand on.
    pub clause: String,
    /// 待当地确认.
    #[serde(default)]
    pub confirm: bool,
    /// What is paid here.
    #[serde(default, rename = "programme")]
    pub programmes: Vec<ProgrammeTerms>,
    /// 资格认证.
    pub proof: Option<ProofTerms>,
    /// Bank layouts.
    #[serde(default, rename = "layout")]
    pub layouts: Vec<Layout>,
}

/// The terms of one programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeTerms {
    /// Programme id of the plan.
    pub id: String,
    /// Capital letters and digits that batch numbers begin with, at most eight; without it the first letters of the id.
    #[serde(default)]
    pub code: String,
    /// 预算科目 or fund.
    pub fund: String,
    /// 首月: `same`, `next`, `up_to`, `days`.
    pub first: String,
    /// With `up_to`: up to which day of the month.
    pub first_day: Option<i32>,
    /// 末月: `through`, `before`, `days`.
    pub last: String,
    /// 调标: `same` or `next`.
    pub change: String,
    /// 零头: `down`, `half_up`, `up`, `up_yuan`.
    pub round: String,
    /// Shares in ten-thousandths.
    pub shares: SharesTerms,
    /// 死亡迁出上报截止: day of the month.
    pub report_day: i32,
    /// 花名册冻结: day of the month.
    pub freeze_day: i32,
    /// 发放日: day of the month.
    pub pay_day: i32,
    /// Highest amount a month in fen; above it a row is 超标准.
    pub most_fen: i64,
    /// 差额: programmes whose amount is taken off this one. As with 择高 and 互斥 of the plan, months are compared with
    /// months: what is paid by the quarter, half-year or year counts in each of its months with that month's share, in
    /// whole fen, and what the division leaves stands in the paying month.
    #[serde(default)]
    pub offset: Vec<String>,
    /// Bank layout; not needed where it is paid in vouchers.
    #[serde(default)]
    pub layout: String,
    /// Paid in vouchers instead of money.
    pub voucher: Option<VoucherTerms>,
    /// The clause all of this stands on.
    pub clause: String,
    /// 待当地确认.
    #[serde(default)]
    pub confirm: bool,
}

/// 消费券: what a month's voucher may be spent on. It is for its month: what is left then goes back to the purses, and
/// what becomes known later counts from the next month.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoucherTerms {
    /// What share of a bill it covers at most, in ten-thousandths; the person pays the rest.
    pub covers: i64,
    /// What it may be spent on.
    pub scopes: Vec<VoucherScope>,
    /// 名额: how many people an office gives one a month; a batch of more is looked at.
    pub quota: Option<i64>,
}

/// One kind of service a voucher is good for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoucherScope {
    /// Key in tables.
    pub key: String,
    /// On pages.
    pub name: String,
}

impl VoucherTerms {
    /// The name of a scope.
    pub fn scope_zh<'a>(&'a self, key: &'a str) -> &'a str {
        self.scopes
            .iter()
            .find(|scope| scope.key == key)
            .map_or(key, |scope| scope.name.as_str())
    }

    fn problems(&self, id: &str) -> Vec<String> {
        let mut problems = Vec::new();
        if !(1..=crate::WHOLE).contains(&self.covers) {
            problems.push(format!(
                "待遇「{id}」的 voucher.covers 是万分比，应在 1 到 10000 之间"
            ));
        }
        if self.quota.is_some_and(|quota| quota < 1) {
            problems.push(format!("待遇「{id}」的 voucher.quota 是人数，至少 1"));
        }
        let keys: BTreeSet<&str> = self.scopes.iter().map(|one| one.key.as_str()).collect();
        if keys.is_empty() || keys.len() < self.scopes.len() {
            problems.push(format!(
                "待遇「{id}」的 voucher.scopes 至少写一种服务，每种的 key 只写一次"
            ));
        }
        problems
    }
}

/// 资格认证: how long a proof lasts, and what must have been tried before anything is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofTerms {
    /// A proof counts this many months.
    pub months: i32,
    /// Days before it ends that somebody looks for another.
    pub remind_days: i32,
    /// Attempts to reach a person, by two ways at least.
    pub attempts: i32,
    /// From this age on one of them is a visit at home.
    pub home_visit_from: i32,
    /// The clause all of this stands on.
    pub clause: String,
    /// 待当地确认.
    #[serde(default)]
    pub confirm: bool,
}

/// Shares as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharesTerms {
    /// 中央.
    #[serde(default)]
    pub central: i64,
    /// 省.
    #[serde(default)]
    pub province: i64,
    /// 市.
    #[serde(default)]
    pub city: i64,
}

impl ProgrammeTerms {
    /// How months follow from days; `None` where a word is not known ([`Terms::parse`] has refused it).
    pub fn rule(&self) -> Option<DueRule> {
        let first = |word: &str| match word {
            "same" => Some(First::Same),
            "next" => Some(First::Next),
            "up_to" => self
                .first_day
                .filter(|day| (1..=31).contains(day))
                .map(First::UpTo),
            "days" => Some(First::Days),
            _ => None,
        };
        let change = matches!(self.change.as_str(), "same" | "next");
        Some(DueRule {
            first: first(&self.first)?,
            last: match self.last.as_str() {
                "through" => Last::Through,
                "before" => Last::Before,
                "days" => Last::Days,
                _ => return None,
            },
            change: first(&self.change).filter(|_| change)?,
            round: match self.round.as_str() {
                "down" => Round::Down,
                "half_up" => Round::HalfUp,
                "up" => Round::Up,
                "up_yuan" => Round::UpYuan,
                _ => return None,
            },
        })
    }

    /// What batch numbers begin with.
    pub fn batch_code(&self) -> String {
        if !self.code.is_empty() {
            return self.code.clone();
        }
        let letters = self.id.split('_').filter_map(|word| word.chars().next());
        letters.collect::<String>().to_ascii_uppercase()
    }

    /// Whose money.
    pub const fn shares(&self) -> Shares {
        Shares {
            central: self.shares.central,
            province: self.shares.province,
            city: self.shares.city,
        }
    }

    /// The rule in words, for pages.
    pub fn says(&self) -> String {
        let first = match self.first.as_str() {
            "same" => "符合当月起发".to_owned(),
            "up_to" => format!("当月{}日前符合的当月起发", self.first_day.unwrap_or(15)),
            "days" => "首月按日折算".to_owned(),
            _ => "符合次月起发".to_owned(),
        };
        let last = match self.last.as_str() {
            "before" => "不再符合的当月停发",
            "days" => "末月按日折算",
            _ => "不再符合的次月停发",
        };
        let change = match self.change.as_str() {
            "same" => "调标当月执行",
            _ => "调标次月执行",
        };
        format!("{first}，{last}，{change}")
    }

    /// Shares in words: 市级 20%，县级 80%.
    pub fn shares_say(&self) -> String {
        let shares = self.shares();
        let parts: Vec<String> = Level::ALL
            .into_iter()
            .filter(|level| shares.of(*level) > 0)
            .map(|level| {
                let part = shares.of(level);
                if part % 100 == 0 {
                    format!("{} {}%", level.zh(), part / 100)
                } else {
                    format!("{} {}.{:02}%", level.zh(), part / 100, part % 100)
                }
            })
            .collect();
        parts.join("，")
    }
}

impl Terms {
    /// Reads a file of terms; all problems at once, in Chinese.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let terms: Self = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut problems: Vec<String> = terms.layouts.iter().flat_map(Layout::problems).collect();
        let mut seen = BTreeSet::new();
        if terms.version.parse::<kernel::Day>().is_err() {
            problems.push(format!("version「{}」不是日期", terms.version));
        }
        if terms.shared_account_from < 2 || terms.months_back < 1 {
            problems.push("shared_account_from 至少 2，months_back 至少 1".to_owned());
        }
        if let Some(proof) = &terms.proof
            && (proof.months < 1 || proof.remind_days < 0 || proof.attempts < 2)
        {
            problems
                .push("proof 的 months 至少 1，remind_days 不小于 0，attempts 至少 2".to_owned());
        }
        for one in &terms.programmes {
            let id = &one.id;
            if !seen.insert(id.as_str()) {
                problems.push(format!("待遇「{id}」写了不止一次"));
            }
            if one.rule().is_none() {
                problems.push(format!(
                    "待遇「{id}」的 first、last、change、round 有不认识的词"
                ));
            }
            if !one.shares().is_whole() {
                problems.push(format!("待遇「{id}」的分担比例合计超过万分之一万"));
            }
            if let Some(voucher) = &one.voucher {
                problems.extend(voucher.problems(id));
            } else if !terms.layouts.iter().any(|layout| layout.id == one.layout) {
                problems.push(format!("待遇「{id}」用的版式「{}」没有写", one.layout));
            }
            if one.clause.trim().is_empty() {
                problems.push(format!("待遇「{id}」没有写依据 clause"));
            }
            let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
            if one.code.len() > 8 || !one.code.chars().all(plain) {
                problems.push(format!(
                    "待遇「{id}」的批次代码 code 用大写字母和数字，最多 8 个"
                ));
            }
            for other in &one.offset {
                if other == id || !terms.programmes.iter().any(|known| known.id == *other) {
                    problems.push(format!(
                        "待遇「{id}」的 offset 里「{other}」没有写在这份规则里"
                    ));
                }
            }
            let days = [one.report_day, one.freeze_day, one.pay_day];
            if days.iter().any(|day| !(1..=28).contains(day)) {
                problems.push(format!("待遇「{id}」的日历日期应在 1 到 28 之间"));
            }
        }
        if problems.is_empty() {
            Ok(terms)
        } else {
            Err(problems)
        }
    }

    /// The terms of a programme.
    pub fn of(&self, programme: &str) -> Option<&ProgrammeTerms> {
        self.programmes.iter().find(|one| one.id == programme)
    }

    /// A layout.
    pub fn layout(&self, id: &str) -> Option<&Layout> {
        self.layouts.iter().find(|layout| layout.id == id)
    }
}
