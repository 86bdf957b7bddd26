//! A roll as a county would send it, for benchmarks and tests.

use crate::text::Gbk;
use std::io::{self, BufWriter, Write};

/// A person of the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The identity number as it shall stand in the file.
    pub id_number: String,
    /// The area as it shall stand in the file.
    pub area: String,
}

/// Headings of the roll, 20 columns.
pub const HEADINGS: [&str; 20] = [
    "序号",
    "姓名",
    "身份证号",
    "性别",
    "出生日期",
    "民族",
    "户籍地",
    "居住地",
    "联系电话",
    "类别",
    "开户银行",
    "银行账号",
    "发放标准（元）",
    "起始日期",
    "家庭人口",
    "残疾等级",
    "是否独居",
    "监护人",
    "监护人电话",
    "备注",
];

/// Writes a GBK CSV of 20 columns, a row per person; the same people give the same bytes. Gives the
/// number of rows.
pub fn gbk_csv(people: impl Iterator<Item = Person>, out: impl Write) -> io::Result<u64> {
    let mut out = BufWriter::with_capacity(256 * 1024, out);
    let mut line = HEADINGS.join(",");
    line.push_str("\r\n");
    let (mut gbk, mut bytes) = (Gbk::default(), Vec::new());
    gbk.add(&line, &mut bytes);
    out.write_all(&bytes)?;
    let mut count = 0;
    for person in people {
        count += 1;
        line.clear();
        row(count, &person, &mut line);
        bytes.clear();
        gbk.add(&line, &mut bytes);
        out.write_all(&bytes)?;
    }
    out.flush()?;
    Ok(count)
}

fn row(count: u64, person: &Person, line: &mut String) {
    use std::fmt::Write as _;
    let id = person.id_number.as_str();
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or("");
    let (year, month, day) = (part(6, 10), part(10, 12), part(12, 14));
    let birth = match count % 5 {
        0 => format!("{year}-{month}-{day}"),
        1 => format!("{year}/{}/{}", bare(month), bare(day)),
        2 => format!("{year}.{}.{}", bare(month), bare(day)),
        3 => format!("{year}{month}{day}"),
        _ => format!("{year}年{}月{}日", bare(month), bare(day)),
    };
    let male = id.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
    let sex = if male { "男" } else { "女" };
    let phone = 13_000_000_000 + count % 1_000_000_000;
    let kind = ["低保", "特困", "低收入", "普通"]
        .get((count % 4) as usize)
        .unwrap_or(&"普通");
    let amount = 100 + count % 900;
    let (name, area) = (&person.name, &person.area);
    let since = format!("20{:02}-{:02}", 10 + count % 15, 1 + count % 12);
    let alone = if count.is_multiple_of(7) {
        "是"
    } else {
        "否"
    };
    let grade = ["", "一级", "二级", "三级"]
        .get((count % 4) as usize)
        .unwrap_or(&"");
    // A `String` takes all that is written to it.
    let _written = write!(
        line,
        "{count},{name},{id},{sex},{birth},汉族,{area},{area},{phone},{kind},农村商业银行,\
         6217{count:015},{amount}.50,{since}-01,{},{grade},{alone},{name}之子,{phone},\"无，\"\"另\"\"见附表\"\r\n",
        1 + count % 6
    );
}

fn bare(text: &str) -> &str {
    text.trim_start_matches('0')
}
