-- What DISCARD ALL drops, but for advisory locks: the session holds one while it migrates.
CLOSE ALL;
DEALLOCATE ALL;
UNLISTEN *;
DISCARD PLANS;
DISCARD SEQUENCES;
DISCARD TEMP;
