-- The catalog is the queue: every step finds its work here, by state.
--
-- Work tables share seven columns. `state` says which step is next; `claimed_by` is the run of the hub that works on
-- the row now; `attempts` counts failures in a row; `not_before` delays the next attempt; `since` is when it began to
-- wait; `reason` tells a person why; `failed_from` is the state to go back to when a person retries it.

create table hub_run (
    id           bigint generated always as identity primary key,
    name         text        not null,
    host         text        not null,
    pid          bigint      not null,
    started_at   timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    lease        interval    not null,
    stopped_at   timestamptz
);
comment on table hub_run is 'One row for each start of a hub. Its heartbeat is the lease on everything that it has claimed.';
create index hub_run_alive on hub_run (name) where stopped_at is null;

create table step (
    name   text primary key,
    paused boolean not null default false
);
comment on table step is 'Steps that an operator has paused stay paused over restarts, on every hub.';

create function step_is_paused(wanted text) returns boolean language sql stable as
$$ select exists (select 1 from step where name = wanted and paused) $$;

create function this_hub() returns bigint language sql stable as
$$ select nullif(current_setting('lightpipe.hub_run', true), '')::bigint $$;
comment on function this_hub is 'The run of the hub that this connection belongs to; the hub sets it on every connection.';

create function hub_is_gone(run bigint) returns boolean language sql stable as
$$ select run is distinct from this_hub() and not exists (
       select 1 from hub_run where id = run and stopped_at is null and heartbeat_at > now() - lease) $$;
comment on function hub_is_gone is
    'True when the work that a run of a hub has claimed may be taken over; never true of the run that asks.';

create table experiment (
    id          bigint generated always as identity primary key,
    name        text        not null unique,
    station     text        not null,
    beamline    text        not null,
    type        text        not null,
    title       text        not null,
    description text        not null default '',
    start_date  date,
    end_date    date,
    root_path   text        not null,
    form        jsonb       not null,
    created_at  timestamptz not null default now(),
    created_by  text        not null,
    ready_at    timestamptz,
    state       text        not null default 'REQUESTED',
    claimed_by  bigint references hub_run,
    attempts    int         not null default 0,
    not_before  timestamptz not null default now(),
    since       timestamptz not null default now(),
    reason      text,
    failed_from text
);
comment on column experiment.state is 'REQUESTED → CREATING → READY | FAILED';
create index experiment_waiting on experiment (id) where state in ('REQUESTED', 'CREATING', 'FAILED');

create table experiment_user (
    experiment_id bigint not null references experiment,
    username      text   not null,
    role          text   not null,
    primary key (experiment_id, username)
);
create index experiment_user_name on experiment_user (username);

create table daq (
    id             bigint generated always as identity primary key,
    experiment_id  bigint      not null references experiment,
    directory      text        not null,
    started_by     text        not null,
    started_at     timestamptz not null default now(),
    stopped_at     timestamptz,
    stopped_reason text,
    state          text        not null default 'RUNNING',
    claimed_by     bigint references hub_run
);
comment on table daq is 'A monitor on a directory. RUNNING rows run again after a restart.';
create unique index daq_running on daq (directory) where state = 'RUNNING';

create table dataset (
    id           bigint generated always as identity primary key,
    experiment_id bigint     not null references experiment,
    name         text        not null,
    part         int         not null default 1,
    opened_at    timestamptz not null default now(),
    completed_at timestamptz,
    last_file_at timestamptz not null default now(),
    file_count   bigint      not null default 0,
    byte_count   bigint      not null default 0,
    metadata     jsonb       not null default '{}',
    archived_at  timestamptz,
    state        text        not null default 'OPEN',
    claimed_by   bigint references hub_run,
    attempts     int         not null default 0,
    not_before   timestamptz not null default now(),
    since        timestamptz not null default now(),
    reason       text,
    failed_from  text,
    unique (experiment_id, name, part)
);
comment on column dataset.state is 'OPEN → COMPLETE → TRIGGERING → TRIGGERED | FAILED';
comment on column dataset.part is 'A file that comes after completion opens the next part; nothing is ever added to a complete one.';
create unique index dataset_open on dataset (experiment_id, name) where state = 'OPEN';
create index dataset_waiting on dataset (id) where state in ('OPEN', 'COMPLETE', 'TRIGGERING', 'FAILED');
create index dataset_unarchived on dataset (completed_at) where archived_at is null and state = 'TRIGGERED';

create table file (
    id            bigint generated always as identity primary key,
    experiment_id bigint      not null references experiment,
    dataset_id    bigint      not null references dataset,
    daq_id        bigint      not null references daq,
    path          text        not null,
    source        text        not null,
    size          bigint      not null,
    mtime_ns      bigint      not null,
    generation    int         not null default 1,
    digest        text,
    metadata      jsonb       not null default '{}',
    detected_at   timestamptz not null default now(),
    stored_at     timestamptz,
    catalogued_at timestamptz,
    state         text        not null default 'DETECTED',
    claimed_by    bigint references hub_run,
    attempts      int         not null default 0,
    not_before    timestamptz not null default now(),
    since         timestamptz not null default now(),
    reason        text,
    failed_from   text,
    unique (experiment_id, path)
);
comment on column file.state is
    'DETECTED → TRANSFERRING → STORED → CATALOGUING → CATALOGUED → ARCHIVED → RELEASED → RECALLED | CHANGED | FAILED';
comment on column file.path is 'Relative to the watched directory, and to the data directory of the experiment in storage.';
comment on column file.digest is 'SHA-256 of the bytes, in hexadecimal, taken while they were copied and proved by reading back.';
comment on column file.generation is 'Counts how often the source was found changed and taken again.';
create index file_waiting on file (id) where state in ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED');
create index file_dataset on file (dataset_id, id);

create table job (
    id           bigint generated always as identity primary key,
    dataset_id   bigint      not null references dataset,
    workflow     text        not null,
    owner        text        not null,
    arguments    jsonb       not null,
    submitted_at timestamptz not null default now(),
    submitted_by text        not null,
    request_key  text        not null unique,
    started_at   timestamptz,
    ended_at     timestamptz,
    stage        text,
    state        text        not null default 'PENDING',
    claimed_by   bigint references hub_run,
    attempts     int         not null default 0,
    not_before   timestamptz not null default now(),
    since        timestamptz not null default now(),
    reason       text,
    failed_from  text
);
comment on column job.state is 'PENDING → RUNNING → DONE | FAILED';
comment on column job.request_key is 'Who asked for it and why; the same request never starts a second job.';
create index job_waiting on job (id) where state in ('PENDING', 'RUNNING', 'FAILED');
create index job_dataset on job (dataset_id);

create table stage_run (
    id          bigint generated always as identity primary key,
    job_id      bigint      not null references job,
    stage       text        not null,
    resource    text        not null,
    action      text        not null,
    started_at  timestamptz not null default now(),
    ended_at    timestamptz,
    host        text,
    pid         bigint,
    pid_started timestamptz,
    exit_status int,
    output      text,
    metrics     jsonb       not null default '{}',
    state       text        not null default 'RUNNING'
);
comment on table stage_run is 'One row for each attempt at a stage: what ran, where, for how long, and how it ended.';
create index stage_run_job on stage_run (job_id, id);

create table result (
    id       bigint generated always as identity primary key,
    job_id   bigint not null references job,
    path     text   not null,
    kind     text   not null,
    size     bigint not null,
    digest   text   not null,
    unique (job_id, path)
);
comment on column result.path is 'Relative to the analysis directory of the experiment.';
comment on column result.kind is 'data or preview';

create table publication (
    id           bigint generated always as identity primary key,
    dataset_id   bigint      not null unique references dataset,
    requested_at timestamptz not null default now(),
    published_at timestamptz,
    record       jsonb,
    preview      bytea,
    search_text  tsvector,
    state        text        not null default 'PENDING',
    claimed_by   bigint references hub_run,
    attempts     int         not null default 0,
    not_before   timestamptz not null default now(),
    since        timestamptz not null default now(),
    reason       text,
    failed_from  text
);
comment on column publication.state is 'PENDING → PUBLISHING → PUBLISHED | FAILED; PENDING again when there is more to show';
create index publication_waiting on publication (id) where state in ('PENDING', 'PUBLISHING', 'FAILED');
create index publication_search on publication using gin (search_text);

create table announcement (
    id             bigint generated always as identity primary key,
    publication_id bigint      not null unique references publication,
    of_request     timestamptz not null,
    state          text        not null default 'PENDING',
    claimed_by     bigint references hub_run,
    attempts       int         not null default 0,
    not_before     timestamptz not null default now(),
    since          timestamptz not null default now(),
    reason         text,
    failed_from    text
);
comment on table announcement is 'Records that another system is told of, where publish.announce is on.';
comment on column announcement.state is 'PENDING → SENDING → SENT | FAILED';
create index announcement_waiting on announcement (id) where state in ('PENDING', 'SENDING', 'FAILED');

create table bag (
    id          bigint generated always as identity primary key,
    dataset_id  bigint      not null unique references dataset,
    tape        text        not null,
    path        text        not null,
    algorithm   text        not null,
    release     boolean     not null default false,
    planned_at  timestamptz not null default now(),
    written_at  timestamptz,
    verified_at timestamptz,
    released_at timestamptz,
    size        bigint,
    digest      text,
    state       text        not null default 'PLANNED',
    claimed_by  bigint references hub_run,
    attempts    int         not null default 0,
    not_before  timestamptz not null default now(),
    since       timestamptz not null default now(),
    reason      text,
    failed_from text
);
comment on column bag.state is 'PLANNED → BUILDING → VERIFIED → RELEASING → RELEASED | FAILED';
comment on column bag.release is 'Whether the disk copy goes once the bag is proved: the policy of the beamline, as last planned.';
comment on column bag.digest is 'SHA-256 of the whole tar, in hexadecimal, taken while it was read back from the tape library.';
create index bag_waiting on bag (id) where state in ('PLANNED', 'BUILDING', 'VERIFIED', 'RELEASING', 'FAILED');

create table recall (
    id           bigint generated always as identity primary key,
    bag_id       bigint      not null references bag,
    requested_by text        not null,
    requested_at timestamptz not null default now(),
    online_at    timestamptz,
    state        text        not null default 'REQUESTED',
    claimed_by   bigint references hub_run,
    attempts     int         not null default 0,
    not_before   timestamptz not null default now(),
    since        timestamptz not null default now(),
    reason       text,
    failed_from  text
);
comment on column recall.state is 'REQUESTED → STAGING → ONLINE | FAILED';
create unique index recall_open on recall (bag_id) where state <> 'ONLINE';
create index recall_waiting on recall (id) where state in ('REQUESTED', 'STAGING', 'FAILED');

create table token (
    hash       text primary key,
    username   text        not null,
    operator   boolean     not null default false,
    created_at timestamptz not null default now(),
    expires_at timestamptz
);
comment on table token is 'Only the SHA-256 of a token is kept.';

create table audit_event (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default now(),
    who    text        not null,
    what   text        not null,
    detail text        not null default ''
);
