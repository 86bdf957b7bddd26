-- Owner: assessment. Of which state of a request it was told that it is late: once each.
CREATE TABLE assessment_late (
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (request, state)
) /*sqlite WITHOUT ROWID*/;
