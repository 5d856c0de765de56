"""How fast it is: against the tools people would otherwise take, in the same run.

`python -m benchmarks` measures everything; README.md says how to read it.
"""
