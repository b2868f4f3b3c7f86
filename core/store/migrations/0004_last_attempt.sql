-- Most effects are done at once. The attempt that did it stands in the effect's own row, where it costs no page and no statement
-- of its own: its number is effects.attempts, and it has no error. NULL: all attempts are rows of `attempts`.
ALTER TABLE effects ADD COLUMN done_started_ms INTEGER;
ALTER TABLE effects ADD COLUMN done_took_ms INTEGER;
ALTER TABLE effects ADD COLUMN done_exchanges TEXT;
