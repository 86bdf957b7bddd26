//! Forms of pages as a browser sends them.

use crate::send;
use authz::Role;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

/// What stands in a form.
#[derive(Debug, Clone)]
pub(crate) struct Typed(pub(crate) Vec<(String, String)>);

impl Typed {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, value)| value)
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some(pair) => value.clone_into(&mut pair.1),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }
}

/// The fields of the form of this class with what they hold.
pub(crate) fn form(page: &str, class: &str) -> Typed {
    let forms = page.split("<form ").skip(1);
    let of_class = |form: &&str| form.split('>').next().unwrap().contains(class);
    let form = forms.filter(of_class).find(|form| form.contains("name=\""));
    assert!(form.is_some(), "no form {class}:\n{page}");
    let form = form.unwrap();
    let form = form.split("</form>").next().unwrap();
    let mut out = Vec::new();
    for (at, _) in form.match_indices('<') {
        let rest = &form[at..];
        let tag = rest.split('>').next().unwrap();
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        if tag.starts_with("<input") {
            let ticks = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
            if !ticks || tag.contains(" checked") {
                out.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("<textarea") {
            let text = rest[tag.len() + 1..].split("</textarea>").next().unwrap();
            out.push((name, unescape(text.strip_prefix('\n').unwrap_or(text))));
        } else if tag.starts_with("<select") {
            let select = rest.split("</select>").next().unwrap();
            let options: Vec<&str> = select.split("<option").skip(1).collect();
            let chosen = options
                .iter()
                .find(|option| option.split('>').next().unwrap().contains(" selected"));
            let option = chosen.or(options.first()).unwrap();
            out.push((name, attribute(option, "value").unwrap_or_default()));
        }
    }
    Typed(out)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let value = tag
        .split(&format!(" {name}=\""))
        .nth(1)?
        .split('"')
        .next()?;
    Some(unescape(value))
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, tail) = after.split_once(';').unwrap();
        out.push_str(before);
        out.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = tail;
    }
    out + rest
}

/// Sends a form as somebody: the status, and the page (or where a redirect leads).
pub(crate) async fn post(
    router: &Router,
    path: &str,
    who: (&str, Role),
    form: &Typed,
) -> (StatusCode, String) {
    let pair = |(name, value): &(String, String)| {
        format!("{}={}", ui::query_encode(name), ui::query_encode(value))
    };
    let body: Vec<String> = form.0.iter().map(pair).collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap();
    send(router, request, Some(who)).await
}

/// Uploads a file as the field `file`.
pub(crate) async fn upload(
    router: &Router,
    path: &str,
    who: (&str, Role),
    bytes: &[u8],
) -> (StatusCode, String) {
    let mut body = b"--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plan.xlsx\"\r\n\r\n".to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--frontier--\r\n");
    let request = Request::post(path)
        .header(
            header::CONTENT_TYPE,
            "multipart/form-data; boundary=frontier",
        )
        .body(Body::from(body))
        .unwrap();
    send(router, request, Some(who)).await
}
