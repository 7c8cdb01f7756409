"""JSON of a report, and of one route."""
