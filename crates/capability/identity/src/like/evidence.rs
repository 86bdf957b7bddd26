//! What speaks for two files being one person, or against it: each with its words and its weight.

macro_rules! evidence {
    ($($(#[$doc:meta])* $variant:ident $code:literal $weight:literal $zh:literal;)*) => {
        /// One piece of evidence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Evidence {
            $($(#[$doc])* $variant,)*
        }

        impl Evidence {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As it is stored.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Points for (positive) and against.
            pub(crate) const fn weight(self) -> i64 {
                match self { $(Self::$variant => $weight),* }
            }

            /// On pages.
            pub(crate) const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }
        }
    };
}

evidence! {
    NameSame "n1" 40 "姓名相同";
    /// Traditional against simplified, variants of one character, a dot more or less, a character nobody could type.
    NameVariant "n2" 38 "姓名只差繁简、异体字或生僻字写法";
    NamePinyin "n3" 30 "姓名同音";
    NameReordered "n4" 26 "姓名用字相同、次序不同";
    NameOne "n5" 20 "姓名只差一个字";
    NamePart "n6" 16 "一个姓名是另一个的一部分";
    NameOther "n7" -40 "姓名不同";
    BirthSame "b1" 35 "出生日期相同";
    /// Both say the first of January, which is often written where only the year is known.
    BirthFirst "b2" 20 "出生日期相同，但都是1月1日，可能是估填";
    BirthSwapped "b3" 24 "出生的月和日写反";
    BirthUncertain "b4" 18 "同年出生，一份只填了1月1日";
    BirthDigit "b5" 16 "出生日期只差一位数字";
    BirthYear "b6" 14 "生日相同，年份差一年，可能是虚岁";
    BirthLunar "b7" 12 "相差一个来月，可能一份是农历";
    BirthOther "b8" -40 "出生日期不同";
    SexSame "s1" 3 "性别相同";
    SexOther "s2" -40 "性别不同";
    Village "a1" 12 "同一个村（社区）";
    Town "a2" 8 "同一个乡镇";
    County "a3" 4 "同一个县（市、区）";
    Household "h1" 6 "同一户";
    Phone "p1" 14 "电话相同";
    LastFour "i1" 10 "证号后四位相同";
    NumbersDiffer "i2" -25 "两个身份证号不同";
    NumberMissing "i3" 0 "至少一份没有身份证号";
    /// One household, one day of birth, names that differ: siblings born together are two people.
    Twins "t1" -6 "同日出生、名字不同，可能是双胞胎";
}

/// As it stands in a row.
pub(crate) fn encode(all: &[Evidence]) -> String {
    let codes: Vec<&str> = all.iter().map(|one| one.code()).collect();
    codes.join(",")
}

/// From a row; codes of another version are left out.
pub(crate) fn decode(text: &str) -> Vec<Evidence> {
    text.split(',')
        .filter_map(|code| Evidence::ALL.iter().find(|one| one.code() == code))
        .copied()
        .collect()
}
