ALTER DATABASE {database} SET timezone TO {timezone};
