-- Stored files that wait to be catalogued.
update file set state = 'CATALOGUING', claimed_by = this_hub()
from experiment e
where e.id = file.experiment_id and file.id in (
    select id from file
    where not step_is_paused('catalog')
      and ((state = 'STORED' and not_before <= now()) or (state = 'CATALOGUING' and hub_is_gone(claimed_by)))
    order by id limit 200 for update skip locked)
returning file.id, file.path, file.source, file.dataset_id, e.beamline, e.root_path
