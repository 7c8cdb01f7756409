"""The facts about incidents that are stored: notes, closed episodes and frozen incidents."""
