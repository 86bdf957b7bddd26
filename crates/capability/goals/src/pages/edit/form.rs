//! The form of a row: its fields as they are drawn.

use super::fill::measure_words;
use super::names::{FOLDED, figures, of_figure};
use super::stale::Stale;
use askama::Template;
use figures::{Book, DOMAINS, Kind, NATURES, Op, Role, STANDARD_KINDS};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use ui::{Choice, Field, Form, Shell};

#[derive(Template)]
#[template(path = "pages/edit.html")]
pub(super) struct EditPage {
    pub(super) shell: Shell,
    pub(super) lead: String,
    pub(super) form: Form,
    pub(super) book: Arc<Book>,
    pub(super) kind: &'static str,
    pub(super) kind_zh: &'static str,
    /// The version that it was opened on.
    pub(super) base: String,
    pub(super) action: String,
    pub(super) back: String,
    /// Where the row is taken out; not for a new one.
    pub(super) removal: Option<String>,
    pub(super) stale: Option<Stale>,
    /// Empty figures offered.
    pub(super) spare: usize,
}

/// A figure of the form.
struct Group {
    title: String,
    blank: bool,
    open: bool,
    /// What is filled in below, in words.
    used: String,
    main: Vec<Field>,
    unit: Field,
    year: Field,
    folded: Vec<Field>,
    class: Field,
    measure: Field,
    ticks: Vec<Field>,
    gone: Option<Field>,
}

impl EditPage {
    fn names(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::text("name", "名称").required().hint("照原文"),
            Field::select("domain", "领域", plain(DOMAINS))
                .required()
                .blank("请选择")
                .width("short"),
        ];
        if self.kind != "table" {
            fields.push(
                Field::lines("text", "内容")
                    .hint("原文里定下这件事的一句")
                    .rows(3),
            );
        }
        self.filled(fields)
    }

    fn of_kind(&self) -> Vec<Field> {
        let fields = match self.kind {
            "indicator" => vec![
                Field::select("nature", "指标属性", plain(NATURES)).blank("原文没有写"),
                Field::tick("no_baseline", "原文的基数一栏是“-”"),
            ],
            "task" => vec![
                Field::number("year", "年度")
                    .hint("有年度的任务才填")
                    .inputmode("numeric"),
                Field::date("due", "完成时限"),
                Field::text("due_says", "时限原文").hint("如 2023年底前"),
            ],
            "table" => {
                let choices = vec![
                    Choice::new("year", "按年度"),
                    Choice::new("class", "按类别"),
                ];
                vec![
                    Field::select("by", "分项方式", choices)
                        .required()
                        .blank("请选择"),
                ]
            }
            "project" => vec![],
            _ => vec![
                Field::select("kind", "类别", plain(STANDARD_KINDS))
                    .required()
                    .blank("请选择"),
                Field::date("due", "完成时限"),
                Field::text("due_says", "时限原文").hint("如 2025年底前"),
            ],
        };
        self.filled(fields)
    }

    /// Fields with a list of what the other rows have there: the field and the list.
    fn listed(&self) -> Vec<(Field, &'static str)> {
        let fields = match self.kind {
            "indicator" => vec![
                (
                    Field::text("table", "表").hint("写在正文里的不填"),
                    "tables",
                ),
                (Field::number("no", "序号").inputmode("numeric"), ""),
                (Field::text("group", "一级指标"), "groups"),
            ],
            "task" => vec![
                (
                    Field::text("list", "任务表")
                        .required()
                        .hint("如 附件2（2023年）"),
                    "lists",
                ),
                (
                    Field::text("no", "序号").hint("照原文，如 5、二（一）1"),
                    "",
                ),
                (Field::text("group", "重点任务"), "groups"),
            ],
            "project" => vec![(
                Field::text("what", "建设性质").hint("照原文，如 新建、改扩建"),
                "whats",
            )],
            _ => vec![],
        };
        fields
            .into_iter()
            .map(|(field, list)| (self.form.field(field), list))
            .collect()
    }

    fn who(&self) -> Vec<Field> {
        self.filled(vec![
            Field::lines("lead", "牵头单位")
                .hint("一行一个，照原文")
                .rows(3),
            Field::lines("with", "责任单位")
                .hint("一行一个，照原文的次序")
                .rows(3),
        ])
    }

    fn note(&self) -> Field {
        let hint = "原文的说法与口径名称不同的地方，如“原文为养老机构床位数”";
        self.form.field(Field::text("note", "口径说明").hint(hint))
    }

    fn measure(&self) -> Field {
        self.form
            .field(Field::text("measure", "口径").hint("这些数说的是什么；同一口径的数会互相核对"))
    }

    /// Measures by theme: domain and theme, then id and words.
    fn themes(&self) -> BTreeMap<String, Vec<(String, String)>> {
        let mut themes: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for measure in self.book.measures.iter() {
            let theme = format!("{} · {}", measure.domain, measure.theme);
            let words = format!("{}（{}）", measure.name, measure.unit);
            themes
                .entry(theme)
                .or_default()
                .push((measure.id.clone(), words));
        }
        themes
    }

    fn source(&self) -> Vec<Field> {
        let choice = |document: &rules::folder::Document| {
            Choice::new(
                &document.number,
                format!("{} {}", document.number, document.title),
            )
        };
        let documents = self.book.head.documents.iter().map(choice).collect();
        self.filled(vec![
            Field::select("document", "文件", documents)
                .required()
                .blank("请选择"),
            Field::text("section", "章节")
                .required()
                .hint("如 二（一）1、附件2第5项")
                .width("medium"),
            Field::lines("quote", "引文")
                .required()
                .hint("照原文摘一句，里面要有这些数")
                .rows(3),
        ])
    }

    fn says(&self) -> Field {
        let field = Field::text("says", "改动说明").required().maxlength(200);
        self.form
            .field(field.hint("一句话，进入修改记录。如“按市政府办公室更正件改”"))
    }

    fn removal_says(&self) -> Field {
        self.form.field(
            Field::text("removal_says", "删去的原因")
                .required()
                .maxlength(200),
        )
    }

    fn filled(&self, fields: Vec<Field>) -> Vec<Field> {
        fields
            .into_iter()
            .map(|field| self.form.field(field))
            .collect()
    }

    /// What was typed, and empty figures more.
    fn groups(&self) -> Vec<Group> {
        let typed = figures(&self.form.data);
        let blank = |index: usize| super::names::is_blank(&self.form.data, index);
        let mut shown: Vec<usize> = (0..typed).filter(|index| !blank(*index)).collect();
        // Numbers go on without a gap in the form that is sent next.
        let empty = (0..typed).filter(|index| blank(*index)).chain(typed..);
        shown.extend(empty.take(self.spare));
        shown
            .into_iter()
            .enumerate()
            .map(|(position, at)| self.group(position, at))
            .collect()
    }

    fn group(&self, position: usize, at: usize) -> Group {
        let name = |key: &str| of_figure(at, key);
        let draw = |field: Field| self.form.field(field);
        let get = |key: &str| self.form.data.get(&name(key));
        let blank = super::names::is_blank(&self.form.data, at);
        let wrong = FOLDED
            .iter()
            .any(|(key, _)| self.form.errors.of(&name(key)).is_some());
        let used: Vec<String> = FOLDED
            .iter()
            .filter(|(key, _)| !get(key).is_empty())
            .map(|(key, label)| match *key {
                "flow" | "mixed" | "each" | "estimate" => (*label).to_owned(),
                "per" => figures::Per::from_key(get(key))
                    .map_or("", figures::Per::zh)
                    .to_owned(),
                _ => format!("{label} {}", get(key)),
            })
            .collect();
        let roles = Role::ALL
            .iter()
            .map(|(_, key, zh)| Choice::new(*key, *zh))
            .collect();
        let ops = Op::KEYS
            .iter()
            .map(|key| Choice::new(*key, op_words(key)))
            .collect();
        let pers = figures::Per::KEYS
            .iter()
            .filter_map(|key| Some(Choice::new(*key, figures::Per::from_key(key)?.zh())))
            .collect();
        Group {
            title: if blank {
                "再加一个数".to_owned()
            } else {
                format!("第{}个数", position + 1)
            },
            blank,
            open: wrong,
            used: used.join(" · "),
            main: vec![
                draw(Field::select(&name("role"), "作用", roles).blank("请选择")),
                draw(Field::select(&name("op"), "比较", ops)),
                draw(Field::text(&name("value"), "数值").inputmode("decimal")),
            ],
            unit: draw(Field::text(&name("unit"), "单位")),
            year: draw(Field::text(&name("year"), "年份").inputmode("numeric")),
            folded: vec![
                draw(Field::text(&name("upto"), "上限（区间）").inputmode("decimal")),
                draw(Field::text(&name("from"), "起年").inputmode("numeric")),
                draw(Field::text(&name("until"), "止年").inputmode("numeric")),
                draw(Field::select(&name("per"), "按每个", pers).blank("不按")),
                draw(Field::text(&name("says"), "原文用字")),
                draw(Field::text(&name("area"), "区划代码")),
                draw(Field::text(&name("note"), "这个数的口径说明")),
                draw(Field::text(&name("quote"), "这个数的引文")),
            ],
            class: draw(Field::text(&name("class"), "类别（分类表）")),
            measure: draw(Field::text(&name("measure"), "口径（与整行不同时）")),
            ticks: vec![
                draw(Field::tick(&name("flow"), "新增量")),
                draw(Field::tick(&name("mixed"), "含改建")),
                draw(Field::tick(&name("each"), "每年都是")),
                draw(Field::tick(&name("estimate"), "估计数")),
            ],
            gone: (!blank).then(|| draw(Field::tick(&name("gone"), "删去这个数"))),
        }
    }

    /// Lists beside fields: what other rows have there.
    fn lists(&self) -> Vec<(&'static str, Vec<String>)> {
        let mut lists: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let mut put = |list: &'static str, value: Option<&String>| {
            lists.entry(list).or_default().extend(value.cloned());
        };
        for row in &self.book.rows {
            let same = row.kind.key() == self.kind;
            match &row.kind {
                Kind::Indicator { table, group, .. } if same => {
                    put("tables", table.as_ref());
                    put("groups", group.as_ref());
                }
                Kind::Task { list, group, .. } if same => {
                    put("lists", Some(list));
                    put("groups", group.as_ref());
                }
                Kind::Project { what } if same => put("whats", what.as_ref()),
                _ => {}
            }
            for figure in &row.figures {
                put("units", figure.unit.as_ref().map(|unit| &unit.printed));
                put("classes", figure.class.as_ref());
            }
        }
        let measures = self
            .book
            .measures
            .iter()
            .map(|measure| measure_words(&self.book, &measure.id))
            .collect();
        let mut out: Vec<(&'static str, Vec<String>)> = lists
            .into_iter()
            .map(|(list, values)| (list, values.into_iter().collect()))
            .collect();
        out.push(("measures", measures));
        out
    }
}

fn plain(words: &[&str]) -> Vec<Choice> {
    words.iter().map(|word| Choice::new(*word, *word)).collect()
}

fn op_words(key: &str) -> &'static str {
    match key {
        ">=" => "≥ 以上、不低于",
        ">" => "> 超过",
        "<=" => "≤ 以内、不高于",
        "<" => "< 低于",
        _ => "= 达到",
    }
}
