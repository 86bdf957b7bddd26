-- Owner: plan. Plan folders as they were loaded; a published one never changes (rows C01, C02, A01).
CREATE TABLE plan_version (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  list_name TEXT NOT NULL,
  list_version INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
  loaded_at BIGINT NOT NULL,
  loaded_by TEXT NOT NULL,
  published_at BIGINT,
  published_by TEXT,
  approved_by TEXT,
  in_force_from INTEGER,
  -- 1, 2, 3 …: of two versions in force from the same day the later published one counts.
  published_no BIGINT UNIQUE,
  CHECK ((status = 'published') = (published_no IS NOT NULL)),
  CHECK (status = 'draft' OR (published_at IS NOT NULL AND published_by IS NOT NULL
    AND approved_by IS NOT NULL AND approved_by <> published_by AND in_force_from IS NOT NULL))
);
CREATE INDEX plan_version_loaded ON plan_version (loaded_at, id);

CREATE TABLE plan_file (
  version TEXT NOT NULL REFERENCES plan_version (id),
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (version, name)
);

-- Demo values (演示值) that lie over the parameters of a place; never part of a plan.
CREATE TABLE plan_overlay (
  slug TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL,
  digest TEXT NOT NULL,
  set_at BIGINT NOT NULL
);
