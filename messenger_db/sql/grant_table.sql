GRANT {privilege} ON TABLE {on} TO {role};
