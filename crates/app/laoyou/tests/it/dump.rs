use crate::place::*;
#[tokio::test]
async fn dump() {
    let t = std::time::Instant::now();
    for city in cities().await {
        eprintln!("{} {:?}", city.name, t.elapsed());
        let who = city.person("王念慈").await;
        let w = city.door("demo-01-town").await;
        let s = city.post("/people/search", &[("q", "王念慈")], &w).await;
        eprintln!("{} {}", s.status, s.to);
        for (i, p) in [
            "",
            "?tab=entitlement",
            "?tab=facts",
            "?tab=family",
            "?tab=history",
        ]
        .iter()
        .enumerate()
        {
            let a = city.get(&format!("/people/{}{p}", who.key.id), &w).await;
            eprintln!("{p} {}", a.status);
            std::fs::write(format!("/tmp/dump{i}.html"), a.body).unwrap();
        }
        for (i, p) in [
            "/",
            "/people",
            "/owed",
            "/list",
            "/unsettled",
            "/groups",
            "/list/3",
            "/list/3/people?state=owed",
        ]
        .iter()
        .enumerate()
        {
            let a = city.get(p, &w).await;
            eprintln!("{p} {}", a.status);
            std::fs::write(format!("/tmp/dumpl{i}.html"), a.body).unwrap();
        }
        city.close().await;
    }
}
