"""A geopolitical wargame of the 1930s balance of power in Europe."""

__version__ = "0.1.0"
