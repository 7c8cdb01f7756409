"""How far each log was read, and what runs noted beside it."""
