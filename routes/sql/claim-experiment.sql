-- Experiments that wait for their directories.
update experiment set state = 'CREATING', claimed_by = this_hub()
where id in (
    select id from experiment
    where not step_is_paused('experiment')
      and ((state = 'REQUESTED' and not_before <= now()) or (state = 'CREATING' and hub_is_gone(claimed_by)))
    order by id limit 10 for update skip locked)
returning id, name, beamline, root_path, created_by, form ->> 'watch' as own_watch
