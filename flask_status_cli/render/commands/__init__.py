"""What commands other than a report print: lines for people, or JSON."""
