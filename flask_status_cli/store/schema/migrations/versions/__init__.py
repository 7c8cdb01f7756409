"""The migrations, a module for each version of the schema. The newest leads to `schema.tables`."""
