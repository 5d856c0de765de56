"""Digests: once a working day, each recipient is told what waits for somebody.

`recipients` reads who is told of what, `digest` writes it, `post` hands it over by e-mail or
webhook. Nothing leaves unless recipients and a way to reach them are configured.
"""
