alter table document_status add column area varchar;

comment on column document_status.area is
    'Area of that organisation on the day it told; empty or null: not known.';
