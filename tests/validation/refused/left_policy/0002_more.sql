-- depends: 0001_notes

CREATE POLICY p ON notes USING (true);
