"""Automatic seats: what each government and its general staff do when nobody else sits there."""
