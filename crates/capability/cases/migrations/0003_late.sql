-- Owner: cases. Of which step of a case the family was told that it is late: once each, by the stage and the state that
-- the case's row had.
CREATE TABLE cases_late (
  code TEXT NOT NULL,
  stage BIGINT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (code, stage, state)
) /*sqlite WITHOUT ROWID*/;
