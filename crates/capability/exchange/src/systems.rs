//! National systems that want reports: the table of `data/reporting.toml`, checked once against the fact dictionary.

use authz::{Action, Role};
use kernel::Day;
use rules::facts::{self, FactId, Facts, Kind as FactKind, Value, parse_value, value_text};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    system: Vec<SystemRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemRow {
    key: String,
    title: String,
    template: String,
    offices: Vec<String>,
    file: String,
    confirm: String,
    later: Option<String>,
    #[serde(default)]
    who: WhoRow,
    column: Vec<ColumnRow>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WhoRow {
    age_from: Option<i32>,
    #[serde(default)]
    any: Vec<BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnRow {
    title: String,
    from: Option<String>,
    fact: Option<String>,
    constant: Option<String>,
    source: Option<String>,
    format: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    confirm: bool,
    remedy: Option<String>,
}

/// What is derived from a file besides facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// 姓名.
    Name,
    /// 身份证号.
    Number,
    /// 电话.
    Phone,
    /// 住址.
    Address,
    /// 周岁 on the day of the report.
    Age,
    /// 户籍地 in words.
    Hukou,
    /// 常住地 in words.
    Residence,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As on pages.
    Words,
    /// 2025-06-30.
    Dashes,
    /// 20250630.
    Digits,
    /// Twelve digits.
    Code12,
    /// Six digits: the county.
    Code6,
}

/// Where a column comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// From the file itself.
    Own(Own),
    /// A fact.
    Fact(FactId, Form),
    /// Always the same.
    Constant(String),
    /// A ledger that does not exist yet.
    Later(String),
}

/// A column of a template.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) from: Source,
    /// Value as in the dictionary → code of the system.
    pub(crate) codes: BTreeMap<String, String>,
    pub(crate) required: bool,
    /// Title or codes wait for whoever has the template.
    pub(crate) confirm: bool,
    pub(crate) remedy: Option<String>,
}

impl Column {
    /// Where it comes from, in words.
    pub(crate) fn source_zh(&self) -> String {
        match &self.from {
            Source::Own(own) => format!(
                "推算：{}",
                match own {
                    Own::Name => "姓名",
                    Own::Number => "身份证号",
                    Own::Phone => "电话",
                    Own::Address => "住址",
                    Own::Age => "周岁",
                    Own::Hukou => "户籍地名称",
                    Own::Residence => "常住地名称",
                }
            ),
            Source::Fact(fact, _) => format!("信息项：{}", fact.def().zh),
            Source::Constant(words) => format!("固定值：{words}"),
            Source::Later(ledger) => format!("待建：{ledger}"),
        }
    }

    /// How it is written, in words.
    pub(crate) fn form_zh(&self) -> &'static str {
        match &self.from {
            Source::Fact(_, Form::Dashes) => "年-月-日",
            Source::Fact(_, Form::Digits) => "8 位日期",
            Source::Fact(_, Form::Code12) => "12 位代码",
            Source::Fact(_, Form::Code6) => "6 位代码",
            _ if self.codes.is_empty() => "文字",
            _ => "代码表",
        }
    }

    /// What to do where its value is missing.
    pub(crate) fn remedy(&self) -> String {
        if let Some(words) = &self.remedy {
            return words.clone();
        }
        match &self.from {
            Source::Fact(fact, _) => format!(
                "「{}」由{}登记（{}）",
                fact.def().zh,
                fact.def().owner.join("、"),
                fact.def().settled_by.zh()
            ),
            _ => "在档案里补登".to_owned(),
        }
    }
}

/// A set of facts with the values each may have.
type Facets = Vec<(FactId, Vec<Value>)>;

/// A national system.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) key: String,
    pub(crate) title: String,
    /// Name of the template in it.
    pub(crate) template: String,
    offices: Vec<String>,
    /// `xlsx` or `csv`.
    pub(crate) file: String,
    /// What is not published and waits for confirmation.
    pub(crate) confirm: String,
    /// Why there are no records yet.
    pub(crate) later: Option<String>,
    pub(crate) age_from: Option<i32>,
    any: Vec<Facets>,
    pub(crate) columns: Vec<Column>,
}

impl System {
    /// Whether this role reports to it.
    pub(crate) fn seen_by(&self, role: Role) -> bool {
        Action::ReportUp.allowed_to(role)
            && role
                .offices()
                .iter()
                .any(|office| self.offices.iter().any(|own| own == office))
    }

    /// Whether somebody with these facts belongs to it on this day: what is not known does not.
    pub(crate) fn takes(&self, facts: &Facts, today: Day) -> bool {
        if self.later.is_some() || facts.get(FactId::ALIVE) == Some(&Value::Bool(false)) {
            return false;
        }
        if let Some(years) = self.age_from
            && !matches!(facts.get(FactId::BIRTH_DATE), Some(Value::Day(birth)) if birth.age_on(today) >= years)
        {
            return false;
        }
        let holds = |facets: &Facets| {
            facets
                .iter()
                .all(|(fact, values)| facts.get(*fact).is_some_and(|value| values.contains(value)))
        };
        self.any.is_empty() || self.any.iter().any(holds)
    }

    /// Whom it is about, in words.
    pub(crate) fn who_zh(&self) -> String {
        let mut out = Vec::new();
        out.extend(self.age_from.map(|years| format!("{years} 周岁及以上")));
        let facets = |facets: &Facets| {
            let parts: Vec<String> = facets
                .iter()
                .map(|(fact, values)| match values.as_slice() {
                    [Value::Bool(true)] => fact.def().zh.to_owned(),
                    values => {
                        let words: Vec<String> = values
                            .iter()
                            .map(|value| facts::value_zh(*fact, value))
                            .collect();
                        format!("{}{}", fact.def().zh, words.join("、"))
                    }
                })
                .collect();
            parts.join("且")
        };
        let any: Vec<String> = self.any.iter().map(facets).collect();
        if !any.is_empty() {
            out.push(any.join("；"));
        }
        if out.is_empty() {
            "机构".to_owned()
        } else {
            out.join("，")
        }
    }
}

/// All systems, in the order of the table.
pub(crate) fn all() -> &'static [System] {
    static SYSTEMS: LazyLock<Vec<System>> = LazyLock::new(|| {
        read(include_str!("../data/reporting.toml")).unwrap_or_else(|error| {
            // A test reads the table; a broken one offers nothing.
            tracing::error!(error, "data/reporting.toml");
            Vec::new()
        })
    });
    &SYSTEMS
}

/// The system of this key.
pub(crate) fn of(key: &str) -> Option<&'static System> {
    all().iter().find(|system| system.key == key)
}

fn read(text: &str) -> Result<Vec<System>, String> {
    let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    table.system.into_iter().map(system_of).collect()
}

fn fact_of(name: &str) -> Result<FactId, String> {
    facts::find(name).ok_or_else(|| format!("no fact {name}"))
}

fn system_of(row: SystemRow) -> Result<System, String> {
    if !["xlsx", "csv"].contains(&row.file.as_str()) {
        return Err(format!("{}: no file {}", row.key, row.file));
    }
    let mut any = Vec::new();
    for facets in &row.who.any {
        let mut out = Vec::new();
        for (name, values) in facets {
            let fact = fact_of(name)?;
            let values: Result<Vec<Value>, String> =
                values.iter().map(|text| parse_value(fact, text)).collect();
            out.push((fact, values?));
        }
        any.push(out);
    }
    let columns: Result<Vec<Column>, String> = row.column.into_iter().map(column_of).collect();
    let columns = columns.map_err(|error| format!("{}: {error}", row.key))?;
    let persons = row.later.is_none();
    if persons && row.who.age_from.is_none() && any.is_empty() {
        return Err(format!("{}: nobody says whom it is about", row.key));
    }
    let later = |column: &Column| matches!(column.from, Source::Later(_));
    if persons && columns.iter().any(later) {
        return Err(format!(
            "{}: a column of a ledger that does not exist",
            row.key
        ));
    }
    let number =
        |column: &Column| matches!(column.from, Source::Own(Own::Number)) && column.required;
    if persons && !columns.iter().any(number) {
        return Err(format!("{}: receipts are matched by the number", row.key));
    }
    Ok(System {
        key: row.key,
        title: row.title,
        template: row.template,
        offices: row.offices,
        file: row.file,
        confirm: row.confirm,
        later: row.later,
        age_from: row.who.age_from,
        any,
        columns,
    })
}

fn column_of(row: ColumnRow) -> Result<Column, String> {
    let bad = |what: &str| format!("{}: {what}", row.title);
    let from = match (&row.from, &row.fact, &row.constant, &row.source) {
        (Some(own), None, None, None) => Source::Own(match own.as_str() {
            "name" => Own::Name,
            "number" => Own::Number,
            "phone" => Own::Phone,
            "address" => Own::Address,
            "age" => Own::Age,
            "hukou" => Own::Hukou,
            "residence" => Own::Residence,
            other => return Err(bad(&format!("nothing is called {other}"))),
        }),
        (None, Some(name), None, None) => {
            let fact = fact_of(name)?;
            let form = match (row.format.as_deref(), fact.def().kind) {
                (None, _) | (Some("name"), FactKind::Area) => Form::Words,
                (Some("yyyy-MM-dd"), FactKind::Day) => Form::Dashes,
                (Some("yyyyMMdd"), FactKind::Day) => Form::Digits,
                (Some("code12"), FactKind::Area) => Form::Code12,
                (Some("code6"), FactKind::Area) => Form::Code6,
                (Some(other), _) => return Err(bad(&format!("no format {other}"))),
            };
            for text in row.codes.keys() {
                let value = parse_value(fact, text)?;
                if value_text(&value) != *text {
                    return Err(bad(&format!("{text} is written otherwise")));
                }
            }
            Source::Fact(fact, form)
        }
        (None, None, Some(words), None) => Source::Constant(words.clone()),
        (None, None, None, Some(ledger)) => Source::Later(ledger.clone()),
        _ => return Err(bad("one of from, fact, constant, source")),
    };
    Ok(Column {
        title: row.title,
        from,
        codes: row.codes,
        required: row.required,
        confirm: row.confirm,
        remedy: row.remedy,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M04: the mapping of every national system reads, and each says what waits for confirmation.
    #[test]
    fn the_table_of_systems_reads() {
        let systems = read(include_str!("../data/reporting.toml")).unwrap();
        let titles: Vec<&str> = systems.iter().map(|system| system.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "全国养老服务信息系统",
                "残疾人两项补贴系统",
                "低收入人口动态监测",
                "托育备案系统"
            ]
        );
        assert!(systems.iter().all(|system| !system.confirm.is_empty()));
        assert!(read("[[system]]\nkey='k'\n").is_err());
    }

    /// Row B14; invariant 3: who is not known to belong to a system is not reported to it.
    #[test]
    fn what_is_not_known_does_not_belong() {
        let today: Day = "2025-06-30".parse().unwrap();
        let system = of("disability_subsidy").unwrap();
        let set = |pairs: &[(&str, &str)]| {
            let mut facts = Facts::default();
            for (name, text) in pairs {
                let fact = facts::find(name).unwrap();
                facts.set(fact, Some(parse_value(fact, text).unwrap()));
            }
            facts
        };
        for (pairs, belongs) in [
            (&[][..], false),
            (&[("disability_grade", "1")][..], false),
            (
                &[("disability_grade", "1"), ("needs_long_care", "true")][..],
                true,
            ),
            (
                &[("disability_grade", "3"), ("needs_long_care", "true")][..],
                false,
            ),
            (&[("disability_grade", "3"), ("dibao", "true")][..], true),
            (&[("disability_grade", "0"), ("dibao", "true")][..], false),
            (
                &[
                    ("disability_grade", "3"),
                    ("dibao", "true"),
                    ("alive", "false"),
                ][..],
                false,
            ),
        ] {
            assert_eq!(system.takes(&set(pairs), today), belongs, "{pairs:?}");
        }
        let elder = of("elder_platform").unwrap();
        assert!(elder.takes(&set(&[("birth_date", "1965-06-30")]), today));
        assert!(!elder.takes(&set(&[("birth_date", "1965-07-01")]), today));
    }

    /// Row M03: who reports to which system.
    #[test]
    fn systems_are_for_their_offices() {
        let seen = |role: Role| -> Vec<&str> {
            let own = all().iter().filter(|system| system.seen_by(role));
            own.map(|system| system.key.as_str()).collect()
        };
        assert_eq!(
            seen(Role::CountyCivil),
            ["elder_platform", "disability_subsidy", "low_income"]
        );
        assert_eq!(seen(Role::CountyHealth), ["childcare_filing"]);
        assert_eq!(seen(Role::DepartmentData), ["disability_subsidy"]);
        for role in [
            Role::TownWorker,
            Role::SystemAdmin,
            Role::SecurityAdmin,
            Role::AuditAdmin,
        ] {
            assert!(seen(role).is_empty(), "{role:?}");
        }
    }
}
