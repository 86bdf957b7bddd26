-- Owner: quality. Who follows a request where the work of whoever asked was handed over; asked_by keeps who asked.
ALTER TABLE quality_request ADD COLUMN holder TEXT;
