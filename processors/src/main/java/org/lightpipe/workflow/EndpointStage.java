package org.lightpipe.workflow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.FailedToCreateProducerException;
import org.apache.camel.Message;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.util.URISupport;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.config.ConfigurationReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a stage that is a Camel endpoint: the body is the path of the dataset's file, the header
 * {@code CamelGpuOutput} the directory for results, {@code CamelGpuDigest} the SHA-256 of the file where it is known;
 * the endpoint answers with paths and headline numbers in headers. Thread-safe.
 */
final class EndpointStage {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointStage.class);

    static final String OUTPUT = "CamelGpuOutput";
    static final String DIGEST = "CamelGpuDigest";
    static final String RESULT = "CamelGpuResult";
    static final String PREVIEW = "CamelGpuPreview";
    static final String METRICS = "CamelGpuMetrics";
    static final String BACKEND = "CamelGpuBackend";
    static final String SECONDS = "CamelGpuSeconds";

    /** What Camel does more with than to take it as a value. */
    private static final List<String> MEANINGFUL = List.of("{{", "}}", "RAW(", "RAW{");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/-]+");

    private static final long GRACE_SECONDS = 10;

    private final ProducerTemplate template;
    private final ExecutorService pool;

    /** @param pool threads that wait for endpoints; rejects rather than queues */
    EndpointStage(ProducerTemplate template, ExecutorService pool) {
        this.template = template;
        this.pool = pool;
    }

    /**
     * Calls the endpoint.
     *
     * @throws StageFailedException when the endpoint fails or its time is over
     * @throws PermanentFailureException when the endpoint or its options cannot be used, or it refuses its input
     */
    StageOutcome run(StageCall call, Claim claim)
            throws InterruptedException, StageFailedException, TakenOverException {
        String key = call.stage().key();
        String uri = uri(call);
        CountDownLatch ended = new CountDownLatch(1);
        Future<Exchange> answer;
        try {
            answer = pool.submit(() -> {
                try {
                    return template.request(uri, exchange -> {
                        exchange.getMessage().setBody(call.arguments().get("filePath"));
                        exchange.getMessage().setHeader(OUTPUT, call.directory().toString());
                        exchange.getMessage().setHeader(DIGEST, call.arguments().getOrDefault("fileSha256", ""));
                    });
                } finally {
                    ended.countDown();
                }
            });
        } catch (RejectedExecutionException e) {
            throw new StageFailedException(
                    "stage " + key + ": too many endpoints have not come back after their time was over", e);
        }
        try {
            Duration time = Duration.ofSeconds(call.stage().timeout());
            return outcome(key, await(answer, time, claim));
        } catch (TimeoutException e) {
            throw new StageFailedException("stage " + key + " was ended after its time of "
                    + call.stage().timeout() + " s");
        } catch (ExecutionException e) {
            throw failure(key, e.getCause());
        } finally {
            stop(answer, ended);
        }
    }

    private static Exchange await(Future<Exchange> answer, Duration time, Claim claim)
            throws InterruptedException, ExecutionException, TimeoutException, TakenOverException {
        long deadline = System.nanoTime() + time.toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            try {
                return answer.get(Math.min(left, Claim.BETWEEN_CHECKS.toNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (left <= Claim.BETWEEN_CHECKS.toNanos()) {
                    throw e;
                }
                claim.check();
            }
        }
    }

    /** The endpoint's address: the workflow's text, with encoded values of arguments as options. */
    String uri(StageCall call) {
        Map<String, Object> options = new TreeMap<>();
        call.stage().parameters().forEach((name, text) -> {
            String value = ConfigurationReader.substitute(text, call.arguments());
            check(call, name, text, value);
            if (!value.isEmpty()) {
                options.put(name, raw(call, name, value)); // an empty one is left to the endpoint's default
            }
        });
        // Camel itself encodes what it must when it makes the endpoint
        return options.isEmpty()
                ? call.stage().to()
                : call.stage().to() + "?" + URISupport.createQueryString(options, false);
    }

    /** A value may not name a bean, a class or a property of the hub, nor end its own quoting: it is only data. */
    private static void check(StageCall call, String name, String text, String value) {
        boolean changesMeaning = value.strip().startsWith("#") && !text.strip().startsWith("#");
        for (String token : MEANINGFUL) {
            changesMeaning |= value.contains(token) && !text.contains(token);
        }
        if (changesMeaning || value.chars().anyMatch(Character::isISOControl)) {
            throw new PermanentFailureException("stage " + call.stage().key() + ": '" + name + "' cannot be '" + value
                    + "'; use a value without a leading '#', braces in pairs, RAW( and line breaks");
        }
    }

    /**
     * Camel decodes encoded options more than once, so that an encoded {@code &} would begin another option. What it
     * takes as it is stands in {@code RAW(…)} or <code>RAW{…}</code>, and so must not hold the end of that.
     */
    private static String raw(StageCall call, String name, String value) {
        if (PLAIN.matcher(value).matches()) {
            return value;
        }
        if (!value.contains(")")) {
            return "RAW(" + value + ")";
        }
        if (!value.contains("}") && !value.contains("{")) { // a brace next to RAW's own would begin a {{property}}
            return "RAW{" + value + "}";
        }
        throw new PermanentFailureException("stage " + call.stage().key() + ": '" + name + "' cannot be '" + value
                + "', with both ')' and a brace in it; leave one out");
    }

    /** Gives an endpoint that has not answered a bounded time to notice that it is to stop. */
    private static void stop(Future<Exchange> answer, CountDownLatch ended) {
        answer.cancel(true);
        try {
            if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("an endpoint goes on although its time is over; its thread is lost until it ends");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StageOutcome outcome(String key, Exchange exchange) throws StageFailedException {
        if (exchange.getException() != null) {
            throw failure(key, exchange.getException());
        }
        Message message = exchange.getMessage();
        List<Path> files = new ArrayList<>();
        for (String header : List.of(RESULT, PREVIEW)) {
            // not by Camel's conversion, for which a Path is a list of names
            Object path = message.getHeader(header);
            if (path != null && !path.toString().isBlank()) {
                files.add(Path.of(path.toString()).toAbsolutePath().normalize());
            }
        }
        Map<String, Object> metrics = new LinkedHashMap<>();
        Map<?, ?> given = message.getHeader(METRICS, Map.class);
        if (given != null) {
            given.forEach((name, value) -> metrics.put(String.valueOf(name), value));
        }
        for (Map.Entry<String, String> header :
                Map.of(BACKEND, "backend", SECONDS, "seconds").entrySet()) {
            Object value = message.getHeader(header.getKey());
            if (value != null) {
                metrics.put(header.getValue(), value);
            }
        }
        return new StageOutcome(OptionalInt.empty(), "", metrics, files);
    }

    private static StageFailedException failure(String key, Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (isPermanent(each)) {
                throw new PermanentFailureException("stage " + key, cause);
            }
        }
        return new StageFailedException("stage " + key, cause);
    }

    /**
     * What another attempt would meet again, or what a person has put an end to. Components that refuse an input say so with an exception of that name;
     * theirs is not ours, since they do not know the hub.
     */
    private static boolean isPermanent(Throwable cause) {
        return cause instanceof ResolveEndpointFailedException
                || cause instanceof NoSuchEndpointException
                || cause instanceof FailedToCreateProducerException
                || cause instanceof IllegalArgumentException
                || cause instanceof CancellationException
                || cause.getClass().getSimpleName().equals("InvalidInputException");
    }
}
