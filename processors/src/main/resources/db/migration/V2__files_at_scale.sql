-- Files in partitions, lanes into storages, and copies in further storages.

-- A hash of the experiment: every query of a path knows its experiment, and no partition has to be made in time.
alter table file rename to file_v1;
alter index file_waiting rename to file_v1_waiting;
alter index file_dataset rename to file_v1_dataset;

create sequence file_id as bigint;

create table file (
    id            bigint      not null default nextval('file_id'),
    experiment_id bigint      not null references experiment,
    dataset_id    bigint      not null references dataset,
    daq_id        bigint      not null references daq,
    beamline      text        not null,
    priority      smallint    not null default 0,
    path          text        not null,
    source        text        not null,
    size          bigint      not null,
    mtime_ns      bigint      not null,
    inode         bigint      not null default 0,
    generation    int         not null default 1,
    digest        text,
    digests       jsonb       not null default '{}',
    proved_by     text,
    metadata      jsonb       not null default '{}',
    detected_at   timestamptz not null default now(),
    stored_at     timestamptz,
    catalogued_at timestamptz,
    verified_at   timestamptz,
    state         text        not null default 'DETECTED',
    claimed_by    bigint references hub_run,
    attempts      int         not null default 0,
    not_before    timestamptz not null default now(),
    since         timestamptz not null default now(),
    reason        text,
    failed_from   text,
    primary key (id, experiment_id),
    unique (experiment_id, path)
) partition by hash (experiment_id);

do $$
begin
    for i in 0..15 loop
        execute format(
            'create table file_%s partition of file for values with (modulus 16, remainder %s) with (fillfactor = 80)',
            lpad(i::text, 2, '0'), i);
    end loop;
end $$;

insert into file (id, experiment_id, dataset_id, daq_id, beamline, path, source, size, mtime_ns, generation, digest,
    metadata, detected_at, stored_at, catalogued_at, state, claimed_by, attempts, not_before, since, reason, failed_from)
select f.id, f.experiment_id, f.dataset_id, f.daq_id, e.beamline, f.path, f.source, f.size, f.mtime_ns, f.generation,
    f.digest, f.metadata, f.detected_at, f.stored_at, f.catalogued_at, f.state, f.claimed_by, f.attempts, f.not_before,
    f.since, f.reason, f.failed_from
from file_v1 f join experiment e on e.id = f.experiment_id;
select setval('file_id', coalesce((select max(id) from file), 0) + 1, false);
drop table file_v1;

comment on column file.state is
    'DETECTED → TRANSFERRING → STORED → CATALOGUING → CATALOGUED → ARCHIVED → RELEASED → RECALLED | CHANGED | FAILED';
comment on column file.path is 'Relative to the watched directory, and to the data directory of the experiment in storage.';
comment on column file.digest is 'SHA-256 of the bytes, in hexadecimal, taken while they were copied and proved.';
comment on column file.digests is 'Other checksums that the storage asks for, by name: {"md5": "…"}.';
comment on column file.proved_by is 'How it was proved, in words.';
comment on column file.inode is 'Of the source, where the file system has lasting ones; else 0. Another file of the same name has another.';
comment on column file.priority is 'Files with a higher one go first within their beamline.';
comment on column file.generation is 'Counts how often the source was found changed and taken again.';
comment on column file.verified_at is 'When the bytes in storage were last compared with the digest, after the transfer.';

-- Only what waits is in these: they stay small however many files there are.
create index file_transfer on file (beamline, priority desc, id) where state in ('DETECTED', 'TRANSFERRING');
create index file_catalog on file (beamline, priority desc, id) where state in ('STORED', 'CATALOGUING');
create index file_held on file (id) where state in ('CHANGED', 'FAILED');
create index file_pending on file (dataset_id) where state in
    ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED');
-- How much room a hub has is counted at every claim, whatever waits.
create index file_claimed on file (claimed_by, beamline, priority) where claimed_by is not null;
create index file_dataset on file (dataset_id, id);
create index file_daq on file (daq_id);

-- What an open dataset has so far; a complete one was counted.
alter table dataset add column marked boolean not null default false;
comment on column dataset.marked is 'Whether a file has come whose name says that the dataset is complete.';
comment on column dataset.file_count is 'Of an open dataset, what was found so far; of a complete one, exact.';
update dataset d set file_count = s.files, byte_count = s.bytes
from (select dataset_id, count(*) as files, sum(size) as bytes from file group by dataset_id) s
where s.dataset_id = d.id and d.state = 'OPEN';

create table storage_state (
    storage        text primary key,
    paused         boolean     not null default false,
    full_since     timestamptz,
    free_bytes     bigint,
    blocked_until  timestamptz,
    failures       int         not null default 0,
    reason         text,
    concurrency    int,
    bandwidth      bigint,
    updated_at     timestamptz not null default now()
);
comment on table storage_state is 'What hubs know of a storage and an operator wants of it; it holds on every hub and over restarts.';
comment on column storage_state.full_since is 'Since when less than its reserve is free: acquisition into it pauses.';
comment on column storage_state.blocked_until is 'The storage as a whole failed: nothing is tried before; then one group, to see.';
comment on column storage_state.concurrency is 'An operator''s limit in place of the configured one.';
comment on column storage_state.bandwidth is 'An operator''s limit in place of the configured one, in bytes a second; 0 for none.';

create table lane (
    beamline text    not null,
    storage  text    not null references storage_state,
    copy     boolean not null,
    primary key (beamline, storage)
);
comment on table lane is 'Which storages the files of a beamline go to, as configured now: the first, and copies besides.';

create view open_lane as
select l.beamline, l.storage, l.copy, case when s.failures > 0 then 1 end as most
from lane l join storage_state s on s.storage = l.storage
where not s.paused and s.full_since is null and coalesce(s.blocked_until, '-infinity') <= now();

comment on view open_lane is 'Lanes into storages that take files. most: after a failure one file goes ahead, to see.';

create table file_copy (
    id            bigint generated always as identity primary key,
    file_id       bigint      not null,
    experiment_id bigint      not null,
    beamline      text        not null,
    storage       text        not null,
    priority      smallint    not null default 0,
    planned_at    timestamptz not null default now(),
    stored_at     timestamptz,
    proved_by     text,
    state         text        not null default 'PLANNED',
    claimed_by    bigint references hub_run,
    attempts      int         not null default 0,
    not_before    timestamptz not null default now(),
    since         timestamptz not null default now(),
    reason        text,
    failed_from   text,
    foreign key (file_id, experiment_id) references file (id, experiment_id),
    unique (file_id, experiment_id, storage)
);
comment on table file_copy is 'A file in a further storage, with a state of its own there.';
comment on column file_copy.state is 'PLANNED → COPYING → STORED | FAILED';
create index file_copy_waiting on file_copy (beamline, storage, priority desc, id) where state in ('PLANNED', 'COPYING', 'FAILED');
create index file_copy_claimed on file_copy (claimed_by, beamline, storage) where claimed_by is not null;

-- What a monitor is told: modes, limits, priority.
alter table daq add column kind text not null default 'MONITOR';
alter table daq add column options jsonb not null default '{}';
alter table daq add column priority smallint not null default 0;
alter table daq add column found_files bigint not null default 0;
alter table daq add column found_bytes bigint not null default 0;
comment on column daq.kind is 'MONITOR: watches until it is stopped. UPLOAD: takes what is there, once.';
update daq d set found_files = s.files, found_bytes = s.bytes
from (select daq_id, count(*) as files, sum(size) as bytes from file group by daq_id) s where s.daq_id = d.id;
drop index daq_running;
create unique index daq_running on daq (directory) where state = 'RUNNING' and kind = 'MONITOR';
