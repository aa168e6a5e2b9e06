-- Those of the characters that are not blank where the locale knows ASCII alone, and those that it takes for space.
SELECT
    array_agg(shown) FILTER (WHERE NOT is_blank_as_c(shown COLLATE "C")),
    array_agg(shown) FILTER (WHERE shown COLLATE "C" ~ '\s')
FROM unnest(%s::text[]) AS shown
