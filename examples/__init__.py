"""What an application makes of the schema."""
