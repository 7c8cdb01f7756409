"""Episodes of failing minutes: found for each route, and joined to incidents."""
