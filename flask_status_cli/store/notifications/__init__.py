"""The messages about incidents that are stored: announcements, and their deliveries."""
