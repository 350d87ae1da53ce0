-- Stored files that wait for their copy in a further storage, lane by lane as in claim-transfer.sql.
update file_copy set state = 'COPYING', claimed_by = this_hub()
from (
    select next.id
    from open_lane lane
    cross join lateral (
        select id from file_copy
        where beamline = lane.beamline and storage = lane.storage and state in ('PLANNED', 'COPYING', 'FAILED')
          and ((state = 'PLANNED' and not_before <= now()) or (state = 'COPYING' and hub_is_gone(claimed_by)))
        order by priority desc, id
        limit least(lane.most, greatest(0, cast(:#${properties:copy.room:256} as int) - (
            select count(*) from file_copy
            where beamline = lane.beamline and storage = lane.storage and claimed_by = this_hub()
              and state <> 'PLANNED')))
        for update skip locked) next
    where lane.copy and not step_is_paused('copy')) picked, file, experiment e
where file_copy.id = picked.id and file.id = file_copy.file_id and file.experiment_id = file_copy.experiment_id
  and e.id = file.experiment_id
returning file_copy.id, file_copy.file_id, file_copy.storage, file_copy.priority, file.experiment_id, file.path, file.source, file.size,
    file.mtime_ns, file.beamline, e.root_path
