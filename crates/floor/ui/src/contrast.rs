//! The colour tokens of `web/src/tokens.css` keep WCAG AA contrast (design.md invariant 14).

use std::collections::BTreeMap;

fn tokens() -> BTreeMap<String, [f64; 3]> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../web/src/tokens.css");
    let css = std::fs::read_to_string(path).unwrap();
    css.lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("--")?
                .strip_suffix(';')?
                .split_once(": #")
        })
        .map(|(name, hex)| {
            let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
            (name.to_owned(), [part(0), part(2), part(4)])
        })
        .collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let share = part / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_keeps_four_and_a_half_to_one() {
    let tokens = tokens();
    let mut pairs = Vec::new();
    for word in [
        "ink",
        "ink-soft",
        "ink-faint",
        "accent",
        "accent-deep",
        "danger-word",
    ] {
        for ground in ["paper", "ground", "sunken", "hover"] {
            pairs.push((word.to_owned(), ground.to_owned()));
        }
    }
    for ground in ["line-soft", "accent-tint"] {
        pairs.push(("ink-soft".into(), ground.into()));
        pairs.push(("accent-deep".into(), ground.into()));
    }
    for bar in ["bar", "bar-sunken", "accent", "accent-deep"] {
        pairs.push(("on-accent".into(), bar.into()));
    }
    for bar in ["bar", "bar-sunken"] {
        pairs.push(("on-accent-soft".into(), bar.into()));
    }
    for state in [
        "yes",
        "no",
        "unknown",
        "receiving",
        "owed",
        "danger",
        "conflict",
        "demo",
    ] {
        pairs.push((format!("{state}-word"), format!("{state}-ground")));
        pairs.push((format!("{state}-word"), "paper".into()));
    }
    for (word, ground) in pairs {
        let found = contrast(tokens[&word], tokens[&ground]);
        assert!(found >= 4.5, "--{word} on --{ground}: {found:.2}");
    }
}

#[test]
fn edges_and_focus_keep_three_to_one() {
    let tokens = tokens();
    for (edge, ground) in [
        ("line-input", "paper"),
        ("focus", "paper"),
        ("focus", "ground"),
        ("accent", "paper"),
        ("yes-edge", "paper"),
        ("unknown-edge", "paper"),
        ("receiving-edge", "paper"),
        ("owed-edge", "paper"),
        ("danger-edge", "paper"),
        ("conflict-edge", "paper"),
    ] {
        let found = contrast(tokens[edge], tokens[ground]);
        assert!(found >= 3.0, "--{edge} on --{ground}: {found:.2}");
    }
}
