//! Small counts are not shown to those who see counts but no lists, nor on paper and walls (product.md 42).
//!
//! A count of 1–4 is shown as «<5». Where the total stands beside the rows, hiding one row hides nothing:
//! further rows are left out until no hidden count can be worked out, or all of them. Pure.

use std::collections::BTreeMap;

/// Counts from 1 to one less than this are not shown. A parameter; pages state it.
pub(crate) const LEAST: i64 = 5;

/// The rule in words.
pub(crate) fn rule() -> String {
    format!(
        "人数 1—{} 的显示“<{LEAST}”；能从合计反推出来的行一并隐去，显示“不单列”。",
        LEAST - 1
    )
}

/// How a count is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// As it is.
    Number(i64),
    /// 1–4.
    Few,
    /// Left out so that another one cannot be worked out.
    Hidden,
}

impl Cell {
    /// As words.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Number(n) => ui::grouped(n.unsigned_abs()),
            Self::Few => format!("<{LEAST}"),
            Self::Hidden => "不单列".to_owned(),
        }
    }

    /// It may be opened, and stands in maps and ranks.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// A single count without rows beside it.
pub(crate) const fn one(n: i64) -> Cell {
    if few(n) { Cell::Few } else { Cell::Number(n) }
}

const fn few(n: i64) -> bool {
    n > 0 && n < LEAST
}

/// The rows of a shown total. `forced` rows are hidden whatever they are (another page would give them
/// away).
pub(crate) fn rows(counts: &[i64], forced: &[bool]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = counts
        .iter()
        .enumerate()
        .map(|(at, n)| {
            if forced.get(at).copied().unwrap_or(false) {
                Cell::Hidden
            } else if few(*n) {
                Cell::Few
            } else {
                Cell::Number(*n)
            }
        })
        .collect();
    while !safe(counts, &cells) {
        // The smallest one that says something; a shown 0 hides nothing but itself.
        let next = cells
            .iter()
            .enumerate()
            .filter_map(|(at, cell)| match cell {
                Cell::Number(n) if *n != 0 => Some((*n, at)),
                _ => None,
            })
            .min();
        match next.and_then(|(_, at)| cells.get_mut(at)) {
            Some(cell) => *cell = Cell::Hidden,
            // Nothing left to hide behind: no row is shown at all.
            None => return vec![Cell::Hidden; counts.len()],
        }
    }
    cells
}

/// Rows that stand in several breakdowns (a town in its county and in its body), each with a shown total:
/// what one breakdown hides, the others hide too, until all of them are safe.
pub(crate) fn consistent(
    counts: &BTreeMap<String, i64>,
    breakdowns: &[Vec<String>],
) -> BTreeMap<String, Cell> {
    let mut cells: BTreeMap<String, Cell> = counts
        .iter()
        .map(|(key, n)| (key.clone(), one(*n)))
        .collect();
    loop {
        let before = cells.clone();
        for keys in breakdowns {
            let n: Vec<i64> = keys
                .iter()
                .map(|key| counts.get(key).copied().unwrap_or(0))
                .collect();
            let forced: Vec<bool> = keys
                .iter()
                .map(|key| cells.get(key) == Some(&Cell::Hidden))
                .collect();
            for (key, cell) in keys.iter().zip(rows(&n, &forced)) {
                let held = cells.entry(key.clone()).or_insert(cell);
                // Once left out, always left out.
                if *held != Cell::Hidden {
                    *held = cell;
                }
            }
        }
        if cells == before {
            return cells;
        }
    }
}

/// Whether, with the total and all shown rows known, every hidden count may still be any of 1–4.
fn safe(counts: &[i64], cells: &[Cell]) -> bool {
    let (mut fews, mut hidden, mut left) = (0_i64, 0_i64, 0_i64);
    for (n, cell) in counts.iter().zip(cells) {
        match cell {
            Cell::Number(_) => {}
            Cell::Few => {
                fews += 1;
                left += n;
            }
            Cell::Hidden => {
                hidden += 1;
                left += n;
            }
        }
    }
    if fews == 0 {
        // One hidden row is the total less the rest.
        return hidden != 1;
    }
    let widest = LEAST - 2;
    if hidden == 0 {
        // One of them at 1 or at 4 must leave room for the others between 1 and 4.
        let most = fews * (LEAST - 1);
        return fews > 1 && left >= fews + widest && left <= most - widest;
    }
    left - LEAST * hidden >= fews + widest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[i64]) -> Vec<String> {
        rows(counts, &[]).into_iter().map(Cell::text).collect()
    }

    /// Product.md 42: counts of 1–4 are not shown, and no row that would give them away.
    #[test]
    fn small_counts_and_their_complements_are_hidden() {
        for (counts, wanted) in [
            (vec![], vec![]),
            (vec![0, 5, 1_200], vec!["0", "5", "1,200"]),
            // One small count: the total would give it away, so a second row goes.
            (vec![3, 9, 40], vec!["<5", "不单列", "40"]),
            // The smallest neighbour leaves too little room: one more goes.
            (vec![1, 5, 40], vec!["<5", "不单列", "不单列"]),
            // Two small counts whose sum says little hide each other.
            (vec![2, 3, 40], vec!["<5", "<5", "40"]),
            // Two of 1: their sum of 2 would say it.
            (vec![1, 1, 40], vec!["<5", "<5", "不单列"]),
            (vec![4, 4, 40], vec!["<5", "<5", "不单列"]),
            // Nothing to hide behind: nothing is shown, nor which rows are 0.
            (vec![2, 0, 0], vec!["不单列", "不单列", "不单列"]),
            (vec![2], vec!["不单列"]),
        ] {
            assert_eq!(shown(&counts), wanted, "{counts:?}");
        }
        assert_eq!(
            rows(&[30, 20, 9], &[true, false, false]),
            [Cell::Hidden, Cell::Number(20), Cell::Hidden],
            "a forced row is not the total less the others"
        );
        assert_eq!(
            (one(0), one(4), one(5)),
            (Cell::Number(0), Cell::Few, Cell::Number(5))
        );
    }

    /// Product.md 42: a town that one tree leaves out is left out in the other, and so on.
    #[test]
    fn two_trees_hide_the_same_rows() {
        let counts: BTreeMap<String, i64> = [("a", 3), ("b", 9), ("c", 40), ("d", 60)]
            .map(|(key, n)| (key.to_owned(), n))
            .into();
        let of = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        // One tree holds all four together, the other a with c, and b with d.
        let cells = consistent(
            &counts,
            &[of(&["a", "b", "c", "d"]), of(&["a", "c"]), of(&["b", "d"])],
        );
        let shown: Vec<Cell> = cells.into_values().collect();
        assert_eq!(
            shown,
            [Cell::Few, Cell::Hidden, Cell::Hidden, Cell::Hidden],
            "b is hidden for a, so d goes for b; c goes for a"
        );
    }

    /// Product.md 42: whoever knows the rule and the total finds at least two possible values for every «<5».
    #[test]
    fn nobody_can_work_a_hidden_count_out() {
        for a in 0..9 {
            for b in 0..9 {
                for c in 0..14 {
                    let counts = [a, b, c];
                    let cells = rows(&counts, &[]);
                    for (at, cell) in cells.iter().enumerate() {
                        if *cell != Cell::Few {
                            continue;
                        }
                        let mut possible: Vec<i64> = Vec::new();
                        for_all(a + b + c, &mut |other| {
                            let fits = other.iter().zip(&cells).all(|(n, cell)| match cell {
                                Cell::Number(m) => n == m,
                                Cell::Few => few(*n),
                                Cell::Hidden => *n >= LEAST,
                            });
                            if fits {
                                possible.push(other[at]);
                            }
                        });
                        possible.sort_unstable();
                        possible.dedup();
                        assert_eq!(possible, [1, 2, 3, 4], "{counts:?} {cells:?}");
                    }
                }
            }
        }
    }

    fn for_all(total: i64, see: &mut impl FnMut([i64; 3])) {
        for a in 0..=total {
            for b in 0..=total - a {
                see([a, b, total - a - b]);
            }
        }
    }
}
