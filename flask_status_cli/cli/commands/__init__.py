"""The commands, a module each: a command and its function have the name of the module."""
