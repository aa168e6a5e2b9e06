DROP RULE r ON users;

DROP POLICY p ON notes;
