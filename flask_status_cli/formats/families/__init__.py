"""The built-in families of formats: how a line of each is read, one by one and in bulk."""
