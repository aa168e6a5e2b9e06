-- Ids made one after the other, each between two looks at the clock, in microseconds; the time in an id is in units of
-- 1/4096 millisecond.
WITH made AS MATERIALIZED (
    SELECT
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS before,
        uuid_v7() AS id,
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS after
    FROM generate_series(1, 50000)
), timed AS (
    SELECT
        before, id, after,
        ('x' || overlay(left(replace(id::text, '-', ''), 16) PLACING '' FROM 13 FOR 1))::bit(60)::bigint AS ticks,
        lead(id) OVER made_after AS next_id,
        lead(before) OVER made_after AS next_before
    FROM made
    WINDOW made_after AS (ORDER BY before, after, id)
)
SELECT
    count(DISTINCT ticks / 4096) AS milliseconds,
    count(DISTINCT ticks) AS ticks,
    count(*) FILTER (WHERE substr(id::text, 15, 1) <> '7') AS wrong_version,
    count(*) FILTER (WHERE substr(id::text, 20, 1) NOT IN ('8', '9', 'a', 'b')) AS wrong_variant,
    count(*) FILTER (WHERE after < next_before AND id >= next_id) AS out_of_order,
    count(*) FILTER (WHERE ticks / 4096 NOT BETWEEN before / 1000 AND after / 1000) AS wrong_millisecond,
    count(*) FILTER (WHERE ticks * 1000 / 4096 NOT BETWEEN before - 1 AND after + 1) AS wrong_microsecond
FROM timed
