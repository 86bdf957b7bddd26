//! The Chinese labels of the words and grades that facts take.

use super::FactId;

/// The label of a word of this fact; `None` for a word it does not take.
pub fn word_zh(fact: FactId, word: &str) -> Option<&'static str> {
    let labels: &[(&str, &'static str)] = match fact.name() {
        "sex" => &[("male", "男"), ("female", "女")],
        "tekun_choice" | "tekun_mode" => &[("dispersed", "分散供养"), ("centralised", "集中供养")],
        "tekun_self_care" => &[
            ("able", "具备自理能力"),
            ("partial", "部分丧失自理能力"),
            ("none", "完全丧失自理能力"),
        ],
        "disability_kind" => &[
            ("视力", "视力残疾"),
            ("听力", "听力残疾"),
            ("言语", "言语残疾"),
            ("肢体", "肢体残疾"),
            ("智力", "智力残疾"),
            ("精神", "精神残疾"),
            ("多重", "多重残疾"),
        ],
        "living" => &[
            ("alone", "独居"),
            ("empty_nest", "空巢"),
            ("with_family", "与家人同住"),
            ("institution", "机构入住"),
            ("other", "其他"),
        ],
        "special_family_kind" => &[
            ("child_died", "独生子女死亡（失独）"),
            ("child_disabled", "独生子女伤残"),
        ],
        "employer_kind" => &[("市直", "市直单位"), ("other", "其他单位")],
        _ => &[],
    };
    labels
        .iter()
        .find(|(key, _)| *key == word)
        .map(|(_, label)| *label)
}

/// The label of a grade; plain numbers have none.
pub(super) fn grade_zh(fact: FactId, grade: i64) -> Option<&'static str> {
    let labels: &[&'static str] = match fact.name() {
        "ability_level" => &["能力完好", "轻度失能", "中度失能", "重度失能", "完全失能"],
        "disability_grade" => &["无残疾", "一级", "二级", "三级", "四级"],
        _ => &[],
    };
    usize::try_from(grade)
        .ok()
        .and_then(|place| labels.get(place))
        .copied()
}
