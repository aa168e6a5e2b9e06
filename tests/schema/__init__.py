"""Tests of the schema itself, rule by rule."""
