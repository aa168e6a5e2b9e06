-- As if a few users and chats had nearly everything, so that a plan made for anybody else looks cheaper than one for all.
UPDATE pg_statistic
SET stanumbers1 = ARRAY(
    SELECT (0.98 * frequency / (SELECT sum(each) FROM unnest(stanumbers1) AS each))::real
    FROM unnest(stanumbers1) WITH ORDINALITY AS frequencies (frequency, place)
    ORDER BY place
)
WHERE stakind1 = 1
    AND starelid IN (
        SELECT oid
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace
    )
    AND (
        SELECT attname IN ('user_id', 'chat_id', 'sender_id', 'contact_id')
        FROM pg_attribute
        WHERE attrelid = starelid
            AND attnum = staattnum
    );
