-- Owner: org. Time-based codes (RFC 6238). The secret is sealed; a step counts once, so a code seen over a shoulder is spent.
CREATE TABLE org_factor (
  account TEXT NOT NULL PRIMARY KEY REFERENCES org_account (id),
  secret TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  last_step BIGINT NOT NULL
);

-- Keyed digests of codes for when the phone is lost; each opens once.
CREATE TABLE org_recovery (
  account TEXT NOT NULL REFERENCES org_account (id),
  digest TEXT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account, digest)
);

-- How the session began: NULL by a demo's door or a village's phone, 'password', or 'code' while the code is still due.
ALTER TABLE org_session ADD COLUMN step TEXT;
