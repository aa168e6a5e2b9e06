SELECT to_jsonb(kept) FROM {table} AS kept
