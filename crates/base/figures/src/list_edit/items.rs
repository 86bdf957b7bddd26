//! Items of a list: other conditions of one that is there, and one more. What is not changed keeps its bytes.

use super::{checked, parse};
use rules::folder::{self, Folder};
use rules::{Files, Problem};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// What an item's form holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemText {
    /// 服务对象.
    pub audience: String,
    /// The conditions, what each says and when it holds: first those that stand there, in their order and `None`
    /// where one is taken out, then new ones.
    pub conditions: Vec<Option<(String, String)>>,
    /// The amount as an expression; `None` for none.
    pub amount: Option<String>,
    /// The steps (分档), what each is called and for whom it is, first match first; `None` leaves them as they are.
    pub tiers: Option<Vec<(String, String)>>,
}

/// Writes an item's audience, conditions, amount and steps; problems are those of the folder with them.
pub fn edit_item(files: &Files, no: u16, new: &ItemText) -> Result<Files, Vec<Problem>> {
    let mut document = parse(files, folder::SERVICES)?;
    let Some(table) = table_of(&mut document, no) else {
        let what = format!("清单没有第 {no} 项");
        return Err(wrong(what, "写清单里有的编号"));
    };
    put(table, "audience", &new.audience);
    match &new.amount {
        Some(amount) => put(table, "amount", amount),
        None => {
            table.remove("amount");
        }
    }
    let rows = table
        .get_mut("conditions")
        .and_then(Item::as_array_mut)
        .ok_or_else(|| {
            wrong(
                format!("第 {no} 项的 conditions 不是数组"),
                "改成 conditions = [ { says = …, when = … } ] 的写法",
            )
        })?;
    conditions(rows, &new.conditions);
    if let Some(steps) = &new.tiers {
        tiers(table, steps);
    }
    checked(files, folder::SERVICES, document.to_string())
}

fn wrong(what: impl Into<String>, remedy: &str) -> Vec<Problem> {
    vec![Problem::at(folder::SERVICES, 1, what, remedy)]
}

fn table_of(document: &mut DocumentMut, no: u16) -> Option<&mut Table> {
    let tables: &mut ArrayOfTables = document
        .get_mut("service")
        .and_then(Item::as_array_of_tables_mut)?;
    let mut all = tables.iter_mut();
    all.find(|table| table.get("no").and_then(Item::as_integer) == Some(i64::from(no)))
}

/// A text of a table, where it is another one.
fn put(table: &mut Table, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(value) => replace(value, text),
        None => {
            table.insert(key, toml_edit::value(text));
        }
    }
}

fn replace(value: &mut Value, text: &str) {
    if value.as_str().map(str::trim) != Some(text) {
        let decor = value.decor().clone();
        *value = Value::from(text);
        *value.decor_mut() = decor;
    }
}

fn conditions(rows: &mut Array, new: &[Option<(String, String)>]) {
    let before = rows.len();
    for (place, clause) in new.iter().enumerate().take(before) {
        let row = rows.get_mut(place).and_then(Value::as_inline_table_mut);
        if let (Some(row), Some((says, when))) = (row, clause) {
            for (key, text) in [("says", says), ("when", when)] {
                match row.get_mut(key) {
                    Some(value) => replace(value, text),
                    None => {
                        row.insert(key, Value::from(text.as_str()));
                    }
                }
            }
        }
    }
    let lines = rows
        .trailing()
        .as_str()
        .is_some_and(|end| end.contains('\n'));
    for (says, when) in new.iter().skip(before).flatten() {
        let mut row = InlineTable::new();
        row.insert("says", Value::from(says.as_str()));
        row.insert("when", Value::from(when.as_str()));
        push_row(rows, row, lines);
    }
    let gone = new.iter().enumerate().take(before).rev();
    for (place, _) in gone.filter(|(_, clause)| clause.is_none()) {
        rows.remove(place);
    }
}

/// Adds a row to an array that has each on its own line, or all on one.
fn push_row(rows: &mut Array, row: InlineTable, lines: bool) {
    let mut value = Value::from(row);
    if lines {
        value.decor_mut().set_prefix("\n  ");
        rows.push_formatted(value);
    } else {
        rows.push(value);
    }
}

/// Puts the steps in the place of those that stand there; a row that is the same keeps its bytes.
fn tiers(table: &mut Table, new: &[(String, String)]) {
    if new.is_empty() {
        table.remove("tiers");
        return;
    }
    if table.get("tiers").and_then(Item::as_array).is_none() {
        let mut rows = Array::new();
        if new.len() > 1 {
            rows.set_trailing("\n");
            rows.set_trailing_comma(true);
        }
        table.insert("tiers", Item::Value(rows.into()));
    }
    let Some(rows) = table.get_mut("tiers").and_then(Item::as_array_mut) else {
        return;
    };
    while rows.len() > new.len() {
        rows.remove(rows.len() - 1);
    }
    let end = rows.trailing().as_str();
    let lines = end.is_some_and(|end| end.contains('\n'));
    for (place, (name, when)) in new.iter().enumerate() {
        if let Some(row) = rows.get_mut(place).and_then(Value::as_inline_table_mut) {
            for (key, text) in [("when", when), ("tier", name)] {
                match row.get_mut(key) {
                    Some(value) => replace(value, text),
                    None => {
                        row.insert(key, Value::from(text.as_str()));
                    }
                }
            }
            continue;
        }
        let mut row = InlineTable::new();
        row.insert("when", Value::from(when.as_str()));
        row.insert("tier", Value::from(name.as_str()));
        push_row(rows, row, lines);
    }
}

/// An item to be added, with keys as they stand in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewItem {
    /// 服务项目.
    pub name: String,
    /// 服务内容及标准.
    pub content: String,
    /// 服务对象.
    pub audience: String,
    /// 服务类型.
    pub service_type: String,
    /// 牵头单位.
    pub lead: Vec<String>,
    /// 办理方式.
    pub access: String,
    /// Whose area decides.
    pub area_basis: String,
    /// Who receives it.
    pub beneficiary: String,
    /// What it gives.
    pub kind: String,
    /// Per what.
    pub unit: String,
    /// What its condition says, and when it holds.
    pub condition: (String, String),
    /// The amount as an expression; only of money.
    pub amount: Option<String>,
    /// Where it comes from, in words.
    pub basis: String,
}

/// Adds an item at the end of the list with the next number, in a class of this name where the list has classes; the
/// files and its number.
pub fn add_item(
    files: &Files,
    read: &Folder,
    new: &NewItem,
    class: &str,
) -> Result<(Files, u16), Vec<Problem>> {
    let no = u16::try_from(read.services.len() + 1)
        .map_err(|_error| wrong("清单的项目太多", "合并或拆成两份清单"))?;
    let mut document = parse(files, folder::SERVICES)?;
    if !read.list.classes.is_empty() {
        let classes = document
            .get_mut("list")
            .and_then(|list| list.get_mut("classes"))
            .and_then(Item::as_array_mut)
            .ok_or_else(|| wrong("classes 不是数组", "改成 classes = [ { … } ] 的写法"))?;
        stretch(classes, class, no);
    }
    let mut text = document.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&block(no, new));
    Ok((checked(files, folder::SERVICES, text)?, no))
}

/// The class of this name takes the item in, or stands behind the others as a new one.
fn stretch(classes: &mut Array, name: &str, no: u16) {
    let last = classes.len().checked_sub(1);
    let last = last.and_then(|last| classes.get_mut(last));
    if let Some(row) = last.and_then(Value::as_inline_table_mut)
        && row.get("name").and_then(Value::as_str) == Some(name)
        && let Some(until) = row.get_mut("until")
    {
        let decor = until.decor().clone();
        *until = Value::from(i64::from(no));
        *until.decor_mut() = decor;
        return;
    }
    let mut row = InlineTable::new();
    row.insert("from", Value::from(i64::from(no)));
    row.insert("until", Value::from(i64::from(no)));
    row.insert("name", Value::from(name));
    let mut value = Value::from(row);
    value.decor_mut().set_prefix("\n  ");
    classes.push_formatted(value);
}

fn block(no: u16, new: &NewItem) -> String {
    let quoted = |text: &str| Value::from(text).to_string().trim().to_owned();
    let lead: Array = new.lead.iter().map(String::as_str).collect();
    let mut lines = vec!["\n[[service]]".to_owned(), format!("no = {no}")];
    for (key, text) in [
        ("name", &new.name),
        ("content", &new.content),
        ("audience", &new.audience),
        ("service_type", &new.service_type),
        ("access", &new.access),
        ("area_basis", &new.area_basis),
        ("beneficiary", &new.beneficiary),
    ] {
        lines.push(format!("{key} = {}", quoted(text)));
    }
    lines.push(format!("lead = {}", Value::from(lead).to_string().trim()));
    lines.push(format!(
        "benefit = {{ kind = {}, unit = {} }}",
        quoted(&new.kind),
        quoted(&new.unit)
    ));
    let (says, when) = &new.condition;
    lines.push(format!(
        "conditions = [\n  {{ says = {}, when = {} }},\n]",
        quoted(says),
        quoted(when)
    ));
    lines.extend(
        new.amount
            .iter()
            .map(|amount| format!("amount = {}", quoted(amount))),
    );
    lines.push(format!("source = {{ basis = {} }}\n", quoted(&new.basis)));
    lines.join("\n")
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

    fn texts(folder: &Folder, no: u16) -> ItemText {
        let item = folder.services.iter().find(|item| item.no == no).unwrap();
        ItemText {
            audience: item.audience.clone(),
            conditions: item
                .conditions
                .iter()
                .map(|clause| Some((clause.says.clone(), clause.when.clone())))
                .collect(),
            amount: item.amount.as_ref().map(|amount| amount.text.clone()),
            tiers: Some(
                item.tiers
                    .iter()
                    .map(|row| (row.tier.clone(), row.when.clone()))
                    .collect(),
            ),
        }
    }

    fn differing(a: &Files, b: &Files) -> usize {
        let lines = |files: &Files| -> Vec<String> {
            files[folder::SERVICES].lines().map(str::to_owned).collect()
        };
        let (a, b) = (lines(a), lines(b));
        b.iter().filter(|line| !a.contains(line)).count()
    }

    /// Rows C01, C02: every item written as it was read leaves every byte; a changed condition changes its line alone.
    #[test]
    fn a_changed_condition_changes_its_line_alone() {
        let files = suizhou();
        let read = folder::load(&files).unwrap();
        for item in &read.services {
            let same = edit_item(&files, item.no, &texts(&read, item.no)).unwrap();
            assert_eq!(same, files, "{}", item.no);
        }
        let mut text = texts(&read, 3);
        let first = text.conditions.len();
        for (_, when) in text.conditions.iter_mut().flatten() {
            *when = when.replace("age >= 80", "age >= 75");
        }
        let wider = edit_item(&files, 3, &text).unwrap();
        assert_eq!(differing(&files, &wider), 1);
        // One more, and the first taken out.
        text.conditions
            .push(Some(("说\"话\"".into(), "dibao".into())));
        text.conditions[0] = None;
        let other = edit_item(&wider, 3, &text).unwrap();
        let item = folder::load(&other).unwrap().services[2].clone();
        assert_eq!(item.conditions.len(), first);
        let last = item.conditions.last().unwrap();
        assert_eq!(
            (last.says.as_str(), last.when.as_str()),
            ("说\"话\"", "dibao")
        );
        // Nothing left is not a condition; an item that is not there is said.
        text.conditions = vec![None; first + 1];
        assert!(edit_item(&files, 3, &text).is_err());
        assert!(edit_item(&files, 99, &text).is_err());
    }

    /// Rows C01, C02: steps are added, changed, put in another order and taken out; other lines stay.
    #[test]
    fn steps_are_read_back_as_they_were_written() {
        let files = suizhou();
        let read = folder::load(&files).unwrap();
        let with = read.services.iter().find(|item| item.tiers.len() > 1);
        let with = with.unwrap().no;
        let step = |name: &str, when: &str| (name.to_owned(), when.to_owned());
        for no in [3, with] {
            for steps in [
                vec![step("甲", "age >= 90"), step("乙\"丙\"", "age >= 80")],
                vec![step("乙", "age >= 80")],
                vec![],
                (0..5)
                    .map(|n| step(&format!("第{n}档"), &format!("age >= {}", 100 - n)))
                    .collect(),
            ] {
                let text = ItemText {
                    tiers: Some(steps.clone()),
                    ..texts(&read, no)
                };
                let edited = edit_item(&files, no, &text).unwrap();
                let again = folder::load(&edited).unwrap();
                assert_eq!(texts(&again, no), text, "{no}");
                let others = |files: &Files| -> Vec<String> {
                    let blocks = files[folder::SERVICES].split("[[service]]");
                    let other = |block: &&str| !block.contains(&format!("no = {no}\n"));
                    blocks.filter(other).map(str::to_owned).collect()
                };
                assert_eq!(others(&edited), others(&files), "{no}");
            }
            let left = ItemText {
                tiers: None,
                ..texts(&read, no)
            };
            assert_eq!(edit_item(&files, no, &left).unwrap(), files, "{no}");
        }
    }

    /// Row C01: an added item stands behind the others in a class of its own and is read back as it was given.
    #[test]
    fn an_added_item_is_read_back() {
        let files = suizhou();
        let read = folder::load(&files).unwrap();
        let new = NewItem {
            name: "助餐\"补贴\"".into(),
            content: "每餐补贴".into(),
            audience: "70周岁及以上".into(),
            service_type: "物质帮助".into(),
            lead: vec!["县民政局".into(), "县财政局".into()],
            access: "依申请".into(),
            area_basis: "residence".into(),
            beneficiary: "self".into(),
            kind: "money".into(),
            unit: "meal".into(),
            condition: ("70周岁及以上".into(), "age >= 70".into()),
            amount: Some("200".into()),
            basis: "县政府会议纪要".into(),
        };
        let (once, no) = add_item(&files, &read, &new, "县级增加项目").unwrap();
        assert_eq!(no, 29);
        let read = folder::load(&once).unwrap();
        let item = read.services.last().unwrap();
        assert_eq!(
            (item.name.as_str(), item.lead.len()),
            (new.name.as_str(), 2)
        );
        assert_eq!(read.list.classes.last().unwrap().from, 29);
        let (twice, no) = add_item(&once, &read, &new, "县级增加项目").unwrap();
        let read = folder::load(&twice).unwrap();
        let class = read.list.classes.last().unwrap();
        assert_eq!((no, class.from, class.until), (30, 29, 30));
        let wrong = NewItem {
            unit: "week".into(),
            ..new
        };
        assert!(add_item(&files, &read, &wrong, "县级增加项目").is_err());
    }
}
