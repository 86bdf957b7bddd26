//! Form kit: typed values are never lost, errors stand at their field and in a summary, status 422.

use crate::field::Field;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{FromRequest, Request};
use kernel::Day;
use std::str::FromStr;

/// What was typed, in the order it came, nothing dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormData {
    pairs: Vec<(String, String)>,
}

impl FormData {
    /// From name–value pairs.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            pairs: pairs
                .into_iter()
                .map(|(n, v)| (n.into(), v.into()))
                .collect(),
        }
    }

    /// The (first) value of a field, without blanks around it; empty if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.trim())
    }

    /// All values of a field (several checkboxes under one name).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.trim())
    }

    /// The field was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, _)| n == name)
    }

    /// Sets a value, replacing what was there.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.pairs.retain(|(n, _)| n != name);
        self.pairs.push((name.into(), value.into()));
    }

    /// The first name that was sent but is not in the list.
    pub fn unknown(&self, known: &[&str]) -> Option<&str> {
        self.pairs
            .iter()
            .map(|(n, _)| n.as_str())
            .find(|n| !known.contains(n))
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = crate::PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let axum::extract::Form(pairs) =
            axum::extract::Form::<Vec<(String, String)>>::from_request(request, state)
                .await
                .map_err(|refused| {
                    crate::PageError::bad_request(
                        "表单没能读出来，可能是内容太大或传输中断。请返回重试。",
                    )
                    .title("表单没有收到")
                    .with_status(refused.status())
                })?;
        // No database keeps a NUL in a text, and nobody types one.
        let clean = |text: String| text.replace('\0', "");
        let pairs = pairs.into_iter().map(|(n, v)| (n, clean(v))).collect();
        Ok(Self { pairs })
    }
}

/// What is wrong, by field, in the order found. The empty field name speaks of the whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    list: Vec<(String, String)>,
}

impl FormErrors {
    /// Adds a message at a field.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.list.push((field.into(), message.into()));
    }

    /// Adds a message about the whole form.
    pub fn add_form(&mut self, message: impl Into<String>) {
        self.add("", message);
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many messages.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The first message at a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.list
            .iter()
            .find(|(f, _)| f == field)
            .map(|(_, m)| m.as_str())
    }

    /// Field and message, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(f, m)| (f.as_str(), m.as_str()))
    }
}

/// Typed values and what is wrong with them: parse from it, then draw the same form from it.
///
/// ```
/// let mut form = ui::Form::from(ui::FormData::from_pairs([("name", ""), ("birth", "19410203")]));
/// let name = form.required("name", "请填写姓名");
/// let birth = form.day("birth");
/// assert_eq!(name, None);
/// assert_eq!(birth.map(|day| day.to_string()), Some("1941-02-03".into()));
/// assert_eq!(form.errors.of("name"), Some("请填写姓名"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// What was typed.
    pub data: FormData,
    /// What is wrong with it.
    pub errors: FormErrors,
}

impl From<FormData> for Form {
    fn from(data: FormData) -> Self {
        Self {
            data,
            errors: FormErrors::default(),
        }
    }
}

impl Form {
    /// A form filled with present values, nothing wrong yet.
    pub fn filled<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        FormData::from_pairs(pairs).into()
    }

    /// Something is wrong.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// A text that may be empty.
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.data.get(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str, message: &str) -> Option<String> {
        let text = self.text(name);
        if text.is_none() {
            self.errors.add(name, message);
        }
        text
    }

    /// Refuses a text longer than its field takes: a browser stops at `maxlength`, nobody else does.
    pub fn within(&mut self, name: &str, longest: u32) {
        let length = self.data.get(name).chars().count();
        if length > longest as usize {
            let message = format!("最多 {longest} 个字，现在有 {length} 个，请删短");
            self.errors.add(name, message);
        }
    }

    /// A value of a type that reads itself; empty is `None` without an error.
    pub fn parse<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        match self.data.get(name) {
            "" => None,
            text => match text.parse() {
                Ok(value) => Some(value),
                Err(why) => {
                    let message = T::Err::to_string(&why);
                    self.errors.add(name, message);
                    None
                }
            },
        }
    }

    /// A day, however it was typed; empty is `None` without an error.
    pub fn day(&mut self, name: &str) -> Option<Day> {
        let text = self.data.get(name).to_owned();
        if text.is_empty() {
            return None;
        }
        let day = day_from_typed(&text);
        if day.is_none() {
            self.errors.add(name, "日期应写成 2025-06-30 或 20250630");
        }
        day
    }

    /// A whole number; empty is `None` without an error.
    pub fn whole(&mut self, name: &str, message: &str) -> Option<i64> {
        let text = self.data.get(name);
        if text.is_empty() {
            return None;
        }
        let number = text.replace([',', '，'], "").parse().ok();
        if number.is_none() {
            self.errors.add(name, message);
        }
        number
    }

    /// One of the allowed values; anything else is an error with this message.
    pub fn one_of(&mut self, name: &str, allowed: &[&str], message: &str) -> Option<String> {
        let text = self.data.get(name);
        if allowed.contains(&text) {
            return Some(text.to_owned());
        }
        self.errors.add(name, message);
        None
    }

    /// A checkbox that is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !matches!(self.data.get(name), "" | "0")
    }

    /// The field with what was typed and what is wrong with it.
    pub fn field(&self, field: Field) -> Field {
        field.filled_from(&self.data, &self.errors)
    }
}

/// A day typed by hand: `2025-06-30`, `20250630`, `2025.6.30`, `2025/6/30` or `2025年6月30日`.
pub fn day_from_typed(text: &str) -> Option<Day> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Day::from_number(text.parse().ok()?);
    }
    let mut parts = text
        .trim_end_matches(['日', '号'])
        .split(['-', '/', '.', '年', '月'])
        .map(|part| part.trim().parse::<i32>());
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    Day::from_ymd(year, month, day)
}

/// The list of errors above a form, each a link to its field. Draws nothing when all is well.
pub fn error_summary(errors: &FormErrors) -> ErrorSummary<'_> {
    ErrorSummary { errors }
}

/// See [`error_summary`].
#[derive(Template)]
#[template(path = "parts/error_summary.html")]
pub struct ErrorSummary<'a> {
    errors: &'a FormErrors,
}

impl HtmlSafe for ErrorSummary<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_ways_officers_type_them() {
        let expect = Day::from_ymd(2025, 6, 3);
        for typed in [
            "2025-06-03",
            "20250603",
            "2025.6.3",
            "2025/6/3",
            " 2025年6月3日 ",
        ] {
            assert_eq!(day_from_typed(typed), expect, "{typed}");
        }
        for typed in [
            "",
            "2025",
            "2025-13-01",
            "25-6-3",
            "2025-6-3-1",
            "明天",
            "２０２５0603",
        ] {
            assert_eq!(day_from_typed(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_was_typed_comes_back_in_the_field() {
        let mut form = Form::from(FormData::from_pairs([("phone", " 1380000 ")]));
        form.errors
            .add("phone", "电话应为 11 位手机号或带区号的座机");
        let field = form.field(Field::phone("phone", "联系电话"));
        let html = field.to_string();
        assert!(html.contains(r#"value="1380000""#), "{html}");
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("电话应为 11 位"), "{html}");
    }

    #[test]
    fn a_text_that_is_too_long_stays_in_its_field() {
        let mut form = Form::filled([("reason", "三个字")]);
        form.within("reason", 3);
        assert!(!form.has_errors());
        form.within("reason", 2);
        assert_eq!(
            form.errors.of("reason"),
            Some("最多 2 个字，现在有 3 个，请删短")
        );
        assert_eq!(form.data.get("reason"), "三个字");
    }

    #[test]
    fn an_unknown_field_is_found_by_name() {
        let data = FormData::from_pairs([("name", "甲"), ("rôle", "x")]);
        assert_eq!(data.unknown(&["name"]), Some("rôle"));
    }
}
