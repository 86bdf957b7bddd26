-- Owner: partner. Tokens with which other systems read and write: each acts as one account, with its role and scope.
-- The token itself is shown once; only its digest stands here.
CREATE TABLE partner_token (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  partner TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_on INTEGER NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX partner_token_account ON partner_token (account);

-- What a write answered, so that the same key answers the same and does nothing twice.
CREATE TABLE partner_write (
  token TEXT NOT NULL,
  idempotency TEXT NOT NULL,
  digest TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (token, idempotency)
);
CREATE INDEX partner_write_at ON partner_write (at);
