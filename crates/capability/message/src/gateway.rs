//! The gateway of text messages that is asked over HTTP: one POST a message, JSON in, the status says what became of it.
//! The message's code goes with it, so that a message that is handed over twice is sent once.

use crate::kinds::{Kind, without_numbers};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const ANSWER: usize = 4096;
/// Signs of an answer that are kept.
const KEPT: usize = 120;

/// A gateway over HTTP.
pub struct SmsHttp {
    uri: Uri,
    token: String,
    sign: String,
    templates: BTreeMap<String, String>,
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl fmt::Debug for SmsHttp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither token nor address.
        out.debug_struct("SmsHttp").finish_non_exhaustive()
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The gateway has it.
    Sent,
    /// It will never take this one.
    Refused(String),
    /// Not now: no answer, or one that is not about the message.
    Later(String),
}

#[derive(Serialize)]
struct Asked<'a> {
    id: &'a str,
    phone: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sign: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
}

impl SmsHttp {
    /// A gateway at an address; `templates` are its keys of templates by kind of message. `Err` says what is wrong, in
    /// Chinese.
    pub fn new(
        url: &str,
        token: String,
        sign: String,
        templates: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let uri: Uri = url
            .parse()
            .map_err(|error| format!("网关地址 {url} 不对：{error}"))?;
        let here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if here => {}
            _ => {
                return Err(format!(
                    "网关地址 {url} 要用 https（本机的可以用 http），电话号码不能明文传出去"
                ));
            }
        }
        for kind in templates.keys() {
            if Kind::of(kind).is_none() {
                let known: Vec<&str> = Kind::ALL.into_iter().map(Kind::key).collect();
                return Err(format!(
                    "没有「{kind}」这种消息，可以写的是 {}",
                    known.join("、")
                ));
            }
        }
        if !token.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
            return Err("令牌里有空格、换行或中文，请检查令牌文件".to_owned());
        }
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            uri,
            token,
            sign,
            templates,
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    /// Hands one message over.
    pub(crate) async fn hand(&self, id: &str, phone: &str, kind: &str, text: &str) -> Answer {
        let asked = Asked {
            id,
            phone,
            text,
            sign: &self.sign,
            template: self.templates.get(kind).map(String::as_str),
        };
        match tokio::time::timeout(PATIENCE, self.ask(&asked)).await {
            Err(_late) => Answer::Later(format!("网关 {} 秒没有回答", PATIENCE.as_secs())),
            Ok(Err(why)) => Answer::Later(format!("网关连不上：{why}")),
            Ok(Ok((status, said))) => judged(status, &said),
        }
    }

    async fn ask(&self, asked: &Asked<'_>) -> Result<(StatusCode, String), String> {
        let body = serde_json::to_vec(asked).map_err(|error| error.to_string())?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", asked.id);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let request = request
            .body(Body::from(body))
            .map_err(|error| error.to_string())?;
        let answer = self
            .client
            .request(request)
            .await
            .map_err(|error| error.to_string())?;
        let status = answer.status();
        // Words that are too long, or break off, change nothing about the status.
        let said = axum::body::to_bytes(Body::new(answer.into_body()), ANSWER)
            .await
            .map_or_else(
                |_long| String::new(),
                |bytes| String::from_utf8_lossy(&bytes).into_owned(),
            );
        Ok((status, said))
    }
}

/// What a status says. A gateway that knows the code already has the message; one that does not know us, or is asked too
/// often, says nothing about the message.
fn judged(status: StatusCode, said: &str) -> Answer {
    let words: String = without_numbers(said.trim()).chars().take(KEPT).collect();
    let why = format!("网关回答 {}：{words}", status.as_u16());
    let why = why.trim_end_matches('：').to_owned();
    match status.as_u16() {
        200..=299 | 409 => Answer::Sent,
        401 | 403 | 404 | 405 | 408 | 425 | 429 => Answer::Later(why),
        400..=499 => Answer::Refused(why),
        _ => Answer::Later(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C33; product rule 39: what is about the message ends it, everything else is tried again; no number is kept.
    #[test]
    fn what_a_status_says() {
        let of = |status: u16, said: &str| judged(StatusCode::from_u16(status).unwrap(), said);
        assert_eq!(of(202, ""), Answer::Sent);
        assert_eq!(of(409, "duplicate id"), Answer::Sent);
        assert_eq!(
            of(422, "停机 13800138000"),
            Answer::Refused("网关回答 422：停机 *8000".into())
        );
        assert_eq!(of(429, ""), Answer::Later("网关回答 429".into()));
        for status in [301, 401, 404, 500, 503] {
            assert!(matches!(of(status, ""), Answer::Later(_)), "{status}");
        }
    }

    /// Row C33, invariant 4: an address without encryption, an unknown kind and a broken token are refused by name.
    #[test]
    fn what_is_wrong_with_a_gateway() {
        let of = |url: &str, token: &str, kind: &str| {
            let templates = BTreeMap::from([(kind.to_owned(), "SMS_1".to_owned())]);
            SmsHttp::new(url, token.to_owned(), String::new(), templates)
        };
        assert!(of("https://sms.example.cn/send", "secret", "paid").is_ok());
        assert!(of("http://127.0.0.1:9/send", "", "paid").is_ok());
        for (url, token, kind, says) in [
            ("http://sms.example.cn/send", "s", "paid", "https"),
            ("sms.example.cn", "s", "paid", "https"),
            ("https://sms.example.cn/send", "s", "payed", "payed"),
            ("https://sms.example.cn/send", "a b", "paid", "令牌"),
        ] {
            let why = of(url, token, kind).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }
}
