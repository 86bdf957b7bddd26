//! A full page: as much as a city's page ever holds.

use docs::chart::{Bar, BarGroup, Segment, Stack, bars, stacks};
use docs::{Block, Cell, Column, Light, Paper, Table, Tile};
use kernel::Day;

pub(crate) fn day() -> Day {
    Day::from_ymd(2025, 6, 30).unwrap()
}

fn tile(label: &str, value: &str, unit: &str, light: Option<Light>) -> Tile {
    Tile {
        label: label.to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        lacking: "未填报".to_owned(),
        target: "目标 2025年 ≥60%".to_owned(),
        gap: "还差 1.6%".to_owned(),
        change: "较5月末 +1.4".to_owned(),
        meaning: "填报 · 2025-06-30".to_owned(),
        light,
    }
}

fn group(title: &str) -> BarGroup {
    let bar = |name: &str, value: f64, last| Bar {
        name: name.to_owned(),
        value: Some(value),
        says: value.to_string(),
        last,
    };
    BarGroup {
        title: title.to_owned(),
        bars: vec![
            bar("甲区", 63.2, false),
            bar("乙市", 60.5, false),
            bar("丙县", 58.1, false),
            bar("高新区", 55.0, false),
            bar("风景名胜区", 48.7, true),
        ],
        goal: Some((60.0, "目标 60".to_owned())),
    }
}

fn red(at: usize) -> Vec<Cell> {
    vec![
        Cell::strong(format!("第{at}项指标的名称有这么长可能更长")),
        "全市（末位 风景名胜区）".into(),
        "≥1,500个".into(),
        "1,206个".into(),
        Cell::strong("294个"),
        "2025-12-31".into(),
        "市民政局等3家".into(),
    ]
}

/// The sample, with this many rows in the red list.
pub(crate) fn paper(reds: usize) -> Paper {
    let segments: Vec<Segment> = [
        ("完成", "#146C43", "#FFFFFF"),
        ("正常", "#BFE3CD", "#1F2933"),
        ("滞后", "#FFD98A", "#1F2933"),
        ("逾期", "#B42318", "#FFFFFF"),
        ("没有数", "#FFFFFF", "#1F2933"),
    ]
    .map(|(name, fill, ink)| Segment {
        name: name.to_owned(),
        fill,
        ink,
    })
    .to_vec();
    let years: Vec<Stack> = [
        (2023, [15, 0, 0, 2, 4]),
        (2024, [6, 0, 0, 2, 3]),
        (2025, [1, 5, 2, 0, 3]),
    ]
    .map(|(year, counts)| Stack {
        name: format!("{year}年"),
        counts: counts.to_vec(),
    })
    .to_vec();
    Paper {
        title: "某市「一老一小」一页纸".to_owned(),
        subtitle: "2023–2025年规划执行情况".to_owned(),
        date_line: "数据截至 2025年6月30日".to_owned(),
        notice: "演示数据".to_owned(),
        blocks: vec![
            Block::Heading {
                text: "一、总体".to_owned(),
                aside: "目标 58 项".to_owned(),
            },
            Block::Tiles {
                label: "一老".to_owned(),
                tiles: vec![
                    tile("60岁以上常住老人", "428,145", "人", None),
                    tile("特殊困难老年人月探访率", "97.5", "%", Some(Light::Green)),
                    tile("养老床位", "23,129", "张", Some(Light::Yellow)),
                    tile("养老机构护理型床位占比", "58.4", "%", Some(Light::Red)),
                    tile("失能特困集中供养率", "", "%", Some(Light::Grey)),
                    tile("特殊困难老年人家庭适老化改造户数", "1,206", "户", Some(Light::Red)),
                ],
            },
            Block::Tiles {
                label: "一小".to_owned(),
                tiles: (0..6)
                    .map(|_| tile("每千人口拥有3岁以下婴幼儿托位数", "4.6", "个", Some(Light::Green)))
                    .collect(),
            },
            Block::Heading {
                text: "二、红灯清单".to_owned(),
                aside: "共 14 项，列差距最大的 10 项".to_owned(),
            },
            Block::Table(Table {
                columns: vec![
                    Column::words("事项", 50),
                    Column::words("属地", 34),
                    Column::numbers("目标", 18),
                    Column::numbers("现值", 18),
                    Column::numbers("差距", 18),
                    Column::middle("截止", 20),
                    Column::words("责任单位", 26),
                ],
                rows: (1..=reds).map(red).collect(),
                empty: "没有红灯。".to_owned(),
            }),
            Block::Beside {
                columns: vec![
                    (
                        64,
                        vec![
                            Block::Heading {
                                text: "三、属地对比".to_owned(),
                                aside: "按管理区划".to_owned(),
                            },
                            Block::Figure(bars(
                                &[group("护理型床位占比（%）"), group("普惠托位占比（%）")],
                                322,
                            )),
                        ],
                    ),
                    (
                        36,
                        vec![
                            Block::Heading {
                                text: "四、年度任务".to_owned(),
                                aside: String::new(),
                            },
                            Block::Figure(stacks(&segments, &years, 176)),
                        ],
                    ),
                ],
            },
            Block::Beside {
                columns: vec![
                    (
                        45,
                        vec![
                            Block::Heading {
                                text: "五、资金".to_owned(),
                                aside: String::new(),
                            },
                            Block::Text {
                                text: "应享未享 1,204 人，每月 23.40 万元。".to_owned(),
                            },
                        ],
                    ),
                    (
                        55,
                        vec![
                            Block::Heading {
                                text: "六、三个问题".to_owned(),
                                aside: String::new(),
                            },
                            Block::Points {
                                points: (0..3)
                                    .map(|_| {
                                        (
                                            "护理型床位占比".to_owned(),
                                            "：现为 58.4%，比应到进度少 1.6 个百分点，期限 2025-12-31，由市民政局负责。".to_owned(),
                                        )
                                    })
                                    .collect(),
                            },
                        ],
                    ),
                ],
            },
        ],
        note: "口径：现值为截至日当时掌握的最近一次数。红灯：落后应到进度达到全程的 10%，或者过了期限还没有达到目标。".to_owned(),
        made: day(),
    }
}
