"""JSON: a report, and all of one route."""
