"""Reads configuration files and environment variables into settings."""

from __future__ import annotations

from flask_status_cli.config.load import FILE_NAME, Configuration, load, load_valid

__all__ = ["FILE_NAME", "Configuration", "load", "load_valid"]
