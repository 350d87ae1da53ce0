package org.lightpipe.hub;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/** Tells that steps cannot claim work: once in a while, in a line, since every step asks several times a second. */
public final class ClaimTrouble implements ExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimTrouble.class);
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    @Override
    public void handleException(Throwable failure) {
        handleException("", failure);
    }

    @Override
    public void handleException(String message, Throwable failure) {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + PAUSE)) {
            LOG.warn(
                    "no work can be claimed, and it is tried again: {}",
                    NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
        }
        LOG.debug("claim", failure);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable failure) {
        handleException(message, failure);
    }
}
