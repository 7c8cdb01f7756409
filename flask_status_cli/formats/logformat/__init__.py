"""Custom formats: makes a reader of a LogFormat or log_format string."""
