"""What is kept of incidents: notes, closed episodes, and incidents that were frozen."""
