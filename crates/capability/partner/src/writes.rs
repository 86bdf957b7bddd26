//! A write happens once: the same idempotency key with the same body answers what it answered before.

use crate::problem::{Answer, Problem};
use crate::tokens::Token;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::secret::sm3_hex;
use store::{Reads, StoreResult, Tx, values};

/// The header that names a write.
const KEY: &str = "idempotency-key";

/// A write that a partner asks for.
#[derive(Debug)]
pub(crate) struct Write {
    token: String,
    key: String,
    digest: String,
}

impl Write {
    /// From the headers and the body.
    pub(crate) fn of(
        token: &Token,
        headers: &HeaderMap,
        path: &str,
        body: &str,
    ) -> Result<Self, Problem> {
        let key = headers.get(KEY).and_then(|value| value.to_str().ok());
        let key = key
            .map(str::trim)
            .filter(|key| (8..=64).contains(&key.len()));
        let Some(key) = key else {
            let detail = "写入要带 Idempotency-Key 请求头（8 至 64 个字符，每次写入不同；重发同一次写入时相同）";
            return Err(Problem::bad("idempotency_key", detail).at("Idempotency-Key"));
        };
        Ok(Self {
            token: token.id.clone(),
            key: key.to_owned(),
            digest: sm3_hex(format!("{path}\n{body}").as_bytes()),
        })
    }

    /// What it answered before, if it did.
    pub(crate) async fn before(&self, reads: &impl Reads) -> Result<Option<Response>, Problem> {
        let sql = "SELECT digest, status, answer FROM partner_write WHERE token = $1 AND idempotency = $2";
        let found = reads
            .one(sql, values![self.token.as_str(), self.key.as_str()])
            .await?;
        let Some(row) = found else {
            return Ok(None);
        };
        if row.text("digest")? != self.digest {
            let detail = "这个 Idempotency-Key 已用于另一次内容不同的写入，请换一个";
            return Err(Problem::conflict("idempotency_key", detail).at("Idempotency-Key"));
        }
        let status = u16::try_from(row.int("status")?).unwrap_or(200);
        let mut response = json(
            StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
            row.text("answer")?,
        );
        response.headers_mut().insert(
            HeaderName::from_static("idempotent-replay"),
            HeaderValue::from_static("true"),
        );
        Ok(Some(response))
    }

    /// Keeps what it answers, in the transaction that does it.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        status: StatusCode,
        answer: &str,
    ) -> StoreResult<()> {
        let at = tx.at().micros();
        tx.run(
            "INSERT INTO partner_write (token, idempotency, digest, status, answer, at) VALUES ($1, $2, $3, $4, $5, $6)",
            values![
                self.token.as_str(),
                self.key.as_str(),
                self.digest.as_str(),
                i64::from(status.as_u16()),
                answer,
                at,
            ],
        )
        .await?;
        Ok(())
    }
}

/// A JSON answer that nobody keeps.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, head, body).into_response()
}

/// A value as a JSON answer.
pub(crate) fn answer(value: &impl serde::Serialize) -> Answer {
    let body = serde_json::to_string(value)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    Ok(json(StatusCode::OK, body))
}
