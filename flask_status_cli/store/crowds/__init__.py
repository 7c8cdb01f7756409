"""Crowds: routes that are made of many pages, and what is stored about single pages."""
