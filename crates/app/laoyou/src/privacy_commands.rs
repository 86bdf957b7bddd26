//! `laoyou privacy load`: purposes and rules of retention from files, or those that come with the program.

use crate::compose;
use crate::fault::{Fault, Outcome};
use authz::Actor;
use host::RecordKind;
use std::path::Path;
use store::Store;

/// Every kind of record that a rule can speak of.
fn kinds() -> Vec<RecordKind> {
    compose::capabilities()
        .into_iter()
        .flat_map(|capability| capability.record_kinds)
        .collect()
}

/// Loads them and says how many; with a folder its `purposes.toml` and `retention.toml`, each if it is there.
pub async fn load(store: &Store, dir: Option<&Path>, by: &str) -> Outcome<(usize, usize)> {
    let read = |name: &str| -> Outcome<Option<String>> {
        let Some(file) = dir.map(|dir| dir.join(name)) else {
            return Ok(None);
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::new(format!("读不了 {}：{error}", file.display()))),
        }
    };
    let (purposes, rules) = (read("purposes.toml")?, read("retention.toml")?);
    if dir.is_some() && purposes.is_none() && rules.is_none() {
        return Err(Fault::new(
            "目录里没有 purposes.toml，也没有 retention.toml",
        ));
    }
    let mut who = Actor::system("privacy");
    by.clone_into(&mut who.name);
    let mut tx = store.begin(&who, None).await?;
    let loaded =
        privacy::api::load(&mut tx, &kinds(), purposes.as_deref(), rules.as_deref()).await?;
    let counts = loaded.map_err(Fault::new)?;
    tx.commit().await?;
    Ok(counts)
}
