"""The wall: what a screen across the room shows, slide after slide, for days.

A playlist (playlist.py, read by config.py) says which slides; each is laid out for the shape of
the screen (layout.py) and written as HTML and SVG (tiles.py, picture.py) by show.py. The browser
only swaps tiles that have changed (assets/wall.js): it computes nothing.
"""
