"""What pages are made of: pure functions from values to markup trees (see markup.py)."""
