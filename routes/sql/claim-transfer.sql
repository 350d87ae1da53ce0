-- Files that wait for their transfer. The limit bounds a batch, which is as long as its slowest file.
update file set state = 'TRANSFERRING', claimed_by = this_hub()
from experiment e
where e.id = file.experiment_id and file.id in (
    select id from file
    where not step_is_paused('transfer')
      and ((state = 'DETECTED' and not_before <= now()) or (state = 'TRANSFERRING' and hub_is_gone(claimed_by)))
    order by id limit 64 for update skip locked)
returning file.id, file.path, file.source, file.size, file.mtime_ns, file.generation, e.beamline, e.root_path
