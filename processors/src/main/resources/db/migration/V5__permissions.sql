-- Who may do what with the files of an experiment: compared, and mended, by a walk through its directories.

create table permission_run (
    id            bigint generated always as identity primary key,
    experiment_id bigint      not null references experiment,
    action        text        not null,
    requested_by  text        not null,
    requested_at  timestamptz not null default now(),
    started_at    timestamptz,
    ended_at      timestamptz,
    seen          bigint      not null default 0,
    wrong         bigint      not null default 0,
    mended        bigint      not null default 0,
    note          text        not null default '',
    state         text        not null default 'REQUESTED',
    claimed_by    bigint references hub_run,
    attempts      int         not null default 0,
    not_before    timestamptz not null default now(),
    since         timestamptz not null default now(),
    reason        text,
    failed_from   text
);
comment on table permission_run is 'A walk through the directories of an experiment. One that a hub left unfinished begins anew.';
comment on column permission_run.action is 'CHECK: tells. RESTORE: mends. USERS: mends, because the users of the experiment changed.';
comment on column permission_run.state is 'REQUESTED → WALKING → DONE | FAILED';
comment on column permission_run.wrong is 'What is not as it should be, and was not mended.';
create index permission_run_waiting on permission_run (id) where state in ('REQUESTED', 'WALKING', 'FAILED');
create index permission_run_experiment on permission_run (experiment_id, id);
create unique index permission_run_users on permission_run (experiment_id) where action = 'USERS' and state = 'REQUESTED';

create table permission_finding (
    run_id  bigint not null references permission_run on delete cascade,
    n       bigint not null,
    path    text   not null,
    what    text   not null,
    found   text   not null,
    wanted  text   not null,
    trouble text,
    primary key (run_id, n)
);
comment on table permission_finding is 'What a walk found wrong and did not mend, in the order in which it was found.';
