-- The pending list of the search index as short as the schema's.
ALTER INDEX messages_words_idx SET (gin_pending_list_limit = 256);
