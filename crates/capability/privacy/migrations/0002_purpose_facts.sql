-- Owner: privacy. Which facts rest on a purpose: names of the fact dictionary, a JSON list.

ALTER TABLE privacy_purpose ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';
-- What the program withheld so far stays withheld until a file says otherwise.
UPDATE privacy_purpose SET facts = '["ability_level","cannot_self_care","needs_long_care","tekun_self_care","dementia","serious_illness"]'
  WHERE purpose = 'health';
