//! Sums, signatures and remarks below (or between) the rows.

use crate::rows::{Record, Tag};

/// A row whose first or second filled cell is exactly this is a sum.
const SUMS: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "累计",
    "本页合计",
    "本页小计",
    "合计人数",
    "总合计",
    "共计",
];
/// A row with few cells whose first begins so is what an office writes below its table.
const SIGNED: &[&str] = &[
    "制表",
    "填表",
    "审核",
    "复核",
    "填报",
    "经办",
    "负责人",
    "单位负责人",
    "分管领导",
    "主管领导",
    "盖章",
    "（盖章",
    "(盖章",
    "说明",
    "备注",
    "注：",
    "注:",
    "打印",
    "联系人",
    "报送",
    "单位（",
    "单位(",
    "填制",
    "统计人",
    "核对",
    "以上",
    "第",
    "共",
];

/// The words of a row that is no row of the table.
pub(crate) fn of(record: &Record, shared: &str, filled: usize, width: usize) -> Option<String> {
    let mut first = true;
    let mut seen = 0;
    for slot in &record.slots {
        if matches!(slot.tag(), Tag::Empty) {
            continue;
        }
        seen += 1;
        if seen > 2 {
            return None;
        }
        if !matches!(slot.tag(), Tag::Text | Tag::Shared) {
            first = false;
            continue;
        }
        let text = slot.cell(&record.text, shared).raw();
        if may_begin(text) {
            let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let bare = plain.trim_end_matches(['：', ':']);
            let few = filled * 3 <= width || filled <= 2;
            let signed = first
                && few
                && (plain.contains(['：', ':']) || filled == 1)
                && SIGNED.iter().any(|word| plain.starts_with(word));
            if SUMS.contains(&bare) || signed {
                return Some(plain.chars().take(30).collect());
            }
        }
        first = false;
    }
    None
}

/// Whether the first character is one that a word of the two lists begins with.
fn may_begin(text: &str) -> bool {
    text.trim_start().chars().next().is_some_and(|c| {
        matches!(
            c,
            '合' | '总'
                | '小'
                | '累'
                | '本'
                | '共'
                | '制'
                | '填'
                | '审'
                | '复'
                | '经'
                | '负'
                | '单'
                | '分'
                | '主'
                | '盖'
                | '（'
                | '('
                | '说'
                | '备'
                | '注'
                | '打'
                | '联'
                | '报'
                | '统'
                | '核'
                | '以'
                | '第'
        )
    })
}
