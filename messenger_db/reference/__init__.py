"""What make docs writes from the catalog of a migrated database: the schema reference, models and types."""
