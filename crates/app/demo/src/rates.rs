//! The stated assumptions: every rate the census does not give. `docs/demo-city.md` explains each.

/// Registered here, living elsewhere, on top of the residents.
pub(crate) const AWAY: f64 = 0.12;
/// Deaths a year; 13 months of them are in the past.
pub(crate) const DEATHS_A_YEAR: f64 = 0.0079;
/// Deaths recorded two to three months late.
pub(crate) const LATE_DEATHS: f64 = 0.04;
/// Households that gave up their registration and left in the past.
pub(crate) const MOVED_OUT: f64 = 0.003;
/// Residents who arrived from outside the city in the past.
pub(crate) const MOVED_IN: f64 = 0.009;
/// Residents who moved between villages of the city in the past.
pub(crate) const MOVED_WITHIN: f64 = 0.012;

/// Elders (60+) who live in an institution.
pub(crate) const IN_INSTITUTION: f64 = 0.013;
/// Elders (60+) who live alone.
pub(crate) const ALONE: f64 = 0.14;
/// Couples of one generation in which the man is 60 or older.
pub(crate) const OLD_COUPLES: f64 = 0.55;
/// Of people in neither family household nor institution (集体户), those aged 16 to 24.
pub(crate) const COLLECTIVE_YOUNG: f64 = 0.35;
/// Families with minors where the grandparents raise the children.
pub(crate) const SKIPPED: f64 = 0.06;
/// Families with minors where a parent is missing.
pub(crate) const ONE_PARENT: f64 = 0.12;
/// Of the missing parents, those who work elsewhere (the others are divorced, dead or unknown).
pub(crate) const PARENT_AWAY: f64 = 0.6;

/// 低保 families: rural elders alone or as a couple, other rural, urban.
pub(crate) const DIBAO: [f64; 3] = [0.060, 0.022, 0.011];
/// Adults of 25 to 55 in a 低保 family who are not themselves named.
pub(crate) const DIBAO_UNNAMED: f64 = 0.15;
/// 低保边缘 families.
pub(crate) const EDGE: f64 = 0.008;
/// 刚性支出困难 families.
pub(crate) const RIGID: f64 = 0.002;
/// 低收入 families on neither sub-list.
pub(crate) const LOW_INCOME: f64 = 0.006;
/// 特困: men alone (60+, rural), women alone, elders in an institution.
pub(crate) const TEKUN: [f64; 3] = [0.15, 0.04, 0.40];
/// Disability certificates by age: under 18, 18–44, 45–59, 60–74, 75 and over.
pub(crate) const DISABLED: [f64; 5] = [0.005, 0.014, 0.030, 0.048, 0.070];
/// How much likelier in a 低保 family.
pub(crate) const DISABLED_IF_POOR: f64 = 3.0;
/// 单人保: severely disabled people outside 低保 families.
pub(crate) const SINGLE_DIBAO: f64 = 0.22;
/// Of grades 1 and 2: whether long care is needed is on record; and of these, needed.
pub(crate) const LONG_CARE: [f64; 2] = [0.85, 0.70];
/// 职工养老保险 at 60: urban, rural; women of 50 to 59: urban, rural.
pub(crate) const EMPLOYEE: [f64; 4] = [0.62, 0.14, 0.38, 0.06];
/// 城乡居民养老保险 of those of 60+ who have no 职工养老保险.
pub(crate) const RESIDENT: f64 = 0.94;
/// 独生子女父母 of 60+: urban, rural.
pub(crate) const ONLY_CHILD: [f64; 2] = [0.20, 0.06];
/// 计生特殊家庭: couples and people alone aged 49 to 85.
pub(crate) const SPECIAL_FAMILY: f64 = 0.007;
/// 退役军人: men of 22 to 90.
pub(crate) const VETERAN: f64 = 0.030;
/// 重病 by 医保, of 50+.
pub(crate) const ILL: f64 = 0.008;

/// `living` on record by age: 60–64, 65–79, 80 and over.
pub(crate) const LIVING_KNOWN: [f64; 3] = [0.55, 0.76, 0.91];
/// Ability assessed: 60–79, 80 and over (all 特困 and severely disabled elders besides).
pub(crate) const ASSESSED: [f64; 2] = [0.02, 0.07];
/// Base records of `living` that were wrong and corrected later.
pub(crate) const LIVING_CORRECTED: f64 = 0.012;
/// Birth dates that were wrong and corrected later.
pub(crate) const BIRTH_CORRECTED: f64 = 0.0006;

/// Owed and not received: 高龄津贴, 养老服务补贴, 护理补贴 and both of the disabled.
pub(crate) const UNPAID: [f64; 3] = [0.04, 0.08, 0.05];
