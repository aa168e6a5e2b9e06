-- depends: 0001_notes

CREATE TABLE pins (
    note_id uuid NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT pins_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes (id),
    CONSTRAINT pins_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
