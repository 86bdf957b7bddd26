//! One form field with its label above, its hint, its error and what was typed.

use crate::form::{FormData, FormErrors};
use askama::Template;
use askama::filters::HtmlSafe;

/// How a field is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Input {
    /// One line of text.
    #[default]
    Text,
    /// Several lines.
    Lines,
    /// One of a list.
    Select,
    /// One of a few, all visible.
    Radio,
    /// Any of a few.
    Checks,
    /// A single yes.
    Tick,
    /// A day, by the browser's own picker.
    Date,
    /// A password.
    Password,
    /// Area by linked selects, or a code or name by hand.
    Area,
}

/// One choice of a select, radio or checkbox field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Value sent.
    pub value: String,
    /// Words shown.
    pub label: String,
    /// One line more about it; empty for none.
    pub hint: String,
    /// It is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            ..Self::default()
        }
    }

    /// Adds one line about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// A form field. Put it into a template as `{{ field }}`.
///
/// ```
/// let field = ui::Field::text("name", "姓名").required().hint("与身份证一致");
/// assert!(field.to_string().contains("与身份证一致"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    /// Name under which it is sent; its element id is `f-` plus the name.
    pub name: String,
    /// Label above it.
    pub label: String,
    /// What it holds.
    pub value: String,
    /// One line under the label.
    pub hint: String,
    /// What is wrong with it; empty for nothing.
    pub error: String,
    /// It must be filled in.
    pub required: bool,
    /// It can be read but not changed.
    pub readonly: bool,
    /// How it is entered.
    pub input: Input,
    /// Choices of select, radio and checkbox fields.
    pub choices: Vec<Choice>,
    /// First, empty choice of a select; empty for none.
    pub blank: String,
    /// Browser hint: `autocomplete`.
    pub autocomplete: String,
    /// Browser hint: `inputmode`.
    pub inputmode: String,
    /// Unit behind the field, such as 元/月.
    pub unit: String,
    /// `short`, `medium` or empty for full width.
    pub width: String,
    /// Rows of a several-line field.
    pub rows: u8,
    /// Longest text; 0 for no limit.
    pub maxlength: u32,
    /// Address that answers the parts of an area, for [`Input::Area`].
    pub source: String,
    /// Topmost area code, for [`Input::Area`].
    pub root: String,
}

impl HtmlSafe for Field {}

impl Field {
    fn new(input: Input, name: &str, label: &str) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            input,
            rows: 3,
            ..Self::default()
        }
    }

    /// One line of text.
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(Input::Text, name, label)
    }

    /// Several lines of text.
    pub fn lines(name: &str, label: &str) -> Self {
        Self::new(Input::Lines, name, label)
    }

    /// One of a list.
    pub fn select(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            choices,
            ..Self::new(Input::Select, name, label)
        }
    }

    /// One of a few, all visible.
    pub fn radio(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            choices,
            ..Self::new(Input::Radio, name, label)
        }
    }

    /// Any of a few.
    pub fn checks(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            choices,
            ..Self::new(Input::Checks, name, label)
        }
    }

    /// A single yes; sends `1` when ticked.
    pub fn tick(name: &str, label: &str) -> Self {
        Self::new(Input::Tick, name, label)
    }

    /// A day. Read it with [`crate::Form::day`].
    pub fn date(name: &str, label: &str) -> Self {
        Self {
            width: "short".into(),
            ..Self::new(Input::Date, name, label)
        }
    }

    /// A password.
    pub fn password(name: &str, label: &str) -> Self {
        Self {
            autocomplete: "current-password".into(),
            ..Self::new(Input::Password, name, label)
        }
    }

    /// A phone number.
    pub fn phone(name: &str, label: &str) -> Self {
        Self {
            inputmode: "tel".into(),
            width: "medium".into(),
            ..Self::new(Input::Text, name, label)
        }
    }

    /// A number, as digits.
    pub fn number(name: &str, label: &str) -> Self {
        Self {
            inputmode: "decimal".into(),
            width: "short".into(),
            ..Self::new(Input::Text, name, label)
        }
    }

    /// An area below `root`: linked selects fed by `source?code=…`, or a code or name by hand.
    pub fn area(name: &str, label: &str, source: &str, root: &str) -> Self {
        Self {
            source: source.into(),
            root: root.into(),
            ..Self::new(Input::Area, name, label)
        }
    }

    /// Sets what it holds (a choice's value for select and radio).
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        let value = self.value.clone();
        for choice in &mut self.choices {
            choice.chosen = choice.value == value;
        }
        self
    }

    /// Chooses these values of a checkbox field.
    pub fn chosen(mut self, values: &[&str]) -> Self {
        for choice in &mut self.choices {
            choice.chosen = values.contains(&choice.value.as_str());
        }
        self
    }

    /// One line under the label.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// It must be filled in.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It cannot be changed here.
    pub fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    /// First, empty choice of a select, such as 请选择.
    pub fn blank(mut self, words: impl Into<String>) -> Self {
        self.blank = words.into();
        self
    }

    /// Unit behind the field.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// `short`, `medium` or empty.
    pub fn width(mut self, width: &str) -> Self {
        self.width = width.into();
        self
    }

    /// Rows of a several-line field.
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// Longest text.
    pub fn maxlength(mut self, longest: u32) -> Self {
        self.maxlength = longest;
        self
    }

    /// Browser hint `autocomplete`.
    pub fn autocomplete(mut self, token: &str) -> Self {
        self.autocomplete = token.into();
        self
    }

    /// Browser hint `inputmode`.
    pub fn inputmode(mut self, mode: &str) -> Self {
        self.inputmode = mode.into();
        self
    }

    /// Says what is wrong.
    pub fn error(mut self, message: impl Into<String>) -> Self {
        self.error = message.into();
        self
    }

    /// Takes what was typed and what is wrong with it.
    pub fn filled_from(self, data: &FormData, errors: &FormErrors) -> Self {
        let name = self.name.clone();
        let message = errors.of(&name).unwrap_or_default().to_owned();
        let mut field = self;
        if data.has(&name) {
            if field.input == Input::Checks {
                let values: Vec<&str> = data.all(&name).collect();
                field = field.chosen(&values);
            } else {
                field = field.value(data.get(&name));
            }
        }
        field.error(message)
    }

    /// Element id.
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// Ids of the hint and the error that stand, for `aria-describedby`.
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("f-{}-hint", self.name));
        }
        if !self.error.is_empty() {
            ids.push(format!("f-{}-error", self.name));
        }
        ids.join(" ")
    }

    /// The browser's picker can show what the field holds.
    fn fits_picker(&self) -> bool {
        self.value.is_empty()
            || crate::day_from_typed(&self.value).is_some_and(|day| day.to_string() == self.value)
    }

    fn hinted(&self) -> bool {
        self.choices.iter().any(|choice| !choice.hint.is_empty())
    }

    fn grouped(&self) -> bool {
        matches!(self.input, Input::Radio | Input::Checks)
    }

    fn is(&self, kind: &str) -> bool {
        kind == match self.input {
            Input::Text => "text",
            Input::Lines => "lines",
            Input::Select => "select",
            Input::Radio => "radio",
            Input::Checks => "checks",
            Input::Tick => "tick",
            Input::Date => "date",
            Input::Password => "password",
            Input::Area => "area",
        }
    }

    fn ticked(&self) -> bool {
        !matches!(self.value.as_str(), "" | "0")
    }
}

/// Where the parts of an area are answered as JSON `[{"code":…,"name":…}]`.
pub const AREA_SOURCE: &str = "/areas/children";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_date_is_shown_as_typed_not_dropped_by_the_picker() {
        let html = Field::date("on", "日期").value("2025年2月30日").to_string();
        assert!(html.contains(r#"type="text""#), "{html}");
        let html = Field::date("on", "日期").value("2025-02-28").to_string();
        assert!(html.contains(r#"type="date""#), "{html}");
    }

    #[test]
    fn hint_and_error_are_tied_to_the_control() {
        let field = Field::text("name", "姓名").hint("全名").error("请填写姓名");
        assert_eq!(field.described_by(), "f-name-hint f-name-error");
    }
}
