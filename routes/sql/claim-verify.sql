-- Verifications that wait for their next batch, one at a time: it reads as fast as it may. Those that are under way
-- together take turns.
update verification set state = 'RUNNING', claimed_by = this_hub()
where id in (
    select id from verification
    where not step_is_paused('verify')
      and ((state = 'REQUESTED' and not_before <= now()) or (state = 'RUNNING' and hub_is_gone(claimed_by)))
    order by not_before, id limit 1 for update skip locked)
returning id, experiment_id, path, rate, attempts, last_experiment, last_path
