//! What people are told of, and in which words. No identity number, no diagnosis, no grade: a programme whose name would
//! tell of one is «补贴» in a message.

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 受理.
    Accepted,
    /// 补正.
    Supplement,
    /// 公示.
    Posted,
    /// 决定.
    Decided,
    /// 到账.
    Paid,
    /// 没有到账.
    Returned,
    /// 停发前.
    Stopping,
    /// 资格认证.
    Proof,
    /// 评估预约.
    Assessment,
    /// 逾期.
    Late,
}

impl Kind {
    /// In the order people meet them.
    pub const ALL: [Self; 10] = [
        Self::Accepted,
        Self::Supplement,
        Self::Posted,
        Self::Decided,
        Self::Paid,
        Self::Returned,
        Self::Stopping,
        Self::Proof,
        Self::Assessment,
        Self::Late,
    ];

    /// Its key in tables and addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Supplement => "supplement",
            Self::Posted => "posted",
            Self::Decided => "decided",
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Stopping => "stopping",
            Self::Proof => "proof",
            Self::Assessment => "assessment",
            Self::Late => "late",
        }
    }

    /// Its name on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Accepted => "受理",
            Self::Supplement => "补材料",
            Self::Posted => "公示",
            Self::Decided => "决定",
            Self::Paid => "到账",
            Self::Returned => "没有到账",
            Self::Stopping => "停发前告知",
            Self::Proof => "资格认证",
            Self::Assessment => "评估预约",
            Self::Late => "逾期",
        }
    }

    /// The kind of a key.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The words; `{who}`, `{what}`, `{more}` are filled in.
    const fn template(self) -> &'static str {
        match self {
            Self::Accepted => "{who}的{what}申请已受理。{more}",
            Self::Supplement => "{who}的{what}申请还要补材料。{more}",
            Self::Posted => "{who}的{what}申请正在公示。{more}",
            Self::Decided => "{who}的{what}申请已有结果：{more}",
            Self::Paid => "{who}的{what}已发放。{more}",
            Self::Returned => "{who}的{what}没有到账。{more}",
            Self::Stopping => "{who}的{what}将暂停或停止发放。{more}",
            Self::Proof => "{who}的{what}需要资格认证，不用跑腿。{more}",
            Self::Assessment => "{who}的{what}已经派单，评估员会先打电话约时间。{more}",
            Self::Late => "{who}的{what}过了规定的时间还没有办好。{more}",
        }
    }

    /// Whether it is told whatever people prefer: what they can object to, and what money depends on.
    pub const fn statutory(self) -> bool {
        matches!(
            self,
            Self::Supplement | Self::Decided | Self::Returned | Self::Stopping | Self::Proof
        )
    }

    /// The whole message; digits that could be a number of somebody are not let through.
    pub fn words(self, who: &str, what: &str, more: &str) -> String {
        let text = self
            .template()
            .replace("{who}", who)
            .replace("{what}", what)
            .replace("{more}", more);
        without_numbers(&text)
    }
}

/// Longer runs of digits are numbers of people, cards and telephones: all but the last four are left out.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for sign in text.chars().chain(['\0']) {
        if sign.is_ascii_digit() || (sign == 'X' && digits.len() == 17) {
            digits.push(sign);
            continue;
        }
        if digits.len() >= 11 {
            out.push('*');
            out.push_str(digits.get(digits.len() - 4..).unwrap_or_default());
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if sign != '\0' {
            out.push(sign);
        }
    }
    out
}

/// What a programme is called in a message: by its name where the name may be posted, else nothing that tells of an
/// illness or a grade.
pub fn programme_words(name: &str, posted: bool) -> String {
    if posted {
        name.to_owned()
    } else {
        "补贴".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C33; product rule 39: every kind has words with nothing left to fill in, and no number of a person, a card or
    /// a telephone gets through.
    #[test]
    fn words_without_numbers() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.key()), Some(kind));
            let said = kind.words("王念慈", "高龄津贴", "编号 3A3040G3。");
            assert!(
                said.contains("王念慈") && !said.contains('{'),
                "{kind:?}: {said}"
            );
        }
        for (more, then) in [
            (
                "证号 42130219400505123X 有误",
                "王念慈的补贴申请已受理。证号 *123X 有误",
            ),
            ("请拨 13800138000", "王念慈的补贴申请已受理。请拨 *8000"),
            (
                "2025年6月发 50.00 元",
                "王念慈的补贴申请已受理。2025年6月发 50.00 元",
            ),
        ] {
            assert_eq!(
                Kind::Accepted.words(
                    "王念慈",
                    &programme_words("重度残疾人护理补贴", false),
                    more
                ),
                then
            );
        }
    }
}
