-- Takes proved bags whose beamline wants its disk back, unless somebody has asked for the data or works with it.
update bag set state = 'RELEASING', claimed_by = this_hub()
where id in (
    select id from bag
    where not step_is_paused('release')
      and ((state = 'VERIFIED' and not_before <= now()) or (state = 'RELEASING' and hub_is_gone(claimed_by)))
      and release
      and not exists (select 1 from recall where recall.bag_id = bag.id and recall.state <> 'ONLINE')
      and not exists (select 1 from job
                      where job.dataset_id = bag.dataset_id and job.state in ('PENDING', 'RUNNING'))
    order by id limit 2 for update skip locked)
returning id, claimed_by, path
