-- Announcements that wait to be sent.
update announcement set state = 'SENDING', claimed_by = this_hub()
from publication p
where p.id = announcement.publication_id and announcement.id in (
    select id from announcement
    where not step_is_paused('announce')
      and ((state = 'PENDING' and not_before <= now()) or (state = 'SENDING' and hub_is_gone(claimed_by)))
    order by id limit 20 for update skip locked)
returning announcement.id, p.record::text as record,
    'lightpipe-' || p.id || '-' || extract(epoch from p.requested_at) as key
