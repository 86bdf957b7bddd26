//! Pages that say what went wrong, whose matter it is, and how to go on.

use crate::page::no_store;
use crate::shell::Shell;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A page that cannot be shown, and why. As an answer it renders itself on the bare frame; a copy
/// stays in the response's extensions so that a middleware may draw it inside the full frame with
/// [`PageError::within`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// Status of the answer.
    pub status: StatusCode,
    /// Short heading.
    pub title: String,
    /// What happened and what to do, in plain words.
    pub text: String,
    /// Ways on: words and address.
    pub links: Vec<(String, String)>,
    /// Number to give to the administrator, for our own errors.
    pub number: Option<String>,
}

impl PageError {
    fn new(status: StatusCode, title: &str, text: String) -> Self {
        Self {
            status,
            title: title.into(),
            text,
            links: Vec::new(),
            number: None,
        }
    }

    /// There is no such thing, or the reader may not know that there is (404).
    pub fn not_found() -> Self {
        let text = "这个页面或记录不存在，可能已更正、合并，或地址有误。".into();
        Self::new(StatusCode::NOT_FOUND, "没有找到", text).link("回工作台", "/")
    }

    /// Outside the reader's area or duty (403). `ask` names the office to turn to.
    pub fn refused(ask: &str) -> Self {
        let text = format!("不在您的管辖范围，可向{ask}申请。");
        Self::new(StatusCode::FORBIDDEN, "不能查看", text).link("回工作台", "/")
    }

    /// Somebody else changed the record meanwhile (409). `back` opens the present state.
    pub fn stale(back: &str) -> Self {
        let text =
            "您打开页面之后，别人已经改动了这条记录。请查看最新内容再办理；您的改动没有保存。"
                .into();
        Self::new(StatusCode::CONFLICT, "记录已有变动", text).link("查看最新内容", back)
    }

    /// The address or query makes no sense (400); `text` says which part.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "查询条件有误", text.into())
    }

    /// Signed out meanwhile (401).
    pub fn signed_out() -> Self {
        let text = "登录已过期。重新登录后会回到刚才的页面。".into();
        Self::new(StatusCode::UNAUTHORIZED, "请重新登录", text).link("去登录", "/sign-in")
    }

    /// Our own fault (500). `id` is the number under which it was logged.
    pub fn internal(id: impl Into<String>) -> Self {
        let text = "系统没能完成这一步，已经记录下来。您填写的内容如未保存，请稍后重试。".into();
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "系统出错了", text);
        error.number = Some(id.into());
        error.link("回工作台", "/")
    }

    /// Adds one way on, before the ones that are there.
    pub fn link(mut self, words: &str, href: &str) -> Self {
        self.links.insert(0, (words.into(), href.into()));
        self
    }

    /// Says it in other words.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Another heading.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same answer inside the reader's own frame (menu, demo banner, big text).
    pub fn within(self, shell: Shell) -> Response {
        let shell = shell.titled(self.title.clone());
        let status = self.status;
        let html = if shell.user.is_some() || shell.partial {
            ErrorInLayout { shell, error: self }.render()
        } else {
            ErrorAlone { shell, error: self }.render()
        };
        let html = html.unwrap_or_else(|_unrenderable| "系统出错了".into());
        no_store((status, Html(html)).into_response())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let copy = self.clone();
        let mut response = self.within(Shell::default());
        response.extensions_mut().insert(copy);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorInLayout {
    shell: Shell,
    error: PageError,
}

#[derive(Template)]
#[template(path = "error_alone.html")]
struct ErrorAlone {
    shell: Shell,
    error: PageError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_office_to_ask() {
        let error = PageError::refused("曾都区民政局");
        assert_eq!(error.status, StatusCode::FORBIDDEN);
        assert_eq!(error.text, "不在您的管辖范围，可向曾都区民政局申请。");
    }

    #[test]
    fn the_answer_carries_a_copy_for_the_full_frame() {
        let response = PageError::not_found().into_response();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            response.extensions().get::<PageError>(),
            Some(&PageError::not_found())
        );
    }
}
