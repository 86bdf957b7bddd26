//! Reading the bank's answer and laying it beside what was sent.

use super::layout::{Field, FieldSpec, Form, Layout, Outcome};
use kernel::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// The number it was sent under.
    pub no: u64,
    /// The amount it names, where it names one.
    pub fen: Option<Fen>,
    /// The account it names, where it names one.
    pub account: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The bank's own code.
    pub code: String,
    /// The bank's own words.
    pub reason: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Its rows.
    pub rows: Vec<AnswerRow>,
    /// The batch it names.
    pub batch: Option<String>,
    /// The rows it says it has.
    pub count: Option<u64>,
    /// The sum it says it has.
    pub total: Option<Fen>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Not a file of this layout at all.
    #[error("文件读不出来：{0}")]
    Unreadable(String),
    /// A line that cannot be read.
    #[error("第 {line} 行读不出来：{what}")]
    Line {
        /// Line of the file.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A row that was never sent.
    #[error("第 {line} 行：序号 {no} 不在这个批次里")]
    Unknown {
        /// Line of the file.
        line: usize,
        /// Its number.
        no: u64,
    },
    /// One number twice.
    #[error("第 {line} 行：序号 {no} 在文件里出现了不止一次")]
    Doubled {
        /// Line of the file.
        line: usize,
        /// Its number.
        no: u64,
    },
    /// Another amount than was sent.
    #[error("第 {line} 行：序号 {no} 金额 {has} 元，报盘是 {sent} 元")]
    Amount {
        /// Line of the file.
        line: usize,
        /// Its number.
        no: u64,
        /// What the answer says.
        has: Fen,
        /// What was sent.
        sent: Fen,
    },
    /// Another account than was sent.
    #[error("第 {line} 行：序号 {no} 的账号与报盘不同")]
    Account {
        /// Line of the file.
        line: usize,
        /// Its number.
        no: u64,
    },
    /// The answer is about another batch.
    #[error("文件的批次号是「{has}」，不是「{wanted}」")]
    Batch {
        /// What it says.
        has: String,
        /// What was asked.
        wanted: String,
    },
    /// The rows do not come to what its own head or tail says.
    #[error("文件写明 {said} 笔，实际 {has} 笔")]
    Count {
        /// What it says.
        said: u64,
        /// What it has.
        has: u64,
    },
    /// The sum is not what its own head or tail says.
    #[error("文件写明合计 {said} 元，实际 {has} 元")]
    Total {
        /// What it says.
        said: Fen,
        /// What it has.
        has: Fen,
    },
}

/// Reads an answer; everything that cannot be read is told at once.
pub fn read_answer(layout: &Layout, bytes: &[u8]) -> Result<Answer, Vec<Trouble>> {
    match layout.form {
        Form::Xlsx => read_sheet(layout, bytes),
        Form::Separated | Form::Fixed => read_text(layout, bytes),
    }
}

fn read_text(layout: &Layout, bytes: &[u8]) -> Result<Answer, Vec<Trouble>> {
    let mut lines: Vec<(usize, &[u8])> = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let (mut answer, mut troubles) = (Answer::default(), Vec::new());
    let mut frame = Vec::new();
    let framed_by =
        usize::from(!layout.header.is_empty()) + usize::from(!layout.trailer.is_empty());
    let least = if layout.answer_framed { framed_by } else { 0 };
    if lines.len() <= least {
        return Err(vec![Trouble::Unreadable("没有明细行".to_owned())]);
    }
    if layout.answer_framed {
        if !layout.header.is_empty() && !lines.is_empty() {
            frame.push((&layout.header, lines.remove(0)));
        }
        if !layout.trailer.is_empty()
            && let Some(last) = lines.pop()
        {
            frame.push((&layout.trailer, last));
        }
    }
    for (specs, (line, bytes)) in frame {
        match fields(layout, specs, bytes) {
            Ok(values) => framed(&mut answer, specs, &values, line, &mut troubles),
            Err(what) => troubles.push(Trouble::Line { line, what }),
        }
    }
    for (line, bytes) in lines {
        let read = fields(layout, &layout.answer, bytes);
        match read.and_then(|values| row(layout, &layout.answer, &values, line)) {
            Ok(row) => answer.rows.push(row),
            Err(what) => troubles.push(Trouble::Line { line, what }),
        }
    }
    if troubles.is_empty() {
        Ok(answer)
    } else {
        Err(troubles)
    }
}

fn framed(
    answer: &mut Answer,
    specs: &[FieldSpec],
    values: &[String],
    line: usize,
    troubles: &mut Vec<Trouble>,
) {
    let mut bad = |title: &str, text: &str| {
        let what = format!("「{title}」不能是「{text}」");
        troubles.push(Trouble::Line { line, what });
    };
    for (spec, text) in specs.iter().zip(values) {
        match spec.field {
            Field::Batch => answer.batch = Some(text.clone()),
            Field::Count => match text.parse() {
                Ok(count) => answer.count = Some(count),
                Err(_bad) => bad(&spec.title, text),
            },
            Field::TotalFen | Field::TotalYuan => match money(spec.field, text) {
                Some(total) => answer.total = Some(total),
                None => bad(&spec.title, text),
            },
            _ => {}
        }
    }
}

/// The values of a line.
fn fields(layout: &Layout, specs: &[FieldSpec], bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = |part: &[u8]| {
        let read = layout.charset.text(part);
        read.ok_or_else(|| "文字编码不对".to_owned())
    };
    if layout.form == Form::Separated {
        let whole = text(bytes)?;
        let values: Vec<String> = whole
            .split(layout.separator.unwrap_or('|'))
            .map(|value| value.trim().to_owned())
            .collect();
        if values.len() != specs.len() {
            return Err(format!("应有 {} 项，实际 {} 项", specs.len(), values.len()));
        }
        return Ok(values);
    }
    let mut rest = bytes;
    let mut values = Vec::with_capacity(specs.len());
    for spec in specs {
        let width = spec.width.unwrap_or(0);
        let (part, more) = rest
            .split_at_checked(width)
            .ok_or_else(|| format!("到「{}」就没有了，行太短", spec.title))?;
        rest = more;
        let value = text(part)?;
        let pad = spec.pad.unwrap_or(' ');
        let value = if spec.right {
            value.trim_start_matches(pad)
        } else {
            value.trim_end_matches(pad)
        };
        values.push(value.trim().to_owned());
    }
    if rest.is_empty() {
        Ok(values)
    } else {
        Err(format!("多出 {} 字节", rest.len()))
    }
}

fn money(field: Field, text: &str) -> Option<Fen> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(field, Field::Fen | Field::TotalFen) {
        return digits(text).then(|| text.parse().ok().map(Fen)).flatten();
    }
    let plain = text.replace(',', "");
    let (yuan, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
    let cents = match cents.len() {
        1 => format!("{cents}0"),
        _ => cents.to_owned(),
    };
    if !digits(yuan) || !digits(&cents) || cents.len() != 2 {
        return None;
    }
    format!("{yuan}{cents}").parse().ok().map(Fen)
}

fn row(
    layout: &Layout,
    specs: &[FieldSpec],
    values: &[String],
    line: usize,
) -> Result<AnswerRow, String> {
    let mut out = AnswerRow {
        line,
        no: 0,
        fen: None,
        account: None,
        outcome: Outcome::Other,
        code: String::new(),
        reason: String::new(),
    };
    let mut numbered = false;
    for (spec, text) in specs.iter().zip(values) {
        let bad = || format!("「{}」不能是「{text}」", spec.title);
        match spec.field {
            Field::No => {
                out.no = text.parse().map_err(|_bad| bad())?;
                numbered = true;
            }
            Field::Fen | Field::Yuan => out.fen = Some(money(spec.field, text).ok_or_else(bad)?),
            Field::Account => out.account = Some(text.clone()),
            Field::Result => {
                if text.is_empty() {
                    return Err(format!("「{}」是空的", spec.title));
                }
                out.outcome = layout.outcome(text);
                out.code.clone_from(text);
            }
            Field::Reason => out.reason.clone_from(text),
            _ => {}
        }
    }
    if numbered {
        Ok(out)
    } else {
        Err("没有序号".to_owned())
    }
}

fn read_sheet(layout: &Layout, bytes: &[u8]) -> Result<Answer, Vec<Trouble>> {
    let unreadable = |error: &dyn std::fmt::Display| vec![Trouble::Unreadable(error.to_string())];
    let source = || Box::new(std::io::Cursor::new(bytes.to_vec()));
    let choice = tabular::Choice::default();
    let found = tabular::detect_in(source(), &choice).map_err(|error| unreadable(&error))?;
    let mut rows = tabular::open_in(source(), &found, None).map_err(|error| unreadable(&error))?;
    let places: Vec<Option<usize>> = layout
        .answer
        .iter()
        .map(|spec| {
            found
                .header
                .iter()
                .position(|head| head.trim() == spec.title)
        })
        .collect();
    let lacking = layout.answer.iter().zip(&places);
    let mut troubles: Vec<Trouble> = lacking
        .filter(|(spec, place)| place.is_none() && spec.field != Field::Reason)
        .map(|(spec, _)| Trouble::Unreadable(format!("没有「{}」这一列", spec.title)))
        .collect();
    if !troubles.is_empty() {
        return Err(troubles);
    }
    let mut answer = Answer::default();
    loop {
        match rows.next() {
            Err(error) => return Err(unreadable(&error)),
            Ok(None) => break,
            Ok(Some(tabular::Step::Refused(refused))) => troubles.push(Trouble::Line {
                line: refused.line as usize,
                what: refused.wrong.to_string(),
            }),
            Ok(Some(tabular::Step::Row(one))) => {
                let line = one.line as usize;
                let values: Vec<String> = places
                    .iter()
                    .map(|place| {
                        place.map_or_else(String::new, |at| one.cell(at).shown().trim().to_owned())
                    })
                    .collect();
                match row(layout, &layout.answer, &values, line) {
                    Ok(row) => answer.rows.push(row),
                    Err(what) => troubles.push(Trouble::Line { line, what }),
                }
            }
        }
    }
    if troubles.is_empty() && answer.rows.is_empty() {
        troubles.push(Trouble::Unreadable("没有明细行".to_owned()));
    }
    if troubles.is_empty() {
        Ok(answer)
    } else {
        Err(troubles)
    }
}

/// One payment as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// Number in the file.
    pub no: u64,
    /// The amount.
    pub fen: Fen,
    /// The account.
    pub account: String,
}

/// An answer that agrees with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matched {
    /// Rows that were paid.
    pub paid: Vec<AnswerRow>,
    /// Rows that came back.
    pub failed: Vec<AnswerRow>,
    /// Numbers of which the answer says nothing: they stay with the bank.
    pub open: Vec<u64>,
}

/// Lays an answer beside what was sent. Anything unknown, doubled or different refuses the whole answer, and all of
/// it is told.
pub fn match_answer(
    batch: &str,
    sent: &[SentRow],
    answer: &Answer,
) -> Result<Matched, Vec<Trouble>> {
    let known: BTreeMap<u64, &SentRow> = sent.iter().map(|row| (row.no, row)).collect();
    let mut troubles = Vec::new();
    if let Some(has) = answer.batch.as_ref().filter(|has| *has != batch) {
        troubles.push(Trouble::Batch {
            has: has.clone(),
            wanted: batch.to_owned(),
        });
    }
    let (mut seen, mut sum) = (BTreeSet::new(), 0_i64);
    let mut out = Matched::default();
    for row in &answer.rows {
        let (line, no) = (row.line, row.no);
        if !seen.insert(no) {
            troubles.push(Trouble::Doubled { line, no });
            continue;
        }
        let Some(sent) = known.get(&no) else {
            troubles.push(Trouble::Unknown { line, no });
            continue;
        };
        if let Some(has) = row.fen.filter(|has| *has != sent.fen) {
            let sent = sent.fen;
            troubles.push(Trouble::Amount {
                line,
                no,
                has,
                sent,
            });
        }
        if row
            .account
            .as_ref()
            .is_some_and(|account| *account != sent.account)
        {
            troubles.push(Trouble::Account { line, no });
        }
        sum = sum.saturating_add(row.fen.unwrap_or(sent.fen).0);
        match row.outcome {
            Outcome::Paid => out.paid.push(row.clone()),
            _ => out.failed.push(row.clone()),
        }
    }
    let has = answer.rows.len() as u64;
    if let Some(said) = answer.count.filter(|said| *said != has) {
        troubles.push(Trouble::Count { said, has });
    }
    if let Some(said) = answer.total.filter(|said| said.0 != sum) {
        let has = Fen(sum);
        troubles.push(Trouble::Total { said, has });
    }
    out.open = known
        .keys()
        .filter(|no| !seen.contains(no))
        .copied()
        .collect();
    if troubles.is_empty() {
        Ok(out)
    } else {
        Err(troubles)
    }
}
