package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Settlement.Proof;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a route does around {@code transfer:} with the files that it has claimed: {@link #groups} before it, and {@link
 * #settle} after it. A file is stored when its proved copy has its final name while the row is locked and still this
 * hub's. Thread-safe.
 */
public final class Transfers {

    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final String GROUP = "group";

    /** Bytes from which a file travels alone, and that a group of small ones does not exceed by more than one. */
    private static final long ALONE = 16L << 20;

    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Destinations destinations;
    private final StorageStates states;
    private final Hints hints;
    private final Map<Step, Settlement> settlements = new EnumMap<>(Step.class);

    public Transfers(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Destinations destinations,
            StorageStates states,
            Hints hints) {
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.destinations = destinations;
        this.states = states;
        this.hints = hints;
        settlements.put(Step.TRANSFER, new FileSettlement(jdbc));
        settlements.put(Step.COPY, new CopySettlement(jdbc, configuration, storages));
    }

    /**
     * Puts claimed files together that travel together: the small ones of a beamline, and each large one alone.
     *
     * @param step label of the step that claimed them
     * @param rows the claimed rows
     */
    public List<?> groups(String step, List<Map<String, Object>> rows) {
        Settlement settlement = settlements.get(Step.of(step));
        List<Map<String, Object>> inOrder = new ArrayList<>(rows);
        // What an update returns is in no order.
        inOrder.sort(Comparator.<Map<String, Object>>comparingInt(row -> -priority(row))
                .thenComparingLong(row -> ((Number) row.get("id")).longValue()));
        List<Group> groups = new ArrayList<>();
        Map<String, Group> open = new HashMap<>();
        for (Map<String, Object> row : inOrder) {
            String beamline = (String) row.get("beamline");
            String storage = (String) row.get("storage");
            Claimed file = settlement.claimed(row);
            String key = priority(row) + " " + beamline + "/" + storage;
            boolean alone = file.item().size() >= ALONE;
            Group group = alone ? null : open.get(key);
            if (group == null) {
                group = new Group(settlement.step(), beamline, storage, priority(row));
                groups.add(group);
            }
            group.add(file);
            if (alone || group.size() >= most(storage) || group.bytes() >= ALONE) {
                open.remove(key, group);
            } else {
                open.put(key, group);
            }
        }
        return groups;
    }

    private static int priority(Map<String, Object> row) {
        return ((Number) row.get("priority")).intValue();
    }

    private int most(String name) {
        Storage storage = configuration.get().storages().get(name);
        return storage == null ? 1 : storage.transfer().group();
    }

    /** Readies an exchange whose body is a group for {@code transfer:}. */
    public void open(Exchange exchange) {
        Group group = exchange.getIn().getBody(Group.class);
        exchange.setProperty(GROUP, group);
        exchange.setProperty("step", group.step().label());
        exchange.setProperty("id", group.ids());
        exchange.setProperty("storage", group.storage());
        exchange.getIn().setHeader(TransferEndpoint.LANE, group.beamline());
        exchange.getIn().setHeader(TransferEndpoint.PRIORITY, group.priority());
        exchange.getIn().setBody(group.items());
    }

    /** Writes down how every file of the group ended, and gives those that were proved their final names. */
    public void settle(Exchange exchange) {
        Group group = exchange.getProperty(GROUP, Group.class);
        @SuppressWarnings("unchecked")
        List<Outcome> outcomes = exchange.getIn().getBody(List.class);
        Settlement settlement = settlements.get(group.step());
        Destination destination = destinations.gate(group.storage()).destination();
        Map<Long, Claimed> files =
                group.files().stream().collect(Collectors.toMap(Claimed::id, file -> file, (a, b) -> a));
        Map<Long, Proof> proved = new LinkedHashMap<>();
        List<Claimed> changed = new ArrayList<>();
        List<Outcome.Failed> failed = new ArrayList<>();
        List<Long> notBegun = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Claimed file = files.get(outcome.item().id());
            if (outcome instanceof Outcome.Proved proof) {
                proved.put(file.id(), new Proof(file, proof));
            } else if (outcome instanceof Outcome.Changed) {
                changed.add(file);
            } else if (outcome instanceof Outcome.Failed failure) {
                failed.add(failure);
            } else {
                notBegun.add(file.id());
            }
        }
        if (!notBegun.isEmpty()) {
            work.againAll(group.step(), notBegun, null);
        }
        try {
            failed.addAll(store(settlement, destination, proved));
        } catch (IOException e) {
            // Nobody knows which have their names: all are copied again, and none is to blame.
            proved.values()
                    .forEach(
                            file -> failed.add(new Outcome.Failed(file.claimed().item(), e, true)));
        }
        if (!changed.isEmpty()) {
            transactions.executeWithoutResult(status -> settlement.changed(changed));
            work.endedAll(group.step(), changed.stream().map(Claimed::id).toList());
        }
        fail(group, failed);
        if (!proved.isEmpty() && failed.stream().noneMatch(Outcome.Failed::ofStorage)) {
            states.worked(group.storage());
        }
    }

    private List<Outcome.Failed> store(Settlement settlement, Destination destination, Map<Long, Proof> proved)
            throws IOException {
        if (proved.isEmpty()) {
            return List.of();
        }
        List<Outcome.Failed> unnamed = new ArrayList<>();
        Set<Long> stale = new HashSet<>();
        Set<Long> gone = new HashSet<>(proved.keySet());
        IOException failure = transactions.execute(status -> {
            Map<Long, Boolean> held = settlement.lock(proved);
            gone.removeAll(held.keySet());
            List<Outcome.Proved> current = new ArrayList<>();
            held.forEach((id, isCurrent) -> {
                if (isCurrent) {
                    current.add(proved.get(id).proved());
                } else {
                    stale.add(id);
                }
            });
            try {
                unnamed.addAll(destination.publish(current));
            } catch (IOException e) {
                status.setRollbackOnly();
                return e;
            }
            Set<Long> stored = current.stream().map(file -> file.item().id()).collect(Collectors.toSet());
            unnamed.forEach(file -> stored.remove(file.item().id()));
            if (!stored.isEmpty()) {
                settlement.stored(stored.stream().map(proved::get).toList());
                work.counted(settlement.step(), stored.size());
            }
            if (!stale.isEmpty()) {
                settlement.stale(stale);
            }
            return null;
        });
        if (failure != null) {
            throw failure;
        }
        if (!gone.isEmpty()) {
            LOG.warn("{} files were taken over by another hub; its results stand", gone.size());
            transactions.executeWithoutResult(status -> discard(
                    destination,
                    settlement.atRest(gone).stream().map(proved::get).toList()));
        }
        Set<Long> ended = new HashSet<>(proved.keySet());
        unnamed.forEach(file -> ended.remove(file.item().id()));
        work.endedAll(settlement.step(), ended);
        // There is room for more now.
        hints.wake(settlement.step());
        discard(destination, stale.stream().map(proved::get).toList());
        return unnamed;
    }

    /** What is no longer wanted; that of another hub is left, since it writes to the same name. */
    private static void discard(Destination destination, Collection<Proof> stale) {
        if (stale.isEmpty()) {
            return;
        }
        try {
            destination.discard(stale.stream().map(file -> file.proved().item()).toList());
        } catch (IOException e) {
            // The next attempt replaces it.
            LOG.debug("{} temporary copies were left behind", stale.size(), e);
        }
    }

    /** What is the storage's fault costs a file none of its attempts: the storage is left alone for a while instead. */
    private void fail(Group group, List<Outcome.Failed> failed) {
        List<Long> blameless = new ArrayList<>();
        String reason = null;
        for (Outcome.Failed failure : failed) {
            if (failure.ofStorage()) {
                blameless.add(failure.item().id());
                reason = work.words(failure.cause());
            } else {
                work.failed(group.step(), failure.item().id(), failure.cause());
            }
        }
        if (reason != null) {
            LOG.debug("storage {} failed {} files", group.storage(), blameless.size());
            try {
                states.failed(group.storage(), reason);
                work.againAll(group.step(), blameless, reason);
            } catch (DataAccessException e) {
                LOG.warn("the catalog does not answer; {} files wait again once it does", blameless.size());
                work.endedAll(group.step(), blameless);
            }
        }
    }
}
