-- Owner: dashboard. Values of measures, dated twice (rows A03, A22-A52; invariant 5).
-- area: an area code of the 行政区划, or 'E:' and the key of a body of the 管理区划 (product.md 4).
-- value, numerator, denominator: exact decimals in the measure's base unit. A correction of the same day
-- supersedes: the old row stays and names its successor.
CREATE TABLE dashboard_value (
  id TEXT NOT NULL PRIMARY KEY,
  measure TEXT NOT NULL,
  area TEXT NOT NULL,
  day INTEGER NOT NULL,
  value TEXT NOT NULL,
  numerator TEXT,
  denominator TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('actual', 'typed', 'estimate', 'computed')),
  source TEXT NOT NULL,
  note TEXT,
  reporter TEXT NOT NULL,
  reporter_name TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  superseded_by TEXT
);
-- One value counts for a measure, an area and a day.
CREATE UNIQUE INDEX dashboard_value_counts ON dashboard_value (measure, area, day) WHERE superseded_by IS NULL;
CREATE INDEX dashboard_value_area ON dashboard_value (area, measure, day);
