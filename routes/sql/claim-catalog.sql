-- Stored files that wait to be catalogued: so many of each beamline, so that none waits behind another's flood.
with recursive waiting as (
    (select min(beamline) as beamline from file where state in ('STORED', 'CATALOGUING'))
    union all
    select (select min(beamline) from file where state in ('STORED', 'CATALOGUING') and beamline > waiting.beamline)
    from waiting where waiting.beamline is not null)
update file set state = 'CATALOGUING', claimed_by = this_hub()
from (
    select next.id, next.experiment_id
    from waiting
    cross join lateral (
        select id, experiment_id from file
        where beamline = waiting.beamline and state in ('STORED', 'CATALOGUING')
          and ((state = 'STORED' and not_before <= now()) or (state = 'CATALOGUING' and hub_is_gone(claimed_by)))
        order by priority desc, id
        limit 500
        for update skip locked) next
    where not step_is_paused('catalog')) picked, experiment e
where file.id = picked.id and file.experiment_id = picked.experiment_id and e.id = picked.experiment_id
returning file.id, file.experiment_id, file.path, file.source, file.dataset_id, e.beamline, e.root_path
