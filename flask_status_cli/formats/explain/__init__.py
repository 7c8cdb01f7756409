"""Shows one line to people: its fields by name, with personal data masked."""
