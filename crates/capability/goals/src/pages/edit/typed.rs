//! What was typed, as a row; what is wrong stands at its field.

use super::fill::measure_typed;
use super::names::{figures, is_blank, of_figure};
use figures::{
    Book, Clause, DOMAINS, Figure, Kind, NATURES, Num, Op, Per, Role, Row, STANDARD_KINDS, Unit,
};
use ui::Form;

const DIGITS: &str = "照原文写数字，如 4.50；单位和符号另填";
const YEAR: &str = "年份写四位数字，如 2025";

/// The row, or `None` with what is wrong in the form.
pub(super) fn row(form: &mut Form, id: &str, kind: &str, book: &Book) -> Option<Row> {
    let name = form.required("name", "请填写名称");
    let domain = form.one_of("domain", DOMAINS, "请选择领域");
    let found = kind_typed(form, kind);
    let dated = matches!(kind, "task" | "standard");
    let due = if dated { form.day("due") } else { None };
    let due_says = form.text("due_says").filter(|_| dated);
    let measure = measure(form, "measure", book);
    let figures = all_figures(form, measure.as_deref(), book);
    let numbers: Vec<&str> = book
        .head
        .documents
        .iter()
        .map(|d| d.number.as_str())
        .collect();
    let document = form.one_of("document", &numbers, "请选择出自哪份文件");
    let section = form.required("section", "请写在文件的哪一章哪一节");
    let quote = form.required("quote", "请照原文摘一句");
    if form.has_errors() {
        return None;
    }
    Some(Row {
        id: id.to_owned(),
        kind: found?,
        domain: domain?,
        name: name?,
        text: lines(form, "text").filter(|_| kind != "table"),
        lead: list(form, "lead"),
        with: list(form, "with"),
        due,
        due_says,
        measure,
        note: lines(form, "note"),
        figures,
        source: Clause {
            document: document?,
            section: section?,
            quote: quote?.replace('\r', ""),
        },
        line: 0,
    })
}

fn kind_typed(form: &mut Form, kind: &str) -> Option<Kind> {
    Some(match kind {
        "indicator" => {
            let no = form.whole("no", "序号写数字");
            if no.is_some_and(|no| !(1..=9999).contains(&no)) {
                form.errors.add("no", "序号从 1 到 9999");
            }
            let nature = form.text("nature");
            if nature
                .as_deref()
                .is_some_and(|nature| !NATURES.contains(&nature))
            {
                form.errors.add("nature", "请选择指标属性");
            }
            Kind::Indicator {
                table: form.text("table"),
                no,
                group: form.text("group"),
                nature,
                no_baseline: form.ticked("no_baseline"),
            }
        }
        "task" => Kind::Task {
            list: form.required("list", "请写任务表或章节，如 附件2（2023年）")?,
            no: form.text("no"),
            year: year(form, "year"),
            group: form.text("group"),
        },
        "table" => Kind::Table {
            by: form.one_of("by", &["year", "class"], "请选择按年度还是按类别")?,
        },
        "project" => Kind::Project {
            what: form.text("what"),
        },
        _ => Kind::Standard {
            kind: form.one_of("kind", STANDARD_KINDS, "请选择类别")?,
        },
    })
}

fn all_figures(form: &mut Form, inherited: Option<&str>, book: &Book) -> Vec<Figure> {
    let mut out = Vec::new();
    for index in 0..figures(&form.data) {
        if is_blank(&form.data, index) || form.ticked(&of_figure(index, "gone")) {
            continue;
        }
        out.extend(figure(form, index, inherited, book));
    }
    out
}

fn figure(form: &mut Form, index: usize, inherited: Option<&str>, book: &Book) -> Option<Figure> {
    let name = |key: &str| of_figure(index, key);
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.1).collect();
    let role = form.one_of(&name("role"), &roles, "请选择这个数的作用");
    let op = form.one_of(&name("op"), Op::KEYS, "请选择比较符");
    let value = digits(form, &name("value"));
    if form.text(&name("value")).is_none() {
        form.errors.add(
            name("value"),
            format!("{DIGITS}。不要这个数，请勾选“删去这个数”"),
        );
    }
    let upto = digits(form, &name("upto"));
    if let (Some((_, low)), Some((_, high))) = (&value, &upto)
        && high < low
    {
        form.errors
            .add(name("upto"), "上限小于数值，请核对区间的两端");
    }
    let (from, until) = (year(form, &name("from")), year(form, &name("until")));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        form.errors.add(name("until"), "止年早于起年");
    }
    let per = form.text(&name("per"));
    if per
        .as_deref()
        .is_some_and(|per| Per::from_key(per).is_none())
    {
        form.errors.add(name("per"), "请从列出的选一项");
    }
    let own = measure(form, &name("measure"), book);
    let measure = own.or_else(|| inherited.map(str::to_owned));
    if measure.is_none() && form.errors.of(&name("measure")).is_none() {
        form.errors.add(
            name("measure"),
            "请选口径：在上面给整行选一个，或在这里给这个数选一个",
        );
    }
    let (at, area) = (year(form, &name("year")), form.parse(&name("area")));
    let (printed, number) = value?;
    Some(Figure {
        role: Role::from_key(&role?)?,
        printed,
        value: number,
        upto,
        op: Op::from_key(&op?)?,
        unit: form.text(&name("unit")).map(|unit| Unit::parse(&unit)),
        year: at,
        from,
        until,
        flow: form.ticked(&name("flow")),
        mixed: form.ticked(&name("mixed")),
        each_year: form.ticked(&name("each")),
        per: per.as_deref().and_then(Per::from_key),
        class: form.text(&name("class")),
        estimate: form.ticked(&name("estimate")),
        says: form.text(&name("says")),
        quote: lines(form, &name("quote")),
        measure: measure?,
        area,
        note: form.text(&name("note")),
        line: 0,
    })
}

fn digits(form: &mut Form, name: &str) -> Option<(String, Num)> {
    let text = form.text(name)?;
    let number = Num::parse(&text);
    if number.is_none() {
        form.errors.add(name, DIGITS);
    }
    Some((text, number?))
}

fn year(form: &mut Form, name: &str) -> Option<i32> {
    let text = form.text(name)?;
    let number = text.trim_end_matches('年').parse().ok();
    let year = number.filter(|year| (1949..=2100).contains(year));
    if year.is_none() {
        form.errors.add(name, YEAR);
    }
    year
}

fn measure(form: &mut Form, name: &str, book: &Book) -> Option<String> {
    let typed = form.text(name)?;
    let found = measure_typed(book, &typed);
    if found.is_none() {
        form.errors.add(name, "口径表里没有这一项，请从列出的选");
    }
    found
}

/// A text of several lines, as other systems end them.
fn lines(form: &Form, name: &str) -> Option<String> {
    form.text(name)
        .map(|text| text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// One a line.
fn list(form: &Form, name: &str) -> Vec<String> {
    let text = lines(form, name).unwrap_or_default();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fill::pairs;
    use super::*;
    use rules::Files;

    /// Rows A02, A06; invariant 2: the form of every row of every plan gives back exactly that row.
    #[test]
    fn every_row_of_every_plan_comes_back_from_its_form() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans");
        for place in std::fs::read_dir(root).unwrap() {
            let place = place.unwrap().path();
            // plans/national holds rows to copy, not a plan.
            if place.ends_with("national") {
                continue;
            }
            let mut files = Files::new();
            for file in std::fs::read_dir(&place).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
            let book = figures::load(&files).unwrap();
            for known in &book.rows {
                let mut form = Form::filled(pairs(&book, known));
                let read = row(&mut form, &known.id, known.kind.key(), &book);
                let mut read = read.unwrap_or_else(|| panic!("{}: {:?}", known.id, form.errors));
                read.line = known.line;
                for (figure, old) in read.figures.iter_mut().zip(&known.figures) {
                    figure.line = old.line;
                }
                assert_eq!(read, *known);
            }
        }
    }
}
