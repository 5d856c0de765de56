-- The counts of one kind of record by month, field of administration and channel: empty, and the
-- way to read them. snapshot_cuts.sql fills them.
--
-- `touched` has a bit for each of the record's stocks, in their order: whether any of the events
-- changed it, even if in the end it is what it was.

create table snapshot.{record}_cut_month (
    level varchar,
    area_id varchar,
    leaf_level varchar,
    source varchar,
    {cut_columns},
    month date,
    origin_month date,
    estimated integer,
    touched integer,
    {sum_columns},
    is_then boolean,
    is_today boolean
);

create view snapshot.{record}_area_cut_month as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_cut_month
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_cut_month
where is_today;
