"""A rehearsal of migrations: on a throw-away server, in a world of a given size, while others use the tables."""
