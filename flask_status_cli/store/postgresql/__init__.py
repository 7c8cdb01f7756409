"""PostgreSQL as the engine of a database. No other package imports psycopg."""
