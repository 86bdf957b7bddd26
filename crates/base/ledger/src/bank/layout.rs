//! What a bank's files look like.

use serde::Deserialize;

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Number of the row in the file, from 1: what the answer names it by.
    No,
    /// 户名.
    Name,
    /// 证件号码.
    IdNumber,
    /// 账号.
    Account,
    /// 开户行.
    Bank,
    /// Whole fen.
    Fen,
    /// Yuan with two decimals.
    Yuan,
    /// 项目名称.
    Programme,
    /// `yyyymm`.
    Month,
    /// 批次号.
    Batch,
    /// 笔数.
    Count,
    /// Sum in whole fen.
    TotalFen,
    /// Sum in yuan with two decimals.
    TotalYuan,
    /// Day of the file, `yyyymmdd`.
    Date,
    /// 代发单位.
    Payer,
    /// What the bank answers: a code.
    Result,
    /// What the bank says to it.
    Reason,
    /// Always the same text.
    Fixed,
}

/// A field with its place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// What stands there.
    pub field: Field,
    /// Its name in messages and headings.
    pub title: String,
    /// Most bytes in the file's characters; a fixed width is filled up to it.
    pub width: Option<usize>,
    /// Filled up from the left.
    #[serde(default)]
    pub right: bool,
    /// What fills up: a blank where nothing is said.
    pub pad: Option<char>,
    /// The text of [`Field::Fixed`].
    #[serde(default)]
    pub text: String,
}

/// How fields stand beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// With a character between them.
    Separated,
    /// Each with its own width.
    Fixed,
    /// A workbook.
    Xlsx,
}

/// Characters of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// GBK.
    Gbk,
    /// UTF-8.
    Utf8,
}

impl Charset {
    /// The text in these characters; `None` where one of them does not exist there.
    pub(crate) fn bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Gbk => {
                let (bytes, _, lost) = encoding_rs::GBK.encode(text);
                (!lost).then(|| bytes.into_owned())
            }
        }
    }

    /// The text of bytes in these characters; `None` where they are none.
    pub(crate) fn text(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Self::Gbk => {
                let (text, lost) = encoding_rs::GBK.decode_without_bom_handling(bytes);
                (!lost).then(|| text.into_owned())
            }
        }
    }
}

/// What a code of an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 成功.
    Paid,
    /// 户名不符.
    NameDiffers,
    /// 账号不存在.
    NoSuchAccount,
    /// 已销户.
    AccountClosed,
    /// 冻结、止付.
    AccountFrozen,
    /// Anything else.
    Other,
}

impl Outcome {
    /// All that are not paid.
    pub const FAILED: [Self; 5] = [
        Self::NameDiffers,
        Self::NoSuchAccount,
        Self::AccountClosed,
        Self::AccountFrozen,
        Self::Other,
    ];

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::NameDiffers => "name_differs",
            Self::NoSuchAccount => "no_such_account",
            Self::AccountClosed => "account_closed",
            Self::AccountFrozen => "account_frozen",
            Self::Other => "other",
        }
    }

    /// The outcome of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        std::iter::once(Self::Paid)
            .chain(Self::FAILED)
            .find(|outcome| outcome.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Paid => "已到账",
            Self::NameDiffers => "户名不符",
            Self::NoSuchAccount => "账号不存在",
            Self::AccountClosed => "已销户",
            Self::AccountFrozen => "账户冻结",
            Self::Other => "其他原因",
        }
    }

    /// What the office does about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Paid => "",
            Self::NameDiffers => "核对户名和证件号，是代领人账户的补登代领手续",
            Self::NoSuchAccount => "向本人或村里要正确的卡号",
            Self::AccountClosed => "请本人重新办卡后登记新卡号",
            Self::AccountFrozen => "请本人到开户行解冻，或换一张卡",
            Self::Other => "向银行问明原因",
        }
    }
}

/// One code of a bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As the bank writes it.
    pub code: String,
    /// What it means.
    pub outcome: Outcome,
}

/// A layout.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Stable key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How fields stand.
    pub form: Form,
    /// Between fields.
    pub separator: Option<char>,
    /// Characters of a text file.
    pub charset: Charset,
    /// First line; none where empty.
    #[serde(default)]
    pub header: Vec<FieldSpec>,
    /// A row.
    pub row: Vec<FieldSpec>,
    /// Last line; none where empty.
    #[serde(default)]
    pub trailer: Vec<FieldSpec>,
    /// A row of the answer.
    pub answer: Vec<FieldSpec>,
    /// Whether the answer has a first line like [`Layout::header`] and a last one like [`Layout::trailer`].
    #[serde(default)]
    pub answer_framed: bool,
    /// Codes of the answer.
    pub codes: Vec<Code>,
}

impl Layout {
    /// What is wrong with it, in Chinese.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let name = &self.name;
        let has = |specs: &[FieldSpec], field| specs.iter().any(|spec| spec.field == field);
        if self.form == Form::Separated && self.separator.is_none() {
            out.push(format!("版式「{name}」没有写分隔符 separator"));
        }
        if self.form == Form::Fixed {
            let lines = self.header.iter().chain(&self.row).chain(&self.trailer);
            for spec in lines
                .chain(&self.answer)
                .filter(|spec| spec.width.is_none())
            {
                out.push(format!(
                    "版式「{name}」的「{}」没有写宽度 width",
                    spec.title
                ));
            }
        }
        if !has(&self.row, Field::No) || !has(&self.answer, Field::No) {
            out.push(format!(
                "版式「{name}」的明细和回盘都要有序号 no，否则对不上"
            ));
        }
        if !has(&self.row, Field::Fen) && !has(&self.row, Field::Yuan) {
            out.push(format!("版式「{name}」的明细没有金额"));
        }
        if !has(&self.row, Field::Account) {
            out.push(format!("版式「{name}」的明细没有账号"));
        }
        if !has(&self.answer, Field::Result) {
            out.push(format!("版式「{name}」的回盘没有结果 result"));
        }
        if !self.codes.iter().any(|code| code.outcome == Outcome::Paid) {
            out.push(format!("版式「{name}」没有写哪个代码是成功"));
        }
        out
    }

    /// What a code of the bank means; anything not listed is [`Outcome::Other`].
    pub fn outcome(&self, code: &str) -> Outcome {
        let known = self.codes.iter().find(|known| known.code == code);
        known.map_or(Outcome::Other, |known| known.outcome)
    }

    /// The ending of a file's name.
    pub const fn ending(&self) -> &'static str {
        match self.form {
            Form::Xlsx => "xlsx",
            Form::Separated | Form::Fixed => "txt",
        }
    }
}
