"""Makes the talks of the generated chats from a corpus: reads it, cleans it, and makes scores of it."""
