//! 政策测算: a list against the one in force, over everybody on the register, before it is published
//! (rows C02, C03; product.md, screen 4). A job asks both lists and keeps counts; nobody is named.

pub(crate) mod gate;
pub(crate) mod job;
pub(crate) mod outcome;
pub(crate) mod people_file;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod sums;
pub(crate) mod what_if;

use kernel::{Day, Instant};

/// The kind of the job.
pub(crate) const KIND: &str = "entitle.trial";

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its job has not begun.
    Waiting,
    /// Its job runs, or did when the worker was killed: it begins again.
    Running,
    /// There is a result.
    Done,
    /// It will never work.
    Failed,
}

impl State {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Waiting => "等待测算",
            Self::Running => "正在测算",
            Self::Done => "已完成",
            Self::Failed => "没有完成",
        }
    }

    pub(crate) const fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// What is compared: a version on a day with another on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) base: String,
    pub(crate) base_digest: String,
    pub(crate) day: Day,
    pub(crate) base_day: Day,
    /// A list without a version: `base` with one change, by year. `version` is `base` then.
    pub(crate) change: Option<rules::WhatIf>,
}

/// A trial as the database holds it.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) id: String,
    pub(crate) question: Question,
    pub(crate) state: State,
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) asked_at: Instant,
    pub(crate) ended_at: Option<Instant>,
    /// JSON of [`outcome::Outcome`], or of [`what_if::Years`] where one change was asked about.
    pub(crate) result: Option<String>,
    pub(crate) error: Option<String>,
}

impl Trial {
    /// How far the job got, in words.
    pub(crate) fn progress(&self) -> String {
        match self.state {
            State::Waiting => "已排队，几秒内开始。".to_owned(),
            State::Running if self.total > 0 => format!(
                "正在测算：已算 {} 人，约 {}%。",
                ui::grouped(self.done.max(0) as u64),
                (self.done * 100 / self.total).clamp(0, 99)
            ),
            State::Running => "正在测算。".to_owned(),
            State::Done => String::new(),
            State::Failed => self.error.clone().unwrap_or_default(),
        }
    }
}
