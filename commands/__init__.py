"""What the door can be asked for: each command, and what only the door may put together."""
