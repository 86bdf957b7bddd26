//! Two files side by side, and what can be decided of them.

use super::queue::{Shown, shown};
use crate::files::{About, File, Line, Which, compare};
use crate::like::{Evidence, words as evidence_words};
use crate::store::merges;
use crate::store::pairs::{self, Pair, State};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use people::api::{Person, words};
use store::{Audit, Reads};
use ui::{Choice, Field, Form, PageError, Shell};

/// Who may see what of a pair, and do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rights {
    /// The side is in the asker's own scope.
    pub(crate) own: [bool; 2],
    /// The other county has agreed and opened its file for this comparison.
    pub(crate) opened: bool,
}

impl Rights {
    pub(crate) fn of(ctx: &Ctx, pair: &Pair) -> Self {
        let own = pair
            .sides
            .each_ref()
            .map(|side| ctx.scope().admits(&side.subject()));
        let opened = pair.agreed.as_ref().is_some_and(|agreed| {
            pair.sides
                .iter()
                .zip(own)
                .any(|(side, own)| side.key.id == *agreed && !own)
        });
        Self { own, opened }
    }

    /// Both files may be looked at.
    pub(crate) fn both(self) -> bool {
        self.own == [true, true] || (self.any() && self.opened)
    }

    pub(crate) fn any(self) -> bool {
        self.own.contains(&true)
    }
}

/// A line of the page.
struct Shows {
    key: String,
    zh: &'static str,
    a: String,
    a_from: String,
    b: String,
    b_from: String,
    /// Somebody may choose; which is chosen.
    choose: bool,
    chosen: Option<Which>,
    error: Option<String>,
}

impl Shows {
    fn chose(&self, which: &str) -> bool {
        self.chosen.is_some_and(|chosen| chosen.key() == which)
    }
}

struct Head {
    shown: Shown,
    registered: String,
    number: String,
    version: i64,
}

#[derive(Template)]
#[template(path = "pages/pair.html")]
pub(crate) struct PairPage {
    shell: Shell,
    form: Form,
    pair: Pair,
    evidence: Vec<String>,
    twins: bool,
    heads: Vec<Head>,
    differing: Vec<Shows>,
    same: Vec<Shows>,
    both: bool,
    open: bool,
    /// The asker's own side, where the other is another county's.
    mine: Option<String>,
    agreed_by_me: bool,
    other_office: String,
    notes: Vec<String>,
    merge: Option<String>,
    stale: bool,
}

impl PairPage {
    fn keep(&self) -> Field {
        let label = |at: usize, side: &str| {
            let head = self.heads.get(at);
            format!(
                "{side}：{}",
                head.map_or("", |head| head.registered.as_str())
            )
        };
        self.form.field(
            Field::radio(
                "keep",
                "保留哪份档案",
                vec![
                    Choice::new("a", label(0, "左边")),
                    Choice::new("b", label(1, "右边")),
                ],
            )
            .required()
            .hint("另一份的编号和证号以后都指向保留的这份，历史都不丢，合并后可以撤销"),
        )
    }
    fn reason(&self) -> Field {
        self.form.field(
            Field::select(
                "reason",
                "依据",
                REASONS
                    .iter()
                    .map(|(key, words)| Choice::new(*key, *words))
                    .collect(),
            )
            .required()
            .blank("请选择"),
        )
    }
    fn reason_words(&self) -> &'static str {
        reason_zh(self.pair.reason.as_deref().unwrap_or_default())
    }
    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "说明")
                .hint("可不填。如核实人、材料名称")
                .maxlength(200),
        )
    }
}

/// Reasons for saying that two are not one, or for putting it off.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("visit", "入户核实，是两个人"),
    ("papers", "证件不同，是两个人"),
    ("twins", "双胞胎或同胞"),
    ("wait_papers", "等证件或户口材料"),
    ("wait_visit", "等入户核实"),
];

/// The words of a reason.
fn reason_zh(key: &str) -> &'static str {
    REASONS
        .iter()
        .find(|(known, _)| *known == key)
        .map_or("同一人", |(_, words)| words)
}

/// What a reader may see of a pair: the files that are there, both where they may.
pub(crate) struct Opened {
    pub(crate) pair: Pair,
    pub(crate) rights: Rights,
    pub(crate) people: [Option<Person>; 2],
}

/// The pair of this id, if one of its files is the asker's.
pub(crate) async fn open(ctx: &Ctx, reads: &impl Reads, id: &str) -> Result<Opened, Failure> {
    let missing = || PageError::not_found().link("疑似重复", "/duplicates");
    let pair = pairs::find(reads, id).await?.ok_or_else(missing)?;
    let rights = Rights::of(ctx, &pair);
    if !rights.any() {
        let book = ctx.app.part::<AreaBook>()?;
        let [a, _] = &pair.sides;
        return Err(PageError::refused(&book.office_to_ask(&a.subject())).into());
    }
    let mut people = [None, None];
    for ((slot, side), own) in people.iter_mut().zip(&pair.sides).zip(rights.own) {
        if own || rights.both() {
            *slot = people::api::person(reads, &side.key.id).await?;
        }
    }
    Ok(Opened {
        pair,
        rights,
        people,
    })
}

/// Both files with their lines, where both are there.
pub(crate) async fn compared(
    ctx: &Ctx,
    reads: &impl Reads,
    people: &[Option<Person>; 2],
) -> Result<Option<(File, File, Vec<Line>)>, Failure> {
    let [Some(a), Some(b)] = people else {
        return Ok(None);
    };
    let (rolls, now) = (people::api::roll_book(reads).await?, ctx.app.clock().now());
    let a = File::read(reads, a.clone(), &rolls, now).await?;
    let b = File::read(reads, b.clone(), &rolls, now).await?;
    let book = ctx.app.part::<AreaBook>()?;
    let lines = compare(ctx.app.store.keys(), &book, &a, &b)?;
    Ok(Some((a, b, lines)))
}

/// `GET /duplicates/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let opened = open(&ctx, &ctx.app.store, &id).await?;
    let seen: Vec<Audit> = opened
        .people
        .iter()
        .flatten()
        .map(|person| {
            Audit::new("person.read")
                .person(&person.key.shard, &person.key.id)
                .with("pair", id.as_str())
        })
        .collect();
    ctx.log_reads(&seen).await?;
    let form = Form::default();
    Ok(ui::page_no_store(
        Box::pin(page(&ctx, opened, form, false)).await?,
    ))
}

/// The page of an open pair, with what was typed.
pub(crate) async fn page(
    ctx: &Ctx,
    opened: Opened,
    mut form: Form,
    stale: bool,
) -> Result<PairPage, Failure> {
    let Opened {
        pair,
        rights,
        people,
    } = opened;
    let (store, book, today) = (&ctx.app.store, ctx.app.part::<AreaBook>()?, ctx.today());
    let files = compared(ctx, store, &people).await?;
    let both = rights.both() && files.is_some();
    let typed = form.text("keep").is_some();
    if !typed && let [Some(a), Some(b)] = &people {
        // The file with a number stays, else the one that is there longer.
        let keep = match (a.id_number.is_some(), b.id_number.is_some()) {
            (true, false) => "a",
            (false, true) => "b",
            _ if b.registered < a.registered => "b",
            _ => "a",
        };
        form.data.set("keep", keep);
    }
    let lines = files.map(|(_, _, lines)| lines).unwrap_or_default();
    let (same, differing): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.same);
    let mine = (rights.own.iter().filter(|own| **own).count() == 1)
        .then(|| {
            let mut sides = pair.sides.iter().zip(rights.own);
            sides
                .find(|(_, own)| *own)
                .map(|(side, _)| side.key.id.clone())
        })
        .flatten();
    let other_office = mine.as_ref().map_or_else(String::new, |mine| {
        book.office_to_ask(&pair.other(mine).subject())
    });
    let heads = pair
        .sides
        .iter()
        .zip(&people)
        .map(|(side, person)| Head {
            shown: shown(&book, person.as_ref(), side, today),
            registered: person.as_ref().map_or_else(String::new, |person| {
                format!("{}建档", person.registered.day())
            }),
            number: person.as_ref().map_or_else(String::new, number),
            version: person.as_ref().map_or(-1, |person| person.version),
        })
        .collect();
    let show = |line: Line| shows(line, &form);
    Ok(PairPage {
        evidence: if both {
            evidence_words(&pair.evidence)
        } else {
            Vec::new()
        },
        twins: both && pair.evidence.contains(&Evidence::Twins),
        differing: differing.into_iter().map(show).collect(),
        same: same.into_iter().map(show).collect(),
        open: matches!(pair.state, State::Open | State::Held),
        agreed_by_me: mine.is_some() && mine == pair.agreed,
        notes: if both {
            pairs::notes(store, &pair.id).await?
        } else {
            Vec::new()
        },
        merge: merges::of_pair(store, &pair.id)
            .await?
            .map(|merge| merge.id),
        shell: ctx
            .shell("核对疑似重复")
            .crumb("人员档案", "/people")
            .crumb("疑似重复", "/duplicates"),
        both,
        mine,
        other_office,
        heads,
        form,
        pair,
        stale,
    })
}

fn number(person: &Person) -> String {
    match (&person.id_number, &person.provisional) {
        (Some(_), _) => "有身份证号".to_owned(),
        (None, Some(provisional)) => provisional.clone(),
        (None, None) => "没有身份证号".to_owned(),
    }
}

fn shows(line: Line, form: &Form) -> Shows {
    let key = line.about.key();
    let typed = form.text(&key).and_then(|text| Which::from_key(&text));
    let number = line.about == About::Own(people::api::OwnField::Number);
    Shows {
        zh: line.about.zh(),
        choose: !line.same && !number && !line.a.text.is_empty() && !line.b.text.is_empty(),
        chosen: typed.or(line.given),
        error: form.errors.of(&key).map(str::to_owned),
        a: line.a.text,
        a_from: line.a.from,
        b: line.b.text,
        b_from: line.b.from,
        key,
    }
}

/// 「王秀兰 · 84周岁」.
pub(crate) fn who(person: &Person, today: Day) -> String {
    format!("{} · {}", person.name, words::age(&person.facts, today))
}
