-- Takes back what SET left, in this order: a role that SET ROLE left may reset less than the one that logged in. RESET
-- ROLE goes to the role that ALTER ROLE ... SET role names, if any.
RESET SESSION AUTHORIZATION;
RESET ROLE;
RESET ALL;
