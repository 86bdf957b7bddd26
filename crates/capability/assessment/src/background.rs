//! What the national form asks besides the scores: annex A.2, A.4 and A.5 of GB/T 42195-2022. Nothing of it counts for the
//! level and nothing has to be answered; it stands in the report.

use assess::Scheme;
use std::collections::BTreeMap;
use ui::{Choice, Field, FormData};

/// A part of the annex.
pub(crate) struct Part {
    /// Its place in the form.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it asks.
    pub(crate) asks: &'static [Ask],
}

/// A question.
pub(crate) struct Ask {
    /// Its field; stands in what is kept and never changes.
    pub(crate) id: &'static str,
    /// Its words.
    pub(crate) name: &'static str,
    hint: &'static str,
    kind: Kind,
}

enum Kind {
    /// One of these: key and words.
    One(&'static [(&'static str, &'static str)]),
    /// Any of these.
    Many(&'static [(&'static str, &'static str)]),
    /// A number between two, with its unit.
    Number(f64, f64, &'static str),
    /// A line of so many signs.
    Line(u32),
    /// Lines of so many signs.
    Lines(u32),
}

const fn ask(id: &'static str, name: &'static str, kind: Kind) -> Ask {
    Ask {
        id,
        name,
        hint: "",
        kind,
    }
}

const IS: Kind = Kind::One(&[("no", "无"), ("yes", "有")]);

/// Annex A without what A.1, A.3 and the special circumstances of the form ask already.
static NATIONAL: [Part; 3] = [
    Part {
        id: "a2",
        name: "基本信息",
        asks: &[
            ask("bg.height", "身高", Kind::Number(50.0, 250.0, "厘米")),
            ask("bg.weight", "体重", Kind::Number(10.0, 300.0, "公斤")),
            ask(
                "bg.ethnic",
                "民族",
                Kind::One(&[("han", "汉族"), ("other", "少数民族")]),
            ),
            ask("bg.religion", "宗教信仰", IS),
            ask(
                "bg.schooling",
                "文化程度",
                Kind::One(&[
                    ("none", "文盲"),
                    ("primary", "小学"),
                    ("junior", "初中"),
                    ("senior", "高中、技校、中专"),
                    ("college", "大专及以上"),
                    ("unknown", "不详"),
                ]),
            ),
            ask(
                "bg.living",
                "居住情况",
                Kind::Many(&[
                    ("alone", "独居"),
                    ("spouse", "与配偶居住"),
                    ("children", "与子女居住"),
                    ("parents", "与父母居住"),
                    ("siblings", "与兄弟姐妹居住"),
                    ("relatives", "与其他亲属居住"),
                    ("others", "与非亲属居住"),
                    ("home", "养老机构"),
                ]),
            ),
            ask(
                "bg.marriage",
                "婚姻状况",
                Kind::One(&[
                    ("single", "未婚"),
                    ("married", "已婚"),
                    ("widowed", "丧偶"),
                    ("divorced", "离婚"),
                    ("unsaid", "未说明"),
                ]),
            ),
            ask(
                "bg.paying",
                "医疗费用支付方式",
                Kind::Many(&[
                    ("employee", "职工基本医疗保险"),
                    ("resident", "城乡居民基本医疗保险"),
                    ("own", "自费"),
                    ("official", "公务员补助"),
                    ("company", "企业补充保险"),
                    ("public", "公费医疗及医疗照顾对象"),
                    ("aid", "医疗救助"),
                    ("serious", "大病保险"),
                ]),
            ),
            ask(
                "bg.income",
                "经济来源",
                Kind::Many(&[
                    ("pension", "退休金、养老金"),
                    ("children", "子女补贴"),
                    ("friends", "亲友资助"),
                    ("state", "国家普惠型补贴"),
                    ("savings", "个人储蓄"),
                    ("other", "其他补贴"),
                ]),
            ),
        ],
    },
    Part {
        id: "a4",
        name: "疾病和用药",
        asks: &[
            ask(
                "bg.diseases",
                "疾病诊断",
                Kind::Many(&[
                    ("I10-I15", "高血压病"),
                    ("I25", "冠心病"),
                    ("E10-E14", "糖尿病"),
                    ("J12-J18", "肺炎"),
                    ("J44", "慢性阻塞性肺疾病"),
                    ("I60-I62", "脑出血"),
                    ("I63", "脑梗塞"),
                    ("urinary", "尿路感染（30天内）"),
                    ("G20-G22", "帕金森综合征"),
                    ("N18-N19", "慢性肾衰竭"),
                    ("K74", "肝硬化"),
                    ("K20-K31", "消化性溃疡"),
                    ("C00-D48", "肿瘤"),
                    ("amputation", "截肢（6个月内）"),
                    ("M84", "骨折（3个月内）"),
                    ("G40", "癫痫"),
                    ("E01-E03", "甲状腺功能减退症"),
                    ("H25-H26", "白内障"),
                    ("H40-H42", "青光眼"),
                    ("M80-M82", "骨质疏松症"),
                    ("F00-F03", "痴呆"),
                    ("F04-F99", "其他精神和行为障碍"),
                ]),
            ),
            Ask {
                hint: "上面没有的疾病",
                ..ask("bg.disease_other", "其他疾病", Kind::Line(60))
            },
            Ask {
                hint: "一种药一行：药名、服药方法、剂量、频率",
                ..ask("bg.medicines", "用药情况", Kind::Lines(400))
            },
        ],
    },
    Part {
        id: "a5",
        name: "健康问题",
        asks: &[
            ask(
                "bg.sore",
                "压力性损伤",
                Kind::One(&[
                    ("no", "无"),
                    ("1", "Ⅰ期"),
                    ("2", "Ⅱ期"),
                    ("3", "Ⅲ期"),
                    ("4", "Ⅳ期"),
                    ("unstageable", "不可分期"),
                ]),
            ),
            ask("bg.joints", "关节活动受限", IS),
            ask("bg.wound", "伤口", IS),
            ask(
                "bg.care",
                "特殊护理",
                Kind::Many(&[
                    ("feeding", "胃管"),
                    ("urinary", "尿管"),
                    ("trachea", "气管切开"),
                    ("stoma", "造瘘"),
                    ("ventilation", "无创呼吸机"),
                    ("dialysis", "透析"),
                ]),
            ),
            ask("bg.pain", "疼痛", IS),
            ask("bg.teeth", "牙齿缺失", IS),
            ask("bg.dentures", "义齿", IS),
            ask("bg.swallowing", "吞咽困难", IS),
            ask("bg.malnutrition", "营养不良", IS),
            ask("bg.airway", "清理呼吸道无效", IS),
            ask("bg.health_other", "其他健康问题", Kind::Line(60)),
        ],
    },
];

/// What a scale's form asks besides the scores.
pub(crate) fn parts(scheme: &Scheme) -> &'static [Part] {
    if scheme.id == "gbt-42195-2022" {
        &NATIONAL
    } else {
        &[]
    }
}

/// What was answered, by the question's field.
pub(crate) type Background = BTreeMap<String, Vec<String>>;

fn asks(scheme: &Scheme) -> impl Iterator<Item = &'static Ask> {
    parts(scheme).iter().flat_map(|part| part.asks)
}

/// Reads a form; what does not fit is told by field.
pub(crate) fn of_form(scheme: &Scheme, data: &FormData) -> (Background, Vec<(String, String)>) {
    let (mut out, mut wrong) = (Background::new(), Vec::new());
    for ask in asks(scheme) {
        let typed: Vec<&str> = data.all(ask.id).filter(|text| !text.is_empty()).collect();
        if typed.is_empty() {
            continue;
        }
        match ask.fits(&typed) {
            Ok(values) => {
                out.insert(ask.id.to_owned(), values);
            }
            Err(says) => wrong.push((ask.id.to_owned(), says)),
        }
    }
    (out, wrong)
}

/// Reads what was kept; what no longer fits is left out.
pub(crate) fn of_kept(scheme: &Scheme, kept: Option<&serde_json::Value>) -> Background {
    let kept = kept.and_then(|kept| serde_json::from_value::<Background>(kept.clone()).ok());
    let mut kept = kept.unwrap_or_default();
    asks(scheme)
        .filter_map(|ask| {
            let typed = kept.remove(ask.id)?;
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            Some((ask.id.to_owned(), ask.fits(&typed).ok()?))
        })
        .collect()
}

/// A part of the annex as the report has it: what was answered, in words.
pub(crate) fn told(part: &Part, background: &Background) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for ask in part.asks {
        if let Some(values) = background.get(ask.id) {
            out.push((ask.name, ask.words(values)));
        }
        if ask.id == "bg.weight"
            && let Some(index) = body_mass_index(background)
        {
            out.push(("体质指数（BMI）", index));
        }
    }
    out
}

/// 体重 / 身高², kilograms by square metres, to one place.
fn body_mass_index(background: &Background) -> Option<String> {
    let number = |id: &str| background.get(id)?.first()?.parse::<f64>().ok();
    let (metres, kilograms) = (number("bg.height")? / 100.0, number("bg.weight")?);
    Some(format!("{:.1}", kilograms / (metres * metres)))
}

impl Ask {
    /// Its field, empty.
    pub(crate) fn field(&self) -> Field {
        let all = |choices: &[(&str, &str)]| -> Vec<Choice> {
            let choices = choices.iter();
            choices.map(|(key, zh)| Choice::new(*key, *zh)).collect()
        };
        let field = match &self.kind {
            Kind::One(choices) => Field::radio(self.id, self.name, all(choices)),
            Kind::Many(choices) => Field::checks(self.id, self.name, all(choices)),
            Kind::Number(_, _, unit) => Field::number(self.id, self.name).unit(*unit),
            Kind::Line(most) => Field::text(self.id, self.name).maxlength(*most),
            Kind::Lines(most) => Field::lines(self.id, self.name).maxlength(*most),
        };
        field.hint(self.hint).autocomplete("off")
    }

    /// What was typed, as it is kept; or what is wrong with it.
    fn fits(&self, typed: &[&str]) -> Result<Vec<String>, String> {
        let first = typed.first().copied().unwrap_or_default();
        let text = |most: u32| {
            if first.chars().count() > most as usize {
                return Err(format!("「{}」最多 {most} 个字", self.name));
            }
            Ok(vec![first.to_owned()])
        };
        match &self.kind {
            Kind::One(choices) | Kind::Many(choices) => {
                let known = |key: &&str| choices.iter().any(|(one, _)| one == key);
                if !typed.iter().all(known) {
                    return Err(format!("「{}」请从选项里选", self.name));
                }
                let most = match self.kind {
                    Kind::One(_) => 1,
                    _ => typed.len(),
                };
                let taken = typed.iter().take(most);
                Ok(taken.map(|key| (*key).to_owned()).collect())
            }
            Kind::Number(least, most, unit) => match first.parse::<f64>() {
                Ok(number) if (*least..=*most).contains(&number) => Ok(vec![first.to_owned()]),
                _ => Err(format!(
                    "「{}」应为 {least}～{most} {unit}，不知道的可不填",
                    self.name
                )),
            },
            Kind::Line(most) | Kind::Lines(most) => text(*most),
        }
    }

    /// What was kept, in words.
    fn words(&self, values: &[String]) -> String {
        match &self.kind {
            Kind::One(choices) | Kind::Many(choices) => {
                let word = |key: &String| choices.iter().find(|(one, _)| one == key);
                let words: Vec<&str> = values.iter().filter_map(word).map(|(_, zh)| *zh).collect();
                words.join("、")
            }
            Kind::Number(_, _, unit) => format!("{} {unit}", values.concat()),
            Kind::Line(_) => values.concat(),
            Kind::Lines(_) => {
                let text = values.concat();
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                lines.join("；")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> &'static Scheme {
        assess::by_id("gbt-42195-2022").unwrap()
    }

    /// Row B11: annex A of the national form comes back as it was typed, in words; a number that cannot be is told with what
    /// it may be; what is not among the choices is not taken; another scale asks none of it.
    #[test]
    fn annex_a_comes_back_in_words() {
        let data = FormData::from_pairs([
            ("bg.height", "160"),
            ("bg.weight", "64"),
            ("bg.living", "spouse"),
            ("bg.living", "children"),
            (
                "bg.medicines",
                "硝苯地平 口服 30mg 每日一次\n二甲双胍 口服 0.5g 每日两次",
            ),
            ("bg.pain", ""),
        ]);
        let (background, wrong) = of_form(scheme(), &data);
        assert_eq!(wrong, []);
        let kept = serde_json::to_value(&background).unwrap();
        let again = of_kept(scheme(), Some(&kept));
        assert_eq!(again, background);
        let told: Vec<_> = parts(scheme())
            .iter()
            .flat_map(|part| told(part, &again))
            .collect();
        assert_eq!(
            told,
            [
                ("身高", "160 厘米".to_owned()),
                ("体重", "64 公斤".to_owned()),
                ("体质指数（BMI）", "25.0".to_owned()),
                ("居住情况", "与配偶居住、与子女居住".to_owned()),
                (
                    "用药情况",
                    "硝苯地平 口服 30mg 每日一次；二甲双胍 口服 0.5g 每日两次".to_owned()
                ),
            ]
        );
        let data = FormData::from_pairs([("bg.height", "1.6"), ("bg.ethnic", "x")]);
        let (background, wrong) = of_form(scheme(), &data);
        assert!(background.is_empty());
        assert_eq!(
            wrong,
            [
                (
                    "bg.height".to_owned(),
                    "「身高」应为 50～250 厘米，不知道的可不填".to_owned()
                ),
                ("bg.ethnic".to_owned(), "「民族」请从选项里选".to_owned()),
            ]
        );
        let other = assess::by_id("tekun-2021").unwrap();
        assert!(parts(other).is_empty());
        assert!(of_kept(other, Some(&kept)).is_empty());
    }

    /// Every question has a field of its own, apart from those of the scale.
    #[test]
    fn fields_are_there_once() {
        let mut ids: Vec<&str> = asks(scheme()).map(|ask| ask.id).collect();
        ids.extend(scheme().items().map(|item| item.id.as_str()));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
