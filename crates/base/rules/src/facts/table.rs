//! The rows of the dictionary, in the order of facts.md; a new fact goes where a rule needs it.

use super::Kind::{Area, Bool, Day, Int, Text, Word};
use super::SettledBy::{Assessment, Request, Roster, Visit};
use super::{FactDef, Kind, SettledBy};

/// How many facts the dictionary has.
pub const COUNT: usize = ROWS.len();

const fn row_of(
    name: &'static str,
    zh: &'static str,
    kind: Kind,
    owner: &'static [&'static str],
    settled_by: SettledBy,
    says: &'static str,
) -> FactDef {
    FactDef {
        name,
        zh,
        kind,
        owner,
        settled_by,
        roll: false,
        review_months: None,
        says,
    }
}

impl FactDef {
    const fn roll(mut self) -> Self {
        self.roll = true;
        self
    }

    const fn review(mut self, months: u16) -> Self {
        self.review_months = Some(months);
        self
    }
}

const POLICE: &[&str] = &["公安"];
const CIVIL: &[&str] = &["民政"];
const SOCIAL: &[&str] = &["人社"];
const HEALTH: &[&str] = &["卫健"];
const DISABLED: &[&str] = &["残联"];
const VETERANS: &[&str] = &["退役军人"];
const VILLAGE: &[&str] = &["村级"];
const LEVEL: Kind = Int { min: 0, max: 4 };
const CARE_PLACE: Kind = Word(&["dispersed", "centralised"]);

/// The rows.
#[rustfmt::skip] // one fact, one line
pub(super) static ROWS: [FactDef; 66] = [
    row_of("alive", "在世", Bool, &["公安", "殡葬"], Roster, "自登记的死亡日期起为否"),
    row_of("dead_on", "死亡日期", Day, &["公安", "殡葬"], Roster, "死亡登记的日期"),
    row_of("birth_date", "出生日期", Day, POLICE, Roster, "周岁和月龄由它在所问日期推算"),
    row_of("sex", "性别", Word(&["male", "female"]), POLICE, Roster, "户籍登记的性别"),
    row_of("hukou_area", "户籍地", Area, POLICE, Roster, "户籍所在区划；是否本市户籍由它推算"),
    row_of("residence_area", "常住地", Area, VILLAGE, Visit, "实际居住的区划").review(12),
    row_of("residence_since", "常住起始日期", Day, VILLAGE, Visit, "在常住地居住的起始日期"),
    row_of("moved_out_on", "迁出日期", Day, POLICE, Roster, "户籍迁出的日期"),
    row_of("urban", "城镇", Bool, CIVIL, Roster, "救助认定的城乡类别；没有认定的按常住地城乡分类代码，不看户口性质"),
    row_of("employee_pension", "符合领取职工基本养老保险", Bool, SOCIAL, Roster, "符合领取职工基本养老保险待遇的条件").roll(),
    row_of("resident_pension", "符合领取城乡居民基本养老保险", Bool, SOCIAL, Roster, "符合领取城乡居民基本养老保险待遇的条件").roll(),
    row_of("tekun", "特困人员", Bool, CIVIL, Roster, "已认定的特困人员").roll(),
    row_of("tekun_choice", "供养意愿", CARE_PLACE, CIVIL, Roster, "特困人员选择的供养方式"),
    row_of("tekun_mode", "实际供养方式", CARE_PLACE, CIVIL, Roster, "特困人员实际的供养方式"),
    row_of("tekun_self_care", "特困自理能力", Word(&["able", "partial", "none"]), CIVIL, Assessment, "六项能力：全部具备、丧失三项以下、丧失四项以上；不是老年人能力等级").review(12),
    row_of("dibao", "低保对象", Bool, CIVIL, Roster, "本人是最低生活保障对象，含单人保").roll(),
    row_of("dibao_household", "低保家庭成员", Bool, CIVIL, Roster, "生活在最低生活保障家庭中").roll(),
    row_of("dibao_still_hard", "获得低保后生活仍有困难", Bool, CIVIL, Request, "另行认定：获得低保后生活仍有困难"),
    row_of("low_income", "低收入家庭", Bool, CIVIL, Roster, "低收入、低保边缘或刚性支出困难家庭成员").roll(),
    row_of("dibao_edge", "低保边缘家庭", Bool, CIVIL, Roster, "低保边缘家庭成员").roll(),
    row_of("rigid_spending", "刚性支出困难家庭", Bool, CIVIL, Roster, "刚性支出困难家庭成员").roll(),
    row_of("ability_level", "老年人能力等级", LEVEL, CIVIL, Assessment, "GB/T 42195-2022 最终等级，0 完好至 4 完全丧失").review(24),
    row_of("cannot_self_care", "经认定生活不能自理", Bool, CIVIL, Assessment, "由经办人依据评估报告确认，规则不自行推算").review(24),
    row_of("dementia", "失智", Bool, HEALTH, Assessment, "经诊断或评估确认的失智").review(24),
    row_of("disability_grade", "残疾等级", LEVEL, DISABLED, Roster, "残疾人证等级，一级最重，0 为无").roll(),
    row_of("disability_kind", "残疾类别", Word(&["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]), DISABLED, Roster, "残疾人证类别"),
    row_of("disability_card_until", "残疾人证有效期至", Day, DISABLED, Roster, "残疾人证的到期日期"),
    row_of("needs_long_care", "需要长期照护", Bool, DISABLED, Assessment, "由经办人依据评估报告确认，规则不自行推算").review(24),
    row_of("living", "居住状况", Word(&["alone", "empty_nest", "with_family", "institution", "other"]), VILLAGE, Visit, "独居、空巢、与家人同住、机构入住或其他").review(6),
    row_of("left_behind", "留守老年人", Bool, VILLAGE, Visit, "子女长期外出、留守农村的老年人").review(6),
    row_of("unattended", "事实无人照料", Bool, VILLAGE, Visit, "虽有家人但实际无人照料").review(6),
    row_of("special_family", "计划生育特殊家庭", Bool, HEALTH, Roster, "独生子女死亡或伤残的家庭成员").roll(),
    row_of("special_family_kind", "特殊家庭类型", Word(&["child_died", "child_disabled"]), HEALTH, Roster, "独生子女死亡（失独）或伤残"),
    row_of("only_child_parent", "独生子女父母", Bool, HEALTH, Roster, "独生子女父母").roll(),
    row_of("special_family_approved", "符合特别扶助条件", Bool, HEALTH, Roster, "已确认符合计划生育家庭特别扶助条件").roll(),
    row_of("merit_martyr_family", "烈士遗属", Bool, VETERANS, Roster, "优抚类别：烈士遗属").roll(),
    row_of("merit_fallen_family", "因公牺牲军人遗属", Bool, VETERANS, Roster, "优抚类别：因公牺牲军人遗属").roll(),
    row_of("merit_deceased_soldier_family", "病故军人遗属", Bool, VETERANS, Roster, "优抚类别：病故军人遗属").roll(),
    row_of("merit_disabled_soldier", "残疾军人", Bool, VETERANS, Roster, "优抚类别：残疾军人").roll(),
    row_of("merit_demobilised", "复员军人", Bool, VETERANS, Roster, "优抚类别：复员军人").roll(),
    row_of("merit_discharged", "退伍军人", Bool, VETERANS, Roster, "优抚类别：退伍军人").roll(),
    row_of("merit_veteran", "退役军人", Bool, VETERANS, Roster, "优抚类别：退役军人").roll(),
    row_of("merit_serving_family", "现役军人家属", Bool, VETERANS, Roster, "优抚类别：现役军人家属").roll(),
    row_of("merit_pension", "享受国家定期抚恤补助", Bool, VETERANS, Roster, "享受国家定期抚恤补助").roll(),
    row_of("has_supporter", "有赡养人或扶养人且有能力", Bool, VILLAGE, Visit, "有法定赡养人或扶养人，且其有能力").review(12),
    row_of("supporter_refuses", "赡养人不履行义务", Bool, VILLAGE, Visit, "有能力的赡养人或扶养人不履行义务").review(12),
    row_of("homeless", "生活无着的流浪乞讨", Bool, &["救助站"], Request, "生活无着的流浪乞讨人员"),
    row_of("legal_aid_case", "交纳诉讼费用确有困难", Bool, &["司法"], Request, "追索赡养费、扶养费、抚恤金、养老金、低保金、医疗费等案件中交纳诉讼费用确有困难"),
    row_of("carer_trained", "家庭成员参加照护培训", Bool, SOCIAL, Request, "家庭照护者参加了认可的培训；记在老年人名下"),
    row_of("carer_of", "照护对象", Text, SOCIAL, Request, "记在照护者名下：照护的是谁，用于计数和发放"),
    row_of("wants_assessment", "有评估需求", Bool, CIVIL, Request, "本人或家属提出能力评估申请"),
    row_of("serious_illness", "重病", Bool, &["医保"], Roster, "医保认定的重病患者").roll(),
    row_of("work_injury_care_pay", "工伤生活护理费", Bool, SOCIAL, Roster, "正在领取工伤保险生活护理费").roll(),
    row_of("ltci_benefit", "长期护理保险待遇", Bool, &["医保"], Roster, "正在享受长期护理保险待遇").roll(),
    row_of("in_custody", "服刑", Bool, &["司法"], Roster, "正在服刑").roll(),
    row_of("orphan", "孤儿", Bool, CIVIL, Roster, "已认定的孤儿"),
    row_of("unattended_child", "事实无人抚养儿童", Bool, CIVIL, Roster, "已认定的事实无人抚养儿童"),
    row_of("martyr_child", "烈士子女", Bool, VETERANS, Roster, "烈士子女"),
    row_of("poor_family_child", "贫困家庭子女", Bool, CIVIL, Roster, "贫困家庭的子女"),
    row_of("migrant_child", "随迁子女", Bool, &["教育"], Roster, "随父母迁入的子女，计入需求"),
    row_of("birth_order", "孩次", Int { min: 1, max: 20 }, HEALTH, Roster, "在父母子女中的次序"),
    row_of("guardian_ids", "监护人", Text, CIVIL, Roster, "监护人的登记号"),
    row_of("gave_birth_on", "分娩日期", Day, HEALTH, Roster, "最近一次分娩的日期"),
    row_of("delivery_in_area", "在本地分娩", Bool, HEALTH, Roster, "在本地助产机构分娩"),
    row_of("policy_birth", "政策内生育", Bool, HEALTH, Roster, "符合政策的生育"),
    row_of("employer_kind", "单位类别", Word(&["市直", "other"]), HEALTH, Roster, "市直单位或其他，决定由哪级财政负担"),
];

/// The place of a name, found when the program is built.
pub(super) const fn place(name: &str) -> u8 {
    let mut at = 0;
    while at < COUNT {
        if same(ROWS[at].name.as_bytes(), name.as_bytes()) {
            return at as u8;
        }
        at += 1;
    }
    u8::MAX
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The row at a place (the last one beyond the end, which no `FactId` reaches).
pub(super) fn row(index: usize) -> &'static FactDef {
    &ROWS[index.min(COUNT - 1)]
}
