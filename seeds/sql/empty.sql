-- They are empty already: new files, which COPY may fill with rows that need no freezing later.
TRUNCATE {tables};
