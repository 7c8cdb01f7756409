"""Messages about incidents: which were made, and which are still to be sent."""
