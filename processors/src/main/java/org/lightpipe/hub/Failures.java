package org.lightpipe.hub;

import java.util.List;
import org.apache.camel.Exchange;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;

/** What a route does with an item that failed: it waits for its next attempt, or is held for a person. */
public final class Failures {

    private final Work work;

    Failures(Work work) {
        this.work = work;
    }

    /** Ends the attempt at the item, or items, that the exchange properties {@code step} and {@code id} name. */
    public void hold(Exchange exchange) {
        Step step = Step.of(exchange.getProperty("step", String.class));
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Object items = exchange.getProperty("id");
        List<?> ids = items instanceof List<?> several ? several : List.of(items);
        for (Object id : ids) {
            work.failed(step, exchange.getContext().getTypeConverter().convertTo(Long.class, id), cause);
        }
    }
}
