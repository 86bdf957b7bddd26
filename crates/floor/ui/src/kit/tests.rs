//! The samples of the kit render, twice alike.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

const PAGES: [(&str, u16); 20] = [
    ("/kit/tiles", 200),
    ("/kit/timeline", 200),
    ("/kit/areas", 200),
    ("/kit/areas/children?code=421303000000", 200),
    ("/kit", 200),
    ("/kit/form", 200),
    ("/kit/table", 200),
    (
        "/kit/table?state=%E5%B7%B2%E8%81%94%E7%B3%BB&sort=age&page=2",
        200,
    ),
    ("/kit/table?stat=x", 400),
    ("/kit/empty", 200),
    ("/kit/drawer", 200),
    ("/kit/drawer/edit", 200),
    ("/kit/dialog", 200),
    ("/kit/feedback", 200),
    ("/kit/refused", 403),
    ("/kit/missing", 404),
    ("/kit/stale", 409),
    ("/kit/broken", 500),
    ("/kit/person", 200),
    ("/kit/sign-in", 200),
];

async fn ask(request: Request<Body>) -> (StatusCode, String) {
    let answer = kit_router::<()>().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get_page(path: &str, header: Option<(&str, &str)>) -> (StatusCode, String) {
    let mut request = Request::get(path);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    ask(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_template_renders_from_its_sample_twice_equal() {
    for (path, status) in PAGES {
        for header in [
            None,
            Some(("cookie", "big=1")),
            Some(("hx-request-type", "partial")),
        ] {
            let first = get_page(path, header).await;
            assert_eq!(first.0.as_u16(), status, "{path}");
            assert_eq!(first, get_page(path, header).await, "{path}");
        }
    }
}

#[tokio::test]
async fn a_whole_page_is_framed_and_a_part_is_not() {
    for path in [
        "/kit/table",
        "/kit/form",
        "/kit/person",
        "/kit/tiles",
        "/kit/timeline",
        "/kit/areas",
    ] {
        let (_, whole) = get_page(path, None).await;
        for piece in [
            "<html lang=\"zh-CN\"",
            "跳到正文",
            "演示数据 · 演示日期 2025年6月30日",
            "role=\"status\"",
            "aria-current=\"page\"",
            "action=\"/people/search\"",
            "action=\"/sign-out\"",
            "/big-text?on=1",
        ] {
            assert!(whole.contains(piece), "{path} lacks {piece}");
        }
        let (_, part) = get_page(path, Some(("hx-request-type", "partial"))).await;
        for piece in ["<html", "<main", "sidebar", "demo-banner"] {
            assert!(!part.contains(piece), "{path} as a part holds {piece}");
        }
        assert!(part.contains("<h1"), "{path}");
        assert!(!part.contains("id=\"page-head\""), "{path}");
    }
}

#[tokio::test]
async fn no_page_needs_inline_script() {
    for (path, _) in PAGES {
        let (_, html) = get_page(path, None).await;
        for piece in ["onclick", "hx-on", "javascript:", "<script>"] {
            assert!(!html.contains(piece), "{path} holds {piece}");
        }
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let body = "name=&birth=2025.13.1&phone=0722&living=couple&tags=dibao&tags=special&service=&note=%E4%BD%8F%E4%BA%8C%E6%A5%BC";
    let request = Request::post("/kit/form")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    let (status, html) = ask(request).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for piece in [
        "有 5 处需要改正",
        "<a href=\"#f-name\">请填写姓名</a>",
        "value=\"2025.13.1\"",
        "value=\"0722\"",
        "住二楼</textarea>",
        "value=\"couple\" checked",
        "value=\"dibao\" checked",
        "value=\"special\" checked",
    ] {
        assert!(html.contains(piece), "lacks {piece}: {html}");
    }
    assert!(!html.contains("value=\"disabled\" checked"));
}

#[tokio::test]
async fn an_unknown_filter_is_named_not_ignored() {
    let (status, html) = get_page("/kit/table?stat=x", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(html.contains("没有「stat」这个查询条件"), "{html}");
}
