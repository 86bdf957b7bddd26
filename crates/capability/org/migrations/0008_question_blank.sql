-- Owner: org. When the texts of a question were erased because their time was over.
ALTER TABLE org_question ADD COLUMN blanked_at BIGINT;
