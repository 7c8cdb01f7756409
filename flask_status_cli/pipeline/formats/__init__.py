"""Explains which format a log has, proposes formats, and finds the logs of nginx."""
