"""A simulated world of five provinces, for the demo and the tests: every figure is invented.

`World` is the world itself, `Simulator` serves it over HTTP as the real systems would, and
`truth` recomputes in plain Python what the program should find in it.
"""

from datasources.simulator.world import World

__all__ = ["World"]
