package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.lightpipe.core.RawName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches a directory tree; what the route has taken in without failure is not told again. */
final class LandingConsumer extends ScheduledPollConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(LandingConsumer.class);
    /** Files that are closed within this time travel in one batch. */
    private static final long COALESCE = TimeUnit.MILLISECONDS.toNanos(5);

    private final LandingOptions options;
    private volatile Landing landing;
    private volatile WakingScheduler waking;
    private volatile boolean failing;
    private volatile boolean through;
    private volatile String trouble = "";
    private volatile LandingCounts counts = new LandingCounts();

    LandingConsumer(LandingEndpoint endpoint, Processor processor, LandingOptions options) {
        super(endpoint, processor);
        this.options = options;
    }

    @Override
    protected void doStart() throws Exception {
        landing =
                new Landing(options, new OpenForWriting(Path.of("/proc")), this::hand, this::wake, this::isPollAllowed);
        counts = landing.counts();
        through = false;
        if (getScheduler() == null || getScheduler() == waking) {
            waking = new WakingScheduler(
                    "landing " + options.root(),
                    getTimeUnit().toNanos(getInitialDelay()),
                    getTimeUnit().toNanos(getDelay()),
                    COALESCE,
                    this::idleNanos);
            setScheduler(waking);
        }
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        Landing ended = landing;
        ScheduledPollConsumerScheduler scheduler = getScheduler();
        if (ended != null && !scheduler.isSchedulerStarted()) {
            ended.close();
        }
    }

    private void wake() {
        WakingScheduler scheduler = waking;
        if (scheduler != null) {
            scheduler.wake();
        }
    }

    /** While the directory cannot be read, what is due is not looked at either. */
    private long idleNanos() {
        return trouble.isEmpty() && !isSuspendingOrSuspended() && !through ? landing.idleNanos() : Long.MAX_VALUE;
    }

    @Override
    protected int poll() throws Exception {
        try {
            int handed = landing.look();
            trouble = "";
            through = landing.isThrough();
            return handed;
        } catch (IOException e) {
            if (trouble.isEmpty()) {
                LOG.error("{} cannot be read and is looked at again: {}", options.root(), e.toString());
            }
            trouble = e.toString();
            return 0;
        }
    }

    private boolean hand(List<LandedFile> files) {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(files);
            if (files.size() == 1) {
                headers(exchange.getIn(), files.get(0));
            }
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        try {
            boolean taken = exchange.getException() == null;
            if (!taken && !failing) {
                getExceptionHandler().handleException("files are handed over again", exchange, exchange.getException());
            }
            // While the route goes on failing, once is enough in the log.
            failing = !taken;
            return taken;
        } finally {
            releaseExchange(exchange, false);
        }
    }

    /** The headers that Camel's own {@code file:} gives a single file. */
    private void headers(Message message, LandedFile file) {
        Path relative = RawName.path(file.path());
        message.setHeader(Exchange.FILE_NAME, file.path());
        message.setHeader(Exchange.FILE_NAME_ONLY, RawName.text(relative.getFileName()));
        message.setHeader(Exchange.FILE_NAME_CONSUMED, file.path());
        message.setHeader(Exchange.FILE_PATH, options.root() + "/" + file.path());
        message.setHeader(Exchange.FILE_PARENT, parent(relative));
        message.setHeader("CamelFileAbsolutePath", options.root().toAbsolutePath() + "/" + file.path());
        message.setHeader("CamelFileRelativePath", file.path());
        message.setHeader(Exchange.FILE_LENGTH, file.size());
        message.setHeader(Exchange.FILE_LAST_MODIFIED, TimeUnit.NANOSECONDS.toMillis(file.mtimeNs()));
        message.setHeader(
                Exchange.MESSAGE_TIMESTAMP, new Date(TimeUnit.NANOSECONDS.toMillis(file.mtimeNs())).getTime());
    }

    private String parent(Path relative) {
        Path parent = relative.getParent();
        return parent == null ? options.root().toString() : options.root() + "/" + RawName.text(parent);
    }

    LandingCounts counts() {
        return counts;
    }

    boolean isThrough() {
        return through;
    }

    String trouble() {
        return trouble;
    }
}
