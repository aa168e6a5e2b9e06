"""Recipes: whole sequences of migrations for the usual changes, each a template in SQL."""
