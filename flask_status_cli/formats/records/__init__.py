"""Fast loops for formats without a bulk pattern: lines are split, and the meanings of parts are cached."""
