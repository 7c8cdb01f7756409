"""The Flask extension: it counts the requests of an app, and serves its status page."""
