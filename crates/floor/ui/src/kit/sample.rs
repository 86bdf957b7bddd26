//! Made-up people and places of the samples.

use crate::list::ListQuery;
use crate::page::{big_text_on, is_partial};
use crate::shell::{MenuGroup, MenuItem, Shell};
use axum::http::HeaderMap;
use serde::Serialize;

/// The frame of a sample page.
pub(super) fn shell(title: &str, path: &str, headers: &HeaderMap) -> Shell {
    let soon = |titles: &[&str]| {
        titles
            .iter()
            .map(|t| MenuItem::coming(*t))
            .collect::<Vec<_>>()
    };
    let menu = vec![
        MenuGroup::new(
            "",
            vec![
                MenuItem::new("工作台", "/kit"),
                MenuItem::new("驾驶舱", "/kit/tiles"),
            ],
        ),
        MenuGroup::new(
            "规划任务",
            vec![
                MenuItem::new("指标", "/kit/empty"),
                MenuItem::new("重点任务", "/kit/timeline"),
                MenuItem::coming("督办通报"),
            ],
        ),
        MenuGroup::new(
            "人员档案",
            vec![
                MenuItem::new("老年人", "/kit/person"),
                MenuItem::new("婴幼儿", "/kit/drawer"),
            ],
        ),
        MenuGroup::new(
            "服务清单",
            vec![
                MenuItem::new("清单管理", "/kit/feedback"),
                MenuItem::new("应享未享", "/kit/table"),
                MenuItem::new("待核实", "/kit/areas"),
            ],
        ),
        MenuGroup::new(
            "评估办件",
            vec![
                MenuItem::new("申请审批", "/kit/form"),
                MenuItem::new("公示", "/kit/dialog"),
            ],
        ),
        MenuGroup::new("补贴资金", soon(&["在享台账", "发放批次", "退回重发"])),
        MenuGroup::new("监督管理", soon(&["抽查检查", "投诉举报"])),
    ];
    Shell::new(title)
        .place("随州市")
        .search(true)
        .user("李建华", "市民政局", "随州市")
        .menu(menu)
        .demo("演示数据 · 演示日期 2025年6月30日")
        .big_text(big_text_on(headers))
        .partial(is_partial(headers))
        .path(path)
        .mark_active()
}

/// One row of the sample list.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) age: u32,
    pub(super) village: &'static str,
    pub(super) programme: &'static str,
    pub(super) amount: &'static str,
    pub(super) since: &'static str,
    pub(super) why: &'static str,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) worker: &'static str,
}

type Cells = (
    &'static str,
    u32,
    &'static str,
    usize,
    &'static str,
    usize,
    &'static str,
);

const PEOPLE: [Cells; 12] = [
    ("王**", 84, "何店镇王店村", 0, "2025-02-03", 0, "陈国强"),
    ("刘**", 91, "厉山镇神农社区", 1, "2024-11-17", 1, "赵红梅"),
    ("张**", 80, "北郊街道擂鼓墩社区", 0, "2025-01-22", 2, "周敏"),
    ("李**", 67, "洪山镇云峰山村", 2, "2025-04-01", 0, "吴志刚"),
    ("陈**", 88, "均川镇古城畈村", 1, "2023-06-01", 3, "孙丽"),
    ("杨**", 72, "淅河镇蒋家寨村", 2, "2025-03-11", 0, "何秀英"),
    ("周**", 95, "广水办事处土门村", 1, "2023-06-01", 4, "马超"),
    ("吴**", 81, "南郊街道瓜园社区", 0, "2025-06-12", 0, "周敏"),
    ("徐**", 83, "殷店镇天河口村", 0, "2024-08-30", 2, "高翔"),
    ("孙**", 79, "万和镇青苔村", 2, "2025-05-06", 1, "林芳"),
    ("胡**", 86, "洛阳镇九口堰村", 0, "2025-02-28", 0, "朱勇"),
    ("朱**", 90, "马坪镇棚兴村", 1, "2024-12-19", 1, "罗兰"),
];

const PROGRAMMES: [(&str, &str, &str); 3] = [
    ("养老服务补贴", "100.00", "80周岁 · 农村 · 低保"),
    ("高龄津贴", "120.00", "80周岁 · 户籍"),
    ("困难残疾人生活补贴", "80.00", "低保家庭 · 残疾"),
];

const STATES: [(&str, &str); 5] = [
    ("owed", "未处理"),
    ("info", "已联系"),
    ("warn", "办理中"),
    ("no", "本人放弃"),
    ("plain", "暂缓"),
];

/// Rows that fit the filters.
pub(super) fn rows(query: &ListQuery) -> Vec<Row> {
    let mut rows: Vec<Row> = PEOPLE
        .iter()
        .filter_map(|&(name, age, village, programme, since, state, worker)| {
            let (programme, amount, why) = *PROGRAMMES.get(programme)?;
            let (kind, state) = *STATES.get(state)?;
            Some(Row {
                name,
                age,
                village,
                programme,
                amount,
                since,
                why,
                kind,
                state,
                worker,
            })
        })
        .filter(|row| {
            query
                .filter("village")
                .is_none_or(|v| row.village.contains(v))
                && query.filter("programme").is_none_or(|p| row.programme == p)
                && query.filter("state").is_none_or(|s| row.state == s)
        })
        .collect();
    match query.sort.as_str() {
        "age" => rows.sort_by_key(|row| row.age),
        "fen" => rows.sort_by_key(|row| row.amount.len() * 1000 + usize::from(row.amount > "9")),
        _ => rows.sort_by_key(|row| row.since),
    }
    if query.desc {
        rows.reverse();
    }
    rows
}

/// Areas of the samples.
pub(super) const AREAS: [(&str, &str); 9] = [
    ("421303000000", "曾都区"),
    ("421321000000", "随县"),
    ("421381000000", "广水市"),
    ("421303101000", "何店镇"),
    ("421303102000", "洛阳镇"),
    ("421321100000", "厉山镇"),
    ("421303101201", "王店村"),
    ("421303101202", "贯庄村"),
    ("421321100001", "神农社区"),
];

/// One part of an area.
#[derive(Serialize)]
pub(super) struct Part {
    code: &'static str,
    name: &'static str,
}

/// The parts of an area one level below `code`.
pub(super) fn area_parts(code: &str) -> Vec<Part> {
    let bare = code.trim_end_matches('0');
    let (own, next) = match bare.len() {
        0..=4 => (4, 6),
        5..=6 => (6, 9),
        7..=9 => (9, 12),
        _ => return Vec::new(),
    };
    let depth = |code: &str| match code.trim_end_matches('0').len() {
        0..=4 => 4,
        5..=6 => 6,
        7..=9 => 9,
        _ => 12,
    };
    AREAS
        .iter()
        .filter(|(part, _)| depth(part) == next && part.get(..own) == code.get(..own))
        .map(|&(code, name)| Part { code, name })
        .collect()
}
