"""make db-studio: a local web page to browse the rows, for development and for a look at a server.

It needs the extra `studio`. It reads the tables from the catalog, so that those of new migrations are in it.
"""
