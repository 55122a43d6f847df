"""Moderated games: one umpire, secret seats, rulings, undo and fork."""
