"""One line for people: its fields by name, and personal data masked."""
