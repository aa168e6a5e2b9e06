-- transactional: false
SELECT 1;
