//! County officers draft the list of their own county on the web; another's is refused; nothing typed is lost.

use crate::county::answers;
use crate::folders::changed;
use crate::list_pages::AREAS;
use crate::pages::{CITY, holds, router, send_in};
use crate::{count, fresh, published};
use authz::{Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use plan::api::PlanBook;
use rules::{Files, Truth};

/// Whoever asks: account, role, area.
type Who = (&'static str, Role, &'static str);

const OFFICER: Who = ("wang", Role::CountyCivil, "421321");
const COLLEAGUE: Who = ("sun", Role::CountyCivil, "421321");
const ELSEWHERE: Who = ("zhou", Role::CountyCivil, "421303");
const SECOND: Who = ("chen", Role::CityCivil, "4213");

fn scope(who: Who) -> Scope {
    Scope::Areas(vec![who.2.parse().unwrap()])
}

async fn see(router: &Router, path: &str, who: Who) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send_in(router, request, Some((who.0, who.1)), scope(who)).await
}

async fn form(
    router: &Router,
    path: &str,
    fields: &[(&str, &str)],
    who: Who,
) -> (StatusCode, String) {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)))
        .collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")));
    send_in(router, request.unwrap(), Some((who.0, who.1)), scope(who)).await
}

/// The small city with an amount and its trees.
fn city() -> Files {
    let mut files = changed(
        "params.toml",
        "values = []",
        "values = [ { from = \"2023-06-01\", fen = 5000 } ]",
    );
    let cases = files.get_mut("services.cases.toml").unwrap();
    *cases = cases.replace("params = { \"高龄津贴\" = 5000 }\n", "");
    files.insert("areas.toml".into(), AREAS.into());
    files
}

/// The draft of the county's list; its page.
async fn begun(router: &Router) -> String {
    let new = [("county", "421321"), ("from", "2023-07-01")];
    let (status, one) = form(router, "/list/counties/new", &new, OFFICER).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{one}");
    one
}

fn id(page: &str) -> &str {
    page.rsplit('/').next().unwrap()
}

/// The form of the one item with this condition.
fn condition<'a>(
    version: &'a str,
    says: &'a str,
    when: &'a str,
    act: &'a str,
) -> [(&'a str, &'a str); 9] {
    [
        ("version", version),
        ("no", "1"),
        ("audience", "老年人"),
        ("says_0", says),
        ("when_0", when),
        ("says_1", ""),
        ("when_1", ""),
        ("amount", "param('高龄津贴')"),
        ("act", act),
    ]
}

const EDIT: &str = "/list/items/edit";

/// Rows C01, C02; invariants 1, 4 and 14: an officer of the county begins its list, is told what a condition lacks and
/// what is below the city's, mends it, adds an example and asks; a second person of the city publishes, and the county's
/// people are answered by it.
#[tokio::test]
async fn a_county_officer_drafts_and_another_publishes() {
    for db in fresh().await {
        published(&db.store, &city()).await;
        let router = router(&db.store).await;
        let (_, page) = see(&router, "/list/counties/new", OFFICER).await;
        holds(&page, &["测试县"]);
        assert!(!page.contains("某管委会"), "only one's own county");
        let one = begun(&router).await;
        let (_, page) = see(&router, &one, OFFICER).await;
        holds(
            &page,
            &["改条件", "增加项目", "提请发布", "从市级清单开始起草"],
        );
        let (_, page) = see(
            &router,
            &format!("{EDIT}?version={}&no=1", id(&one)),
            OFFICER,
        )
        .await;
        holds(
            &page,
            &[
                "市级清单的条件",
                "age &#62;= 80",
                "问到：出生日期",
                "事实词典",
            ],
        );

        // What does not read says line and remedy; nothing is lost.
        let wrong = condition(id(&one), "满75周岁", "alive\nand ages >= 75", "save");
        let (status, page) = form(&router, EDIT, &wrong, OFFICER).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(
            &page,
            &[
                "第 2 行",
                "没有 ages",
                "是不是 age",
                "满75周岁",
                "ages &#62;= 75",
            ],
        );
        // What is stricter is told before it is saved, and keeps the draft from being published.
        let narrow = condition(id(&one), "满85周岁", "age >= 85", "check");
        let (status, page) = form(&router, EDIT, &narrow, OFFICER).await;
        assert_eq!(status, StatusCode::OK);
        holds(&page, &["还没有保存", "条件更严", "满85周岁", "满80周岁"]);
        let (_, page) = see(&router, &one, OFFICER).await;
        holds(&page, &["与市级清单相同"]);
        let narrow = condition(id(&one), "满85周岁", "age >= 85", "save");
        let (status, lower) = form(&router, EDIT, &narrow, OFFICER).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{lower}");
        let (_, page) = see(&router, &lower, OFFICER).await;
        holds(&page, &["条件更严", "不能发布", "撤回最后一步"]);
        let (status, page) = form(&router, &format!("{lower}/request"), &[], OFFICER).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&page, &["低于市级标准"]);

        // Mended.
        let wide = condition(id(&lower), "满75周岁", "age >= 75", "save");
        let (status, wider) = form(&router, EDIT, &wide, OFFICER).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{wider}");
        let (_, page) = see(&router, &wider, OFFICER).await;
        holds(&page, &["条件放宽", "满75周岁", "提请发布"]);
        let case = [
            ("version", id(&wider)),
            ("no", "1"),
            ("says", "七十六岁也有"),
            ("as_of", "2025-06-30"),
            ("f_alive", "true"),
            ("f_birth_date", "1949-01-01"),
            ("expect", "yes"),
            ("amount", "50"),
        ];
        let (status, to) = form(&router, "/list/cases/new", &case, OFFICER).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let draft = to.split_once("version=").unwrap().1;
        let one = format!("/list/versions/{}", draft.split_once('&').unwrap().0);

        // Nobody publishes their own, and nobody before the county asks.
        let publish = format!("{one}/publication");
        let (status, page) = form(&router, &publish, &[], SECOND).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&page, &["还没有提请发布"]);
        let (status, _) = form(&router, &format!("{one}/request"), &[], OFFICER).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, _) = form(&router, &format!("{one}/request"), &[], COLLEAGUE).await;
        assert_eq!(status, StatusCode::CONFLICT, "asked once");
        let (status, _) = form(&router, &publish, &[], OFFICER).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (_, page) = see(&router, &one, SECOND).await;
        holds(&page, &["wang", "提请发布", "批准发布", "添加样例"]);
        let (status, why) = form(&router, &publish, &[], SECOND).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{why}");
        let book = PlanBook::load(&db.store).await.unwrap();
        let of = |area: &str| answers(&book, "2025-06-30", "1949-01-01", area);
        assert_eq!(of("421321001001"), [Truth::True]);
        assert_eq!(of("421303001001"), [Truth::False]);
        db.close().await.unwrap();
    }
}

/// Rows C01, C02, M03; invariant 10: another county's officer, and the county's at the city's list, are refused and told
/// whom to ask; what a role may not draft is not offered.
#[tokio::test]
async fn only_ones_own_countys_list_is_drafted() {
    for db in fresh().await {
        let top = published(&db.store, &city()).await;
        let router = router(&db.store).await;
        let one = begun(&router).await;
        let edit = format!("{EDIT}?version={}&no=1", id(&one));
        let typed = condition(id(&one), "满75周岁", "age >= 75", "save");
        for (status, page) in [
            see(&router, &edit, ELSEWHERE).await,
            form(&router, EDIT, &typed, ELSEWHERE).await,
            form(&router, &format!("{one}/request"), &[], ELSEWHERE).await,
            form(&router, &format!("{one}/back"), &[], ELSEWHERE).await,
        ] {
            assert_eq!(status, StatusCode::FORBIDDEN);
            holds(&page, &["测试县", "市民政"]);
        }
        let (_, page) = see(&router, &one, ELSEWHERE).await;
        assert!(!page.contains("/list/items/") && !page.contains("/request"));
        let new = [("county", "M01"), ("from", "2023-07-01")];
        let (status, page) = form(&router, "/list/counties/new", &new, OFFICER).await;
        // A slip in the form stays in the form.
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["某管委会的清单由那里的人起草", "2023-07-01"]);
        let far = [("county", "421321"), ("from", "2203-07-01")];
        let (status, page) = form(&router, "/list/counties/new", &far, OFFICER).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["2203-07-01", "请核对年份"]);
        let of_city = condition(top.as_str(), "满75周岁", "age >= 75", "save");
        let (status, page) = form(&router, EDIT, &of_city, OFFICER).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        holds(&page, &["市级清单由市里起草"]);
        // The city's officer changes a condition of the city's list the same way.
        let city = (CITY.0, CITY.1, "4213");
        let (status, to) = form(&router, EDIT, &of_city, city).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, page) = see(&router, &to, city).await;
        holds(&page, &["满75周岁", "80周岁及以上", "撤回最后一步"]);
        db.close().await.unwrap();
    }
}

/// Rows C01, C02: of two at one draft the second is told who was first and keeps what they typed; an item of the county's
/// own is added, and the last step is taken back.
#[tokio::test]
async fn the_second_loses_nothing_and_a_step_is_taken_back() {
    for db in fresh().await {
        published(&db.store, &city()).await;
        let router = router(&db.store).await;
        let first = begun(&router).await;
        let wide = condition(id(&first), "满75周岁", "age >= 75", "save");
        let (_, second) = form(&router, EDIT, &wide, OFFICER).await;
        let late = condition(id(&first), "满78周岁", "age >= 78", "save");
        let (status, page) = form(&router, EDIT, &late, COLLEAGUE).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(
            &page,
            &[
                "wang",
                "先改了这份清单",
                "满78周岁",
                "age &#62;= 78",
                "现在的条件：满75周岁",
            ],
        );
        holds(
            &page,
            &[&format!("name=\"version\" value=\"{}\"", id(&second))],
        );
        let value = [
            ("version", id(&first)),
            ("name", "高龄津贴"),
            ("value", "66"),
            ("from", "2023-07-01"),
            ("urban", ""),
        ];
        let (status, page) = form(&router, "/list/params/value", &value, COLLEAGUE).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&page, &["先改了这份清单", "value=\"66\""]);
        // An item of the county's own.
        let mut item = vec![
            ("version", id(&second)),
            ("name", "助餐补贴"),
            ("content", "每餐补贴"),
            ("audience", "70周岁及以上"),
            ("service_type", "物质帮助"),
            ("lead", "县民政局、县财政局"),
            ("access", "依申请"),
            ("area_basis", "residence"),
            ("beneficiary", "self"),
            ("kind", "money"),
            ("unit", "meal"),
            ("amount", "两元"),
            ("says_0", "70周岁及以上"),
            ("when_0", "age >= 70"),
            ("basis", "县政府会议纪要〔2023〕5号"),
        ];
        let (status, page) = form(&router, "/list/items/new", &item, OFFICER).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["金额写成元", "助餐补贴", "县政府会议纪要"]);
        item[11].1 = "2";
        let long = "补".repeat(10_000);
        let mut longer = item.clone();
        longer[5].1 = &long;
        let (status, page) = form(&router, "/list/items/new", &longer, OFFICER).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["最多 120 个字，现在有 10000 个", "助餐补贴"]);
        let (status, third) = form(&router, "/list/items/new", &item, OFFICER).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{third}");
        let (_, page) = see(&router, &third, OFFICER).await;
        holds(
            &page,
            &["县级增加", "助餐补贴", "增加第2项", "县民政局、县财政局"],
        );
        // Taken back, and once more: the list is as it was begun.
        let (status, to) = form(&router, &format!("{third}/back"), &[], COLLEAGUE).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, second.as_str())
        );
        let (status, _) = form(&router, &format!("{third}/back"), &[], COLLEAGUE).await;
        assert_eq!(status, StatusCode::CONFLICT, "taken back once");
        let (_, to) = form(&router, &format!("{second}/back"), &[], COLLEAGUE).await;
        assert_eq!(to, first);
        let (_, page) = see(&router, &first, OFFICER).await;
        holds(&page, &["与市级清单相同"]);
        let (status, page) = form(&router, &format!("{first}/back"), &[], OFFICER).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        holds(&page, &["没有可以撤回的改动"]);
        let acts = "audit_row WHERE action = 'plan.edit'";
        assert_eq!(count(&db.store, acts).await, 4);
        db.close().await.unwrap();
    }
}

/// Rows C01, C02; invariants 4, 6 and 14: the steps of an item are rows of its form: what is wrong is told at its row with everything typed, amounts
/// are yuan, and what was saved is in the form again; a row that is emptied is gone, and a form without the rows changes none.
#[tokio::test]
async fn steps_of_an_item_are_typed_as_rows() {
    for db in fresh().await {
        let top = published(&db.store, &city()).await;
        let router = router(&db.store).await;
        let city = (CITY.0, CITY.1, "4213");
        let typed = |version: &str, steps: &[(&str, &str, &str)]| -> Vec<(String, String)> {
            let form = condition(version, "满80周岁", "age >= 80", "save");
            let own = form
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let steps = steps
                .iter()
                .enumerate()
                .flat_map(|(at, (name, when, fen))| {
                    let field =
                        |key: &str, value: &str| (format!("tier_{key}_{at}"), value.to_owned());
                    [field("name", name), field("when", when), field("fen", fen)]
                });
            own.chain(steps).collect()
        };
        let post = async |fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            form(&router, EDIT, &fields, city).await
        };
        let open = async |version: &str| {
            let path = format!("{EDIT}?version={version}&no=1");
            see(&router, &path, city).await.1
        };
        for (steps, words) in [
            (vec![("百岁", "ages >= 100", "200")], "没有 ages"),
            (vec![("百岁", "", "200")], "请写这一档给谁"),
            (vec![("百岁", "age >= 100", "两百")], "写元，例如 200"),
            (vec![("百岁", "age >= 100", "param('没有的')")], "没有的"),
            (
                vec![("百岁", "age >= 100", "200"), ("九十", "age >= 90", "")],
                "别的档写了金额",
            ),
            (vec![("", "age >= 100", "")], "请写这一档叫什么"),
            (
                vec![("百岁", "age >= 100", ""), ("百岁", "age >= 90", "")],
                "已经有一档叫",
            ),
        ] {
            let (status, page) = post(typed(top.as_str(), &steps)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{steps:?}");
            holds(&page, &[words, "clause-steps\" open"]);
            for (name, when, fen) in &steps {
                let when = when.replace('>', "&#62;");
                holds(&page, &[name, &when, &fen.replace('\'', "&#39;")]);
            }
        }
        let steps = [
            ("百岁", "age >= 100", "200.50"),
            ("", "age >= 90", "param('高龄津贴')"),
            ("", "", ""),
        ];
        let (status, to) = post(typed(top.as_str(), &steps)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let page = open(id(&to)).await;
        holds(
            &page,
            &[
                "不在各档里的人",
                "value=\"百岁\"",
                "value=\"200.50\"",
                "age &#62;= 90",
            ],
        );
        let files = |version: String| {
            let store = db.store.clone();
            async move {
                let id = plan::api::VersionId(version);
                plan::api::export(&store, &id).await.unwrap().unwrap()["services.toml"].clone()
            }
        };
        let amount = "case when age >= 100 then 20050 when age >= 90 then param('高龄津贴') else param('高龄津贴') end";
        holds(
            &files(id(&to).to_owned()).await,
            &[amount, "tier = \"百岁\""],
        );
        // Without the rows nothing of them changes; emptied, the first is gone.
        let mut plain = typed(id(&to), &[]);
        plain
            .iter_mut()
            .find(|(name, _)| name == "amount")
            .unwrap()
            .1 = amount.to_owned();
        plain[2].1 = "全体老年人".to_owned();
        let (status, to) = post(plain).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        holds(
            &files(id(&to).to_owned()).await,
            &[amount, "tier = \"百岁\"", "全体老年人"],
        );
        let steps = [("", "", ""), ("九十", "age >= 90", "80")];
        let (status, to) = post(typed(id(&to), &steps)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let text = files(id(&to).to_owned()).await;
        holds(
            &text,
            &[
                "case when age >= 90 then 8000 else param('高龄津贴') end",
                "九十",
            ],
        );
        assert!(!text.contains("百岁"));
        db.close().await.unwrap();
    }
}
