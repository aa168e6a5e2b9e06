"""Tests of what SQL does, by PostgreSQL's grammar."""
