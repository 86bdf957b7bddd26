//! The fixed words of the folder format, each with its Chinese label.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $key:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Every key, in order.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            /// The word in files and columns.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// The word on screens.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }

            /// The word of this key.
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)* _ => None }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let key = String::deserialize(deserializer)?;
                Self::from_key(&key).ok_or_else(|| D::Error::custom(format!("unknown word {key}")))
            }
        }
    };
}

words! {
    /// What an item gives.
    BenefitKind {
        /// Money.
        Money = "money", "资金";
        /// A thing or a service.
        InKind = "in_kind", "服务或实物";
        /// A better place in a queue.
        Priority = "priority", "优先";
        /// A hand-over to another body.
        Referral = "referral", "转介";
    }
}

words! {
    /// Per what it is given.
    Unit {
        /// A month.
        Month = "month", "月";
        /// A quarter.
        Quarter = "quarter", "季";
        /// A year.
        Year = "year", "年";
        /// Only once.
        Once = "once", "一次性";
        /// A meal.
        Meal = "meal", "餐";
        /// A visit.
        Visit = "visit", "次";
    }
}

words! {
    /// Who receives it; household items are counted by household.
    Beneficiary {
        /// The person.
        SelfPerson = "self", "本人";
        /// The household.
        Household = "household", "家庭";
        /// The person who cares.
        Carer = "carer", "照护者";
        /// An institution.
        Institution = "institution", "机构";
    }
}

words! {
    /// Whose area decides and pays (invariant 8).
    AreaBasis {
        /// 户籍地.
        Hukou = "hukou", "户籍地";
        /// 常住地.
        Residence = "residence", "常住地";
        /// Where the facility stands.
        Facility = "facility", "机构所在地";
    }
}

words! {
    /// How often a programme pays.
    Cycle {
        /// Monthly.
        Month = "month", "按月";
        /// Quarterly.
        Quarter = "quarter", "按季";
        /// Half-yearly.
        HalfYear = "half_year", "按半年";
        /// Yearly.
        Year = "year", "按年";
        /// Only once.
        Once = "once", "一次性";
    }
}

impl Cycle {
    /// Months of one payment; nothing for what is paid once.
    pub const fn months(self) -> Option<i32> {
        match self {
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
            Self::Once => None,
        }
    }
}

words! {
    /// Whose account a programme pays into.
    Payee {
        /// The person.
        SelfPerson = "self", "本人";
        /// The guardian.
        Guardian = "guardian", "监护人";
        /// The person who cares.
        Carer = "carer", "照护者";
        /// The institution.
        Institution = "institution", "机构";
    }
}

words! {
    /// What a parameter's values are.
    ParamUnit {
        /// An amount.
        Fen = "fen", "分";
        /// A percentage.
        Percent = "percent", "百分比";
        /// A level or grade.
        Level = "level", "等级";
        /// An age in years.
        Age = "age", "周岁";
        /// Yes or no.
        Flag = "flag", "是否";
        /// A word.
        Word = "word", "选项";
    }
}

/// 服务类型.
pub const SERVICE_TYPES: &[&str] = &["物质帮助", "照护服务", "关爱服务", "咨询服务"];
/// 办理方式.
pub const ACCESS: &[&str] = &["直接享受", "依申请", "免申即享", "转办"];
