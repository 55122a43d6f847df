"""The rulebook's chapters, one module each.

Pure: world, atlas and luck in, events and columns out; no sibling imports.
"""
