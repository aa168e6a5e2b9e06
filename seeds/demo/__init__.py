"""The four demo people: who they are, and what they have written."""
