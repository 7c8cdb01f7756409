"""The output of commands other than `report`: lines for people, or JSON."""
