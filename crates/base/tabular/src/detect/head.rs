//! Where the headings stand: under the titles, above the rows.

/// A row looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    /// Its line, counted from 1.
    pub(crate) line: u64,
    /// What is seen in its cells.
    pub(crate) cells: Vec<String>,
    /// Whether each is a text (and not a number or a day).
    pub(crate) is_text: Vec<bool>,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) line: u64,
    pub(crate) rows: u64,
    pub(crate) header: Vec<String>,
    pub(crate) titles: Vec<String>,
}

/// Rows above which headings are looked for.
const DEEPEST: usize = 40;
/// Words that headings have.
const WORDS: &[&str] = &[
    "姓名",
    "身份证",
    "证件",
    "公民身份",
    "证号",
    "性别",
    "出生",
    "年龄",
    "地址",
    "住址",
    "户籍",
    "户口",
    "居住",
    "电话",
    "手机",
    "联系方式",
    "金额",
    "标准",
    "备注",
    "序号",
    "编号",
    "民族",
    "账号",
    "帐号",
    "卡号",
    "开户",
    "时间",
    "日期",
    "类别",
    "类型",
    "等级",
    "级别",
    "单位",
    "所属",
    "区划",
    "乡镇",
    "镇街",
    "街道名称",
    "村居",
    "村（",
    "社区",
    "是否",
    "关系",
    "监护",
    "状态",
    "原因",
    "人数",
    "名称",
    "代码",
    "月份",
    "年月",
    "银行",
    "享受",
    "待遇",
    "死亡",
    "迁",
    "职业",
    "学历",
    "婚姻",
    "残疾",
    "低保",
    "优抚",
    "机构",
    "name",
    "id",
    "sex",
    "birth",
    "phone",
    "area",
    "code",
    "date",
    "amount",
];

/// Finds the headings; `asked` is the line a person has pointed at.
pub(crate) fn find(samples: &[Sample], asked: Option<u64>) -> Option<Head> {
    let place = match asked {
        Some(line) => samples.iter().position(|sample| sample.line == line)?,
        None => place(samples)?,
    };
    let head = samples.get(place)?;
    let next = samples
        .get(place + 1)
        .filter(|next| next.line == head.line + 1);
    let joined = next.and_then(|next| join(head, next));
    let rows = if joined.is_some() { 2 } else { 1 };
    let mut header = joined.unwrap_or_else(|| head.cells.clone());
    for heading in &mut header {
        *heading = heading.trim().to_owned();
    }
    while header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    let title = |sample: &Sample| {
        let cells: Vec<&str> = filled(sample).map(|(_, cell)| cell.trim()).collect();
        cells.join(" ")
    };
    (!header.is_empty()).then(|| Head {
        line: head.line,
        rows,
        header,
        titles: samples
            .iter()
            .take(place)
            .map(title)
            .filter(|title| !title.is_empty())
            .collect(),
    })
}

fn filled(sample: &Sample) -> impl Iterator<Item = (usize, &str)> {
    let cells = sample.cells.iter().enumerate();
    cells
        .map(|(at, cell)| (at, cell.as_str()))
        .filter(|(_, cell)| !cell.trim().is_empty())
}

fn place(samples: &[Sample]) -> Option<usize> {
    let widest = samples.iter().map(|s| filled(s).count()).max()?;
    let least = if widest < 2 {
        1
    } else {
        widest.div_ceil(2).max(2)
    };
    let fit = |sample: &Sample| {
        let count = filled(sample).count();
        count >= least && count > 0 && all_like_headings(sample)
    };
    let few = samples.iter().take(DEEPEST);
    let known = few.clone().position(|sample| {
        let words = filled(sample).filter(|(_, cell)| is_known(cell)).count();
        fit(sample) && words > 0 && words * 3 >= filled(sample).count()
    });
    known.or_else(|| {
        few.enumerate()
            .find(|(at, sample)| fit(sample) && rows_differ(sample, samples.get(at + 1..)))
            .map(|(at, _)| at)
    })
}

/// Whether what stands below is of another kind: digits where the headings have words.
fn rows_differ(head: &Sample, below: Option<&[Sample]>) -> bool {
    let mut rows = below
        .unwrap_or(&[])
        .iter()
        .filter(|row| filled(row).count() > 0);
    let Some(first) = rows.next() else {
        return false;
    };
    filled(head).any(|(at, _)| first.cells.get(at).is_some_and(|cell| digits(cell) > 0))
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

fn is_known(cell: &str) -> bool {
    let plain: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.to_lowercase();
    plain.chars().count() <= 30 && WORDS.iter().any(|word| plain.contains(word))
}

fn is_like_a_heading(cell: &str, is_text: bool) -> bool {
    let cell = cell.trim();
    let label = |sign: char| {
        cell.find(sign)
            .is_some_and(|at| at + sign.len_utf8() < cell.len())
    };
    is_text
        && cell.chars().count() <= 60
        && cell.chars().any(char::is_alphabetic)
        && longest_digits(cell) < 5
        && (!label('：') || cell.contains(['(', '（']))
}

fn longest_digits(cell: &str) -> usize {
    let runs = cell.split(|c: char| !c.is_ascii_digit());
    runs.map(str::len).max().unwrap_or(0)
}

/// All filled cells look like headings and (nearly) no two are the same.
fn all_like_headings(sample: &Sample) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut same = 0;
    for (at, cell) in filled(sample) {
        if !is_like_a_heading(cell, sample.is_text.get(at).copied().unwrap_or(true)) {
            return false;
        }
        same += usize::from(!seen.insert(cell.trim()));
    }
    same * 4 <= seen.len()
}

/// Two rows of headings: 家庭成员 over 姓名 and 关系. `None` where the second is a row of the table.
fn join(upper: &Sample, lower: &Sample) -> Option<Vec<String>> {
    let cell = |sample: &Sample, at: usize| {
        sample
            .cells
            .get(at)
            .map_or(String::new(), |cell| cell.trim().to_owned())
    };
    let width = upper.cells.len().max(lower.cells.len());
    if filled(lower).count() < 2 || !all_like_headings_below(lower) {
        return None;
    }
    let (first, _) = filled(upper).next()?;
    if !cell(lower, first).is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(width);
    let mut group = String::new();
    let (mut alone, mut spread) = (false, false);
    for at in 0..width {
        let (above, below) = (cell(upper, at), cell(lower, at));
        match (above.is_empty(), below.is_empty()) {
            (false, true) => {
                alone = true;
                group = String::new();
                out.push(above);
            }
            (false, false) => {
                // A group begins only where it goes on to the right.
                let goes_on = cell(upper, at + 1).is_empty() && !cell(lower, at + 1).is_empty();
                if !goes_on {
                    return None;
                }
                out.push(format!("{above}{below}"));
                group = above;
            }
            (true, false) => {
                if group.is_empty() {
                    return None;
                }
                spread = true;
                out.push(format!("{group}{below}"));
            }
            (true, true) => {
                group = String::new();
                out.push(String::new());
            }
        }
    }
    (alone && spread).then_some(out)
}

/// As for the upper row, but groups may repeat the same words (本人 姓名, 监护人 姓名).
fn all_like_headings_below(sample: &Sample) -> bool {
    filled(sample).all(|(at, cell)| {
        digits(cell) == 0
            && is_like_a_heading(cell, sample.is_text.get(at).copied().unwrap_or(true))
    })
}
