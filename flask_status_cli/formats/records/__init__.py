"""Fast loops for formats without a bulk pattern: each line is taken apart, and its parts are looked up."""
