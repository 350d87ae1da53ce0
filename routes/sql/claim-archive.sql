-- Takes the oldest bags that wait to be written, and those of a hub that died while it wrote them.
update bag set state = 'BUILDING', claimed_by = this_hub()
where id in (
    select id from bag
    where not step_is_paused('archive')
      and ((state = 'PLANNED' and not_before <= now()) or (state = 'BUILDING' and hub_is_gone(claimed_by)))
    order by id limit 2 for update skip locked)
returning id, claimed_by, path
