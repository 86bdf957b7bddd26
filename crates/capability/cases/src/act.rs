//! What somebody may do to a case, and what it is called.

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act<'a> {
    /// 提交.
    Submit,
    /// 受理.
    Accept,
    /// 不予受理.
    Reject,
    /// 要求补正.
    Ask,
    /// 补正.
    Supplement,
    /// 撤回.
    Withdraw,
    /// 超期未补正，视为撤回.
    Lapse,
    /// 审核通过: this step.
    Pass(&'a str),
    /// 提出异议.
    Object,
    /// 异议办结.
    Dismiss,
    /// 批准.
    Approve,
    /// 不予批准.
    Refuse,
    /// 申诉.
    Appeal,
    /// 维持原决定.
    Uphold,
    /// 改为批准.
    Overturn,
    /// 转办: another office goes on from the same step.
    Transfer,
}

impl Act<'_> {
    /// Key in forms and events; a pass carries its step beside it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Ask => "ask",
            Self::Supplement => "supplement",
            Self::Withdraw => "withdraw",
            Self::Lapse => "lapse",
            Self::Pass(_) => "pass",
            Self::Object => "object",
            Self::Dismiss => "dismiss",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Appeal => "appeal",
            Self::Uphold => "uphold",
            Self::Overturn => "overturn",
            Self::Transfer => "transfer",
        }
    }

    /// Whether words have to say why.
    pub const fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::Reject
                | Self::Ask
                | Self::Object
                | Self::Dismiss
                | Self::Refuse
                | Self::Appeal
                | Self::Uphold
                | Self::Overturn
                | Self::Transfer
        )
    }

    /// Whether it decides about money: nobody with a tie to the person does it.
    pub const fn decides(self) -> bool {
        matches!(
            self,
            Self::Approve | Self::Refuse | Self::Uphold | Self::Overturn
        )
    }
}

/// What an act is called on the timeline.
pub fn act_zh(key: &str) -> &'static str {
    match key {
        "submit" => "提交申请",
        "accept" => "受理",
        "reject" => "不予受理",
        "ask" => "要求补正",
        "supplement" => "补正材料",
        "withdraw" => "撤回申请",
        "lapse" => "超期未补正，视为撤回",
        "pass" => "审核通过",
        "object" => "公示期收到异议",
        "dismiss" => "异议办结",
        "approve" => "批准",
        "refuse" => "不予批准",
        "appeal" => "提出申诉",
        "uphold" => "维持原决定",
        "overturn" => "改为批准",
        "transfer" => "转办",
        "free" => "免申即享，批量批准",
        "pass_on" => "工作移交",
        _ => "登记",
    }
}

/// Reads the key of an act.
pub fn act_of<'a>(key: &str, step: &'a str) -> Option<Act<'a>> {
    let all = [
        Act::Submit,
        Act::Accept,
        Act::Reject,
        Act::Ask,
        Act::Supplement,
        Act::Withdraw,
        Act::Lapse,
        Act::Pass(step),
        Act::Object,
        Act::Dismiss,
        Act::Approve,
        Act::Refuse,
        Act::Appeal,
        Act::Uphold,
        Act::Overturn,
        Act::Transfer,
    ];
    all.into_iter().find(|act| act.key() == key)
}
