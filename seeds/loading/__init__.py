"""Loading rows into the database: COPY, with constraints and indexes off while it runs."""
