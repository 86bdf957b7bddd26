//! Temporary: look at the pages.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "temporary")]
use area::api::{AreaBook, AreaRow, ManagementRow, Tree, install};
use authz::{Actor, Role};
use axum::middleware::from_fn_with_state;
use host::{App, DemoMode};
use kernel::{AreaCode, DemoClock, SystemIds};
use org::api::*;
use std::sync::Arc;
use store::{Keys, Store};
fn code(t: &str) -> AreaCode { t.parse().unwrap() }
#[tokio::main]
async fn main() {
    let path = "/tmp/org-look.db";
    for s in ["", "-wal", "-shm"] { std::fs::remove_file(format!("{path}{s}")).ok(); }
    let today: kernel::Day = "2025-06-30".parse().unwrap();
    let store = Store::open(&format!("sqlite:{path}"), Keys::from_file(&Keys::generate_file().unwrap()).unwrap(), Arc::new(DemoClock { today }), Arc::new(SystemIds)).await.unwrap();
    let mut m = store::migrations();
    m.extend(area::capability().migrations);
    m.extend(org::capability().migrations);
    store.migrate(&m).await.unwrap();
    let rows = [("4213","随州市"),("421303","曾都区"),("421303106","万店镇"),("421303106200","龙头湾村委会"),("421303187","淅河镇"),("421321","随县"),("421321115","长岗镇"),("421381","广水市")];
    let body = |k: &str, n: &str, t: &str| ManagementRow { code: k.into(), name: n.into(), towns: vec![code(t)], confirm: true, source: "公开".into() };
    let tree = Tree { areas: rows.iter().map(|(c,n)| AreaRow{code: code(c), name: (*n).into()}).collect(), management: vec![body("M42130001","随州高新区","421303187"), body("M42130002","大洪山风景名胜区","421321115")] };
    let mut tx = store.begin(&Actor::system("demo"), None).await.unwrap();
    install(&mut tx, &tree, today).await.unwrap();
    let g = |c: &str| vec![Grant::area(&code(c), today)];
    let mg = |c: &str| vec![Grant::management(c, today)];
    let names = ["李建国","王秀英","张敏","刘洋","陈静","杨帆","赵磊","黄丽","周强","吴芳","徐涛","孙娟","马超","朱琳","胡军","郭敏","何勇","高洁","林峰","罗霞","郑凯","梁燕","谢斌","宋梅","唐伟","许倩"];
    let list: Vec<(Role, Vec<Grant>)> = vec![
        (Role::CityCivil, g("4213")), (Role::CountyCivil, mg("421303")), (Role::CountyCivil, mg("421321")), (Role::CountyCivil, mg("M42130002")),
        (Role::TownWorker, g("421303106")), (Role::TownWorker, g("421321115")), (Role::Visitor, g("421303106200")), (Role::Family, vec![Grant::person("p1", today)]),
        (Role::SystemAdmin, vec![]), (Role::SecurityAdmin, vec![]), (Role::AuditAdmin, vec![]),
        (Role::Leader, g("4213")), (Role::CityHealth, g("4213")), (Role::CountyHealth, mg("421303")), (Role::Planner, g("4213")), (Role::DepartmentData, mg("421303")),
        (Role::Finance, mg("421303")), (Role::Bank, g("421303")), (Role::Assessor, g("4213")), (Role::AssessmentBody, g("4213")), (Role::ElderHome, g("421303106")), (Role::ChildcareCentre, g("421303")), (Role::Provider, g("421303")), (Role::Dispatcher, g("4213")), (Role::Hotline, g("4213")), (Role::InspectorDiscipline, g("4213")),
    ];
    for (n, (role, grants)) in list.into_iter().enumerate() {
        create_account(&mut tx, NewAccount { login: format!("{}-{n}", role.key().replace('_', "-")), name: names[n].into(), role, password: None, grants }).await.unwrap();
    }
    tx.commit().await.unwrap();
    let book = AreaBook::load(&store).await.unwrap();
    let demo = std::env::args().nth(1).is_none();
    let port = if demo { 5599 } else { 5598 };
    let mut app = App::new(store, "随州市", demo.then_some(DemoMode { today })).with_part(Arc::new(book)).with_part(Arc::new(Org::new(OrgSettings::default()).unwrap()));
    app.nav = org::capability().nav;
    let app = Arc::new(app);
    let mut routes = org::capability().routes;
    routes.0.extend(area::capability().routes.0);
    let router = routes.router().merge(ui::assets_router()).layer(from_fn_with_state(Arc::clone(&app), session_layer)).with_state(app);
    axum::serve(tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap(), router).await.unwrap();
}
