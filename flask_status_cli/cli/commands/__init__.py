"""The commands, one module each. The module, its function and the command have the same name."""
