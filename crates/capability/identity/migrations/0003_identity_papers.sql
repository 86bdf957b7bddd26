-- Owner: identity. The paper of a tie as a file, and who follows a pair that somebody put off or agreed to, where that
-- work was handed over.
ALTER TABLE identity_tie ADD COLUMN file TEXT;
ALTER TABLE identity_pair ADD COLUMN holder TEXT;
CREATE INDEX identity_tie_until ON identity_tie (until_day);
