//! `laoyou keys` as processes: killed in the middle, taken up again, and backups of before and during.

use crate::keep::{Place, refused, well};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use store::{Keys, Reads, values};

/// Rows M03, M05: a new key is added and turned to; the turning is killed with -9 in the middle and goes on; the old key
/// cannot be dropped before, and can after; a backup of before opens with both keys, one of the middle with the new one,
/// and both hold the same people.
#[tokio::test]
async fn a_key_is_turned_through_a_kill_and_dropped() {
    let place = Place::new("turn");
    let numbers = async |name: &str| {
        let store = place.open(name).await;
        let everyone = people::api::after(&store, None, 1_000).await.unwrap();
        let mut all: Vec<String> = everyone
            .iter()
            .filter_map(|person| {
                let sealed = person.id_number.as_ref();
                people::api::open_secret(&store, "id_number", sealed).unwrap()
            })
            .collect();
        store.close().await;
        all.sort();
        all
    };
    let before = numbers("city").await;
    assert!(before.len() > 200);
    let run = |words: &[&str]| place.run("city", words);
    well(&run(&["migrate"]));
    well(&run(&["backup", "--out", "first.laoyou"]));
    refused(&run(&["keys", "rotate"]), "先运行 laoyou keys add");
    refused(&run(&["keys", "drop", "1"]), "当前密钥");
    let added = well(&run(&["keys", "add"]));
    assert!(added.contains("2 号密钥，还没有启用"), "{added}");
    assert_eq!(place.keys().current_id(), "1");
    let status = well(&run(&["keys", "status"]));
    assert!(status.contains("2 号（还没有启用）：0 处"), "{status}");

    let mut child = place
        .command("city", &["keys", "rotate", "--now", "--rows", "7"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    for _ in 0..8 {
        let line = told.next().unwrap().unwrap();
        assert!(line.contains("已重新加密"), "{line}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.keys().current_id(), "2");
    let status = well(&run(&["keys", "status"]));
    assert!(status.contains("正在换成 2 号密钥"), "{status}");
    assert!(!status.contains("1 号（旧）：0 处"), "{status}");
    assert!(!status.contains("2 号（当前）：0 处"), "{status}");
    assert_eq!(numbers("city").await, before, "in the middle");
    refused(&run(&["keys", "drop", "1"]), "正在换密钥");
    well(&run(&["backup", "--out", "middle.laoyou"]));

    let done = well(&run(&["keys", "rotate", "--now"]));
    assert!(done.contains("全部内容已用 2 号密钥"), "{done}");
    let status = well(&run(&["keys", "status"]));
    assert!(
        status.contains("1 号（旧）：0 处加密内容，0 个文件"),
        "{status}"
    );
    assert_eq!(numbers("city").await, before, "at the end");
    refused(&run(&["keys", "rotate"]), "没有更新的");
    well(&run(&["doctor"]));

    // Both backups open while the file holds both keys, and turn on by themselves.
    for (name, file) in [("first", "first.laoyou"), ("middle", "middle.laoyou")] {
        let database = format!("sqlite:{}", place.at(&format!("{name}.db")).display());
        place.config(name, &database);
        well(&place.run(name, &["backup", "--verify", file]));
        well(&place.run(name, &["restore", file]));
        assert_eq!(numbers(name).await, before, "{name}");
        well(&place.run(name, &["keys", "rotate", "--now", "--rows", "50"]));
        let store = place.open(name).await;
        let old =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE id_number LIKE '1,%'";
        assert_eq!(store.number(old, values![]).await.unwrap(), 0, "{name}");
        store.close().await;
        assert_eq!(numbers(name).await, before, "{name}");
    }

    let both = std::fs::read_to_string(place.loaded("city").key_file).unwrap();
    let dropped = well(&run(&["keys", "drop", "1"]));
    assert!(dropped.contains("已没有 1 号密钥"), "{dropped}");
    assert_eq!(place.keys().ids(), ["2"]);
    assert_eq!(numbers("city").await, before, "without the old key");
    refused(&run(&["backup", "--verify", "first.laoyou"]), "密钥");
    well(&run(&["backup", "--verify", "middle.laoyou"]));
    well(&run(&["doctor"]));
    // Somebody puts the file of the first day back.
    let old = Keys::with_current(&both, "1").unwrap();
    let first = Keys::without(&old, "2").unwrap();
    std::fs::write(place.loaded("city").key_file, first).unwrap();
    refused(&run(&["keys", "rotate", "--now"]), "没有 2 号密钥");
    refused(&run(&["backup", "--out", "third.laoyou"]), "不是这个数据库");
}
