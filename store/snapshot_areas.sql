-- The register of areas, in a snapshot that is built anew: another one, and all are.

create table snapshot.area as
from area;

create table snapshot.area_link as
from area_link;

create table snapshot.area_change as
from area_change;

create table snapshot.name (
    dimension varchar not null,
    code varchar not null,
    name varchar not null,
    is_catalogue boolean not null,
    known_from timestamptz not null
);
