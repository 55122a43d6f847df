"""Studies: what many runs of a scenario say, and how that compares with history."""
