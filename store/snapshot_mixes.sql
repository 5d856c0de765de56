-- What the arriving counts of one kind of record are cut by: each mix of {cuts} with a number and
-- one of $parts parts, which have about as many combinations each. And which mix and place each
-- combination is of.

create or replace temp table met_mix as
select home.dimension_id, home.place_no, {cuts}
from home
join dimension using (dimension_id);

create or replace temp table mix as
with found as (
    select {cuts}, count(*) as times
    from met_mix
    group by {cuts}
)

select
    {cuts},
    cast(row_number() over (order by {cuts}) as integer) as mix_no,
    cast((sum(times) over (order by {cuts}) - 1) * $parts // sum(times) over () as integer) as part
from found;

create or replace temp table mixture as
select met_mix.dimension_id, met_mix.place_no, mix.mix_no, mix.part
from met_mix
join mix using ({cuts});
