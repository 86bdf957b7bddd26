//! Changes of a list's own files: an example, a value, a county's copy. What is not changed keeps its bytes.

mod items;

pub use items::{ItemText, NewItem, add_item, edit_item};

use kernel::Day;
use rules::folder::{self, ParamValue};
use rules::{Files, Problem};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

/// An example as an officer gives it: facts by their names as they stand in a folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewCase {
    /// What it shows.
    pub says: String,
    /// The item.
    pub service: u16,
    /// The asked day.
    pub as_of: Option<Day>,
    /// What is known of the person: name and value; what is not written is unknown.
    pub person: Vec<(String, rules::Value)>,
    /// `yes`, `no` or `unknown`.
    pub expect: String,
    /// The expected amount in fen per unit.
    pub fen: Option<i64>,
    /// Values assumed for parameters that have none.
    pub params: Vec<(String, ParamValue)>,
}

/// Adds an example at the end of its file; problems are those of the folder with it.
pub fn add_case(files: &Files, case: &NewCase) -> Result<Files, Vec<Problem>> {
    let mut text = files.get(folder::CASES).cloned().unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let quoted = |text: &str| Value::from(text).to_string().trim().to_owned();
    let mut person = InlineTable::new();
    for (name, value) in &case.person {
        person.insert(name, toml_value(value));
    }
    let mut lines = vec![
        "\n[[case]]".to_owned(),
        format!("says = {}", quoted(&case.says)),
        format!("service = {}", case.service),
        format!(
            "as_of = {}",
            quoted(&case.as_of.map_or_else(String::new, |day| day.to_string()))
        ),
        format!("person = {}", Value::from(person).to_string().trim()),
        format!("expect = {}", quoted(&case.expect)),
    ];
    lines.extend(case.fen.map(|fen| format!("fen = {fen}")));
    if !case.params.is_empty() {
        let mut params = InlineTable::new();
        for (name, value) in &case.params {
            params.insert(name, param_value(value));
        }
        lines.push(format!(
            "params = {}",
            Value::from(params).to_string().trim()
        ));
    }
    text.push_str(&lines.join("\n"));
    text.push('\n');
    checked(files, folder::CASES, text)
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewValue {
    /// In force from this day.
    pub from: Day,
    /// For 城镇 (`true`) or 农村 (`false`) only.
    pub urban: Option<bool>,
    /// The value.
    pub value: ParamValue,
}

/// Adds a value of a parameter; one of the same day and 城乡 is replaced.
pub fn add_value(files: &Files, param: &str, new: &NewValue) -> Result<Files, Vec<Problem>> {
    let mut document = parse(files, folder::PARAMS)?;
    let tables = document
        .get_mut("param")
        .and_then(Item::as_array_of_tables_mut);
    let table = tables.and_then(|tables| {
        let mut all = tables.iter_mut();
        all.find(|table| table.get("name").and_then(Item::as_str) == Some(param))
    });
    let Some(table) = table else {
        let what = format!("没有参数「{param}」");
        return Err(vec![Problem::at(
            folder::PARAMS,
            1,
            what,
            "写清单里有的参数",
        )]);
    };
    let mut row = InlineTable::new();
    row.insert("from", Value::from(new.from.to_string()));
    if let Some(urban) = new.urban {
        row.insert("urban", Value::from(urban));
    }
    let unit = table.get("unit").and_then(Item::as_str).unwrap_or_default();
    let key = match unit {
        "fen" => "fen",
        "flag" => "flag",
        "word" => "word",
        _ => "number",
    };
    row.insert(key, param_value(&new.value));
    let values = table
        .entry("values")
        .or_insert_with(|| Item::Value(Array::new().into()));
    let Some(values) = values.as_array_mut() else {
        let what = "values 应写成数组";
        return Err(vec![Problem::at(
            folder::PARAMS,
            1,
            what,
            "改成 [ { … } ] 的写法",
        )]);
    };
    let from = new.from.to_string();
    let same = |value: &Value| {
        let known = value.as_inline_table();
        known.is_some_and(|known| {
            known.get("from").and_then(Value::as_str) == Some(from.as_str())
                && known.get("urban").and_then(Value::as_bool) == new.urban
                && !known.contains_key("area")
        })
    };
    values.retain(|value| !same(value));
    values.push(row);
    checked(files, folder::PARAMS, document.to_string())
}

/// What a county's own list begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCounty<'a> {
    /// The folder's short name.
    pub slug: &'a str,
    /// The name of the county.
    pub place: &'a str,
    /// Its code, or the key of a management area.
    pub county: &'a str,
    /// The name of its list.
    pub list: &'a str,
    /// In force from this day.
    pub from: Day,
}

/// A county's list that is the city's word for word, to be raised and added to. Its examples keep their answers
/// and leave the city's amounts out: those are what a county raises.
pub fn county_copy(city: &Files, new: &NewCounty<'_>) -> Result<Files, Vec<Problem>> {
    let kept = [
        folder::PLAN,
        folder::SERVICES,
        folder::PARAMS,
        folder::PROGRAMMES,
        folder::CASES,
        folder::AREAS,
    ];
    let mut files: Files = city
        .iter()
        .filter(|(name, _)| kept.contains(&name.as_str()))
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect();
    let mut plan = parse(&files, folder::PLAN)?;
    for (key, text) in [
        ("slug", new.slug),
        ("place", new.place),
        ("level", "县"),
        ("county", new.county),
    ] {
        plan.insert(key, toml_edit::value(text));
    }
    files.insert(folder::PLAN.to_owned(), plan.to_string());
    let mut services = parse(&files, folder::SERVICES)?;
    if let Some(list) = services.get_mut("list").and_then(Item::as_table_mut) {
        list.insert("name", toml_edit::value(new.list));
        list.insert("version", toml_edit::value(new.from.to_string()));
    }
    files.insert(folder::SERVICES.to_owned(), services.to_string());
    let mut cases = parse(&files, folder::CASES)?;
    if let Some(tables) = cases.get_mut("case").and_then(Item::as_array_of_tables_mut) {
        for table in tables.iter_mut() {
            table.remove("fen");
        }
    }
    checked(&files, folder::CASES, cases.to_string())
}

/// The files with this one, if they still read.
fn checked(files: &Files, name: &str, text: String) -> Result<Files, Vec<Problem>> {
    let mut files = files.clone();
    files.insert(name.to_owned(), text);
    folder::load(&files)?;
    Ok(files)
}

fn parse(files: &Files, name: &str) -> Result<DocumentMut, Vec<Problem>> {
    let text = files.get(name).map_or("", String::as_str);
    text.parse().map_err(|error| {
        let what = format!("不是有效的 TOML：{error}");
        vec![Problem::at(name, 1, what, "请报告这个错误")]
    })
}

fn toml_value(value: &rules::Value) -> Value {
    match value {
        rules::Value::Bool(flag) => Value::from(*flag),
        rules::Value::Int(number) => Value::from(*number),
        rules::Value::Day(day) => Value::from(day.to_string()),
        rules::Value::Word(word) => Value::from(*word),
        rules::Value::Area(code) => Value::from(code.prefix()),
        rules::Value::Text(text) => Value::from(text.as_str()),
    }
}

fn param_value(value: &ParamValue) -> Value {
    match value {
        ParamValue::Int(number) => Value::from(*number),
        ParamValue::Flag(flag) => Value::from(*flag),
        ParamValue::Word(word) => Value::from(word.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suizhou() -> Files {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        });
        files.collect()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Row C01: an example that an officer adds stands behind the others, which keep their bytes, and is read back
    /// as it was given, quotes and all.
    #[test]
    fn an_added_example_is_read_back() {
        let files = suizhou();
        let case = NewCase {
            says: "她说\"80岁\"了".to_owned(),
            service: 3,
            as_of: Some(day("2025-06-30")),
            person: vec![
                ("alive".to_owned(), rules::Value::Bool(true)),
                (
                    "birth_date".to_owned(),
                    rules::Value::Day(day("1945-06-30")),
                ),
                (
                    "hukou_area".to_owned(),
                    rules::Value::Area("421303".parse().unwrap()),
                ),
            ],
            expect: "yes".to_owned(),
            fen: Some(5000),
            params: vec![("高龄津贴".to_owned(), ParamValue::Int(5000))],
        };
        let edited = add_case(&files, &case).unwrap();
        let (before, after) = (&files[folder::CASES], &edited[folder::CASES]);
        assert!(after.starts_with(before.as_str()));
        let read = folder::load(&edited).unwrap();
        let last = read.cases.last().unwrap();
        assert_eq!(
            (last.says.as_str(), last.fen),
            (case.says.as_str(), Some(5000))
        );
        assert!(
            rules::run_cases(&read)
                .unwrap()
                .iter()
                .all(|result| result.pass)
        );
        let wrong = NewCase {
            service: 99,
            ..case
        };
        assert!(add_case(&files, &wrong).is_err());
    }

    /// Rows C01, C02: a value is added or replaced where it stands; a county's copy is the city's list word for word.
    #[test]
    fn a_county_copies_the_list_and_raises_a_value() {
        let new = NewCounty {
            slug: "xian",
            place: "随县",
            county: "421321",
            list: "随县基本养老服务清单",
            from: day("2025-07-01"),
        };
        let files = county_copy(&suizhou(), &new).unwrap();
        let copied = folder::load(&files).unwrap();
        let city = folder::load(&suizhou()).unwrap();
        assert_eq!(copied.plan.county.as_deref(), Some("421321"));
        assert_eq!(
            (copied.plan.area, copied.services.len()),
            (city.plan.area, 28)
        );
        assert!(
            rules::run_cases(&copied)
                .unwrap()
                .iter()
                .all(|result| result.pass)
        );
        let value = |fen| NewValue {
            from: day("2025-07-01"),
            urban: None,
            value: ParamValue::Int(fen),
        };
        let once = add_value(&files, "养老服务补贴", &value(12_000)).unwrap();
        let twice = add_value(&once, "养老服务补贴", &value(13_000)).unwrap();
        let read = folder::load(&twice).unwrap();
        let param = read
            .params
            .iter()
            .find(|param| param.name == "养老服务补贴")
            .unwrap();
        let values: Vec<_> = param
            .values
            .iter()
            .map(|value| value.value.clone())
            .collect();
        assert_eq!(values, [ParamValue::Int(10_000), ParamValue::Int(13_000)]);
        assert!(add_value(&files, "没有", &value(1)).is_err());
    }
}
