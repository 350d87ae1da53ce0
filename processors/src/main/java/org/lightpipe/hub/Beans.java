package org.lightpipe.hub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.api.Access;
import org.lightpipe.api.Answer;
import org.lightpipe.api.DaqsApi;
import org.lightpipe.api.DatasetsApi;
import org.lightpipe.api.ErrorAnswer;
import org.lightpipe.api.ExperimentsApi;
import org.lightpipe.api.HeaderFilter;
import org.lightpipe.api.HealthApi;
import org.lightpipe.api.JobsApi;
import org.lightpipe.api.RecallsApi;
import org.lightpipe.api.RecordsApi;
import org.lightpipe.api.StatusApi;
import org.lightpipe.api.TokensApi;
import org.lightpipe.archive.ArchivePlanner;
import org.lightpipe.archive.Archiver;
import org.lightpipe.archive.Recaller;
import org.lightpipe.archive.Releaser;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.Work;
import org.lightpipe.dataset.Cataloguer;
import org.lightpipe.dataset.DatasetCompletion;
import org.lightpipe.experiment.Experiments;
import org.lightpipe.portal.Portal;
import org.lightpipe.portal.PortalFiles;
import org.lightpipe.transfer.Transfer;
import org.lightpipe.workflow.JobRunner;
import org.lightpipe.workflow.Rules;

/**
 * The beans that routes may name. Their names and types are known without a hub, so that route files can be checked
 * where none runs.
 */
final class Beans {

    static final Map<String, Class<?>> TYPES = Map.copyOf(types());

    private final Map<String, Object> beans = new LinkedHashMap<>();

    private static Map<String, Class<?>> types() {
        Map<String, Class<?>> types = new TreeMap<>();
        types.put("access", Access.class);
        types.put("acquire", Acquire.class);
        types.put("answer", Answer.class);
        types.put("archivePlanner", ArchivePlanner.class);
        types.put("archiver", Archiver.class);
        types.put("cataloguer", Cataloguer.class);
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
        types.put("headerFilter", HeaderFilter.class);
        types.put("jobsApi", JobsApi.class);
        types.put("monitorRoutes", MonitorRoutes.class);
        types.put("monitors", Monitors.class);
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
        types.put("transfer", Transfer.class);
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

    /**
     * All beans.
     *
     * @throws IllegalStateException when a declared one is missing
     */
    Map<String, Object> all() {
        if (!beans.keySet().equals(TYPES.keySet())) {
            throw new IllegalStateException(
                    "not every declared bean was made: " + TYPES.keySet() + ", " + beans.keySet());
        }
        return Map.copyOf(beans);
    }
}
