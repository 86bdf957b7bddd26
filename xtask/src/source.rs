//! Rust text taken apart just enough for the checks: what is code, what is a string, what is a comment.

/// A string literal and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// A Rust file taken apart.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The text line by line without comments; inside strings every letter is a `"`.
    pub(crate) code: String,
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    pub(crate) fn parse(text: &str) -> Self {
        let mut source = Self::default();
        let chars: Vec<char> = text.chars().collect();
        let (mut at, mut line) = (0, 1);
        while let Some(&c) = chars.get(at) {
            let end = match (c, chars.get(at + 1)) {
                ('/', Some('/')) => {
                    at = (at..chars.len())
                        .find(|&i| chars[i] == '\n')
                        .unwrap_or(chars.len());
                    continue;
                }
                ('/', Some('*')) => {
                    let end = after_comment(&chars, at);
                    for _ in chars[at..end].iter().filter(|c| **c == '\n') {
                        source.code.push('\n');
                        line += 1;
                    }
                    at = end;
                    continue;
                }
                ('"', _) => after_string(&chars, at),
                ('r', Some('"' | '#'))
                    if !is_word(at.checked_sub(1).map(|i| chars[i]))
                        || is_byte_prefix(&chars, at) =>
                {
                    after_raw(&chars, at)
                }
                ('\'', _) => after_char(&chars, at),
                _ => at + 1,
            };
            if end == at + 1 {
                source.code.push(c);
                line += usize::from(c == '\n');
            } else {
                let literal: String = chars[at..end].iter().collect();
                source.code.extend(
                    literal
                        .chars()
                        .map(|c| if c.is_whitespace() { c } else { '"' }),
                );
                let newlines = literal.matches('\n').count();
                if let Some(text) = inside(&literal) {
                    source.literals.push(Literal {
                        line,
                        text: text.to_owned(),
                    });
                }
                line += newlines;
            }
            at = end;
        }
        source
    }

    /// Lines of code above the unit tests; blank lines and comments do not count.
    pub(crate) fn code_lines(&self) -> usize {
        let until = self.tests_begin().unwrap_or(usize::MAX);
        self.code
            .lines()
            .take(until - 1)
            .filter(|line| !line.trim().is_empty())
            .count()
    }

    /// The line (from 1) where the unit tests of this file begin.
    pub(crate) fn tests_begin(&self) -> Option<usize> {
        let lines: Vec<&str> = self.code.lines().map(str::trim).collect();
        let module = lines.iter().position(|line| *line == "mod tests {")?;
        let attribute = lines[..module]
            .iter()
            .rposition(|line| !line.is_empty() && !line.starts_with("#["));
        Some(attribute.map_or(1, |before| before + 2))
    }
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// `br"…"`: the r follows a b that is a word of its own.
fn is_byte_prefix(chars: &[char], at: usize) -> bool {
    at >= 1 && matches!(chars[at - 1], 'b' | 'c') && !is_word(at.checked_sub(2).map(|i| chars[i]))
}

fn after_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn after_raw(chars: &[char], start: usize) -> usize {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return start + 1;
    }
    (open + 1..chars.len())
        .find(|&at| {
            chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes
        })
        .map_or(chars.len(), |at| at + 1 + hashes)
}

/// A character literal; a lifetime is only its tick.
fn after_char(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), _) => (start + 3..chars.len())
            .find(|&at| chars[at] == '\'')
            .map_or(start + 1, |at| at + 1),
        (Some(_), Some('\'')) => start + 3,
        _ => start + 1,
    }
}

fn inside(literal: &str) -> Option<&str> {
    let text = literal
        .strip_prefix('r')
        .unwrap_or(literal)
        .trim_matches('#');
    text.strip_prefix('"')?.strip_suffix('"')
}

/// The words of a text (letters, digits, `_`) with the byte each begins at.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let start = rest + tail.find(|c: char| c.is_alphanumeric() || c == '_')?;
        let word = text.get(start..)?;
        let end = start
            + word
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(word.len());
        rest = end;
        Some((start, text.get(start..end)?))
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, words};

    const SAMPLE: &str = "//! Why.\nfn a<'x>(c: char) {\n    /* two\n    lines */\n    let s = \"say \\\"hi\\\" // no comment\";\n    let q = '\"';\n    let r = r#\"SELECT \"a\"\nFROM b\"#;\n}\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n";

    #[test]
    fn strings_comments_and_code_are_told_apart() {
        let source = Source::parse(SAMPLE);
        let texts: Vec<(usize, &str)> = source
            .literals
            .iter()
            .map(|l| (l.line, l.text.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                (5, "say \\\"hi\\\" // no comment"),
                (7, "SELECT \"a\"\nFROM b")
            ]
        );
        assert!(
            !source.code.contains("two")
                && !source.code.contains("Why")
                && !source.code.contains("comment")
        );
        assert_eq!(source.code.lines().count(), SAMPLE.lines().count());
    }

    #[test]
    fn only_code_above_the_tests_counts() {
        let source = Source::parse(SAMPLE);
        assert_eq!(source.tests_begin(), Some(10));
        assert_eq!(source.code_lines(), 6);
        assert_eq!(Source::parse("fn a() {}\n").code_lines(), 1);
    }

    #[test]
    fn words_are_whole() {
        let found: Vec<&str> = words("people_person p, (job)")
            .map(|(_, word)| word)
            .collect();
        assert_eq!(found, ["people_person", "p", "job"]);
    }
}
