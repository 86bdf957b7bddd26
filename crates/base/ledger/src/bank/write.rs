//! Making a file: line by line, the same bytes for the same rows.

use super::layout::{Field, FieldSpec, Form, Layout};
use super::sheet::SheetMaker;
use crate::Month;
use kernel::{Day, Fen};

/// What the whole file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 批次号.
    pub batch: String,
    /// 项目名称.
    pub programme: String,
    /// For which month.
    pub month: Month,
    /// 代发单位.
    pub payer: String,
    /// Day of the file.
    pub date: Day,
    /// 笔数.
    pub count: u64,
    /// Sum.
    pub total: Fen,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Number in the file, from 1.
    pub no: u64,
    /// 户名.
    pub name: String,
    /// 证件号码.
    pub id_number: String,
    /// 账号.
    pub account: String,
    /// 开户行.
    pub bank: String,
    /// The amount.
    pub fen: Fen,
    /// In an answer: what the bank answers.
    pub result: String,
    /// In an answer: what it says to it.
    pub reason: String,
}

/// A value does not fit, or cannot be written in the file's characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooLong {
    /// Longer than its field.
    #[error("第 {line} 行的「{title}」有 {have} 字节，版式只给 {most} 字节，没有生成文件")]
    Width {
        /// Row of the file; 0 for its first or last line.
        line: u64,
        /// The field.
        title: String,
        /// Bytes it has.
        have: usize,
        /// Bytes it may have.
        most: usize,
    },
    /// A character that the file's characters lack.
    #[error("第 {line} 行的「{title}」有银行文件编码里没有的字「{text}」，没有生成文件")]
    Charset {
        /// Row of the file.
        line: u64,
        /// The field.
        title: String,
        /// The value.
        text: String,
    },
    /// The separator or a line break stands in a value.
    #[error("第 {line} 行的「{title}」含有分隔符或换行，没有生成文件")]
    Separator {
        /// Row of the file.
        line: u64,
        /// The field.
        title: String,
    },
    /// The rows do not come to what the head says.
    #[error("文件有 {count} 笔 {total} 元，与批次的 {wanted} 笔 {sum} 元不符，没有生成文件")]
    Totals {
        /// Rows written.
        count: u64,
        /// Their sum.
        total: Fen,
        /// Rows said.
        wanted: u64,
        /// Sum said.
        sum: Fen,
    },
    /// The workbook could not be made.
    #[error("工作簿没有生成：{0}")]
    Sheet(String),
}

/// Makes one file.
pub struct Maker<'a> {
    layout: &'a Layout,
    head: Head,
    out: Vec<u8>,
    sheet: Option<SheetMaker>,
    count: u64,
    total: i64,
}

impl std::fmt::Debug for Maker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Maker({}, {} rows)", self.layout.id, self.count)
    }
}

impl<'a> Maker<'a> {
    /// Begins a file.
    pub fn new(layout: &'a Layout, head: Head) -> Result<Self, TooLong> {
        let sheet = (layout.form == Form::Xlsx)
            .then(|| SheetMaker::new(layout, &head))
            .transpose()?;
        let mut made = Self {
            layout,
            head,
            out: Vec::new(),
            sheet,
            count: 0,
            total: 0,
        };
        if made.sheet.is_none() && !layout.header.is_empty() {
            made.line(&layout.header, &Line::default())?;
        }
        Ok(made)
    }

    /// Adds a payment.
    pub fn add(&mut self, line: &Line) -> Result<(), TooLong> {
        self.count += 1;
        self.total += line.fen.0;
        let layout = self.layout;
        let head = &self.head;
        match &mut self.sheet {
            Some(sheet) => sheet.add(layout, line, |spec| value(spec, line, head)),
            None => self.line(&layout.row, line),
        }
    }

    /// What is ready so far; a workbook is ready at the end.
    pub fn drain(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// The rest of the file. Refused where rows and head do not agree.
    pub fn finish(mut self) -> Result<Vec<u8>, TooLong> {
        if self.count != self.head.count || self.total != self.head.total.0 {
            return Err(TooLong::Totals {
                count: self.count,
                total: Fen(self.total),
                wanted: self.head.count,
                sum: self.head.total,
            });
        }
        if let Some(sheet) = self.sheet {
            return sheet.finish(&self.head);
        }
        let layout = self.layout;
        if !layout.trailer.is_empty() {
            self.line(&layout.trailer, &Line::default())?;
        }
        Ok(self.out)
    }

    fn line(&mut self, specs: &[FieldSpec], line: &Line) -> Result<(), TooLong> {
        for (place, spec) in specs.iter().enumerate() {
            if let Some(separator) = self.layout.separator.filter(|_| place > 0) {
                let mut small = [0; 4];
                self.out
                    .extend_from_slice(separator.encode_utf8(&mut small).as_bytes());
            }
            let text = value(spec, line, &self.head);
            self.field(spec, line.no, &text)?;
        }
        self.out.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn field(&mut self, spec: &FieldSpec, line: u64, text: &str) -> Result<(), TooLong> {
        let title = || spec.title.clone();
        let parts = |sign: char| sign.is_control() || Some(sign) == self.layout.separator;
        if text.chars().any(parts) {
            return Err(TooLong::Separator {
                line,
                title: title(),
            });
        }
        let Some(bytes) = self.layout.charset.bytes(text) else {
            return Err(TooLong::Charset {
                line,
                title: title(),
                text: text.to_owned(),
            });
        };
        fits(spec, line, bytes.len())?;
        let fill = match (self.layout.form, spec.width) {
            (Form::Fixed, Some(width)) => width.saturating_sub(bytes.len()),
            _ => 0,
        };
        let pad = u8::try_from(spec.pad.unwrap_or(' ')).unwrap_or(b' ');
        if spec.right {
            self.out.extend(std::iter::repeat_n(pad, fill));
        }
        self.out.extend_from_slice(&bytes);
        if !spec.right {
            self.out.extend(std::iter::repeat_n(pad, fill));
        }
        Ok(())
    }
}

/// An answer as the bank writes it, for demonstrations and tests.
pub fn made_answer(layout: &Layout, head: Head, lines: &[Line]) -> Result<Vec<u8>, TooLong> {
    let mut own = layout.clone();
    own.row.clone_from(&layout.answer);
    if !layout.answer_framed {
        own.header.clear();
        own.trailer.clear();
    }
    let mut maker = Maker::new(&own, head)?;
    for line in lines {
        maker.add(line)?;
    }
    let mut bytes = maker.drain();
    bytes.extend(maker.finish()?);
    Ok(bytes)
}

/// Refuses what is longer than its field.
pub(super) fn fits(spec: &FieldSpec, line: u64, have: usize) -> Result<(), TooLong> {
    match spec.width {
        Some(most) if have > most => Err(TooLong::Width {
            line,
            title: spec.title.clone(),
            have,
            most,
        }),
        _ => Ok(()),
    }
}

/// Yuan with two decimals and nothing else.
pub(super) fn yuan(fen: Fen) -> String {
    format!("{}.{:02}", fen.0 / 100, fen.0 % 100)
}

fn value(spec: &FieldSpec, line: &Line, head: &Head) -> String {
    match spec.field {
        Field::No => line.no.to_string(),
        Field::Name => line.name.clone(),
        Field::IdNumber => line.id_number.clone(),
        Field::Account => line.account.clone(),
        Field::Bank => line.bank.clone(),
        Field::Fen => line.fen.0.to_string(),
        Field::Yuan => yuan(line.fen),
        Field::Programme => head.programme.clone(),
        Field::Month => head.month.number().to_string(),
        Field::Batch => head.batch.clone(),
        Field::Count => head.count.to_string(),
        Field::TotalFen => head.total.0.to_string(),
        Field::TotalYuan => yuan(head.total),
        Field::Date => head.date.number().to_string(),
        Field::Payer => head.payer.clone(),
        Field::Result => line.result.clone(),
        Field::Reason => line.reason.clone(),
        Field::Fixed => spec.text.clone(),
    }
}
