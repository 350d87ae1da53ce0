-- Claims complete datasets for which workflows are to be selected: those that wait, and those of a hub that is gone.
update dataset set state = 'TRIGGERING', claimed_by = this_hub()
where id in (
    select id from dataset
    where not step_is_paused('trigger')
      and ((state = 'COMPLETE' and not_before <= now())
        or (state = 'TRIGGERING' and hub_is_gone(claimed_by)))
    order by id
    limit 100
    for update skip locked)
returning id, name
