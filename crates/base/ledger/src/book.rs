//! The double-entry book: a posting moves one amount from one account to another, so that the trial balance is zero
//! by construction; a posting is taken back once, by a new one.

use crate::{Level, Month};
use kernel::{AreaCode, Fen};
use std::collections::{BTreeMap, BTreeSet};

/// What an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 财政资金: what the purse has paid out or got back.
    Purse,
    /// 补贴支出: what was granted for people.
    Spending,
    /// 应付补贴: approved and not yet with the bank.
    Payable,
    /// 代发在途: with the bank and not yet confirmed.
    Transit,
    /// 应收追缴: paid too much and not yet back.
    Recoverable,
    /// 核销: given up by a decision.
    WrittenOff,
    /// 未用消费券: in somebody's hand and not yet spent.
    Voucher,
    /// 应付机构: spent at an institution that has not been paid for it.
    Merchant,
}

impl Kind {
    /// In the order of the trial balance.
    pub const ALL: [Self; 8] = [
        Self::Purse,
        Self::Spending,
        Self::Payable,
        Self::Transit,
        Self::Recoverable,
        Self::WrittenOff,
        Self::Voucher,
        Self::Merchant,
    ];

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Purse => "purse",
            Self::Spending => "spending",
            Self::Payable => "payable",
            Self::Transit => "transit",
            Self::Recoverable => "recoverable",
            Self::WrittenOff => "written_off",
            Self::Voucher => "voucher",
            Self::Merchant => "merchant",
        }
    }

    /// The kind of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Purse => "财政资金",
            Self::Spending => "补贴支出",
            Self::Payable => "应付补贴",
            Self::Transit => "代发在途",
            Self::Recoverable => "应收追缴",
            Self::WrittenOff => "核销损失",
            Self::Voucher => "未用消费券",
            Self::Merchant => "应付机构",
        }
    }

    /// What a balance on its usual side means, in words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Purse => "已从财政资金付出",
            Self::Spending => "已核定的补贴支出",
            Self::Payable => "已核定、还没有付到账",
            Self::Transit => "已交银行、还没有回盘",
            Self::Recoverable => "多发、还没有收回",
            Self::WrittenOff => "经批准不再追缴",
            Self::Voucher => "已发到人、还没有用的消费券",
            Self::Merchant => "券已用、还没有付给机构",
        }
    }
}

/// One account: whose money, for what, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// What it counts.
    pub kind: Kind,
    /// Budget line (科目) or fund (福彩公益金).
    pub fund: String,
    /// Programme id.
    pub programme: String,
    /// Whose purse.
    pub level: Level,
    /// The paying area.
    pub area: AreaCode,
}

/// Something that happened with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// 财政审核: what the run comes to is owed to people.
    Approved,
    /// 报盘: the bank has the file.
    Sent,
    /// 回盘成功.
    Paid,
    /// 回盘失败: owed again.
    Failed,
    /// A later fact says that too much was paid.
    Overpaid,
    /// What is owed to the person is kept back against what they owe.
    Offset,
    /// Paid back.
    Repaid,
    /// Given up by a decision.
    WrittenOff,
    /// 发券: what was approved is in the person's hand as a voucher.
    Issued,
    /// 用券.
    Used,
    /// 撤销用券: the voucher has it back.
    Unused,
    /// 过期收回: what was not spent in time is not granted any more.
    Expired,
    /// 与机构结算.
    Settled,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 13] = [
        Self::Approved,
        Self::Sent,
        Self::Paid,
        Self::Failed,
        Self::Overpaid,
        Self::Offset,
        Self::Repaid,
        Self::WrittenOff,
        Self::Issued,
        Self::Used,
        Self::Unused,
        Self::Expired,
        Self::Settled,
    ];

    /// Debit and credit.
    pub const fn sides(self) -> (Kind, Kind) {
        match self {
            Self::Approved => (Kind::Spending, Kind::Payable),
            Self::Sent => (Kind::Payable, Kind::Transit),
            Self::Paid => (Kind::Transit, Kind::Purse),
            Self::Failed => (Kind::Transit, Kind::Payable),
            Self::Overpaid => (Kind::Recoverable, Kind::Spending),
            Self::Offset => (Kind::Payable, Kind::Recoverable),
            Self::Repaid => (Kind::Purse, Kind::Recoverable),
            Self::WrittenOff => (Kind::WrittenOff, Kind::Recoverable),
            Self::Issued => (Kind::Payable, Kind::Voucher),
            Self::Used => (Kind::Voucher, Kind::Merchant),
            Self::Unused => (Kind::Merchant, Kind::Voucher),
            Self::Expired => (Kind::Voucher, Kind::Spending),
            Self::Settled => (Kind::Merchant, Kind::Purse),
        }
    }

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Overpaid => "overpaid",
            Self::Offset => "offset",
            Self::Repaid => "repaid",
            Self::WrittenOff => "written_off",
            Self::Issued => "issued",
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::Settled => "settled",
        }
    }

    /// The event of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Approved => "核定",
            Self::Sent => "报盘",
            Self::Paid => "到账",
            Self::Failed => "退回",
            Self::Overpaid => "多发转追缴",
            Self::Offset => "抵扣",
            Self::Repaid => "收回",
            Self::WrittenOff => "核销",
            Self::Issued => "发券",
            Self::Used => "用券",
            Self::Unused => "撤销用券",
            Self::Expired => "过期收回",
            Self::Settled => "机构结算",
        }
    }
}

/// What two accounts of a posting share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Budget line or fund.
    pub fund: String,
    /// Programme id.
    pub programme: String,
    /// Whose purse.
    pub level: Level,
    /// The paying area.
    pub area: AreaCode,
}

impl Place {
    /// The account of this kind here.
    pub fn account(&self, kind: Kind) -> Account {
        Account {
            kind,
            fund: self.fund.clone(),
            programme: self.programme.clone(),
            level: self.level,
            area: self.area,
        }
    }
}

/// One row of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Unique in the book.
    pub id: String,
    /// For which month.
    pub month: Month,
    /// Where.
    pub place: Place,
    /// Debit.
    pub debit: Kind,
    /// Credit.
    pub credit: Kind,
    /// Above nothing.
    pub amount: Fen,
    /// The posting that this one takes back.
    pub reverses: Option<String>,
}

/// Why a posting is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not above nothing.
    #[error("分录 {0} 的金额必须大于 0")]
    NotPositive(String),
    /// Both sides are one account.
    #[error("分录 {0} 的借方和贷方不能是同一个账户")]
    SameAccount(String),
    /// There is one of this id.
    #[error("分录 {0} 已经登记")]
    Twice(String),
    /// What it takes back is not in the book.
    #[error("分录 {0} 要冲销的分录不在账上")]
    NothingToReverse(String),
    /// It was taken back before.
    #[error("分录 {0} 已经冲销过，不能再冲销")]
    ReversedTwice(String),
    /// A reversal has the same amount with the sides changed.
    #[error("分录 {0} 与它冲销的分录金额或账户不一致")]
    NotItsReverse(String),
}

/// A book in memory.
#[derive(Debug, Clone, Default)]
pub struct Book {
    postings: BTreeMap<String, Posting>,
    reversed: BTreeSet<String>,
    balances: BTreeMap<Account, i64>,
}

impl Book {
    /// Writes a posting.
    pub fn post(&mut self, posting: Posting) -> Result<(), Refused> {
        let id = posting.id.clone();
        if posting.amount.0 <= 0 {
            return Err(Refused::NotPositive(id));
        }
        if posting.debit == posting.credit {
            return Err(Refused::SameAccount(id));
        }
        if self.postings.contains_key(&id) {
            return Err(Refused::Twice(id));
        }
        if let Some(old) = &posting.reverses {
            let found = self.postings.get(old);
            let before = found.ok_or_else(|| Refused::NothingToReverse(id.clone()))?;
            if self.reversed.contains(old) {
                return Err(Refused::ReversedTwice(old.clone()));
            }
            let same = before.amount == posting.amount
                && before.place == posting.place
                && (before.debit, before.credit) == (posting.credit, posting.debit);
            if !same {
                return Err(Refused::NotItsReverse(id));
            }
            self.reversed.insert(old.clone());
        }
        for (kind, amount) in [
            (posting.debit, posting.amount.0),
            (posting.credit, -posting.amount.0),
        ] {
            *self
                .balances
                .entry(posting.place.account(kind))
                .or_default() += amount;
        }
        self.postings.insert(id, posting);
        Ok(())
    }

    /// Takes a posting back under a new id.
    pub fn reverse(&mut self, old: &str, id: &str) -> Result<(), Refused> {
        let found = self.postings.get(old);
        let before = found.ok_or_else(|| Refused::NothingToReverse(id.to_owned()))?;
        let back = Posting {
            id: id.to_owned(),
            debit: before.credit,
            credit: before.debit,
            reverses: Some(old.to_owned()),
            ..before.clone()
        };
        self.post(back)
    }

    /// Debits less credits of every account that was ever touched.
    pub fn balances(&self) -> &BTreeMap<Account, i64> {
        &self.balances
    }

    /// The sum over all accounts: zero, whatever was posted.
    pub fn trial(&self) -> i64 {
        self.balances.values().sum()
    }

    /// Debits less credits of all accounts of a kind.
    pub fn of(&self, kind: Kind) -> i64 {
        let mine = self
            .balances
            .iter()
            .filter(|(account, _)| account.kind == kind);
        mine.map(|(_, balance)| balance).sum()
    }
}
