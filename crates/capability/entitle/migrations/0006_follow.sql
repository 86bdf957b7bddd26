-- Owner: entitle. What was done about a finding (跟进): every step a row that is never changed; the state stands on the
-- finding too, so that lists need not look for the latest step.

-- open, contacted, in_hand, waived, elsewhere, wrong, deferred
ALTER TABLE entitle_finding ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
-- Not spoken of before this day; nothing while it is to be worked on.
ALTER TABLE entitle_finding ADD COLUMN quiet_until INTEGER;
-- Who follows it: the account of the latest step.
ALTER TABLE entitle_finding ADD COLUMN holder TEXT;

CREATE TABLE entitle_follow (
  finding TEXT NOT NULL,
  no BIGINT NOT NULL,
  state TEXT NOT NULL,
  until_day INTEGER,
  -- a signed paper, sealed as a file
  paper TEXT,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (finding, no)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX entitle_follow_account ON entitle_follow (by_account);

-- Words stand apart, so that they can be erased.
CREATE TABLE entitle_follow_words (
  finding TEXT NOT NULL,
  no BIGINT NOT NULL,
  says TEXT NOT NULL,
  PRIMARY KEY (finding, no)
) /*sqlite WITHOUT ROWID*/;
