"""The media: each module turns one kind of result (a `StatusSummary`, counts, an ingest's) into text.

Nothing is imported here: a report loads the one medium it writes.
"""
