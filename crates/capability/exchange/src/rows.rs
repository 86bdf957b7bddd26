//! The rows of a file that came back, read as the department or the system wrote them.

use crate::batch::{Batch, Purpose};
use crate::kinds::{self, Answer, Kind, What};
use crate::receipts;
use crate::returned::{MOST_ROWS, refusal};
use crate::uploads::{self, Refused, Upload};
use host::App;
use intake::api::CellReader;
use kernel::Day;
use rules::facts::{FactId, Value};
use store::{StoreError, StoreResult};
use tabular::headers::{ColumnSpec, Mapping};
use tabular::{Cell, Step, Wrong, value};

/// Who a row is about, as the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) no: Option<i64>,
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
}

impl Who {
    /// 「3 号 张三 **************0018」.
    pub(crate) fn shown(&self) -> String {
        let mut out = Vec::new();
        out.extend(self.no.map(|no| format!("{no} 号")));
        out.extend(self.name.clone());
        out.extend(self.number.as_deref().map(ui::mask::number));
        if out.is_empty() {
            "没有写是谁".to_owned()
        } else {
            out.join(" ")
        }
    }
}

/// What a department says about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) sets: Vec<(FactId, Value)>,
    pub(crate) since: Day,
    /// A lead in words: 「住院 2025-05-20 至 2025-06-02」.
    pub(crate) says: Option<String>,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) who: Who,
    /// Of a returned list.
    pub(crate) answered: Option<Answered>,
    /// Of a receipt: taken, and why not.
    pub(crate) receipt: Option<(bool, Option<String>)>,
}

impl Row {
    /// Whether two rows say the same about whoever they are about.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        self.answered == other.answered && self.receipt == other.receipt
    }
}

/// All rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) rows: Vec<Row>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) total: i64,
    /// Rows that say: no hit.
    pub(crate) missed: i64,
}

/// What the columns of a file of this batch are.
fn specs(batch: &Batch) -> Vec<ColumnSpec> {
    match batch.purpose {
        Purpose::List => kinds::of(&batch.kind).map_or_else(Vec::new, |kind| kind.specs.clone()),
        Purpose::Report => {
            let mut out = kinds::WHO.to_vec();
            out.extend(receipts::SPECS);
            out
        }
    }
}

/// What is wrong with the headings.
fn unreadable(
    batch: &Batch,
    specs: &[ColumnSpec],
    mapping: &Mapping,
    header: &[String],
) -> Option<String> {
    let title = |key: &String| {
        specs
            .iter()
            .find(|spec| spec.key == *key)
            .map_or("", |spec| spec.title)
    };
    let known: Vec<&str> = header
        .iter()
        .map(|title| title.trim())
        .filter(|title| !title.is_empty())
        .take(20)
        .collect();
    let known = if known.is_empty() {
        String::new()
    } else {
        format!("文件里的列是「{}」。", known.join("」「"))
    };
    if !mapping.missing.is_empty() {
        let missing: Vec<&str> = mapping.missing.iter().map(title).collect();
        let remedy = match batch.purpose {
            Purpose::List => "请按返回格式补上列名后重新上传。",
            Purpose::Report => "请把写着成功、失败的那一列改名为「结果」后重新上传。",
        };
        return Some(format!(
            "文件里没有「{}」这一列。{known}{remedy}",
            missing.join("」「")
        ));
    }
    if mapping.column(kinds::NO).is_none() && mapping.column(kinds::NUMBER).is_none() {
        let (what, remedy) = match batch.purpose {
            Purpose::List => ("名单", "请加上名单里的编号那一列"),
            Purpose::Report => ("文件", "请加上证件号码那一列"),
        };
        return Some(format!(
            "文件里没有「编号」，也没有「证件号码」，对不上发出的{what}。{known}{remedy}后重新上传。"
        ));
    }
    None
}

/// Reads a file beside the runtime; what cannot be read at all is said in words.
pub(crate) async fn read(
    app: &App,
    batch: &Batch,
    upload: &Upload,
) -> StoreResult<Result<Read, String>> {
    let specs = specs(batch);
    let mapping = tabular::headers::map(&upload.detected.header, &specs, None);
    if let Some(says) = unreadable(batch, &specs, &mapping, &upload.detected.header) {
        return Ok(Err(says));
    }
    let Some(source) = uploads::source(app, upload).await? else {
        return Ok(Err("上传的文件已到期删除，请重新上传。".to_owned()));
    };
    let today = app.clock().today();
    let reader = Reader {
        kind: match batch.purpose {
            Purpose::List => kinds::of(&batch.kind),
            Purpose::Report => None,
        },
        cells: CellReader::of(app, today)?,
        mapping,
        day: upload.day,
        today,
    };
    let detected = upload.detected.clone();
    let empty = match batch.purpose {
        Purpose::List => "一个人都没有命中的不用上传；有结果的补上再传。",
        Purpose::Report => "请从上级系统导出回执，再传一次。",
    };
    let read = tokio::task::spawn_blocking(move || -> Result<Read, String> {
        let says = |error: tabular::ReadError| Wrong::from(error).to_string();
        let mut rows = tabular::open_in(Box::new(source), &detected, None).map_err(says)?;
        let mut out = Read::default();
        while let Some(step) = rows.next().map_err(says)? {
            if out.total as usize >= MOST_ROWS {
                return Err(format!("文件超过 {MOST_ROWS} 行，请分几份上传。"));
            }
            match step {
                Step::Row(row) => reader.row(&row, &mut out),
                Step::Refused(refused) => {
                    out.total += 1;
                    out.refused.push(refusal(
                        refused.line,
                        &Who::default(),
                        &refused.wrong.says,
                        &refused.wrong.fix,
                    ));
                }
            }
        }
        if out.total == 0 {
            return Err(format!("文件里只有列名，没有数据，什么也没有登记。{empty}"));
        }
        Ok(out)
    });
    read.await
        .map_err(|error| StoreError::Other(error.to_string()))
}

struct Reader {
    /// Of a returned list; none for a receipt.
    kind: Option<&'static Kind>,
    cells: CellReader,
    mapping: Mapping,
    /// The day of the department's data.
    day: Day,
    today: Day,
}

impl Reader {
    fn cell<'a>(&self, row: &tabular::Row<'a>, key: &str) -> Cell<'a> {
        self.mapping
            .column(key)
            .map_or(Cell::Empty, |column| row.cell(column))
    }

    fn row(&self, row: &tabular::Row<'_>, out: &mut Read) {
        out.total += 1;
        let mut who = Who::default();
        let read = self.who(row, &mut who).and_then(|()| match self.kind {
            Some(kind) => self.answer(kind, row).map(|answered| (answered, None)),
            None => self.result(row).map(|result| (None, Some(result))),
        });
        match read {
            Ok((None, None)) => out.missed += 1,
            Ok((answered, receipt)) => out.rows.push(Row {
                line: row.line,
                who,
                answered,
                receipt,
            }),
            Err(wrong) => out
                .refused
                .push(refusal(row.line, &who, &wrong.says, &wrong.fix)),
        }
    }

    fn who(&self, row: &tabular::Row<'_>, who: &mut Who) -> Result<(), Wrong> {
        // What can be read names the row even where the rest cannot.
        let name = value::name(self.cell(row, kinds::NAME));
        who.name = name.clone().unwrap_or_default();
        who.no = value::integer(self.cell(row, kinds::NO))?;
        who.number = value::identity(self.cell(row, kinds::NUMBER), self.today)?
            .map(|number| number.reveal().to_owned());
        name.map(|_name| ())
    }

    /// A hit; `None` where the row says that there is none.
    fn answer(&self, kind: &Kind, row: &tabular::Row<'_>) -> Result<Option<Answered>, Wrong> {
        let hit = match value::text(self.cell(row, kinds::HIT), 40)?.as_deref() {
            None => None,
            Some("无" | "否" | "未命中" | "没有" | "未比中" | "0") => Some(false),
            Some(_) => Some(true),
        };
        let cells: Vec<Cell<'_>> = (0..kind.answers.len())
            .map(|place| self.cell(row, &format!("a{place}")))
            .collect();
        if hit == Some(false) || hit.is_none() && cells.iter().all(Cell::is_empty) {
            return Ok(None);
        }
        let mut sets = kind.hit.clone();
        let (mut since, mut days) = (None, Vec::new());
        for (answer, cell) in kind.answers.iter().zip(cells) {
            let named = |mut wrong: Wrong| {
                wrong.says = format!("「{}」{}", answer.title, wrong.says).into();
                wrong
            };
            let read = self.value(answer, cell).map_err(named)?;
            if answer.required && read == Told::Nothing {
                return Err(Wrong::new(
                    "answer.empty",
                    format!("没有填「{}」", answer.title),
                    "请补填后重新上传",
                ));
            }
            if let Told::Day(day) = read {
                days.push(day);
            }
            match read {
                Told::Day(day) if answer.since => since = Some(self.past(answer, day)?),
                Told::Set(fact, Value::Day(day)) if answer.since => {
                    since = Some(self.past(answer, day)?);
                    sets.push((fact, Value::Day(day)));
                }
                Told::Set(fact, value) => sets.push((fact, value)),
                Told::Day(_) | Told::Nothing => {}
            }
        }
        if sets.is_empty() && kind.clue.is_none() {
            return Ok(None);
        }
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        let says = kind
            .clue
            .as_ref()
            .map(|clue| format!("{clue} {}", days.join(" 至 ")));
        Ok(Some(Answered {
            sets,
            since: since.unwrap_or(self.day),
            says,
        }))
    }

    fn past(&self, answer: &Answer, day: Day) -> Result<Day, Wrong> {
        if day > self.today {
            return Err(Wrong::new(
                "day.future",
                format!("「{}」{day} 晚于今天", answer.title),
                "请核对日期",
            ));
        }
        Ok(day)
    }

    fn value(&self, answer: &Answer, cell: Cell<'_>) -> Result<Told, Wrong> {
        Ok(match &answer.what {
            What::Day => value::day(cell)?.map_or(Told::Nothing, Told::Day),
            What::Choices(choices) => match value::text(cell, 60)? {
                None => Told::Nothing,
                Some(word) => {
                    let known: Vec<&str> = choices.keys().map(String::as_str).collect();
                    let fact = choices.get(&word).ok_or_else(|| {
                        Wrong::new(
                            "choice.unknown",
                            format!("没有「{word}」这一类"),
                            format!("请写{}之一", known.join("、")),
                        )
                    })?;
                    Told::Set(*fact, Value::Bool(true))
                }
            },
            What::Fact(fact, codes) => {
                let code = value::text(cell, 200)
                    .ok()
                    .flatten()
                    .and_then(|word| codes.get(&word).cloned());
                match code {
                    Some(value) => Told::Set(*fact, value),
                    None => self
                        .cells
                        .value(*fact, cell)?
                        .map_or(Told::Nothing, |value| Told::Set(*fact, value)),
                }
            }
        })
    }

    fn result(&self, row: &tabular::Row<'_>) -> Result<(bool, Option<String>), Wrong> {
        let words = value::text(self.cell(row, receipts::TAKEN), 60)?;
        let why = value::text(self.cell(row, receipts::WHY), 200)?;
        let bad = |says: String| Wrong::new("receipt.result", says, "请写“成功”或“失败”");
        match words {
            None => Err(bad("没有填「结果」".to_owned())),
            Some(words) => receipts::taken(&words)
                .map(|taken| (taken, why))
                .ok_or_else(|| bad(format!("「结果」{words}看不出是成功还是失败"))),
        }
    }
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Nothing,
    Day(Day),
    Set(FactId, Value),
}
