-- Attempts go on counting when a person sends a run on its way again; its retry plan begins anew. plan_start is how many
-- attempts there were then.
ALTER TABLE effects ADD COLUMN plan_start INTEGER NOT NULL DEFAULT 0;
