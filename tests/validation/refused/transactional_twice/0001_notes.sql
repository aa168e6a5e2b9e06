-- transactional: false
-- transactional: false

SELECT 1;
