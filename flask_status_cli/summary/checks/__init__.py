"""The results of `check`: availability, incidents, latency, stale data, and burn rates."""
