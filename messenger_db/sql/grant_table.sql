GRANT {privilege}{of_columns} ON TABLE {on} TO {role};
