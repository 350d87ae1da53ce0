package org.lightpipe.transfer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.DefaultAsyncProducer;
import org.lightpipe.storage.TemporaryName;

/**
 * Takes a list of {@link Item}s and leaves a list of {@link Outcome}s; or takes one file, as Camel's file components
 * give it, or its path, puts it there under its {@code CamelFileName}, and fails when that failed.
 */
final class TransferProducer extends DefaultAsyncProducer {

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final TransferEndpoint endpoint;

    TransferProducer(TransferEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Gate gate = endpoint.gate();
            Object body = exchange.getIn().getBody();
            boolean alone = !(body instanceof List<?>);
            List<Item> items = alone ? List.of(item(exchange, body)) : items((List<?>) body);
            String lane = exchange.getIn().getHeader(TransferEndpoint.LANE, exchange.getFromRouteId(), String.class);
            int priority = exchange.getIn().getHeader(TransferEndpoint.PRIORITY, 0, Integer.class);
            gate.copy(lane == null ? "" : lane, priority, items).whenComplete((outcomes, failure) -> {
                try {
                    if (failure != null) {
                        throw failure instanceof Exception e ? e : new IOException(failure);
                    }
                    ended(exchange, gate, outcomes, alone);
                } catch (Exception e) {
                    exchange.setException(e);
                } finally {
                    callback.done(false);
                }
            });
            return false;
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private void ended(Exchange exchange, Gate gate, List<Outcome> outcomes, boolean alone) throws Exception {
        List<Outcome> told = endpoint.isPublish() ? published(gate.destination(), outcomes) : outcomes;
        if (!alone) {
            exchange.getIn().setBody(told);
            return;
        }
        Outcome outcome = told.get(0);
        if (outcome instanceof Outcome.Proved proved) {
            exchange.getIn().setHeader(TransferEndpoint.SHA256, proved.sha256());
            exchange.getIn()
                    .setHeader(Exchange.FILE_NAME_PRODUCED, proved.item().target());
        } else if (outcome instanceof Outcome.Failed failed) {
            throw failed.cause();
        } else {
            throw new IOException(outcome.item().source() + " changed while it was copied, or was not begun");
        }
    }

    private static List<Outcome> published(Destination destination, List<Outcome> outcomes) throws IOException {
        List<Outcome.Proved> proved = outcomes.stream()
                .filter(Outcome.Proved.class::isInstance)
                .map(Outcome.Proved.class::cast)
                .toList();
        List<Outcome.Failed> unnamed = destination.publish(proved);
        List<Outcome> told = new ArrayList<>(outcomes);
        for (Outcome.Failed failed : unnamed) {
            told.removeIf(outcome -> outcome.item().equals(failed.item()));
            told.add(failed);
        }
        return told;
    }

    private static List<Item> items(List<?> body) {
        return body.stream().map(Item.class::cast).toList();
    }

    private static Item item(Exchange exchange, Object body) throws IOException {
        Path source;
        if (body instanceof GenericFile<?> file && file.getFile() instanceof File local) {
            source = local.toPath();
        } else if (body instanceof File file) {
            source = file.toPath();
        } else if (body instanceof Path path) {
            source = path;
        } else if (body instanceof String path && !path.isBlank()) {
            // never the content: messages carry references
            source = Path.of(path);
        } else {
            throw new IllegalArgumentException("transfer: takes a file, or a list of items, and not "
                    + (body == null ? "nothing" : body.getClass().getName()));
        }
        SourceStat stat = SourceStat.of(source);
        String target = exchange.getIn()
                .getHeader(Exchange.FILE_NAME, source.getFileName().toString(), String.class);
        long number = NUMBERS.incrementAndGet();
        String temporary = TemporaryName.of(ProcessHandle.current().pid() + "-" + number);
        return new Item(number, source.toAbsolutePath(), target, temporary, stat.size(), stat.mtimeNs());
    }
}
