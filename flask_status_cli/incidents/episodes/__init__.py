"""Episodes of failing minutes: found route by route, grouped and joined to incidents."""
