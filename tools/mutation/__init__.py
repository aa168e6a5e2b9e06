"""Would the tests notice? The schema and the Python code are changed in one place at a time to find out."""
