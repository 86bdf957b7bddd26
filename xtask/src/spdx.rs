//! Licence expressions: whether one can be met with licences from a list.

/// Whether `expression` is satisfied by licences that `allowed` admits. `OR` gives the choice, `AND` and
/// `WITH` ask for all; the old `/` means `OR`. What cannot be read is not satisfied.
pub(crate) fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        allowed,
    };
    let result = reader.any();
    result == Some(true) && reader.at == tokens.len()
}

struct Reader<'a> {
    tokens: &'a [&'a str],
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&str> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Option<bool> {
        let mut result = self.all()?;
        while self.take("OR") {
            result |= self.all()?;
        }
        Some(result)
    }

    fn all(&mut self) -> Option<bool> {
        let mut result = self.one()?;
        while self.take("AND") {
            result &= self.one()?;
        }
        Some(result)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let result = self.any()?;
            return self.take(")").then_some(result);
        }
        let allowed = self.allowed;
        let mut name = self
            .next()
            .filter(|name| !matches!(*name, "OR" | "AND" | "WITH" | ")"))?
            .to_owned();
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.next()?);
        }
        Some(allowed(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    fn ok(expression: &str) -> bool {
        let list = [
            "MIT",
            "Apache-2.0",
            "Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ];
        satisfied(expression, &|name| list.contains(&name))
    }

    #[test]
    fn one_of_or_and_all_of_and() {
        for expression in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "MIT OR LGPL-2.1-or-later",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(ok(expression), "{expression}");
        }
        for expression in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "",
            "MIT OR",
            "(MIT",
            "MIT MIT",
            "Apache-2.0 WITH Other",
            "AND MIT",
        ] {
            assert!(!ok(expression), "{expression}");
        }
    }
}
