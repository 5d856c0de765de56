"""The kinds of source: one module each with an object KIND, and what only it needs beside it."""
