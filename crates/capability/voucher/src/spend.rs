//! 用券 and 撤销: once for a form, never more than is left, only for what it is good for, where it is taken, in its month.

use crate::code;
use crate::model::{self, Place, Use, Voucher};
use authz::{Actor, Role};
use kernel::Fen;
use ledger::{Event, apportion, deduct};
use pay::api::{VoucherBatch, post_voucher, voucher_batch};
use store::{Audit, Store, StoreError, StoreResult, Tx, values};

/// What an institution typed.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// As typed.
    pub(crate) code: String,
    /// The kind of service.
    pub(crate) scope: String,
    /// The bill in fen.
    pub(crate) bill: i64,
    /// The form's own key.
    pub(crate) form: String,
}

/// Why a voucher is not taken: the field and the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct No(pub(crate) &'static str, pub(crate) String);

/// What a use would come to.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) voucher: Voucher,
    pub(crate) batch: VoucherBatch,
    pub(crate) pays: Fen,
    pub(crate) own: Fen,
}

/// Whether a voucher is taken here for this, and what it would pay.
fn offer(
    voucher: Voucher,
    batch: VoucherBatch,
    place: &Place,
    asked: &Asked,
    day: kernel::Day,
) -> Result<Offer, No> {
    if voucher.office != place.office {
        return Err(No(
            "code",
            "这张券由别的县发放，请到发放地的定点机构使用".to_owned(),
        ));
    }
    if !voucher.good(day) {
        let words = format!("这张券 {} 已经到期，不能再用", voucher.until.zh());
        return Err(No("code", words));
    }
    if !batch
        .terms
        .scopes
        .iter()
        .any(|scope| scope.key == asked.scope)
    {
        let names: Vec<&str> = batch
            .terms
            .scopes
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let words = format!("这张券只能用于：{}", names.join("、"));
        return Err(No("scope", words));
    }
    if !place.takes(&voucher.programme, &asked.scope) {
        let words = "本机构没有登记这项服务，要增加请联系县民政".to_owned();
        return Err(No("scope", words));
    }
    let left = voucher.left();
    if left.0 == 0 {
        return Err(No("code", "这张券已经用完".to_owned()));
    }
    let Some((pays, own)) = deduct(Fen(asked.bill), left, batch.terms.covers) else {
        return Err(No("bill", "账单金额不对，请重新填写".to_owned()));
    };
    if pays.0 == 0 {
        let words = "账单金额太小，券抵扣不到一分钱".to_owned();
        return Err(No("bill", words));
    }
    Ok(Offer {
        voucher,
        batch,
        pays,
        own,
    })
}

/// What a use would come to, without doing it.
pub(crate) async fn look(
    store: &Store,
    place: &Place,
    asked: &Asked,
    day: kernel::Day,
) -> StoreResult<Result<Offer, No>> {
    let code = match code::typed(&asked.code) {
        Ok(code) => code,
        Err(words) => return Ok(Err(No("code", words.to_owned()))),
    };
    let Some(voucher) = model::by_code(store, &code).await? else {
        return Ok(Err(unknown()));
    };
    let batch = batch_of(store, &voucher).await?;
    Ok(offer(voucher, batch, place, asked, day))
}

fn unknown() -> No {
    No("code", "没有这张券，请对照券再输一遍".to_owned())
}

async fn batch_of(reads: &impl store::Reads, voucher: &Voucher) -> StoreResult<VoucherBatch> {
    let batch = voucher_batch(reads, &voucher.run).await?;
    batch.ok_or_else(|| StoreError::Other(format!("pay_run lacks {}", voucher.run)))
}

/// Takes a voucher for a bill. The same form again answers what it did the first time.
pub(crate) async fn take(
    store: &Store,
    who: &Actor,
    place: &Place,
    asked: &Asked,
) -> StoreResult<Result<Use, No>> {
    let code = match code::typed(&asked.code) {
        Ok(code) => code,
        Err(words) => return Ok(Err(No("code", words.to_owned()))),
    };
    let mut tx = store.begin(who, None).await?;
    let Some(voucher) = model::held_by_code(&tx, &code).await? else {
        tx.rollback().await?;
        return Ok(Err(unknown()));
    };
    if let Some(done) = model::use_of_form(&tx, &place.place, &asked.form).await? {
        tx.rollback().await?;
        return Ok(Ok(done));
    }
    let batch = batch_of(&tx, &voucher).await?;
    let at = tx.at();
    let offer = match offer(voucher, batch, place, asked, at.day()) {
        Ok(offer) => offer,
        Err(no) => {
            tx.rollback().await?;
            return Ok(Err(no));
        }
    };
    let voucher = &offer.voucher;
    let bad = || StoreError::Other(format!("voucher {} does not divide", voucher.voucher));
    let whole = offer.batch.shares.split(Fen(voucher.fen)).ok_or_else(bad)?;
    let parts = apportion(whole.map(|part| part.0), voucher.used, offer.pays.0).ok_or_else(bad)?;
    let mut used = voucher.used;
    for (slot, part) in used.iter_mut().zip(parts) {
        *slot += part;
    }
    model::set_used(&mut tx, &voucher.voucher, used).await?;
    let key = tx.store().new_id();
    let [central, province, city, county] = parts;
    tx.run(
        "INSERT INTO voucher_use (use_key, voucher, place, form, scope, bill, fen, central, province, city, county, day, \
         by_account, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        values![
            key.as_str(),
            voucher.voucher.as_str(),
            place.place.as_str(),
            asked.form.as_str(),
            asked.scope.as_str(),
            asked.bill,
            offer.pays.0,
            central,
            province,
            city,
            county,
            at.day().number(),
            who.id.as_str(),
            who.name.as_str(),
            at.micros(),
        ],
    )
    .await?;
    post_voucher(&mut tx, &voucher.run, Event::Used, &key, parts).await?;
    tx.audit(
        Audit::new("voucher.use")
            .person(&voucher.key.shard, &voucher.key.id)
            .with("place", place.place.as_str())
            .with("fen", offer.pays.0),
    );
    let done = model::find_use(&tx, &key).await?.ok_or_else(bad)?;
    tx.commit().await?;
    Ok(Ok(done))
}

/// Takes a use back, with the reason: the institution itself until it is settled and the voucher is good, the county
/// until it is settled. What comes back to a voucher that is over goes on to the purses.
pub(crate) async fn undo(
    store: &Store,
    who: &Actor,
    done: &Use,
    why: &str,
) -> StoreResult<Result<(), &'static str>> {
    let mut tx = store.begin(who, None).await?;
    let voucher = model::held(&tx, &done.voucher).await?;
    let now = model::find_use(&tx, &done.key).await?;
    let refused = match &now {
        None => Some("没有这笔用券"),
        Some(now) if now.undone => Some("这笔已经撤销过"),
        Some(now) if now.settlement.is_some() => {
            Some("这笔已经进了结算单，不能撤销；请与县民政核对，在下一张结算单里扣回")
        }
        Some(_) if who.role != Role::CountyCivil && !voucher.good(tx.at().day()) => {
            Some("这张券已经到期，机构不能撤销；确实记错的请县民政撤销")
        }
        Some(_) => None,
    };
    if let Some(words) = refused {
        tx.rollback().await?;
        return Ok(Err(words));
    }
    let at = tx.at().micros();
    // A settlement drawn up in the same moment has it or does not.
    let undone = tx
        .run(
            "UPDATE voucher_use SET undone_by = $1, undone_at = $2, undone_why = $3 WHERE use_key = $4 \
             AND settlement IS NULL AND undone_at IS NULL",
            values![who.id.as_str(), at, why, done.key.as_str()],
        )
        .await?;
    if undone == 0 {
        tx.rollback().await?;
        return Ok(Err("这笔刚进了结算单，不能撤销"));
    }
    let mut used = voucher.used;
    for (slot, part) in used.iter_mut().zip(done.parts) {
        *slot -= part;
    }
    model::set_used(&mut tx, &voucher.voucher, used).await?;
    post_voucher(&mut tx, &voucher.run, Event::Unused, &done.key, done.parts).await?;
    if !voucher.live {
        back_to_the_purses(&mut tx, &voucher, done).await?;
    }
    tx.audit(
        Audit::new("voucher.undo")
            .person(&voucher.key.shard, &voucher.key.id)
            .with("use", done.key.as_str())
            .with("reason", why),
    );
    tx.commit().await?;
    Ok(Ok(()))
}

async fn back_to_the_purses(tx: &mut Tx, voucher: &Voucher, done: &Use) -> StoreResult<()> {
    post_voucher(tx, &voucher.run, Event::Expired, &done.key, done.parts).await
}
