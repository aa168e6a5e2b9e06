ALTER DATABASE {database} RENAME TO {name};
