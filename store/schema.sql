-- The warehouse as version 1 of the program created it. Later changes are the numbered files
-- in migrations/. The delta tables are made by code from domain/measures.toml (deltas.py).

-- Facts are versioned by what was known when. They have no keys or indexes: DuckDB 2.0 has open
-- bugs in both, and the one process that writes them joins on the key anyway.

create table schema_version (
    version integer not null,
    applied_at timestamptz not null
);
comment on table schema_version is 'One row: the form this warehouse has.';
comment on column schema_version.version is
    'Number of the last migration applied; 1 is schema.sql itself.';
comment on column schema_version.applied_at is 'When it was applied.';

create table derived (
    name varchar not null,
    fingerprint varchar not null
);
comment on table derived is 'What is derived from elsewhere, to know when to derive it anew.';
comment on column derived.name is 'area for the register, or the kind of record that is counted.';
comment on column derived.fingerprint is
    'SHA-256 of the register, or of the rules a record was counted by.';

create table batch (
    batch_id bigint not null,
    source varchar not null,
    kind varchar not null,
    landing varchar,
    manifest_sha256 varchar,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    status varchar not null,
    rows_read bigint not null,
    "read" bigint not null,
    new bigint not null,
    changed bigint not null,
    unchanged bigint not null,
    duplicate bigint not null,
    rejected bigint not null,
    data_as_of timestamptz,
    message varchar not null,
    origin_sha256 varchar not null,
    origin_bytes bigint not null,
    decision varchar not null,
    decided_by varchar not null,
    decided_at timestamptz
);
comment on table batch is
    'One collection run each. read = new + changed + unchanged + duplicate + rejected, always.';
comment on column batch.batch_id is 'Number in order of booking, from 1.';
comment on column batch.source is 'Id of the source that told it.';
comment on column batch.kind is 'Kind of the source: csv, dvcqg, edxml, observations and so on.';
comment on column batch.landing is 'Name of the landed folder; null where nothing landed.';
comment on column batch.manifest_sha256 is
    'SHA-256 of its manifest: the same batch is never loaded twice.';
comment on column batch.started_at is 'When the collection began.';
comment on column batch.finished_at is
    'When it was booked; the versions it brought are known from then on.';
comment on column batch.status is
    'ok, unchanged (nothing was new or changed), held (landed, a person has to decide) or failed.';
comment on column batch.rows_read is 'Raw rows or messages the source delivered.';
comment on column batch."read" is 'Records made of them, of all kinds together.';
comment on column batch.new is 'Records never seen before.';
comment on column batch.changed is 'Records of which this is a newer version.';
comment on column batch.unchanged is 'Records known as they are, or known in a newer version.';
comment on column batch.duplicate is
    'Records delivered again within the batch; the last one counted.';
comment on column batch.rejected is 'Records that could not be believed; see the table rejected.';
comment on column batch.data_as_of is 'How far the data reach, as the source tells.';
comment on column batch.message is 'Why it failed or is held, or what a person should know.';
comment on column batch.origin_sha256 is
    'SHA-256 of each original, in the order of the manifest, joined by commas.';
comment on column batch.origin_bytes is 'Bytes of all originals together.';
comment on column batch.decision is
    'What became of a held batch: accepted, refused, superseded by a later one, or empty.';
comment on column batch.decided_by is 'Who decided that; empty where nobody had to.';
comment on column batch.decided_at is 'When it was decided.';

create table rejected (
    batch_id bigint not null,
    source varchar not null,
    row_number bigint,
    field varchar,
    rule varchar,
    reason varchar
);
comment on table rejected is 'Why records were refused: rules and places, never values.';
comment on column rejected.batch_id is 'The batch it came in.';
comment on column rejected.source is 'Id of the source that told it.';
comment on column rejected.row_number is 'Row or message in the original, from 1.';
comment on column rejected.field is 'Our name of the field that broke the rule.';
comment on column rejected.rule is 'The rule it broke.';
comment on column rejected.reason is 'The rule in words.';

create table cursor (
    source varchar not null,
    position varchar not null,
    batch_id bigint not null
);
comment on table cursor is 'How far each source has been collected.';
comment on column cursor.source is 'Id of the source that told it.';
comment on column cursor.position is 'The connector''s own note of the place, as JSON.';
comment on column cursor.batch_id is 'The batch that moved it.';

create table source (
    source varchar not null,
    kind varchar not null,
    records varchar not null,
    title_vi varchar not null,
    title_en varchar not null,
    owner varchar not null,
    simulated boolean not null,
    schedule varchar,
    expected_by time,
    expected_every_s bigint,
    grace_s bigint not null,
    hard_max_s bigint,
    up boolean,
    up_reason varchar not null,
    last_attempt_at timestamptz,
    last_success_at timestamptz,
    data_as_of timestamptz,
    suspect boolean not null,
    doubt varchar not null,
    failures bigint not null,
    retry_at timestamptz
);
comment on table source is 'The configured sources, and how their last collections went.';
comment on column source.source is 'Id of the source that told it.';
comment on column source.kind is 'Kind of the source.';
comment on column source.records is 'Kinds of record it delivers, joined by commas.';
comment on column source.title_vi is 'Its name in Vietnamese.';
comment on column source.title_en is 'Its name in English.';
comment on column source.owner is 'Who answers for its data.';
comment on column source.simulated is 'Whether its data are invented.';
comment on column source.schedule is 'When it is collected, as five cron fields.';
comment on column source.expected_by is 'Local time by which a working day''s data must be there.';
comment on column source.expected_every_s is
    'Seconds between two answers of a source that sends day and night.';
comment on column source.grace_s is 'Seconds of delay that are still in order.';
comment on column source.hard_max_s is 'Seconds after which its data are too old to be judged.';
comment on column source.up is 'Whether the last attempt succeeded; null: never tried.';
comment on column source.up_reason is 'Why the last attempt failed; empty when it did not.';
comment on column source.last_attempt_at is 'When it was last tried.';
comment on column source.last_success_at is 'When it last answered.';
comment on column source.data_as_of is 'How far its data reach; never goes back.';
comment on column source.suspect is 'Whether what came last is doubtful.';
comment on column source.doubt is 'What is doubtful about it, in a sentence; empty: nothing.';
comment on column source.failures is 'Failed collections in a row since the last that went well.';
comment on column source.retry_at is
    'Until when a source that keeps failing is left alone; null: it follows its schedule.';

create table feed (
    source varchar not null,
    area_id varchar not null,
    organisation varchar not null,
    expected boolean not null,
    told_at timestamptz,
    reaches timestamptz
);
comment on table feed is
    'Who delivers through each source: a row for each area and organisation heard of or expected.';
comment on column feed.source is 'Id of the source.';
comment on column feed.area_id is 'The area told about; empty: the source as a whole.';
comment on column feed.organisation is 'The organisation told about; empty: none in particular.';
comment on column feed.expected is 'Whether the configuration expects it to deliver.';
comment on column feed.told_at is 'When something new was last learned of it; null: never.';
comment on column feed.reaches is 'How far its data reach.';

create table promise (
    source varchar not null,
    area_id varchar not null,
    organisation varchar not null,
    due_day date not null,
    noted_at timestamptz not null,
    kept boolean not null,
    state varchar not null,
    reminder bigint not null,
    delivered_at timestamptz
);
comment on table promise is
    'Who delivered on time and who was late: one row for each delivery that was due.';
comment on column promise.source is 'Id of the source.';
comment on column promise.area_id is 'The area that had to deliver; empty: the source as a whole.';
comment on column promise.organisation is
    'The organisation that had to; empty: none in particular.';
comment on column promise.due_day is 'The day whose data were due.';
comment on column promise.noted_at is 'When the collector looked.';
comment on column promise.kept is 'Whether the data were there by then.';
comment on column promise.state is 'Its freshness then: fresh, late, stale, never and so on.';
comment on column promise.reminder is
    'Which reminder of the year its lateness brought; 0: none, or one was just given.';
comment on column promise.delivered_at is 'When late data came after all; null: not yet.';

create table area (
    area_id varchar not null,
    code varchar not null,
    level varchar not null,
    name varchar not null,
    full_name varchar not null,
    valid_from date not null,
    valid_until date not null
);
comment on table area is 'Areas of the register, each a code within one edition of the map.';
comment on column area.area_id is 'Code @ first day, as in 25@2025-07-01.';
comment on column area.code is 'Code of the statistics office.';
comment on column area.level is 'country, province, district or commune.';
comment on column area.name is 'Its latest name.';
comment on column area.full_name is 'Its latest kind and name.';
comment on column area.valid_from is 'First day; 0001-01-01 is open.';
comment on column area.valid_until is 'First day it no longer is; 9999-12-31 is open.';

create table area_link (
    boundaries varchar not null,
    area_id varchar not null,
    level varchar not null,
    ancestor_id varchar not null,
    valid_from date not null,
    valid_until date not null,
    estimated boolean not null
);
comment on table area_link is
    'What each area counts towards, on the map of the day or on today''s.';
comment on column area_link.boundaries is 'then or today.';
comment on column area_link.area_id is 'The area a record belongs to.';
comment on column area_link.level is 'Level of the ancestor.';
comment on column area_link.ancestor_id is 'The area itself, or one it lies in.';
comment on column area_link.valid_from is 'First day of the link; 0001-01-01 is open.';
comment on column area_link.valid_until is 'First day it no longer holds; 9999-12-31 is open.';
comment on column area_link.estimated is 'Whether only the most part of the area belongs there.';

create table area_change (
    old_id varchar not null,
    new_id varchar,
    change_kind varchar not null,
    part varchar not null,
    is_default boolean not null,
    effective_from date not null,
    legal_basis varchar not null,
    share_note varchar not null
);
comment on table area_change is 'How old areas passed into new ones, and by which law.';
comment on column area_change.old_id is 'The area that passed.';
comment on column area_change.new_id is 'What it became; null: no single successor.';
comment on column area_change.change_kind is 'merge, split, rename and so on.';
comment on column area_change.part is 'full: all of it; part: some of it.';
comment on column area_change.is_default is 'Whether this successor takes its history.';
comment on column area_change.effective_from is 'First day of the new area.';
comment on column area_change.legal_basis is 'The resolution.';
comment on column area_change.share_note is 'What the resolution says of the share.';

create table tenure (
    area_id varchar not null,
    holder_no integer not null,
    holder_id varchar not null,
    holder_level varchar not null,
    valid_from date not null,
    valid_until date not null
);
comment on table tenure is 'Who answers for what is still open in an area after its end.';
comment on column tenure.area_id is 'The area that ended.';
comment on column tenure.holder_no is 'First, second … holder after it.';
comment on column tenure.holder_id is 'Its main successor, or what it lay in.';
comment on column tenure.holder_level is 'Level of the holder.';
comment on column tenure.valid_from is 'First day it answers.';
comment on column tenure.valid_until is 'First day it no longer does; 9999-12-31 is open.';

create table dossier (
    source varchar not null,
    dossier_code varchar not null,
    procedure_code varchar,
    procedure_name varchar,
    field_code varchar,
    field_name varchar,
    channel varchar,
    receiving_organisation varchar,
    competent_organisation varchar,
    receiving_area varchar not null,
    competent_area varchar not null,
    submitted_at timestamptz,
    received_at timestamptz,
    due_at timestamptz,
    finished_at timestamptz,
    returned_at timestamptz,
    refused_at timestamptz,
    withdrawn_at timestamptz,
    status bigint,
    deadline_precision varchar,
    pauses struct("start" timestamptz, "end" timestamptz)[],
    supplements bigint,
    digitised boolean,
    reused boolean,
    electronic_result boolean,
    has_fee boolean,
    paid_online boolean,
    apology boolean,
    reception_due_at timestamptz,
    updated_at timestamptz,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table dossier is 'Administrative dossiers as their sources tell them, every version.';
comment on column dossier.source is 'Id of the source that told it.';
comment on column dossier.dossier_code is 'The dossier''s code in its source.';
comment on column dossier.procedure_code is 'Code of the procedure.';
comment on column dossier.procedure_name is 'Its name.';
comment on column dossier.field_code is 'Code of the field of administration.';
comment on column dossier.field_name is 'Its name.';
comment on column dossier.channel is 'online, direct, postal, or empty.';
comment on column dossier.receiving_organisation is 'Code of the organisation that received it.';
comment on column dossier.competent_organisation is 'Code of the organisation that decides it.';
comment on column dossier.receiving_area is 'Area of the receiving organisation.';
comment on column dossier.competent_area is
    'Area of the competent organisation: where the dossier counts.';
comment on column dossier.submitted_at is 'When the applicant sent it.';
comment on column dossier.received_at is 'When it was accepted.';
comment on column dossier.due_at is 'When its result is promised.';
comment on column dossier.finished_at is 'When its result was ready.';
comment on column dossier.returned_at is 'When its result was handed over.';
comment on column dossier.refused_at is 'When reception was refused.';
comment on column dossier.withdrawn_at is 'When the applicant withdrew it.';
comment on column dossier.status is 'Status code of the national portal, 1 to 10.';
comment on column dossier.deadline_precision is 'day, or second for terms in hours.';
comment on column dossier.pauses is 'Times in which its clock stood still.';
comment on column dossier.supplements is
    'How often the applicant had to bring something more; null: not told.';
comment on column dossier.digitised is
    'Whether its papers were digitised; null: not told.';
comment on column dossier.reused is
    'Whether data that were there already were used again; null: not told.';
comment on column dossier.electronic_result is
    'Whether its result is an electronic document; null: not told.';
comment on column dossier.has_fee is 'Whether it costs something; null: not told.';
comment on column dossier.paid_online is 'Whether that was paid online; null: not told.';
comment on column dossier.apology is
    'Whether its applicant was sent an apology; null: not told.';
comment on column dossier.reception_due_at is 'By when it had to be accepted or refused.';
comment on column dossier.updated_at is 'When the source says it last changed.';
comment on column dossier.known_from is 'When the collector learned this version.';
comment on column dossier.known_to is 'When a newer version took its place; null: it holds.';
comment on column dossier.batch_id is 'The batch that brought this version.';

create table dossier_event (
    source varchar not null,
    dossier_code varchar not null,
    "at" timestamptz not null,
    status bigint not null,
    due_at timestamptz,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table dossier_event is
    'Steps of dossiers, every version. A step may arrive before its dossier.';
comment on column dossier_event.source is 'Id of the source that told it.';
comment on column dossier_event.dossier_code is 'The dossier''s code in its source.';
comment on column dossier_event."at" is 'When the step was taken.';
comment on column dossier_event.status is 'Status code the dossier took.';
comment on column dossier_event.due_at is 'When this step was due.';
comment on column dossier_event.known_from is 'When the collector learned this version.';
comment on column dossier_event.known_to is 'When a newer version took its place; null: it holds.';
comment on column dossier_event.batch_id is 'The batch that brought this version.';

create table document (
    source varchar not null,
    document_id varchar not null,
    sender_organisation varchar,
    sender_area varchar not null,
    sent_at timestamptz,
    promulgated_on date,
    kind varchar,
    signed boolean,
    paper boolean,
    due_on date,
    business bigint,
    receivers bigint,
    receiver_organisations varchar,
    signature varchar,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table document is
    'Official documents exchanged between organisations, every version; no contents.';
comment on column document.source is 'Id of the source that told it.';
comment on column document.document_id is 'The document''s id in its source.';
comment on column document.sender_organisation is 'Code of the organisation that sent it.';
comment on column document.sender_area is 'Area of the sender: where the document counts.';
comment on column document.sent_at is 'When it was sent.';
comment on column document.promulgated_on is 'The day it bears.';
comment on column document.kind is 'Code of its kind.';
comment on column document.signed is 'Whether it carries an electronic signature.';
comment on column document.paper is 'Whether a paper copy was sent as well.';
comment on column document.due_on is 'The day an answer is asked for.';
comment on column document.business is '0 new, 1 revocation, 2 update, 3 replacement.';
comment on column document.receivers is 'Number of organisations it was sent to.';
comment on column document.receiver_organisations is 'Their codes, joined by semicolons.';
comment on column document.signature is
    'verified, unverified, invalid, none, or empty where it was not looked at.';
comment on column document.known_from is 'When the collector learned this version.';
comment on column document.known_to is 'When a newer version took its place; null: it holds.';
comment on column document.batch_id is 'The batch that brought this version.';

create table document_status (
    source varchar not null,
    document_id varchar not null,
    organisation varchar not null,
    status varchar not null,
    "at" timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table document_status is 'What receivers reported about documents, every version.';
comment on column document_status.source is 'Id of the source that told it.';
comment on column document_status.document_id is 'The document''s id in its source.';
comment on column document_status.organisation is 'Code of the organisation that reports.';
comment on column document_status.status is 'Status code of the exchange standard.';
comment on column document_status."at" is 'When it reported.';
comment on column document_status.known_from is 'When the collector learned this version.';
comment on column document_status.known_to is
    'When a newer version took its place; null: it holds.';
comment on column document_status.batch_id is 'The batch that brought this version.';

create table observation (
    source varchar not null,
    metric varchar not null,
    area varchar not null,
    level varchar not null,
    period_start date not null,
    period_end date not null,
    numerator double,
    denominator double,
    value double,
    as_reported boolean,
    standalone boolean,
    citation varchar,
    note varchar,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table observation is
    'Figures delivered ready-made for an area and a period, every version.';
comment on column observation.source is 'Id of the source that told it.';
comment on column observation.metric is 'Id of the metric it belongs to.';
comment on column observation.area is 'The area it was delivered for.';
comment on column observation.level is 'Level of the units it counts; empty: the area itself.';
comment on column observation.period_start is 'First day of its period.';
comment on column observation.period_end is 'First day after its period.';
comment on column observation.numerator is 'Numerator, if told.';
comment on column observation.denominator is 'Denominator, if told.';
comment on column observation.value is 'Value, if told.';
comment on column observation.as_reported is 'Whether only a printed figure exists.';
comment on column observation.standalone is 'Whether it stands alone and is never added to others.';
comment on column observation.citation is 'Where it was printed.';
comment on column observation.note is 'What a reader should know.';
comment on column observation.known_from is 'When the collector learned this version.';
comment on column observation.known_to is 'When a newer version took its place; null: it holds.';
comment on column observation.batch_id is 'The batch that brought this version.';

create table dimension (
    dimension_id integer not null,
    source varchar not null,
    area_id varchar not null,
    leaf_level varchar not null,
    organisation varchar not null,
    receiving_area_id varchar not null,
    receiving_organisation varchar not null,
    procedure_code varchar not null,
    field_code varchar not null,
    channel varchar not null
);
comment on table dimension is
    'What facts are broken down by: one row for each combination that occurs.';
comment on column dimension.dimension_id is 'Number of the combination, from 1.';
comment on column dimension.source is 'Id of the source that told it.';
comment on column dimension.area_id is
    'Where the fact counts: competent area, sender''s area, area observed.';
comment on column dimension.leaf_level is
    'Level of that area, or of the units an observation counts.';
comment on column dimension.organisation is 'Competent or sending organisation.';
comment on column dimension.receiving_area_id is 'Area of the receiving organisation.';
comment on column dimension.receiving_organisation is 'Receiving organisation.';
comment on column dimension.procedure_code is 'Procedure.';
comment on column dimension.field_code is 'Field of administration.';
comment on column dimension.channel is 'online, direct, postal, or empty.';

insert into schema_version values (1, now());

create table feedback (
    source varchar not null,
    feedback_code varchar not null,
    channel varchar,
    field_code varchar,
    field_name varchar,
    organisation varchar,
    area varchar not null,
    received_at timestamptz,
    due_at timestamptz,
    answered_at timestamptz,
    status varchar,
    satisfied boolean,
    reopened boolean,
    updated_at timestamptz,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table feedback is
    'What citizens and firms reported or asked, every version; no contents.';
comment on column feedback.source is 'Id of the source that told it.';
comment on column feedback.feedback_code is 'The report''s code in its source.';
comment on column feedback.channel is 'portal, zalo, hotline, app, direct, other, or empty.';
comment on column feedback.field_code is 'Code of the field it is about.';
comment on column feedback.field_name is 'Its name.';
comment on column feedback.organisation is 'Code of the organisation that has to answer.';
comment on column feedback.area is 'Area of that organisation: where the report counts.';
comment on column feedback.received_at is 'When it came in.';
comment on column feedback.due_at is 'By when an answer is due.';
comment on column feedback.answered_at is 'When it was answered.';
comment on column feedback.status is
    'received, processing, answered, forwarded, refused, or empty.';
comment on column feedback.satisfied is
    'Whether its sender was satisfied with the answer; null: not told.';
comment on column feedback.reopened is
    'Whether its sender reported the same again; null: not told.';
comment on column feedback.updated_at is 'When the source says it last changed.';
comment on column feedback.known_from is 'When the collector learned this version.';
comment on column feedback.known_to is 'When a newer version took its place; null: it holds.';
comment on column feedback.batch_id is 'The batch that brought this version.';

create table "procedure" (
    source varchar not null,
    procedure_code varchar not null,
    owner_area varchar not null,
    valid_from date not null,
    valid_until date,
    procedure_name varchar,
    field_code varchar,
    field_name varchar,
    owner_organisation varchar,
    scheme varchar,
    service_level varchar,
    term double,
    term_unit varchar,
    has_fee boolean,
    online_payment boolean,
    linked boolean,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table "procedure" is 'Administrative procedures as they were in force, every version.';
comment on column "procedure".source is 'Id of the source that told it.';
comment on column "procedure".procedure_code is 'Code of the procedure, such as 1.001193.';
comment on column "procedure".owner_area is
    'Area of the authority that offers it: where it counts.';
comment on column "procedure".valid_from is 'First day this version is in force.';
comment on column "procedure".valid_until is
    'First day it no longer is; null: the next version ends it, if any.';
comment on column "procedure".procedure_name is 'Its name.';
comment on column "procedure".field_code is 'Code of the field of administration.';
comment on column "procedure".field_name is 'Its name.';
comment on column "procedure".owner_organisation is 'Code of the organisation that offers it.';
comment on column "procedure".scheme is
    'Which scheme the service level is of: level_1_4, nd42, or empty.';
comment on column "procedure".service_level is
    '1 to 4, or full, partial, information; empty: not told.';
comment on column "procedure".term is 'How long it may take, in term_unit.';
comment on column "procedure".term_unit is 'day (working days), hour (working hours), or empty.';
comment on column "procedure".has_fee is 'Whether it costs something; null: not told.';
comment on column "procedure".online_payment is 'Whether that can be paid online; null: not told.';
comment on column "procedure".linked is
    'Whether it can be reached from the national portal; null: not told.';
comment on column "procedure".known_from is 'When the collector learned this version.';
comment on column "procedure".known_to is 'When a newer version took its place; null: it holds.';
comment on column "procedure".batch_id is 'The batch that brought this version.';

create table organisation (
    source varchar not null,
    organisation_code varchar not null,
    valid_from date not null,
    valid_until date,
    name varchar,
    area varchar,
    level varchar,
    kind varchar,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table organisation is 'Organisations as a catalogue tells of them, every version.';
comment on column organisation.source is 'Id of the source that told it.';
comment on column organisation.organisation_code is 'Its code, wide to narrow, as in H44.18.';
comment on column organisation.valid_from is 'First day it exists; 0001-01-01 is open.';
comment on column organisation.valid_until is 'First day it no longer does; null is open.';
comment on column organisation.name is 'Its name.';
comment on column organisation.area is
    'The area it answers for; empty where the catalogue does not tell.';
comment on column organisation.level is
    'Level of that area: country, province, district, commune, or empty.';
comment on column organisation.kind is
    'What it is: people_committee, department and so on, or empty.';
comment on column organisation.known_from is 'When the collector learned this version.';
comment on column organisation.known_to is 'When a newer version took its place; null: it holds.';
comment on column organisation.batch_id is 'The batch that brought this version.';

create table station_hour (
    source varchar not null,
    station varchar not null,
    hour timestamptz not null,
    area varchar not null,
    kind varchar,
    readings bigint,
    expected bigint,
    exceeded boolean,
    worst varchar,
    known_from timestamptz not null,
    known_to timestamptz,
    batch_id bigint not null
);
comment on table station_hour is 'Hours of measuring stations, every version.';
comment on column station_hour.source is 'Id of the source that told it.';
comment on column station_hour.station is 'The station''s code in its source.';
comment on column station_hour.hour is 'When the hour begins.';
comment on column station_hour.area is 'Area the station stands in.';
comment on column station_hour.kind is 'What it measures, such as water.';
comment on column station_hour.readings is 'Readings that came in the hour.';
comment on column station_hour.expected is 'Readings that should have come.';
comment on column station_hour.exceeded is 'Whether any value was out of its range.';
comment on column station_hour.worst is
    'The value that was furthest out of its range; empty: none.';
comment on column station_hour.known_from is 'When the collector learned this version.';
comment on column station_hour.known_to is 'When a newer version took its place; null: it holds.';
comment on column station_hour.batch_id is 'The batch that brought this version.';
