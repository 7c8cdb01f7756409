"""Connects the rooms: reads logs into the database, and makes results from the database."""
