"""How close the chats of a database come to real ones: a report, charts, and a page to look at."""
