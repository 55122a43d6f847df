"""Files in, checked values out: maps, orders of battle, scenarios. Every fault of every file is reported at once."""
