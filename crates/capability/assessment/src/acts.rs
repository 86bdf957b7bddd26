//! Writing: a request's way from asking to a result. Each step is taken once, from the state it was seen in.

use crate::model::{Request, State, bad};
use assess::Scheme;
use authz::Actor;
use kernel::Day;
use people::api::{Person, PersonKey};
use store::{Audit, StoreResult, Tx, values};

/// A request to be made.
#[derive(Debug)]
pub(crate) struct New<'a> {
    pub(crate) person: &'a Person,
    pub(crate) scheme: &'a Scheme,
    pub(crate) kind: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) of_request: Option<&'a str>,
    pub(crate) state: State,
    pub(crate) due: Day,
    pub(crate) says: Option<&'a str>,
}

fn about(action: &'static str, key: &PersonKey, request: &str) -> Audit {
    Audit::new(action)
        .person(&key.shard, &key.id)
        .with("request", request)
}

/// Makes a request; [`store::StoreError::Duplicate`] where one of this scale is open.
pub(crate) async fn ask(tx: &mut Tx, actor: &Actor, new: New<'_>) -> StoreResult<String> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let subject = new.person.subject();
    tx.run(
        "INSERT INTO assessment_request (request, shard, id, hukou_area, residence_area, scheme, kind, origin, \
         of_request, state, version, asked_at, asked_by, asked_role, due_day) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14)",
        values![
            id.as_str(),
            new.person.key.shard.as_str(),
            new.person.key.id.as_str(),
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            new.scheme.id.as_str(),
            new.kind,
            new.origin,
            new.of_request,
            new.state.key(),
            at,
            actor.id.as_str(),
            actor.role.key(),
            new.due.number(),
        ],
    )
    .await?;
    if let Some(says) = new.says {
        tx.run(
            "INSERT INTO assessment_words (request, says) VALUES ($1, $2)",
            values![id.as_str(), says],
        )
        .await?;
    }
    tx.audit(
        about("assessment.ask", &new.person.key, &id)
            .with("scheme", new.scheme.id.as_str())
            .with("kind", new.kind),
    );
    Ok(id)
}

/// Moves a request on from the state and version it was seen in; `false` says that somebody else was first.
pub(crate) async fn move_on(tx: &mut Tx, request: &Request, to: State) -> StoreResult<bool> {
    let done = tx
        .run(
            "UPDATE assessment_request SET state = $1, version = version + 1 \
             WHERE request = $2 AND version = $3 AND state = $4",
            values![
                to.key(),
                request.request.as_str(),
                request.version,
                request.state.key()
            ],
        )
        .await?;
    Ok(done == 1)
}

/// Takes a request back.
pub(crate) async fn withdraw(tx: &mut Tx, request: &Request) -> StoreResult<bool> {
    let done = move_on(tx, request, State::Withdrawn).await?;
    tx.audit(about("assessment.withdraw", &request.key, &request.request));
    Ok(done)
}

/// Dispatches to a body and two of its assessors.
pub(crate) async fn dispatch(
    tx: &mut Tx,
    request: &Request,
    body: &str,
    two: [&str; 2],
) -> StoreResult<bool> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    let done = tx
        .run(
            "UPDATE assessment_request SET state = 'sent', version = version + 1, body = $1, assessor1 = $2, \
             assessor2 = $3, sent_at = $4, sent_by = $5 \
             WHERE request = $6 AND version = $7 AND state IN ('asked', 'sent')",
            values![
                body,
                two[0],
                two[1],
                at,
                by,
                request.request.as_str(),
                request.version
            ],
        )
        .await?;
    tx.audit(
        about("assessment.dispatch", &request.key, &request.request)
            .with("body", body)
            .with("assessors", vec![two[0].to_owned(), two[1].to_owned()]),
    );
    Ok(done == 1)
}

/// An assessor has a tie to the person: the request is to be dispatched again.
pub(crate) async fn declare_tie(
    tx: &mut Tx,
    request: &Request,
    assessor: &str,
    kind: &str,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE assessment_request SET state = 'asked', version = version + 1, body = NULL, assessor1 = NULL, \
             assessor2 = NULL, sent_at = NULL, sent_by = NULL WHERE request = $1 AND version = $2 AND state = 'sent'",
            values![request.request.as_str(), request.version],
        )
        .await?;
    tx.run(
        "INSERT INTO assessment_tie (assessor, id, kind, declared_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (assessor, id) DO NOTHING",
        values![assessor, request.key.id.as_str(), kind, at],
    )
    .await?;
    tx.audit(about("assessment.tie", &request.key, &request.request).with("kind", kind));
    Ok(done == 1)
}

/// Keeps what is filled in so far.
pub(crate) async fn save(tx: &mut Tx, request: &Request, content: &str) -> StoreResult<()> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO assessment_draft (request, answers, saved_at, saved_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (request) DO UPDATE SET answers = excluded.answers, saved_at = excluded.saved_at, \
         saved_by = excluded.saved_by",
        values![
            request.request.as_str(),
            content,
            at,
            by
        ],
    )
    .await?;
    tx.audit(about("assessment.save", &request.key, &request.request));
    Ok(())
}

/// What an assessor sends.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    /// The raw answers.
    pub(crate) content: &'a str,
    /// Makes sending twice one.
    pub(crate) key: &'a str,
    /// The day of the assessment.
    pub(crate) day: Day,
    /// The level that follows.
    pub(crate) outcome: &'a assess::Outcome,
}

/// Adds the answers and the result that follows; the other assessor signs next. `false`: somebody was first.
pub(crate) async fn send(
    tx: &mut Tx,
    request: &Request,
    sending: &Sending<'_>,
) -> StoreResult<bool> {
    if !move_on(tx, request, State::Signing).await? {
        return Ok(false);
    }
    let (id, at, by) = (tx.store().new_id(), tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO assessment_answers (answers, request, seq, sent_key, content, day, sent_at, sent_by) \
         SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7 FROM assessment_answers WHERE request = $8",
        values![
            id.as_str(),
            request.request.as_str(),
            sending.key,
            sending.content,
            sending.day.number(),
            at,
            by,
            request.request.as_str()
        ],
    )
    .await?;
    tx.run(
        "INSERT INTO assessment_result (request, answers, scheme, scheme_version, level, outcome, day) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (request) DO UPDATE SET answers = excluded.answers, \
         scheme_version = excluded.scheme_version, level = excluded.level, outcome = excluded.outcome, \
         day = excluded.day, signed_at = NULL, signed_by = NULL",
        values![
            request.request.as_str(),
            id.as_str(),
            request.scheme.id.as_str(),
            sending.outcome.version.as_str(),
            sending.outcome.final_level as i64,
            sending.outcome.to_json().to_string(),
            sending.day.number(),
        ],
    )
    .await?;
    tx.run(
        "DELETE FROM assessment_draft WHERE request = $1",
        values![request.request.as_str()],
    )
    .await?;
    tx.audit(
        about("assessment.send", &request.key, &request.request)
            .with("answers", id)
            .with("level", sending.outcome.final_level as i64),
    );
    Ok(true)
}

/// The other assessor signs, or sends it back to be filled in again.
pub(crate) async fn sign(tx: &mut Tx, request: &Request, agree: bool) -> StoreResult<bool> {
    let to = if agree { State::Review } else { State::Sent };
    if !move_on(tx, request, to).await? {
        return Ok(false);
    }
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    if agree {
        tx.run(
            "UPDATE assessment_result SET signed_at = $1, signed_by = $2 WHERE request = $3",
            values![at, by, request.request.as_str()],
        )
        .await?;
    } else {
        keep_as_draft(tx, request).await?;
    }
    let action = if agree {
        "assessment.sign"
    } else {
        "assessment.unsigned"
    };
    tx.audit(about(action, &request.key, &request.request));
    Ok(true)
}

/// The county sends a result back: it is filled in again, what was sent stays.
pub(crate) async fn send_back(tx: &mut Tx, request: &Request) -> StoreResult<bool> {
    if !move_on(tx, request, State::Sent).await? {
        return Ok(false);
    }
    keep_as_draft(tx, request).await?;
    tx.audit(about("assessment.return", &request.key, &request.request));
    Ok(true)
}

/// The last answers sent become the draft again.
async fn keep_as_draft(tx: &mut Tx, request: &Request) -> StoreResult<()> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO assessment_draft (request, answers, saved_at, saved_by) \
         SELECT a.request, a.content, $1, $2 FROM assessment_answers a WHERE a.request = $3 AND a.content IS NOT NULL \
         AND a.seq = (SELECT max(b.seq) FROM assessment_answers b WHERE b.request = $4)",
        values![
            at,
            by,
            request.request.as_str(),
            request.request.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// The county confirms the result: it is valid from now on and proposes facts.
pub(crate) async fn confirm(
    tx: &mut Tx,
    request: &Request,
    until: Day,
    proposes: &[&str],
) -> StoreResult<bool> {
    if !move_on(tx, request, State::Done).await? {
        return Ok(false);
    }
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "UPDATE assessment_result SET confirmed_at = $1, confirmed_by = $2, valid_until = $3 WHERE request = $4",
        values![at, by, until.number(), request.request.as_str()],
    )
    .await?;
    for fact in proposes {
        tx.run(
            "INSERT INTO assessment_proposal (request, fact, state) VALUES ($1, $2, 'open')",
            values![request.request.as_str(), *fact],
        )
        .await?;
    }
    tx.audit(about("assessment.confirm", &request.key, &request.request));
    Ok(true)
}

/// The result was told to the family.
pub(crate) async fn tell(tx: &mut Tx, request: &Request, how: &str) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "UPDATE assessment_result SET told_at = $1, told_how = $2 WHERE request = $3 AND told_at IS NULL",
        values![at, how, request.request.as_str()],
    )
    .await?;
    tx.audit(about("assessment.tell", &request.key, &request.request).with("how", how));
    Ok(())
}

/// Decides a proposal once.
pub(crate) async fn decide_proposal(
    tx: &mut Tx,
    request: &Request,
    fact: &str,
    accept: bool,
) -> StoreResult<bool> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    let state = if accept { "accepted" } else { "refused" };
    let done = tx
        .run(
            "UPDATE assessment_proposal SET state = $1, decided_at = $2, decided_by = $3 \
             WHERE request = $4 AND fact = $5 AND state = 'open'",
            values![state, at, by, request.request.as_str(), fact],
        )
        .await?;
    tx.audit(
        about("assessment.proposal", &request.key, &request.request)
            .with("fact", fact)
            .with("state", state),
    );
    Ok(done == 1)
}

/// Objects to a result; [`store::StoreError::Duplicate`] where an objection waits.
pub(crate) async fn object(tx: &mut Tx, request: &Request, says: &str) -> StoreResult<()> {
    let (id, at, by) = (tx.store().new_id(), tx.at().micros(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO assessment_objection (objection, request, says, state, made_at, made_by) \
         VALUES ($1, $2, $3, 'open', $4, $5)",
        values![id, request.request.as_str(), says, at, by],
    )
    .await?;
    tx.audit(about("assessment.object", &request.key, &request.request));
    Ok(())
}

/// Answers an objection once.
pub(crate) async fn answer_objection(
    tx: &mut Tx,
    request: &Request,
    accept: bool,
    answer: Option<&str>,
) -> StoreResult<bool> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    let state = if accept { "accepted" } else { "refused" };
    let done = tx
        .run(
            "UPDATE assessment_objection SET state = $1, answer = $2, decided_at = $3, decided_by = $4 \
             WHERE request = $5 AND state = 'open'",
            values![state, answer, at, by, request.request.as_str()],
        )
        .await?;
    tx.audit(about("assessment.objection", &request.key, &request.request).with("state", state));
    Ok(done == 1)
}

/// A result of another body, taken as it is.
#[derive(Debug)]
pub(crate) struct Foreign<'a> {
    pub(crate) level: usize,
    pub(crate) day: Day,
    pub(crate) until: Day,
    pub(crate) body: &'a str,
    pub(crate) number: &'a str,
}

/// Recognises a result (结果互认) of a request made as done.
pub(crate) async fn recognise(
    tx: &mut Tx,
    actor: &Actor,
    new: New<'_>,
    foreign: &Foreign<'_>,
) -> StoreResult<String> {
    let scheme = new.scheme;
    let request = ask(tx, actor, new).await?;
    let at = tx.at().micros();
    if foreign.level > scheme.worst() {
        return Err(bad("assessment_result.level", &foreign.level.to_string()));
    }
    tx.run(
        "INSERT INTO assessment_result (request, scheme, scheme_version, level, day, confirmed_at, confirmed_by, \
         valid_until, foreign_body, foreign_number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            request.as_str(),
            scheme.id.as_str(),
            scheme.version.as_str(),
            foreign.level as i64,
            foreign.day.number(),
            at,
            actor.id.as_str(),
            foreign.until.number(),
            foreign.body,
            foreign.number,
        ],
    )
    .await?;
    Ok(request)
}
