//! Pages through the router, with a session put in as `org` would.

use crate::folders::{OVERLAY, changed, small, suizhou};
use crate::{count, fresh, loaded, published};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use host::{App, AppState, Session};
use plan::api::{PlanBook, set_overlay};
use std::sync::Arc;
use store::Store;
use tower::ServiceExt;

pub(crate) async fn router(store: &Store) -> Router {
    let book = Arc::new(PlanBook::load(store).await.unwrap());
    let app: AppState = Arc::new(App::new(store.clone(), "测试市", None).with_part(book));
    plan::capability().routes.router().with_state(app)
}

pub(crate) async fn send(
    router: &Router,
    request: Request<Body>,
    who: Option<(&str, Role)>,
) -> (StatusCode, String) {
    send_in(router, request, who, Scope::Nowhere).await
}

/// The same for somebody of an area.
pub(crate) async fn send_in(
    router: &Router,
    mut request: Request<Body>,
    who: Option<(&str, Role)>,
    scope: Scope,
) -> (StatusCode, String) {
    if let Some((id, role)) = who {
        let actor = Actor {
            id: id.into(),
            name: format!("{id}的姓名"),
            role,
            scope,
            scope_name: String::new(),
        };
        let session = Session {
            actor,
            id: "s".into(),
            must_change_password: false,
        };
        request.extensions_mut().insert(Arc::new(session));
    }
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let to = answer
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 10_000_000)
        .await
        .unwrap();
    (
        status,
        to.unwrap_or_else(|| String::from_utf8(bytes.to_vec()).unwrap()),
    )
}

pub(crate) async fn get(
    router: &Router,
    path: &str,
    who: Option<(&str, Role)>,
) -> (StatusCode, String) {
    send(router, Request::get(path).body(Body::empty()).unwrap(), who).await
}

async fn post(router: &Router, path: &str, who: (&str, Role)) -> (StatusCode, String) {
    send(
        router,
        Request::post(path).body(Body::empty()).unwrap(),
        Some(who),
    )
    .await
}

pub(crate) const CITY: (&str, Role) = ("li", Role::CityCivil);

pub(crate) fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(
            page.contains(word),
            "「{word}」 is not on the page:\n{page}"
        );
    }
}

/// Row C01; product.md, screen 4: loaded by one, published by another, then on every page.
#[tokio::test]
async fn a_second_account_publishes() {
    for db in fresh().await {
        let id = loaded(&db.store, &small(), "zhang").await;
        let router = router(&db.store).await;
        let one = format!("/list/versions/{id}");
        let act = format!("{one}/publication");
        let (status, page) = get(&router, "/list/versions", Some(CITY)).await;
        assert_eq!(status, StatusCode::OK);
        holds(&page, &["草稿", "通过，2 个样例", "zhang", &one]);
        let (_, page) = get(&router, &one, Some(CITY)).await;
        holds(
            &page,
            &["批准发布", &act, "测政办发〔2023〕1号", "高龄津贴"],
        );
        // The loader, and roles that do not publish, see who may.
        let (_, page) = get(&router, &one, Some(("zhang", Role::CityCivil))).await;
        holds(&page, &["须由另一位「市民政」批准发布"]);
        assert!(!page.contains(&act));
        let (_, page) = get(&router, &one, Some(("wang", Role::CountyCivil))).await;
        holds(&page, &["由「市民政」批准发布", "zhang"]);
        let (status, page) = post(&router, &act, ("zhang", Role::CityCivil)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        holds(&page, &["须由另一人批准", "「市民政」", "zhang"]);
        let (status, _) = post(&router, &act, ("wang", Role::CountyCivil)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(
            count(&db.store, "plan_version WHERE status = 'published'").await,
            0
        );

        let (status, to) = post(&router, &act, CITY).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, one.as_str()));
        let (_, page) = get(&router, &one, Some(CITY)).await;
        holds(&page, &["生效中", "li", "/list/1"]);
        assert!(!page.contains("批准发布"));
        assert_eq!(post(&router, &act, CITY).await.0, StatusCode::CONFLICT);
        assert_eq!(
            post(&router, "/list/versions/x/publication", CITY).await.0,
            StatusCode::NOT_FOUND
        );
        let (_, page) = get(&router, "/list/public", None).await;
        holds(
            &page,
            &[
                "测政办发〔2023〕1号",
                "按月发放&#60;高龄&#62;津贴",
                "80周岁及以上老年人",
                "data-print",
            ],
        );
        db.close().await.unwrap();
    }
}

/// Invariant 4: a draft's page says what is wrong and offers no button; pressing it anyway is refused.
#[tokio::test]
async fn a_draft_with_problems_says_so() {
    let unknown_fact = changed("services.toml", "age >= 80", "aeg >= 80");
    let failing = changed("services.cases.toml", "fen = 5000\n", "fen = 6000\n");
    for db in fresh().await {
        let broken = loaded(&db.store, &unknown_fact, "zhang").await;
        let wrong = loaded(&db.store, &failing, "zhang").await;
        let router = router(&db.store).await;
        let (_, page) = get(&router, "/list/versions", Some(CITY)).await;
        holds(&page, &["1 处问题", "1 个样例不通过"]);
        let (_, page) = get(&router, &format!("/list/versions/{broken}"), Some(CITY)).await;
        holds(&page, &["校验没有通过", "services.toml 第", "aeg"]);
        assert!(!page.contains("/publication"));
        let (_, page) = get(&router, &format!("/list/versions/{wrong}"), Some(CITY)).await;
        holds(&page, &["满80周岁", "金额应为 6000 分"]);
        for id in [&broken, &wrong] {
            let (status, page) =
                post(&router, &format!("/list/versions/{id}/publication"), CITY).await;
            assert_eq!(status, StatusCode::CONFLICT);
            holds(&page, &["不能发布", "重新载入"]);
        }
        assert_eq!(
            get(
                &router,
                &format!("/list/cases?version={broken}"),
                Some(CITY)
            )
            .await
            .0,
            StatusCode::BAD_REQUEST
        );
        let (_, page) = get(
            &router,
            &format!("/list/cases?version={wrong}&result=fail"),
            Some(CITY),
        )
        .await;
        holds(
            &page,
            &[
                "（草稿）",
                "不通过 1 个",
                "满80周岁",
                "假定：高龄津贴 50.00 元",
            ],
        );
        assert!(!page.contains("不知道多大"));
        db.close().await.unwrap();
    }
}

/// Row C01: the real list on all its pages, in words an official reads.
#[tokio::test]
async fn the_real_list_reads_well() {
    let overlay = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../app/demo/overlay/suizhou-params.toml");
    let overlay = std::fs::read_to_string(overlay).unwrap();
    for db in fresh().await {
        let id = published(&db.store, &suizhou()).await;
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        set_overlay(&mut tx, "suizhou", &overlay).await.unwrap();
        tx.commit().await.unwrap();
        let router = router(&db.store).await;
        let (_, page) = get(&router, "/list/public", None).await;
        holds(
            &page,
            &[
                "随政办发〔2023〕16号",
                "普惠服务项目（第1—11项）",
                "随州市基本养老服务清单",
            ],
        );
        assert_eq!(page.matches("data-label=\"序号\"").count(), 28);
        let (_, page) = get(&router, "/list/params", Some(CITY)).await;
        holds(
            &page,
            &[
                "演示值",
                "待当地确认",
                "最低标准",
                "曾都区 城镇",
                "710.00 元",
                "元/月/人",
                "随政办发〔2023〕16号 附件1第17项",
            ],
        );
        let (_, page) = get(&router, "/list/params?state=confirm", Some(CITY)).await;
        assert!(!page.contains("按不低于100元/月/人的标准发放养老服务补贴"));
        let (_, page) = get(&router, "/list/cases?no=3&size=100", Some(CITY)).await;
        holds(
            &page,
            &["3 高龄津贴", "出生日期：", "周岁）", "符合", "缺："],
        );
        assert!(!page.contains("birth_date"));
        let (_, page) = get(&router, &format!("/list/versions/{id}"), Some(CITY)).await;
        holds(&page, &["全部 28 项", "市级拓展项目", "生效中"]);
        db.close().await.unwrap();
    }
}

/// Invariant 4 and row M03: unknown filters are errors; only those who may read see the pages; the
/// empty installation says what to do.
#[tokio::test]
async fn filters_access_and_emptiness() {
    for db in fresh().await {
        let router = router(&db.store).await;
        for path in [
            "/list/params?no=1",
            "/list/params?state=x",
            "/list/cases?result=x",
            "/list/cases?item=1",
        ] {
            assert_eq!(
                get(&router, path, Some(CITY)).await.0,
                StatusCode::BAD_REQUEST,
                "{path}"
            );
        }
        for path in ["/list/versions", "/list/params", "/list/cases"] {
            let (status, page) = get(&router, path, Some(CITY)).await;
            assert_eq!(status, StatusCode::OK);
            holds(&page, &["还没有"]);
            assert_eq!(get(&router, path, None).await.0, StatusCode::SEE_OTHER);
            assert_eq!(
                get(&router, path, Some(("a", Role::AuditAdmin))).await.0,
                StatusCode::FORBIDDEN
            );
        }
        assert_eq!(
            get(&router, "/list/versions/x", Some(CITY)).await.0,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            get(&router, "/list/cases?version=x", Some(CITY)).await.0,
            StatusCode::NOT_FOUND
        );
        let (status, page) = get(&router, "/list/public", None).await;
        assert_eq!(status, StatusCode::OK);
        holds(&page, &["还没有公布清单"]);
        published(&db.store, &small()).await;
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        set_overlay(&mut tx, "ceshi", OVERLAY).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await.unwrap();
    }
}
