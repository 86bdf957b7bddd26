-- Owner: org. Village accounts: a phone number (sealed, found by its keyed digest), a PIN, one bound phone.
CREATE TABLE org_village (
  account TEXT NOT NULL PRIMARY KEY REFERENCES org_account (id),
  area TEXT NOT NULL,
  phone TEXT NOT NULL,
  phone_digest TEXT NOT NULL UNIQUE,
  pin_hash TEXT,
  code_hash TEXT,
  code_until BIGINT,
  opened_by TEXT NOT NULL REFERENCES org_account (id)
);
CREATE INDEX org_village_area ON org_village (area);

-- The token itself stands only in the phone's cookie.
CREATE TABLE org_device (
  account TEXT NOT NULL PRIMARY KEY REFERENCES org_account (id),
  token_digest TEXT NOT NULL,
  bound_at BIGINT NOT NULL
);
