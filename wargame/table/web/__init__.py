"""The console of a moderated game: a page for the umpire and one for each seat, over the same `Game`."""
