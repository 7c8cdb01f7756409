"""PostgreSQL as the engine of a database: all that differs from SQLite, and the only user of psycopg."""
