package org.lightpipe.gpu;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/** The reductions of one endpoint that are running, as consoles see them. Thread-safe. */
final class RunningJobs {

    private static final String[] COLUMNS = {"id", "input", "progress", "seconds"};

    private final Map<String, RunningJob> jobs = new ConcurrentSkipListMap<>();
    private final AtomicLong count = new AtomicLong();

    /** Notes a reduction that the calling thread begins. */
    RunningJob begin(String input) {
        RunningJob job = new RunningJob(Long.toString(count.incrementAndGet()), input, this);
        jobs.put(job.id(), job);
        return job;
    }

    void remove(RunningJob job) {
        jobs.remove(job.id());
    }

    int size() {
        return jobs.size();
    }

    /** @return whether there was such a job to cancel */
    boolean cancel(String id) {
        RunningJob job = jobs.get(id);
        return job != null && job.cancel();
    }

    TabularData table() {
        try {
            CompositeType row = new CompositeType(
                    "job",
                    "A reduction that is running",
                    COLUMNS,
                    new String[] {"Number of the job", "What is reduced", "How far it is, from 0 to 1", "Since when"},
                    new OpenType<?>[] {SimpleType.STRING, SimpleType.STRING, SimpleType.DOUBLE, SimpleType.DOUBLE});
            TabularData table = new TabularDataSupport(
                    new TabularType("jobs", "Reductions that are running", row, new String[] {COLUMNS[0]}));
            for (RunningJob job : jobs.values()) {
                table.put(new CompositeDataSupport(
                        row, COLUMNS, new Object[] {job.id(), job.input(), job.done(), job.seconds()}));
            }
            return table;
        } catch (OpenDataException e) {
            throw new IllegalStateException(e);
        }
    }
}
