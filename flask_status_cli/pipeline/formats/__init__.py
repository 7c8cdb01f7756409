"""Finds out what a log is: explained for people, proposals of formats, the logs of nginx."""
