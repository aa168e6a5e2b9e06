SELECT 'a' COLLATE public."de";
