//! Somebody changed the row meanwhile: what was typed stays, what was not touched becomes the newest.

use super::names::{FIELDS, FIGURE_TEXTS, FIGURE_TICKS, figures, is_blank, of_figure};
use ui::FormData;

/// What was typed over `base`, laid over `now`. Figures are one field: they belong together.
pub(super) fn merge(base: &FormData, now: &FormData, typed: &FormData) -> FormData {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for name in FIELDS {
        let touched = tidy(typed.get(name)) != tidy(base.get(name));
        let from = if touched { typed } else { now };
        pairs.push(((*name).to_owned(), from.get(name).to_owned()));
    }
    let from = if groups(typed) == groups(base) {
        now
    } else {
        typed
    };
    for index in 0..figures(from) {
        for key in ["role", "op", "gone"]
            .iter()
            .chain(FIGURE_TEXTS)
            .chain(FIGURE_TICKS)
        {
            let name = of_figure(index, key);
            let value = from.get(&name).to_owned();
            pairs.push((name, value));
        }
    }
    pairs.push(("says".to_owned(), typed.get("says").to_owned()));
    FormData::from_pairs(pairs)
}

fn tidy(text: &str) -> String {
    text.replace('\r', "")
}

fn groups(data: &FormData) -> Vec<Vec<String>> {
    let group = |index: usize| {
        let keys = ["role", "op", "gone"]
            .iter()
            .chain(FIGURE_TEXTS)
            .chain(FIGURE_TICKS);
        keys.map(|key| tidy(data.get(&of_figure(index, key))))
            .collect()
    };
    (0..figures(data))
        .filter(|index| !is_blank(data, *index))
        .map(group)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str, text: &str, value: &str) -> FormData {
        FormData::from_pairs([
            ("name", name),
            ("text", text),
            ("f0_value", value),
            ("f0_role", "target"),
        ])
    }

    #[test]
    fn what_was_typed_stays_and_the_rest_is_the_newest() {
        let base = data("床位", "旧", "45");
        let now = data("床位数", "旧", "46");
        let mine = merge(&base, &now, &data("床位", "新", "45"));
        assert_eq!(
            (mine.get("name"), mine.get("text"), mine.get("f0_value")),
            ("床位数", "新", "46")
        );
        let mine = merge(&base, &now, &data("我的床位", "旧", "47"));
        assert_eq!(
            (mine.get("name"), mine.get("text"), mine.get("f0_value")),
            ("我的床位", "旧", "47")
        );
    }
}
