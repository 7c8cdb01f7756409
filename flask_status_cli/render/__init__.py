"""The media of a report: each module turns one `StatusSummary` (or a stream of counts) into one medium.

Nothing is imported here: a report loads the one medium it writes.
"""
