"""The schema reference: docs/schema.md and docs/schema.html, made from the catalog of a migrated database."""
