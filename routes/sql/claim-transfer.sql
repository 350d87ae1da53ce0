-- Files that wait for their transfer, lane by lane: a beamline never waits behind another, and none takes more than
-- its room, so that what this hub has claimed stays bounded. The urgent have a room of their own, so that they never
-- wait until a flood of others has gone; within a level the older go first. The room is counted in words that only the
-- index of what is claimed fits: by state it would be counted through all that waits.
update file set state = 'TRANSFERRING', claimed_by = this_hub()
from (
    select next.id, next.experiment_id, lane.storage
    from open_lane lane
    cross join (values (10, 32767), (5, 9), (-32768, 4)) level (lowest, highest)
    cross join lateral (
        select id, experiment_id from file
        where beamline = lane.beamline and priority between level.lowest and level.highest
          and state in ('DETECTED', 'TRANSFERRING')
          and ((state = 'DETECTED' and not_before <= now()) or (state = 'TRANSFERRING' and hub_is_gone(claimed_by)))
        order by priority desc, id
        limit least(lane.most, greatest(0, cast(:#${properties:transfer.room:1024} as int) - (
            select count(*) from file
            where beamline = lane.beamline and priority between level.lowest and level.highest
              and claimed_by = this_hub() and state <> 'CATALOGUING')))
        for update skip locked) next
    where not lane.copy and not step_is_paused('transfer')) picked, experiment e
where file.id = picked.id and file.experiment_id = picked.experiment_id and e.id = picked.experiment_id
returning file.id, file.experiment_id, file.path, file.source, file.size, file.mtime_ns, file.generation, file.beamline,
    file.priority, e.root_path, picked.storage
