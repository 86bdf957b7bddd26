//! 第七次全国人口普查（2020年11月1日零时），分县常住人口和家庭户 (Seventh National Population Census,
//! county tables; the figures and their source are named in `docs/demo-city.md`).

/// The age groups of the tables; the last, 85 and over, is open.
pub(crate) const GROUPS: [(i32, i32); 19] = [
    (0, 0),
    (1, 4),
    (5, 9),
    (10, 14),
    (15, 19),
    (20, 24),
    (25, 29),
    (30, 34),
    (35, 39),
    (40, 44),
    (45, 49),
    (50, 54),
    (55, 59),
    (60, 64),
    (65, 69),
    (70, 74),
    (75, 79),
    (80, 84),
    (85, 102),
];

/// One county's figures.
#[derive(Debug)]
pub(crate) struct County {
    /// Its code.
    pub(crate) code: &'static str,
    /// Residents by age group: men, women.
    pub(crate) persons: [[u32; 19]; 2],
    /// 城镇人口
    pub(crate) urban: u32,
    /// 家庭户人口数
    pub(crate) in_households: u32,
    /// 一人户
    pub(crate) one_person: u32,
    /// 一代户 (one-person households among them)
    pub(crate) one_generation: u32,
    /// 二代户
    pub(crate) two_generations: u32,
    /// 三代户及以上 (家庭户 less 一代户 and 二代户)
    pub(crate) more_generations: u32,
    /// 户口登记地在外乡镇街道: same county, other county of the province, other province.
    pub(crate) registered_elsewhere: [u32; 3],
}

impl County {
    /// All residents.
    pub(crate) fn total(&self) -> u32 {
        self.persons.iter().flatten().sum()
    }
}

/// The three counties.
pub(crate) static COUNTIES: [County; 3] = [
    // 曾都区
    County {
        code: "421303",
        persons: [
            [
                3468, 20016, 22405, 19574, 14874, 9577, 20667, 35119, 26655, 23531, 28680, 33661,
                30125, 18792, 17703, 11778, 7191, 3365, 2398,
            ],
            [
                3023, 18018, 20002, 17107, 13475, 9905, 21651, 36416, 26116, 23411, 28834, 34544,
                31242, 18844, 18252, 12480, 7995, 4401, 4180,
            ],
        ],
        urban: 526606,
        in_households: 644591,
        one_person: 50094,
        one_generation: 104858,
        two_generations: 94196,
        more_generations: 39797,
        registered_elsewhere: [173803, 93660, 12254],
    },
    // 随县
    County {
        code: "421321",
        persons: [
            [
                2585, 15340, 20009, 19821, 8581, 8186, 17315, 28134, 20957, 18053, 24922, 33222,
                34249, 23253, 22884, 14231, 9061, 4717, 2967,
            ],
            [
                2303, 13703, 17787, 17465, 7007, 7243, 15303, 25011, 18456, 16280, 24635, 33680,
                33928, 21518, 21232, 13763, 9388, 5470, 4889,
            ],
        ],
        urban: 250226,
        in_households: 611340,
        one_person: 59996,
        one_generation: 114273,
        two_generations: 80646,
        more_generations: 40381,
        registered_elsewhere: [22625, 10281, 12383],
    },
    // 广水市
    County {
        code: "421381",
        persons: [
            [
                3403, 19331, 26573, 24799, 13571, 9847, 23069, 31445, 24773, 21780, 26263, 33925,
                32030, 23514, 19247, 13618, 9000, 4913, 2779,
            ],
            [
                2925, 16314, 21120, 19836, 11475, 8751, 21257, 30765, 23817, 22355, 26899, 35217,
                31967, 22612, 18749, 13037, 9601, 5888, 4435,
            ],
        ],
        urban: 387070,
        in_households: 685125,
        one_person: 60812,
        one_generation: 116279,
        two_generations: 99648,
        more_generations: 41989,
        registered_elsewhere: [159500, 16271, 8246],
    },
];
