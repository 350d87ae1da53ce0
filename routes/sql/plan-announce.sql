-- Records that were made, or made again, since they were last announced.
insert into announcement (publication_id, of_request)
select p.id, p.requested_at from publication p
where p.state = 'PUBLISHED'
  and not exists (select 1 from announcement a where a.publication_id = p.id and a.of_request = p.requested_at)
on conflict (publication_id) do update set state = 'PENDING', of_request = excluded.of_request, claimed_by = null,
    attempts = 0, not_before = now(), since = now(), reason = null, failed_from = null
