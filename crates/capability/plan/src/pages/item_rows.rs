//! The conditions of an item as rows of a form, what each says beside when it holds; read as typed.

use super::tier_rows;
use figures::list_edit::ItemText;
use rules::folder::{BenefitKind, Clause, Folder, Service};
use rules::{Problem, amount_typed, condition_typed};
use ui::{Form, FormData};

/// Rows of an item at the most.
pub(crate) const MOST: usize = 20;

/// A row: what it says and when it holds.
pub(crate) type Row = (String, String);

/// The rows as typed, the empty one at the end too.
pub(crate) fn typed(data: &FormData) -> Vec<Row> {
    (0..MOST)
        .map(|at| (format!("says_{at}"), format!("when_{at}")))
        .take_while(|(says, when)| data.has(says) || data.has(when))
        .map(|(says, when)| (data.get(&says).to_owned(), data.get(&when).to_owned()))
        .collect()
}

/// Puts rows into a form.
pub(crate) fn set(data: &mut FormData, rows: &[Row]) {
    for (at, (says, when)) in rows.iter().enumerate() {
        data.set(&format!("says_{at}"), says.as_str());
        data.set(&format!("when_{at}"), when.as_str());
    }
    for at in rows.len()..MOST {
        for name in [format!("says_{at}"), format!("when_{at}")] {
            if data.has(&name) {
                data.set(&name, "");
            }
        }
    }
}

/// Puts an item into a form that is opened.
pub(crate) fn fill(data: &mut FormData, item: &Service) {
    let rows: Vec<Row> = item.conditions.iter().map(row).collect();
    set(data, &rows);
    data.set("audience", item.audience.as_str());
    let (steps, otherwise) = tier_rows::of(item);
    tier_rows::set(data, &steps);
    if item.amount.is_some() {
        data.set("amount", otherwise);
    }
}

fn row(clause: &Clause) -> Row {
    (clause.says.clone(), clause.when.clone())
}

/// The rows that were typed over `seen`, laid over what stands there `now`: a row that somebody added meanwhile stands
/// behind those that were seen, and nothing typed goes.
pub(crate) fn merged(typed: Vec<Row>, seen: &[Clause], now: &[Clause]) -> Vec<Row> {
    let mut typed = typed.into_iter();
    let mut rows: Vec<Row> = typed.by_ref().take(seen.len()).collect();
    rows.extend(now.iter().skip(seen.len()).map(row));
    rows.extend(typed.filter(|(says, when)| !(says.is_empty() && when.is_empty())));
    rows.truncate(MOST);
    rows
}

/// One line as it is kept; what only differs in blanks from what stands there is what stands there.
fn one_line(text: &str, stands: Option<&str>) -> String {
    let blanks = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match stands {
        Some(stands) if blanks(stands) == blanks(text) => stands.to_owned(),
        _ => blanks(text),
    }
}

/// A problem at a field: where in the text, what, and what to write.
pub(crate) fn words(text: &str, problem: &Problem) -> String {
    let line = if text.lines().count() > 1 {
        format!("第 {} 行：", problem.line)
    } else {
        String::new()
    };
    let end = if problem.remedy.ends_with('？') {
        ""
    } else {
        "。"
    };
    format!("{line}{}。{}{end}", problem.what, problem.remedy)
}

/// Reads one expression; what is wrong stands at its field.
pub(crate) fn when(form: &mut Form, folder: &Folder, no: u16, field: &str, text: &str) {
    if text.contains("--") || text.contains("/*") {
        form.errors
            .add(field, "条件里不写注释。要说明的话，写在“怎么说”里。");
    } else if let Err(problem) = condition_typed(folder, no, text) {
        form.errors.add(field, words(text, &problem));
    }
}

/// Everything typed about an item, or `None` with what is wrong at its fields.
pub(crate) fn read(form: &mut Form, folder: &Folder, item: &Service) -> Option<ItemText> {
    let audience = form.required("audience", "请写服务对象，公布页照它写");
    form.within("audience", 300);
    let beyond = form.data.get(&format!("says_{MOST}")).trim().to_owned();
    if item.conditions.len() > MOST || !beyond.is_empty() {
        let text = format!("一项最多 {MOST} 个条件；几个条件能合成一个的，用 or、and 连起来写");
        form.errors.add(format!("says_{}", MOST - 1), text);
    }
    let mut conditions = Vec::new();
    for (at, (says, text)) in typed(&form.data).into_iter().enumerate() {
        let stands = item.conditions.get(at);
        let (says_at, when_at) = (format!("says_{at}"), format!("when_{at}"));
        form.within(&says_at, 120);
        form.within(&when_at, 4000);
        match (says.is_empty(), text.is_empty()) {
            (true, true) if stands.is_some() => conditions.push(None),
            (true, true) => {}
            (true, false) => form.errors.add(says_at, "请写这个条件怎么说，老百姓看得懂"),
            (false, true) => form.errors.add(
                when_at,
                "请写条件，例如 age >= 75；不要这个条件，把两格都清空",
            ),
            (false, false) => {
                when(form, folder, item.no, &when_at, &text);
                let text = one_line(&text, stands.map(|clause| clause.when.as_str()));
                let says = one_line(&says, stands.map(|clause| clause.says.as_str()));
                conditions.push(Some((says, text)));
            }
        }
    }
    if conditions.iter().all(Option::is_none) && !form.has_errors() {
        form.errors.add(
            "says_0",
            "至少留一个条件；人人可享的，怎么说写“所有人”，条件写 true",
        );
    }
    let amount = form
        .text("amount")
        .filter(|_| item.benefit.kind == BenefitKind::Money);
    if let Some(text) = &amount
        && let Err(problem) = amount_typed(folder, item.no, text)
    {
        form.errors.add("amount", words(text, &problem));
    }
    let stands = item.amount.as_ref().map(|amount| amount.text.as_str());
    let steps = tier_rows::read(form, folder, item);
    let amount = match &steps {
        Some(steps) => tier_rows::amount(steps, amount.as_deref(), stands),
        None => amount,
    };
    let audience = audience?;
    (!form.has_errors()).then(|| ItemText {
        audience: one_line(&audience, Some(&item.audience)),
        conditions,
        amount: amount.map(|text| one_line(&text, stands)),
        tiers: steps.map(|steps| steps.named),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(says: &str, when: &str) -> Clause {
        Clause {
            says: says.to_owned(),
            when: when.to_owned(),
            line: 1,
        }
    }

    fn rows(texts: &[(&str, &str)]) -> Vec<Row> {
        let row = |(says, when): &(&str, &str)| ((*says).to_owned(), (*when).to_owned());
        texts.iter().map(row).collect()
    }

    /// Rows C01, C02: whoever was second keeps every row typed, and sees a row that the first one added.
    #[test]
    fn a_late_form_loses_nothing() {
        let seen = [clause("80周岁", "age >= 80")];
        let now = [clause("80周岁", "age >= 80"), clause("低保", "dibao")];
        let typed = rows(&[("75周岁", "age >= 75"), ("残疾", "disabled"), ("", "")]);
        let laid = merged(typed.clone(), &seen, &now);
        let wanted = rows(&[
            ("75周岁", "age >= 75"),
            ("低保", "dibao"),
            ("残疾", "disabled"),
        ]);
        assert_eq!(laid, wanted);
        // What the first one took out is still in the form of the second.
        let laid = merged(typed, &now, &seen);
        assert_eq!(laid, rows(&[("75周岁", "age >= 75"), ("残疾", "disabled")]));
    }

    /// Row C01: lines become one; blanks alone are no change.
    #[test]
    fn blanks_are_no_change() {
        assert_eq!(
            one_line("age >= 75\r\n  and dibao", None),
            "age >= 75 and dibao"
        );
        assert_eq!(one_line("a  b", Some("a   b")), "a   b");
        assert_eq!(one_line("a c", Some("a b")), "a c");
    }

    /// Rows C01; what is wrong in a text of several lines names its line and the remedy.
    #[test]
    fn a_problem_names_its_line() {
        let problem = Problem::at("", 2, "事实词典里没有 ages", "是不是 age？");
        assert_eq!(
            words("dibao\nand ages > 1", &problem),
            "第 2 行：事实词典里没有 ages。是不是 age？"
        );
    }
}
