-- Owner: assessment. Commissioned bodies, their assessors and ties, requests, answers as they came in, results,
-- objections, proposals, settlements. Days INTEGER yyyymmdd, moments BIGINT microseconds, amounts BIGINT fen.
CREATE TABLE assessment_agency (
  body TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  account TEXT,
  area TEXT NOT NULL,
  contract TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  fee_fen BIGINT NOT NULL CHECK (fee_fen >= 0),
  CHECK (from_day < until_day)
);
CREATE INDEX assessment_agency_account ON assessment_agency (account);

CREATE TABLE assessment_assessor (
  assessor TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL REFERENCES assessment_agency (body),
  name TEXT NOT NULL,
  certificate TEXT NOT NULL,
  certificate_until INTEGER NOT NULL,
  medical BIGINT NOT NULL CHECK (medical IN (0, 1)),
  ended_day INTEGER
);
CREATE INDEX assessment_assessor_body ON assessment_assessor (body);

-- 利害关系: an assessor who is a relative of somebody or has an interest does not assess them.
CREATE TABLE assessment_tie (
  assessor TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  declared_at BIGINT NOT NULL,
  PRIMARY KEY (assessor, id)
);

CREATE TABLE assessment_request (
  request TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  scheme TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('first', 'regular', 'change', 'objection', 'recheck', 'recognised')),
  origin TEXT NOT NULL,
  of_request TEXT REFERENCES assessment_request (request),
  state TEXT NOT NULL CHECK (state IN ('asked', 'sent', 'signing', 'review', 'done', 'withdrawn')),
  version BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_role TEXT NOT NULL,
  due_day INTEGER NOT NULL,
  body TEXT REFERENCES assessment_agency (body),
  assessor1 TEXT,
  assessor2 TEXT,
  sent_at BIGINT,
  sent_by TEXT
);
CREATE INDEX assessment_request_person ON assessment_request (shard, id, asked_at);
CREATE INDEX assessment_request_state ON assessment_request (state, due_day);
CREATE INDEX assessment_request_first ON assessment_request (assessor1, state);
CREATE INDEX assessment_request_second ON assessment_request (assessor2, state);
CREATE INDEX assessment_request_body ON assessment_request (body, state);
-- One open request of one scale for one person.
CREATE UNIQUE INDEX assessment_request_once ON assessment_request (shard, id, scheme)
  WHERE state IN ('asked', 'sent', 'signing', 'review') AND kind <> 'recheck';
-- One re-check of one result.
CREATE UNIQUE INDEX assessment_request_checked ON assessment_request (of_request) WHERE kind = 'recheck';

-- What was said; stands apart so that it can be erased.
CREATE TABLE assessment_words (
  request TEXT NOT NULL PRIMARY KEY REFERENCES assessment_request (request),
  says TEXT
);

-- What is filled in so far; replaced with every saving.
CREATE TABLE assessment_draft (
  request TEXT NOT NULL PRIMARY KEY REFERENCES assessment_request (request),
  answers TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  saved_by TEXT NOT NULL
);

-- 原始评分: what was sent, as it was sent. Rows are added, never changed; the key makes sending twice one.
CREATE TABLE assessment_answers (
  answers TEXT NOT NULL PRIMARY KEY,
  request TEXT NOT NULL REFERENCES assessment_request (request),
  seq BIGINT NOT NULL,
  sent_key TEXT NOT NULL UNIQUE,
  content TEXT,
  day INTEGER NOT NULL,
  sent_at BIGINT NOT NULL,
  sent_by TEXT NOT NULL,
  UNIQUE (request, seq)
);

CREATE TABLE assessment_result (
  request TEXT NOT NULL PRIMARY KEY REFERENCES assessment_request (request),
  answers TEXT REFERENCES assessment_answers (answers),
  scheme TEXT NOT NULL,
  scheme_version TEXT NOT NULL,
  level BIGINT NOT NULL,
  outcome TEXT,
  day INTEGER NOT NULL,
  signed_at BIGINT,
  signed_by TEXT,
  confirmed_at BIGINT,
  confirmed_by TEXT,
  valid_until INTEGER,
  told_at BIGINT,
  told_how TEXT,
  foreign_body TEXT,
  foreign_number TEXT
);
CREATE INDEX assessment_result_until ON assessment_result (valid_until);
CREATE INDEX assessment_result_confirmed ON assessment_result (confirmed_at);

-- What a result proposes and an officer decides.
CREATE TABLE assessment_proposal (
  request TEXT NOT NULL REFERENCES assessment_request (request),
  fact TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
  decided_at BIGINT,
  decided_by TEXT,
  PRIMARY KEY (request, fact)
);

CREATE TABLE assessment_objection (
  objection TEXT NOT NULL PRIMARY KEY,
  request TEXT NOT NULL REFERENCES assessment_request (request),
  says TEXT,
  answer TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT
);
CREATE UNIQUE INDEX assessment_objection_once ON assessment_objection (request) WHERE state = 'open';

CREATE TABLE assessment_settlement (
  settlement TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL REFERENCES assessment_agency (body),
  month BIGINT NOT NULL,
  number BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  UNIQUE (body, month)
);
