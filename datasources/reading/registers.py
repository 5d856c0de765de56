"""What was collected and later runs look up: organisations, and procedures in force.

The files lie in `registers/` of the home, written from what was loaded and by nobody else.
"""

from pathlib import Path

from datasources.reading import known_organisations, procedure_versions


def remember(home: Path, folder: Path) -> None:
    """Add what a landed folder holds, once it has been loaded."""
    known_organisations.remember(home, folder)
    procedure_versions.remember(home, folder)
