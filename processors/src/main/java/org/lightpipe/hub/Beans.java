package org.lightpipe.hub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.spi.Registry;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.api.Access;
import org.lightpipe.api.Answer;
import org.lightpipe.api.DaqsApi;
import org.lightpipe.api.DatasetsApi;
import org.lightpipe.api.ErrorAnswer;
import org.lightpipe.api.ExperimentsApi;
import org.lightpipe.api.FilesApi;
import org.lightpipe.api.HeaderFilter;
import org.lightpipe.api.HealthApi;
import org.lightpipe.api.JobsApi;
import org.lightpipe.api.PermissionsApi;
import org.lightpipe.api.RecallsApi;
import org.lightpipe.api.RecordsApi;
import org.lightpipe.api.StatusApi;
import org.lightpipe.api.StoragesApi;
import org.lightpipe.api.TokensApi;
import org.lightpipe.api.VerificationsApi;
import org.lightpipe.archive.ArchivePlanner;
import org.lightpipe.archive.Archiver;
import org.lightpipe.archive.Recaller;
import org.lightpipe.archive.Releaser;
import org.lightpipe.catalog.ClaimScheduler;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.Work;
import org.lightpipe.dataset.Cataloguer;
import org.lightpipe.dataset.DatasetCompletion;
import org.lightpipe.experiment.Experiments;
import org.lightpipe.experiment.Permissions;
import org.lightpipe.portal.Portal;
import org.lightpipe.portal.PortalFiles;
import org.lightpipe.transfer.StorageWatch;
import org.lightpipe.transfer.Transfers;
import org.lightpipe.verify.Verifications;
import org.lightpipe.verify.Verifier;
import org.lightpipe.workflow.JobRunner;
import org.lightpipe.workflow.Rules;

/**
 * The beans that routes may name. Their names and types are known without a hub, so that route files can be checked
 * where none runs.
 */
final class Beans {

    static final Map<String, Class<?>> TYPES = Map.copyOf(types());

    private final Map<String, Object> beans = new LinkedHashMap<>();
    private final Map<String, Supplier<Object>> prototypes = new LinkedHashMap<>();

    private static Map<String, Class<?>> types() {
        Map<String, Class<?>> types = new TreeMap<>();
        types.put("access", Access.class);
        types.put("acquire", Acquire.class);
        types.put("answer", Answer.class);
        types.put("archivePlanner", ArchivePlanner.class);
        types.put("archiver", Archiver.class);
        types.put("cataloguer", Cataloguer.class);
        types.put("claimScheduler", ClaimScheduler.class);
        types.put("claimTrouble", ClaimTrouble.class);
        types.put("daqs", DaqsApi.class);
        types.put("dataSource", DataSource.class);
        types.put("datasets", DatasetCompletion.class);
        types.put("datasetsApi", DatasetsApi.class);
        types.put("errorAnswer", ErrorAnswer.class);
        types.put("experiments", Experiments.class);
        types.put("experimentsApi", ExperimentsApi.class);
        types.put("failures", Failures.class);
        types.put("health", HealthApi.class);
        types.put("filesApi", FilesApi.class);
        types.put("headerFilter", HeaderFilter.class);
        types.put("jobsApi", JobsApi.class);
        types.put("monitorRoutes", MonitorRoutes.class);
        types.put("monitors", Monitors.class);
        types.put("permissions", Permissions.class);
        types.put("permissionsApi", PermissionsApi.class);
        types.put("portal", Portal.class);
        types.put("portalFiles", PortalFiles.class);
        types.put("recaller", Recaller.class);
        types.put("recallsApi", RecallsApi.class);
        types.put("recordsApi", RecordsApi.class);
        types.put("releaser", Releaser.class);
        types.put("rules", Rules.class);
        types.put("runner", JobRunner.class);
        types.put("status", StatusApi.class);
        types.put("tokens", TokensApi.class);
        types.put("storageWatch", StorageWatch.class);
        types.put("storagesApi", StoragesApi.class);
        types.put("transfers", Transfers.class);
        types.put("verifications", Verifications.class);
        types.put("verificationsApi", VerificationsApi.class);
        types.put("verifier", Verifier.class);
        types.put("work", Work.class);
        return types;
    }

    /**
     * Adds a bean.
     *
     * @throws IllegalArgumentException when the name is not one of {@link #TYPES}, or the bean not of its type
     */
    void add(String name, Object bean) {
        Class<?> type = TYPES.get(name);
        if (type == null || !type.isInstance(bean)) {
            throw new IllegalArgumentException("bean '" + name + "' is not declared as " + bean.getClass());
        }
        beans.put(name, bean);
    }

    /** Adds a bean of which everyone who names it gets one of its own. */
    void addEach(String name, Supplier<Object> bean) {
        prototypes.put(name, bean);
    }

    /**
     * Gives all beans to a registry.
     *
     * @throws IllegalStateException when a declared one is missing
     */
    void bind(Registry registry) {
        Set<String> made = new TreeSet<>(beans.keySet());
        made.addAll(prototypes.keySet());
        if (!made.equals(TYPES.keySet())) {
            throw new IllegalStateException("not every declared bean was made: " + TYPES.keySet() + ", " + made);
        }
        beans.forEach(registry::bind);
        prototypes.forEach((name, bean) -> registry.bindAsPrototype(name, TYPES.get(name), bean));
    }
}
