-- Owner: area. Names that a code had earlier: lists of the past still write them (row B14).
CREATE TABLE area_former (
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  until_day INTEGER NOT NULL,
  PRIMARY KEY (code, name)
);
