//! Lists of people: filters, sort and scope in one query; totals counted up to 10,001.

use super::person::{BY_ID, person_of, select, select_by_id};
use crate::api::{Person, PersonKey};
use authz::Scope;
use kernel::{AreaCode, Day};
use store::{Reads, Sql, StoreResult, scope_condition};

/// Groups of people that officers ask for (row B04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// 独居.
    Alone,
    /// 空巢.
    EmptyNest,
    /// 留守.
    LeftBehind,
    /// 特困.
    Tekun,
    /// 低保.
    Dibao,
    /// 低收入.
    LowIncome,
    /// 重残 (grades 1 and 2).
    SevereDisability,
    /// 失能 (ability level 1 and over).
    Disabled,
    /// 失智.
    Dementia,
    /// 计划生育特殊家庭.
    SpecialFamily,
    /// 优抚.
    Merit,
    /// 人户分离.
    Apart,
    /// 机构入住.
    Institution,
    /// 居住状况未知.
    LivingUnknown,
    /// 随迁、孤儿等优先托育儿童.
    PriorityChild,
}

impl Group {
    /// All, in the order of the filter.
    pub const ALL: &'static [Self] = &[
        Self::Alone,
        Self::EmptyNest,
        Self::LeftBehind,
        Self::Tekun,
        Self::Dibao,
        Self::LowIncome,
        Self::SevereDisability,
        Self::Disabled,
        Self::Dementia,
        Self::SpecialFamily,
        Self::Merit,
        Self::Apart,
        Self::Institution,
        Self::LivingUnknown,
        Self::PriorityChild,
    ];

    /// Key in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::EmptyNest => "empty_nest",
            Self::LeftBehind => "left_behind",
            Self::Tekun => "tekun",
            Self::Dibao => "dibao",
            Self::LowIncome => "low_income",
            Self::SevereDisability => "severe_disability",
            Self::Disabled => "disabled",
            Self::Dementia => "dementia",
            Self::SpecialFamily => "special_family",
            Self::Merit => "merit",
            Self::Apart => "apart",
            Self::Institution => "institution",
            Self::LivingUnknown => "living_unknown",
            Self::PriorityChild => "priority_child",
        }
    }

    /// Words on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Alone => "独居",
            Self::EmptyNest => "空巢",
            Self::LeftBehind => "留守",
            Self::Tekun => "特困",
            Self::Dibao => "低保",
            Self::LowIncome => "低收入",
            Self::SevereDisability => "重残",
            Self::Disabled => "失能",
            Self::Dementia => "失智",
            Self::SpecialFamily => "计生特殊家庭",
            Self::Merit => "优抚",
            Self::Apart => "人户分离",
            Self::Institution => "机构入住",
            Self::LivingUnknown => "居住状况未知",
            Self::PriorityChild => "优先托育儿童",
        }
    }

    /// The group of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| group.key() == key)
    }

    /// What the database asks, over alias `p`.
    pub(crate) const fn condition(self) -> &'static str {
        match self {
            Self::Alone => "p.living = 'alone'",
            Self::EmptyNest => "p.living = 'empty_nest'",
            Self::LeftBehind => "p.left_behind",
            Self::Tekun => "p.tekun",
            Self::Dibao => "(p.dibao OR p.dibao_household)",
            Self::LowIncome => "p.low_income",
            Self::SevereDisability => "p.disability_grade IN (1, 2)",
            Self::Disabled => "p.ability_level >= 1",
            Self::Dementia => "p.dementia",
            Self::SpecialFamily => "p.special_family",
            Self::Merit => {
                "(p.merit_martyr_family OR p.merit_fallen_family OR p.merit_deceased_soldier_family OR \
                 p.merit_disabled_soldier OR p.merit_demobilised OR p.merit_discharged OR p.merit_veteran OR \
                 p.merit_serving_family)"
            }
            Self::Apart => "substr(p.hukou_area, 1, 9) <> substr(p.residence_area, 1, 9)",
            Self::Institution => "p.living = 'institution'",
            Self::LivingUnknown => "p.living IS NULL",
            Self::PriorityChild => {
                "(p.orphan OR p.unattended_child OR p.martyr_child OR p.poor_family_child OR p.migrant_child OR p.dibao_household)"
            }
        }
    }
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Born on or before this day.
    pub born_until: Option<Day>,
    /// Born after this day.
    pub born_after: Option<Day>,
    /// 户籍 or 常住 in this area.
    pub area: Option<AreaCode>,
    /// 常住 in this area, wherever the 户籍 is.
    pub residence: Option<AreaCode>,
    /// `male`, `female`.
    pub sex: Option<String>,
    /// In this group.
    pub group: Option<Group>,
    /// Only those who died; otherwise only the living (or not known).
    pub dead: bool,
    /// Only these ids (a search's hits), living or not.
    pub ids: Option<Vec<String>>,
    /// Oldest first when false, youngest first when true.
    pub youngest_first: bool,
    /// Rows to leave out from the beginning.
    pub skip: i64,
    /// Rows at the most.
    pub most: i64,
}

/// Whether a list asks for people by id: then keys are looked up, not everybody looked at.
fn by_id(scope: &Scope, filter: &Filter) -> bool {
    filter.ids.is_some() || matches!(scope, Scope::People(_))
}

fn conditions(scope: &Scope, filter: &Filter) -> Sql {
    let mut sql = Sql::new(" WHERE ");
    sql.append(&scope_condition(scope, "p"));
    // Whoever is looked up is found, also when they have died.
    if filter.ids.is_none() {
        sql.push(if filter.dead {
            " AND p.alive = "
        } else {
            " AND (p.alive IS NULL OR p.alive = "
        })
        .bind(!filter.dead);
        if !filter.dead {
            sql.push(")");
        }
    }
    if let Some(day) = filter.born_until {
        sql.push(" AND p.birth_date <= ").bind(day.number());
    }
    if let Some(day) = filter.born_after {
        sql.push(" AND p.birth_date > ").bind(day.number());
    }
    if let Some(area) = &filter.area {
        sql.push(" AND ")
            .append(&scope_condition(&Scope::Areas(vec![*area]), "p"));
    }
    if let Some(area) = &filter.residence {
        let (from, until) = area.range();
        sql.push(" AND p.residence_area >= ").bind(from);
        sql.push(" AND p.residence_area < ").bind(until);
    }
    if let Some(sex) = &filter.sex {
        sql.push(" AND p.sex = ").bind(sex.as_str());
    }
    if let Some(group) = filter.group {
        sql.push(" AND ").push(group.condition());
    }
    if let Some(ids) = &filter.ids {
        sql.push(" AND p.id IN (");
        for (place, id) in ids.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(id.as_str());
        }
        sql.push(if ids.is_empty() { "NULL)" } else { ")" });
    }
    sql
}

/// One page of people.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    filter: &Filter,
) -> StoreResult<Vec<Person>> {
    let mut sql = Sql::new(&if by_id(scope, filter) {
        select_by_id()
    } else {
        select()
    });
    sql.append(&conditions(scope, filter));
    sql.push(if filter.youngest_first {
        " ORDER BY p.birth_date DESC NULLS FIRST, p.id DESC"
    } else {
        " ORDER BY p.birth_date NULLS LAST, p.id"
    });
    sql.push(" LIMIT ")
        .bind(filter.most)
        .push(" OFFSET ")
        .bind(filter.skip);
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(person_of)
        .collect()
}

/// How many there are, counted up to 10,001.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, filter: &Filter) -> StoreResult<i64> {
    let from = if by_id(scope, filter) {
        BY_ID
    } else {
        "FROM people_person p"
    };
    let mut sql = Sql::new(&format!(
        "SELECT count(*) AS n FROM (SELECT 1 AS one {from}"
    ));
    sql.append(&conditions(scope, filter))
        .push(" LIMIT 10001) AS counted");
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// People of a filter within a scope in key order after a key, up to `filter.most`.
pub(crate) async fn by_key(
    reads: &impl Reads,
    scope: &Scope,
    filter: &Filter,
    after: Option<&PersonKey>,
) -> StoreResult<Vec<Person>> {
    let mut sql = Sql::new(&select());
    sql.append(&conditions(scope, filter));
    if let Some(key) = after {
        sql.push(" AND (p.shard > ").bind(key.shard.as_str());
        sql.push(" OR (p.shard = ").bind(key.shard.as_str());
        sql.push(" AND p.id > ").bind(key.id.as_str()).push("))");
    }
    sql.push(" ORDER BY p.shard, p.id LIMIT ").bind(filter.most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(person_of).collect()
}

/// People in key order after a key.
pub(crate) async fn after(
    reads: &impl Reads,
    key: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<Person>> {
    let mut sql = Sql::new(&select());
    if let Some(key) = key {
        sql.push(" WHERE p.shard > ").bind(key.shard.as_str());
        sql.push(" OR (p.shard = ")
            .bind(key.shard.as_str())
            .push(" AND p.id > ")
            .bind(key.id.as_str())
            .push(")");
    }
    sql.push(" ORDER BY p.shard, p.id LIMIT ").bind(most);
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(person_of)
        .collect()
}
