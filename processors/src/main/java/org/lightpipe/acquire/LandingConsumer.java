package org.lightpipe.acquire;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the directory again and again; what the route has taken in without failure is not told again. */
final class LandingConsumer extends ScheduledPollConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(LandingConsumer.class);

    private final Landing landing;
    private final int batch;
    private final AtomicLong taken = new AtomicLong();
    private volatile int unfinished;
    private volatile long oldestSeconds;
    private volatile String trouble = "";

    LandingConsumer(LandingEndpoint endpoint, Processor processor, Landing landing, int batch) {
        super(endpoint, processor);
        this.landing = landing;
        this.batch = batch;
    }

    @Override
    protected int poll() throws Exception {
        List<LandedFile> files;
        try {
            files = landing.look();
            trouble = "";
        } catch (IOException e) {
            if (trouble.isEmpty()) {
                LOG.error("{} cannot be read and is looked at again: {}", getEndpoint(), e.toString());
            }
            trouble = e.toString();
            return 0;
        }
        for (int from = 0; from < files.size() && isRunAllowed(); from += batch) {
            hand(files.subList(from, Math.min(files.size(), from + batch)));
        }
        unfinished = landing.unfinished();
        oldestSeconds = landing.oldestSeconds();
        return files.size();
    }

    private void hand(List<LandedFile> files) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(List.copyOf(files));
            getProcessor().process(exchange);
            if (exchange.getException() == null) {
                landing.handedOver(files);
                taken.addAndGet(files.size());
            } else {
                getExceptionHandler().handleException("files are handed over again", exchange, exchange.getException());
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    int unfinished() {
        return unfinished;
    }

    long oldestSeconds() {
        return oldestSeconds;
    }

    long taken() {
        return taken.get();
    }

    String trouble() {
        return trouble;
    }
}
