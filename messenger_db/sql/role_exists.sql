SELECT FROM pg_roles WHERE rolname = %(role)s;
