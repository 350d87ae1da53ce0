-- What operators steer: uploads, lists of files, and the comparison of storage with the catalog.

-- In the order of bytes the unique index also finds and pages through what lies below a directory, whatever collation
-- the database has.
alter table file alter column path type text collate "C";

create table verification (
    id              bigint generated always as identity primary key,
    experiment_id   bigint references experiment,
    path            text        not null default '' collate "C",
    rate            bigint      not null default 0,
    requested_by    text        not null,
    requested_at    timestamptz not null default now(),
    started_at      timestamptz,
    ended_at        timestamptz,
    total_files     bigint,
    total_bytes     bigint,
    checked_files   bigint      not null default 0,
    checked_bytes   bigint      not null default 0,
    skipped_files   bigint      not null default 0,
    problems        bigint      not null default 0,
    last_experiment bigint      not null default 0,
    last_path       text        not null default '' collate "C",
    state           text        not null default 'REQUESTED',
    claimed_by      bigint references hub_run,
    attempts        int         not null default 0,
    not_before      timestamptz not null default now(),
    since           timestamptz not null default now(),
    reason          text,
    failed_from     text
);
comment on table verification is 'Storage read again and compared with the catalog, a batch of files at a time.';
comment on column verification.state is 'REQUESTED → RUNNING → REQUESTED (the next batch) … → DONE | CANCELLED | FAILED';
comment on column verification.experiment_id is 'Null for every experiment.';
comment on column verification.path is 'What lies at or below it is compared; empty for all of the experiment.';
comment on column verification.rate is 'Most bytes read in a second; 0 for no limit.';
comment on column verification.last_experiment is 'With last_path: the last file that was compared. The next batch goes on behind it.';
create unique index verification_open on verification (coalesce(experiment_id, 0), path)
    where state in ('REQUESTED', 'RUNNING', 'FAILED');

create table rot (
    id              bigint generated always as identity primary key,
    verification_id bigint      not null references verification,
    experiment_id   bigint      not null references experiment,
    file_id         bigint,
    path            text        not null collate "C",
    storage         text        not null,
    kind            text        not null,
    detail          text        not null,
    found_at        timestamptz not null default now(),
    resolved_at     timestamptz
);
comment on table rot is 'What was found wrong in storage.';
comment on column rot.kind is 'MISSING, SIZE, DIGEST, UNREADABLE; ABSENT when nothing of an experiment could be compared';
comment on column rot.resolved_at is 'When the file was found well again, or found wrong anew.';
create index rot_verification on rot (verification_id, id);
create index rot_open on rot (experiment_id, file_id) where resolved_at is null;
