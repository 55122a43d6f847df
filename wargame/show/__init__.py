"""What a user sees: maps, symbols, files for GIS. Nothing here changes a world."""
