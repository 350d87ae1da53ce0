-- Datasets of a beamline that are due for tape: complete, triggered and old enough, with no job at work on them, and
-- with nothing but catalogued files. One with a file that failed is shown with that file, so that it can say what it
-- waits for.
select dataset.id, experiment.name as experiment, dataset.name as dataset, dataset.part, broken.failed
from dataset
join experiment on experiment.id = dataset.experiment_id
left join lateral (
    select file.path || ' failed: ' || coalesce(file.reason, 'no reason was kept') as failed
    from file where file.dataset_id = dataset.id and file.state = 'FAILED'
    order by file.id limit 1) broken on true
where experiment.beamline = :?beamline
  and dataset.state = 'TRIGGERED'
  and dataset.archived_at is null
  and dataset.completed_at <= now() - :?seconds * interval '1 second'
  and not exists (select 1 from bag where bag.dataset_id = dataset.id)
  and not exists (select 1 from job where job.dataset_id = dataset.id and job.state in ('PENDING', 'RUNNING'))
  and exists (select 1 from file where file.dataset_id = dataset.id)
  and not exists (select 1 from file
                  where file.dataset_id = dataset.id and file.state not in ('CATALOGUED', 'FAILED'))
order by broken.failed is not null, dataset.completed_at
limit 1000
