"""The built-in families of formats: how their lines are read, one by one and in bulk."""
