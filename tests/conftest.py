"""Options of the whole test suite."""

import pytest
from hypothesis import settings

# No test asserts a time: a machine that is busy with something else is no defect.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults",
        default="4",
        metavar="N",
        help="How often each fault test lets chance strike; 200 before a release.",
    )
    parser.addoption(
        "--oracle",
        default="1500",
        metavar="DOSSIERS",
        help="How many dossiers the oracle counts one by one; 60000 before a release.",
    )
