"""Lives: from what is known of each record to its events, each with the number of its effect.

Lives are many and their kinds few. So what happens in which kind, on which of a life's days, and
what that does to the counts, is worked out for some hundreds of kinds instead of millions of
lives, and a life only looks up what happens in lives of its kind.
"""

import re
from dataclasses import dataclass

from store.connection import Connection
from store.facts import Count
from store.sql import listed, quoted, run, scalar
from store.tallies import add_effects, columns_of

LIVES = "create or replace temp table {name} as {lives}"

STEPS = "create or replace temp table steps_{part} as {steps}"
WHOSE = re.compile(r"\bfrom (\w+)")

KINDS = """
create or replace temp view steps as {steps};

create or replace temp table kind as {kinds};
"""
NUMBERED = """
select {part} as part, hash({traits}) as kind_no, *
from steps_{part}
where day_name is not null
"""

MEANING = """
create or replace temp table meaning as
select kind.* exclude ({measures}), effect_id
from kind
join {record}_effect using ({measures});
"""
NOTED = """
create or replace temp view noted as
select * from ({happened}) where day is not null;
"""
HAPPENED = """
select life.known_day, {day} as day, {origin} as origin_day, life.dimension_id, meaning.effect_id
from {lives} as life
join (from meaning where part = {part}) as meaning on {same}
"""
BY_NAME = "\nunion all by name\n"

DAY_NAMES = "select distinct {name} from meaning where part = $part and {name} is not null"

# The number of a kind stands for all its traits, unless two kinds were to have the same.
ARE_NUMBERED = """
select count(distinct hash({traits})) = count(distinct row({traits})) from steps_{part}
"""
BY_NUMBER = "hash({traits}) = meaning.kind_no"
BY_TRAIT = "life.{0} is not distinct from meaning.{0}"


@dataclass(frozen=True)
class Part:
    """What happens in some lives: the statement's number, and what tells their kinds apart."""

    number: int
    lives: str
    traits: list[str]


def read_events(connection: Connection, count: Count) -> None:
    """Make the view `noted`: the events of what is known, each with the number of its effect.

    Events without any effect are left out.
    """
    for name, lives in count.lives_sql.items():
        run(connection, LIVES, None, name=name, lives=lives)
    parts = [_part(connection, number, steps) for number, steps in enumerate(count.steps_sql)]
    steps = BY_NAME.join(
        NUMBERED.format(part=one.number, traits=listed(one.traits)) for one in parts
    )
    run(connection, KINDS, None, steps=steps, kinds=count.kinds_sql)
    add_effects(connection, count, "kind")
    run(connection, MEANING, None, record=count.counted, measures=listed(count.measures))
    run(connection, NOTED, None, happened=BY_NAME.join(_happened(connection, one) for one in parts))


def _part(connection: Connection, number: int, steps: str) -> Part:
    """Work out the steps of each kind of life that one statement tells of."""
    run(connection, STEPS, None, part=str(number), steps=steps)
    lives = WHOSE.findall(steps)[0]
    of_lives = columns_of(connection, lives)
    traits = [one for one in columns_of(connection, f"steps_{number}") if one in of_lives]
    return Part(number, lives, traits)


def _happened(connection: Connection, part: Part) -> str:
    """The SQL of the events of some lives."""
    if scalar(connection, ARE_NUMBERED.format(part=part.number, traits=listed(part.traits))):
        same = BY_NUMBER.format(traits=listed(part.traits, "life.{}"))
    else:
        same = " and ".join(BY_TRAIT.format(quoted(one)) for one in part.traits)
    return HAPPENED.format(
        part=part.number,
        lives=part.lives,
        same=same,
        day=_day(connection, part, "day_name"),
        origin=_day(connection, part, "origin_name"),
    )


def _day(connection: Connection, part: Part, name: str) -> str:
    """The SQL of the day of a life that its step names."""
    found = connection.execute(DAY_NAMES.format(name=name), {"part": part.number}).fetchall()
    cases = "".join(f" when '{day}' then life.{quoted(day)}" for (day,) in sorted(found))
    return f"case {name}{cases} end" if cases else "cast(null as date)"
