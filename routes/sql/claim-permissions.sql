-- Walks through the directories of experiments, one at a time for each experiment.
update permission_run r set state = 'WALKING', claimed_by = this_hub()
from experiment e
where e.id = r.experiment_id and r.id in (
    select p.id from permission_run p
    where not step_is_paused('permissions')
      and ((p.state = 'REQUESTED' and p.not_before <= now()
            and not exists (
                select 1 from permission_run o
                where o.experiment_id = p.experiment_id and o.state = 'WALKING'))
           or (p.state = 'WALKING' and hub_is_gone(p.claimed_by)))
    order by p.id limit 4 for update of p skip locked)
returning r.id, r.action, r.experiment_id, e.name, e.beamline, e.root_path
