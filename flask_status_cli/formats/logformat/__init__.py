"""Custom formats: a LogFormat or log_format string becomes a reader of lines."""
