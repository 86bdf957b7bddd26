-- Owner: quality. Requests to correct a fact that another office owns (更正申请): what was registered, what is
-- proposed, who settles it. Its free text stands apart so that it can be erased.
CREATE TABLE quality_request (
  request TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  fact TEXT NOT NULL,
  present TEXT,
  value TEXT,
  since INTEGER NOT NULL,
  basis TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn', 'settled')),
  asked_at BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_role TEXT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT
);
CREATE INDEX quality_request_person ON quality_request (shard, id, state);
CREATE INDEX quality_request_state ON quality_request (state, fact, asked_at);
CREATE INDEX quality_request_asker ON quality_request (asked_by, asked_at);
-- One open request for one fact of one person.
CREATE UNIQUE INDEX quality_request_once ON quality_request (shard, id, fact) WHERE state = 'open';

CREATE TABLE quality_words (
  request TEXT NOT NULL PRIMARY KEY REFERENCES quality_request (request),
  says TEXT,
  answer TEXT
);

-- 数据体检: what a check of the register found, by town (or county, where no town is known) and kind, on the days
-- it ran.
CREATE TABLE quality_checkup (
  day INTEGER NOT NULL,
  area TEXT NOT NULL,
  kind TEXT NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (day, area, kind)
);
