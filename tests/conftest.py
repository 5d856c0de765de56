"""Options of the whole test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults",
        default="4",
        metavar="N",
        help="How often each fault test lets chance strike; 200 before a release.",
    )
