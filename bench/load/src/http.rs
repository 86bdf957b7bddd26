//! As much of HTTP/1.1 as a browser's part needs: kept connections, lengths, chunks.

use crate::Outcome;
use std::cell::RefCell;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A browser would still wait; a measurement need not.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections to one server.
#[derive(Debug)]
pub struct Client {
    port: u16,
    idle: RefCell<Vec<TcpStream>>,
}

/// What came back; the body is as it was sent, perhaps compressed.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it points on.
    pub location: Option<String>,
    /// The first cookie set, name and value.
    pub cookie: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// For a server on this machine.
    pub const fn new(port: u16) -> Self {
        Self {
            port,
            idle: RefCell::new(Vec::new()),
        }
    }

    /// Fetches a page.
    pub async fn get(&self, path: &str, cookie: &str, compressed: bool) -> Outcome<Answer> {
        let accept = if compressed {
            "accept-encoding: gzip, deflate, br, zstd\r\n"
        } else {
            ""
        };
        let text = format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncookie: {cookie}\r\naccept: text/html\r\n{accept}\r\n",
            self.port
        );
        self.send(&text).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, cookie: &str, form: &str) -> Outcome<Answer> {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\ncookie: {cookie}\r\n\
             sec-fetch-site: same-origin\r\naccept: text/html\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {length}\r\n\r\n{form}",
            port = self.port,
            length = form.len()
        );
        self.send(&text).await
    }

    async fn send(&self, text: &str) -> Outcome<Answer> {
        timeout(PATIENCE, self.exchange(text))
            .await
            .map_err(|late| late.to_string())?
    }

    async fn exchange(&self, text: &str) -> Outcome<Answer> {
        // A kept connection may have been closed meanwhile; a fresh one may not.
        let kept = self.idle.borrow_mut().pop();
        if let Some(stream) = kept {
            match self.over(stream, text).await {
                Err(error) if error == CLOSED => {}
                answer => return answer,
            }
        }
        let stream = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .map_err(|error| error.to_string())?;
        stream
            .set_nodelay(true)
            .map_err(|error| error.to_string())?;
        self.over(stream, text).await
    }

    async fn over(&self, mut stream: TcpStream, text: &str) -> Outcome<Answer> {
        if stream.write_all(text.as_bytes()).await.is_err() {
            return Err(CLOSED.to_owned());
        }
        let mut read = Reading {
            stream,
            bytes: Vec::with_capacity(16_384),
            at: 0,
        };
        let mut answer = read.head().await?;
        let mut keep = true;
        let (mut length, mut chunked) = (0, false);
        for (name, value) in answer.1 {
            match name.as_str() {
                "content-length" => {
                    length = value
                        .parse()
                        .map_err(|bad| format!("content-length: {bad}"))?
                }
                "transfer-encoding" => chunked = value.contains("chunked"),
                "connection" => keep = !value.eq_ignore_ascii_case("close"),
                "location" => answer.0.location = Some(value),
                "set-cookie" if answer.0.cookie.is_none() => {
                    answer.0.cookie = value.split(';').next().map(str::to_owned);
                }
                _ => {}
            }
        }
        answer.0.body = if chunked {
            read.chunks().await?
        } else {
            read.exactly(length).await?
        };
        if keep {
            self.idle.borrow_mut().push(read.stream);
        }
        Ok(answer.0)
    }
}

const CLOSED: &str = "the server closed the connection";

struct Reading {
    stream: TcpStream,
    bytes: Vec<u8>,
    at: usize,
}

impl Reading {
    async fn more(&mut self) -> Outcome<()> {
        let got = self.stream.read_buf(&mut self.bytes).await;
        match got {
            Ok(0) | Err(_) if self.bytes.is_empty() => Err(CLOSED.to_owned()),
            Ok(0) => Err("the answer broke off".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The next line without its end.
    async fn line(&mut self) -> Outcome<String> {
        let mut from = self.at;
        loop {
            let end = self.bytes[from..]
                .windows(2)
                .position(|pair| pair == b"\r\n");
            if let Some(end) = end {
                let line = String::from_utf8_lossy(&self.bytes[self.at..from + end]).into_owned();
                self.at = from + end + 2;
                return Ok(line);
            }
            from = self.bytes.len().saturating_sub(1).max(self.at);
            self.more().await?;
        }
    }

    async fn head(&mut self) -> Outcome<(Answer, Vec<(String, String)>)> {
        let first = self.line().await?;
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| format!("not an answer: {first}"))?;
        let mut fields = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else {
                let answer = Answer {
                    status,
                    location: None,
                    cookie: None,
                    body: Vec::new(),
                };
                return Ok((answer, fields));
            };
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    async fn exactly(&mut self, length: usize) -> Outcome<Vec<u8>> {
        while self.bytes.len() < self.at + length {
            self.more().await?;
        }
        let body = self.bytes[self.at..self.at + length].to_vec();
        self.at += length;
        Ok(body)
    }

    async fn chunks(&mut self) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let length =
                usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)
                    .map_err(|bad| format!("chunk {line:?}: {bad}"))?;
            body.append(&mut self.exactly(length).await?);
            self.line().await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
}
