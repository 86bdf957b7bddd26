//! What is known and counted of people, to be compared before and after.

use crate::place::{Place, key};
use people::api::{NameIndex, Record};
use plan::api::PlanBook;
use store::{Reads, values};

impl Place {
    /// Everything that is known and counted of some people, and of the whole place.
    pub(crate) async fn digest(&self, people: &[usize]) -> String {
        let mut out = String::new();
        for id in people {
            let key = key(*id);
            let mut person = people::api::person(&self.store, &key.id).await.unwrap();
            if let Some(person) = &mut person {
                person.version = 0;
                person.changed = person.registered;
            }
            let records: Vec<Record> = people::api::records(&self.store, &key)
                .await
                .unwrap()
                .into_iter()
                .filter(|record| record.withdrawn.is_none())
                .collect();
            let guardians = people::api::guardians(&self.store, &key).await.unwrap();
            out.push_str(&format!("{person:?}\n{records:?}\n{guardians:?}\n"));
        }
        for sql in [
            "SELECT shard || id || programme || from_day || ':' || fen AS line FROM entitle_receipt ORDER BY 1",
            "SELECT shard || id || ':' || yes || ':' || unknown || ':' || receiving || ':' || owed || ':' || amounts AS line \
             FROM entitle_answer ORDER BY 1",
            "SELECT finding || id || kind || programme || since || ':' || first_found AS line FROM entitle_finding \
             WHERE closed_on IS NULL ORDER BY 1",
            "SELECT area || ':' || item || state || ':' || people AS line FROM entitle_tally WHERE people <> 0 ORDER BY 1",
            "SELECT shard || child || guardian || relation AS line FROM people_ward ORDER BY 1",
            "SELECT account || code AS line FROM org_grant ORDER BY 1",
        ] {
            for row in self.store.all(sql, vec![]).await.unwrap() {
                out.push_str(&row.text("line").unwrap());
                out.push('\n');
            }
        }
        out
    }

    pub(crate) async fn number_of(&self, sql: &str) -> i64 {
        self.store.number(sql, vec![]).await.unwrap()
    }

    /// The counts that are kept are those of the answers that are there.
    pub(crate) async fn tallies_are_right(&self) {
        let published = self
            .app
            .part::<PlanBook>()
            .unwrap()
            .in_force(self.store.clock().today())
            .unwrap();
        let differ = entitle::api::differences(&self.store, &published)
            .await
            .unwrap();
        assert!(differ.is_empty(), "{differ:?}");
        for item in published.list.items() {
            let no = i64::from(item.service.no);
            let mask = 1_i64 << (no - 1);
            for state in ["yes", "unknown", "receiving", "owed"] {
                let kept = self
                    .store
                    .number(
                        "SELECT CAST(coalesce(sum(people), 0) AS BIGINT) AS n FROM entitle_tally \
                         WHERE item = $1 AND state = $2 AND area = '421300000000'",
                        values![no, state],
                    )
                    .await
                    .unwrap();
                let mut counted = 0;
                let sql = format!("SELECT {state} AS bits FROM entitle_answer");
                for row in self.store.all(&sql, vec![]).await.unwrap() {
                    counted += i64::from(row.int("bits").unwrap() & mask != 0);
                }
                assert_eq!(kept, counted, "item {no} {state}");
            }
        }
        let names = self.app.part::<NameIndex>().unwrap();
        let wrong = names.differences(&self.store).await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
