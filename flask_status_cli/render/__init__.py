"""Output formats: each module turns a result, such as a `StatusSummary`, into text.

Nothing is imported here. A report imports only the format that it writes.
"""
