"""The PostgreSQL schema of a real-time messenger: server, yoyo backend and checks around its migrations."""
