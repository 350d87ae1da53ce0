-- What was handed to Globus Transfer, written down before it is handed over: after a crash a task is found again.

create table globus_submission (
    submission_id uuid        primary key,
    storage       text        not null,
    task_id       text,
    prepared_at   timestamptz not null default now(),
    deadline      timestamptz not null
);
comment on column globus_submission.submission_id is 'Made by Globus; handing over the same one twice makes one task.';
comment on column globus_submission.task_id is 'Null until Globus has said that it took it; perhaps it did and could not say so.';

create table globus_file (
    storage       text   not null,
    temporary     text   not null,
    submission_id uuid   not null references globus_submission on delete cascade,
    source_path   text   not null,
    target_path   text   not null,
    size          bigint not null,
    sha256        text   not null,
    primary key (storage, temporary)
);
comment on table globus_file is 'Files on their way through Globus: until they have their final names, or failed.';
create index globus_file_submission on globus_file (submission_id);
