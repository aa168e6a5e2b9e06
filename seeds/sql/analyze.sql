ANALYZE {tables};
