"""Notifications: which were made, which are still to be sent."""
