"""Five-field schedules as the scheduler understands them."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("weekday", 0, 6, WEEKDAYS),
)


def checked_cron(text: str) -> str:
    """The schedule with single spaces. Raises ValueError saying which field is wrong.

    Weekday numbers are refused: cron counts from Sunday, the scheduler from Monday.
    """
    words = text.lower().split()
    if len(words) != len(FIELDS):
        names = " ".join(field[0] for field in FIELDS)
        raise ValueError(f"'{text}' has {len(words)} fields, not five ({names})")
    for word, (name, low, high, names_allowed) in zip(words, FIELDS, strict=True):
        for part in word.split(","):
            _check(part, name, low, high, names_allowed)
    return " ".join(words)


def _check(part: str, name: str, low: int, high: int, names: tuple[str, ...]) -> None:
    """One element of a field: `*`, `5`, `1-5`, `mon-fri`, each perhaps with `/2`."""
    base, slash, step = part.partition("/")
    ends = [] if base == "*" else base.split("-")
    if name == "weekday" and any(end.isdecimal() for end in ends):
        raise ValueError(
            f"'{part}' is a weekday number, which cron and the scheduler read differently;"
            f" write {', '.join(WEEKDAYS)}"
        )
    good_ends = len(ends) <= 2 and all(
        end in names or (end.isdecimal() and low <= int(end) <= high) for end in ends
    )
    if not good_ends or (slash and not (step.isdecimal() and int(step) > 0)):
        allowed = ", ".join(names) if names else f"{low} to {high}"
        raise ValueError(f"'{part}' is not a {name}: {allowed}")
