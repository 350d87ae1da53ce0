-- Claims no more jobs than this hub has free slots, so that a job never waits behind another while a different hub
-- is idle, and a slot is filled as soon as it is free, however long the other jobs take. The catalog itself says how
-- many are running: it is the only list that is right after a crash.
update job set state = 'RUNNING', claimed_by = this_hub()
where id in (
    select id from job
    where not step_is_paused('process')
      and ((state = 'PENDING' and not_before <= now())
        or (state = 'RUNNING' and hub_is_gone(claimed_by)))
    order by id
    limit greatest(0, cast(:#${properties:process.slots:2} as int) - (
        select count(*) from job
        where state = 'RUNNING' and claimed_by = this_hub()))
    for update skip locked)
returning id, workflow, dataset_id
