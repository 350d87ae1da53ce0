-- Which records are to be made now: what was asked for, and what a hub that is gone left half done.
update publication set state = 'PUBLISHING', claimed_by = this_hub()
where id in (select id from publication
    where not step_is_paused('publish')
      and ((state = 'PENDING' and not_before <= now())
           or (state = 'PUBLISHING' and hub_is_gone(claimed_by)))
    order by id limit 20 for update skip locked)
returning id
