"""PostgreSQL as a database. This is the only user of psycopg."""
