-- Takes the oldest recalls. One whose bag is just being released waits for that to end; the bag is locked as well, so
-- that the two cannot start at the same moment.
update recall set state = 'STAGING', claimed_by = this_hub()
where id in (
    select recall.id from recall join bag on bag.id = recall.bag_id
    where not step_is_paused('recall')
      and ((recall.state = 'REQUESTED' and recall.not_before <= now())
           or (recall.state = 'STAGING' and hub_is_gone(recall.claimed_by)))
      and bag.state <> 'RELEASING'
    order by recall.id limit 2 for update of recall, bag skip locked)
returning id, claimed_by
