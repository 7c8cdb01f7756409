"""The only place where rooms meet: logs into the database, the database into results."""
