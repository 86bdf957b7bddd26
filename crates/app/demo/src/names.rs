//! Names as they were given in each generation, a few of them rare on purpose.

use crate::pool::MALE;
use crate::rng::Rng;

/// Common surnames, the frequent ones first; drawn with a weight that falls along the list.
const COMMON: [&str; 96] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁",
    "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶",
    "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭",
    "廖", "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江", "史", "顾",
    "侯", "邵", "孟", "龙", "万", "段", "雷", "钱", "汤", "尹", "黎", "易", "常", "武", "乔", "贺",
];
/// Rare and compound surnames.
const RARE: [&str; 20] = [
    "欧阳", "诸葛", "司马", "上官", "夏侯", "皇甫", "尉迟", "令狐", "佘", "仝", "逄", "亓", "郗",
    "笪", "昝", "卞", "储", "晏", "闵", "妘",
];
/// Two-syllable rare given characters, one of them outside the basic plane.
const RARE_GIVEN: [&str; 8] = ["喆", "堃", "翀", "彧", "䶮", "垚", "璟", "𬭎"];

struct Generation {
    until: i32,
    /// Of 100, how many have one character.
    single: usize,
    first: [&'static [&'static str]; 2],
    last: [&'static [&'static str]; 2],
}

const MEN_30: &[&str] = &[
    "德", "福", "贵", "有", "明", "金", "长", "大", "国", "正", "世", "永", "兴", "家", "传", "光",
    "文", "天", "启", "守",
];
const MEN_30_LAST: &[&str] = &[
    "山", "发", "生", "才", "元", "财", "清", "田", "海", "厚", "成", "堂", "友", "祥", "林", "义",
    "根", "顺",
];
const WOMEN_30: &[&str] = &[
    "秀", "桂", "玉", "凤", "兰", "素", "翠", "金", "月", "淑", "春", "腊", "荷", "菊", "银", "传",
    "先", "正",
];
const WOMEN_30_LAST: &[&str] = &[
    "英", "兰", "珍", "芝", "莲", "香", "枝", "姑", "芳", "梅", "华", "云", "秀", "容", "菊", "娥",
];
const MEN_50: &[&str] = &[
    "建", "国", "爱", "志", "忠", "红", "卫", "新", "光", "明", "和", "文", "学", "立", "胜", "跃",
    "援", "世",
];
const MEN_50_LAST: &[&str] = &[
    "国", "华", "军", "民", "平", "强", "明", "东", "林", "生", "兵", "刚", "安", "斌", "伟", "朝",
    "清",
];
const WOMEN_50: &[&str] = &[
    "秀", "玉", "桂", "红", "春", "爱", "建", "明", "丽", "慧", "淑", "素", "晓", "国", "文", "金",
];
const WOMEN_50_LAST: &[&str] = &[
    "兰", "华", "芳", "霞", "萍", "英", "梅", "琴", "珍", "荣", "玲", "红", "云", "群", "莲",
];
const MEN_70: &[&str] = &[
    "伟", "勇", "军", "强", "涛", "斌", "波", "辉", "俊", "海", "晓", "志", "永", "小", "立", "文",
    "建",
];
const MEN_70_LAST: &[&str] = &[
    "伟", "军", "涛", "峰", "勇", "刚", "鹏", "飞", "龙", "超", "林", "华", "东", "兵", "辉", "杰",
    "波",
];
const WOMEN_70: &[&str] = &[
    "丽", "敏", "静", "艳", "娟", "芳", "燕", "玲", "红", "晓", "小", "海", "雪", "春", "文", "慧",
];
const WOMEN_70_LAST: &[&str] = &[
    "丽", "娟", "艳", "芳", "敏", "霞", "燕", "琴", "玲", "华", "平", "娜", "莉", "蓉", "萍", "英",
];
const MEN_90: &[&str] = &[
    "宇", "浩", "俊", "子", "志", "文", "家", "天", "嘉", "泽", "明", "思", "世", "永", "梦", "凯",
];
const MEN_90_LAST: &[&str] = &[
    "轩", "杰", "豪", "鑫", "宇", "航", "磊", "帆", "凡", "涛", "博", "阳", "翔", "飞", "龙", "哲",
];
const WOMEN_90: &[&str] = &[
    "雨", "梦", "婷", "欣", "思", "佳", "雅", "晓", "文", "诗", "紫", "慧", "静", "嘉", "玉", "舒",
];
const WOMEN_90_LAST: &[&str] = &[
    "婷", "琪", "怡", "颖", "雯", "瑶", "倩", "洁", "璇", "萱", "悦", "蕾", "琳", "薇", "晴", "妍",
];
const MEN_10: &[&str] = &[
    "浩", "子", "宇", "梓", "奕", "沐", "俊", "一", "泽", "景", "明", "睿", "承", "嘉", "星", "佑",
];
const MEN_10_LAST: &[&str] = &[
    "宇", "轩", "辰", "泽", "涵", "然", "睿", "阳", "博", "航", "宸", "霖", "安", "远", "铭", "晨",
];
const WOMEN_10: &[&str] = &[
    "梓", "欣", "诗", "雨", "可", "一", "语", "若", "思", "佳", "沐", "依", "舒", "清", "芷", "苏",
];
const WOMEN_10_LAST: &[&str] = &[
    "涵", "怡", "琪", "萱", "妍", "彤", "诺", "桐", "汐", "玥", "宁", "瑶", "言", "悦", "溪", "晴",
];

const GENERATIONS: [Generation; 5] = [
    Generation {
        until: 1949,
        single: 4,
        first: [MEN_30, WOMEN_30],
        last: [MEN_30_LAST, WOMEN_30_LAST],
    },
    Generation {
        until: 1969,
        single: 8,
        first: [MEN_50, WOMEN_50],
        last: [MEN_50_LAST, WOMEN_50_LAST],
    },
    Generation {
        until: 1989,
        single: 42,
        first: [MEN_70, WOMEN_70],
        last: [MEN_70_LAST, WOMEN_70_LAST],
    },
    Generation {
        until: 2009,
        single: 28,
        first: [MEN_90, WOMEN_90],
        last: [MEN_90_LAST, WOMEN_90_LAST],
    },
    Generation {
        until: 9999,
        single: 6,
        first: [MEN_10, WOMEN_10],
        last: [MEN_10_LAST, WOMEN_10_LAST],
    },
];

/// A surname: its place among the common ones, then the rare ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Surname(u8);

impl Surname {
    /// One of the common ones.
    pub(crate) fn of(text: &str) -> Self {
        Self(COMMON.iter().position(|name| *name == text).unwrap_or(0) as u8)
    }

    pub(crate) fn text(self) -> &'static str {
        let at = usize::from(self.0);
        let rare = || RARE.get(at - COMMON.len());
        COMMON.get(at).or_else(rare).copied().unwrap_or("王")
    }
}

/// Draws a surname.
pub(crate) fn surname(rng: &mut Rng) -> Surname {
    if rng.below(400) == 0 {
        return Surname((COMMON.len() + rng.below(RARE.len())) as u8);
    }
    Surname(rng.below(COMMON.len()).min(rng.below(COMMON.len() + 24)) as u8)
}

/// A given name of somebody born in this year.
pub(crate) fn full(rng: &mut Rng, surname: Surname, sex: usize, year: i32) -> String {
    let surname = surname.text();
    let generation = GENERATIONS
        .iter()
        .find(|g| year <= g.until)
        .unwrap_or(&GENERATIONS[0]);
    let sex = usize::from(sex != MALE);
    let last = rng.pick(generation.last[sex], "华");
    let mut name = String::with_capacity(12);
    name.push_str(surname);
    if rng.below(600) == 0 {
        name.push_str(rng.pick(&RARE_GIVEN, "喆"));
        return name;
    }
    if rng.below(100) >= generation.single {
        name.push_str(rng.pick(generation.first[sex], "文"));
    }
    if !name.ends_with(last) || name.chars().count() == surname.chars().count() {
        name.push_str(last);
    } else {
        name.push_str(if sex == 0 { "平" } else { "英" });
    }
    name
}
