"""How far each log was read, and the runs that read them."""
