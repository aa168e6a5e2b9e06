SELECT public.notes.id FROM notes;
