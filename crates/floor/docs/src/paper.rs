//! What a paper says, without how it looks.

use kernel::Day;
use serde::Serialize;
use sm3::{Digest, Sm3};

/// One page of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// Title, centred.
    pub title: String,
    /// Below the title: which plan, which place.
    pub subtitle: String,
    /// As of when: `数据截至 2025年6月30日`.
    pub date_line: String,
    /// What must not be overlooked (已到期, 演示数据); empty for none.
    pub notice: String,
    /// What stands on the page, from the top.
    pub blocks: Vec<Block>,
    /// How figures are meant (口径), at the foot.
    pub note: String,
    /// The day it is made, by the injected clock; becomes the file's date.
    pub made: Day,
}

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A heading with a remark at the right.
    Heading {
        /// Words.
        text: String,
        /// Remark; empty for none.
        aside: String,
    },
    /// A row of tiles under one label (一老).
    Tiles {
        /// Label at the left.
        label: String,
        /// The tiles.
        tiles: Vec<Tile>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Figure(Figure),
    /// A paragraph.
    Text {
        /// Words.
        text: String,
    },
    /// Numbered sentences.
    Points {
        /// Bold opening and the rest of each sentence.
        points: Vec<(String, String)>,
    },
    /// Parts beside each other.
    Beside {
        /// Share of the width and content, left to right.
        columns: Vec<(u32, Vec<Block>)>,
    },
}

/// A headline figure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// Its value; empty where none was reported.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Said in the value's place when there is none (未填报, 未接入).
    pub lacking: String,
    /// The goal.
    pub target: String,
    /// The distance to it.
    pub gap: String,
    /// Change since last month.
    pub change: String,
    /// The value's day and how it came about.
    pub meaning: String,
    /// Its light.
    pub light: Option<Light>,
}

/// 红 黄 绿 灰, always as a word too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 红.
    Red,
    /// 黄.
    Yellow,
    /// 绿.
    Green,
    /// 未填报.
    Grey,
}

impl Light {
    /// Its word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Red => "红",
            Self::Yellow => "黄",
            Self::Green => "绿",
            Self::Grey => "灰",
        }
    }

    /// Text on [`Self::ground`], dark enough for a bad printer.
    pub const fn ink(self) -> &'static str {
        match self {
            Self::Red => "#B42318",
            Self::Yellow => "#8A5300",
            Self::Green => "#146C43",
            Self::Grey => "#5B6470",
        }
    }

    /// Behind the word.
    pub const fn ground(self) -> &'static str {
        match self {
            Self::Red => "#FDE8E6",
            Self::Yellow => "#FFF1D6",
            Self::Green => "#DFF3E7",
            Self::Grey => "#ECEFF2",
        }
    }
}

/// Columns and rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Table {
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
    /// Said instead of a table without rows.
    pub empty: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Share of the width.
    pub width: u32,
    /// Where its texts stand.
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn words(head: &str, width: u32) -> Self {
        Self {
            head: head.to_owned(),
            width,
            align: Align::Left,
        }
    }

    /// A column of numbers.
    pub fn numbers(head: &str, width: u32) -> Self {
        Self {
            align: Align::Right,
            ..Self::words(head, width)
        }
    }

    /// A column of short words in the middle.
    pub fn middle(head: &str, width: u32) -> Self {
        Self {
            align: Align::Center,
            ..Self::words(head, width)
        }
    }
}

/// Where texts of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Left.
    Left,
    /// In the middle.
    Center,
    /// Right.
    Right,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Cell {
    /// Words.
    pub text: String,
    /// Bold.
    pub strong: bool,
    /// The cell is a light.
    pub light: Option<Light>,
}

impl Cell {
    /// A light with its word.
    pub fn light(light: Light) -> Self {
        Self {
            text: light.zh().to_owned(),
            strong: true,
            light: Some(light),
        }
    }

    /// Bold words.
    pub fn strong(text: impl Into<String>) -> Self {
        Self {
            strong: true,
            ..Self::from(text.into())
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// A chart, drawn ([`crate::chart`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The picture.
    pub svg: String,
    /// In points when it stands in its column.
    pub wide: u32,
    /// See [`Self::wide`].
    pub tall: u32,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

impl Paper {
    /// SM3 of the content: two prints with the same digest say the same.
    pub fn digest(&self) -> String {
        let content = serde_json::to_vec(self).unwrap_or_default();
        let mut out = String::new();
        for byte in Sm3::digest(&content) {
            out.push_str(&format!("{byte:02x}"));
        }
        out
    }

    /// The digest as it stands at the foot: enough to tell two prints apart.
    pub(crate) fn short_digest(&self) -> String {
        let digest = self.digest();
        let part = |from: usize| digest.get(from..from + 4).unwrap_or_default().to_owned();
        format!("{} {} {} {}", part(0), part(4), part(8), part(12))
    }

    /// The line at the foot.
    pub(crate) fn foot(&self) -> String {
        format!(
            "{} · 生成于 {} · 内容摘要 {}",
            self.date_line,
            self.made,
            self.short_digest()
        )
    }

    /// All charts in order.
    pub(crate) fn figures(&self) -> Vec<&Figure> {
        let mut out = Vec::new();
        collect(&self.blocks, &mut out);
        out
    }
}

fn collect<'a>(blocks: &'a [Block], out: &mut Vec<&'a Figure>) {
    for block in blocks {
        match block {
            Block::Figure(figure) => out.push(figure),
            Block::Beside { columns } => {
                for (_, blocks) in columns {
                    collect(blocks, out);
                }
            }
            _ => {}
        }
    }
}
