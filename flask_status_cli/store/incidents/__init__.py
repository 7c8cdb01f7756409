"""What is stored of incidents: notes, closed episodes, and frozen incidents."""
