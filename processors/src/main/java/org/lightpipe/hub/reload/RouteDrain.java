package org.lightpipe.hub.reload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets routes finish what they have begun, or leaves them as they were. Camel's own stop with
 * {@code abortAfterTimeout} does not: a route that was busy for too long stays "started" with its
 * consumer suspended, and takes in nothing more.
 */
final class RouteDrain {

    private static final Logger LOG = LoggerFactory.getLogger(RouteDrain.class);

    private static final Duration STEP = Duration.ofMillis(20);

    private final CamelContext context;
    private final Duration limit;

    /** @param limit how long all routes together may take */
    RouteDrain(CamelContext context, Duration limit) {
        this.context = context;
        this.limit = limit;
    }

    /** A route that is busy for longer than anybody wants to wait; it goes on as before. */
    static final class BusyException extends Exception {
        BusyException(String message) {
            super(message);
        }
    }

    /**
     * Closes the entry of each route and waits until nothing is left in it, one after the other.
     *
     * @param routes callers before those that they call, so that what has begun can still call
     * @throws BusyException when the time is over; every entry is open again
     */
    void drain(List<Route> routes) throws BusyException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        List<Consumer> closed = new ArrayList<>();
        boolean done = false;
        try {
            for (Route route : routes) {
                Consumer consumer = route.getConsumer();
                if (consumer instanceof Suspendable && !isQueue(route)) {
                    closed.add(consumer);
                    ServiceHelper.suspendService(consumer);
                }
                while (isBusy(route)) {
                    if (System.nanoTime() - end >= 0) {
                        throw new BusyException("route '" + route.getId() + "' has been busy for " + limit.toSeconds()
                                + " s; the edit waits until it is done");
                    }
                    TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
                }
            }
            done = true;
        } finally {
            if (!done) {
                open(closed);
            }
        }
    }

    private static void open(List<Consumer> closed) {
        for (int i = closed.size() - 1; i >= 0; i--) {
            try {
                ServiceHelper.resumeService(closed.get(i));
            } catch (RuntimeException e) {
                LOG.error("{} does not take in anything again: {}", closed.get(i), e.getMessage());
            }
        }
    }

    /** Puts callers before those that they call; in a circle, whichever comes first. */
    static List<Route> inCallOrder(Collection<Route> routes, BiPredicate<Route, Route> calls) {
        List<Route> ordered = new ArrayList<>();
        List<Route> left = new ArrayList<>(routes);
        while (!left.isEmpty()) {
            Route next = left.stream()
                    .filter(route -> left.stream().noneMatch(other -> other != route && calls.test(other, route)))
                    .findFirst()
                    .orElse(left.get(0));
            ordered.add(next);
            left.remove(next);
        }
        return ordered;
    }

    private boolean isBusy(Route route) {
        int pending = route.getConsumer() instanceof ShutdownAware aware ? aware.getPendingExchangesSize() : 0;
        return pending > 0 || context.getInflightRepository().size(route.getId()) > 0;
    }

    /** A queue in memory must be worked off, or what waits in it is lost; a direct endpoint has no queue. */
    private static boolean isQueue(Route route) {
        return !route.getEndpoint().getEndpointUri().startsWith("direct:")
                && route.getConsumer() instanceof ShutdownAware aware
                && aware.deferShutdown(ShutdownRunningTask.CompleteAllTasks);
    }
}
