"""The rulebook, chapter by chapter: numbered cases, properties, and ways that must agree."""
