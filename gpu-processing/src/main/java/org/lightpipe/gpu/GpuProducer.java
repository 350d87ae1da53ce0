package org.lightpipe.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleConsumer;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;

/** Reduces one input a message: read, compute, write, and tell where the result is. */
final class GpuProducer extends DefaultProducer {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** The second is set by transfer: when it has put the same file elsewhere. */
    private static final List<String> DIGESTS = List.of(GpuConstants.DIGEST, "LightpipeSha256");

    private final GpuEndpoint endpoint;

    GpuProducer(GpuEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            Message message = exchange.getMessage();
            Input input = input(message, exchange.getExchangeId());
            Path output = output(message);
            Reduced reduced = reduce(input, output, progress(message));
            answer(message, reduced);
            endpoint.countDone(reduced.seconds().total());
        } catch (Exception e) {
            endpoint.countFailed();
            throw e;
        }
    }

    private Reduced reduce(Input input, Path output, DoubleConsumer told)
            throws InvalidInputException, IOException, InterruptedException {
        try (RunningJob job = endpoint.jobs().begin(input.name())) {
            try {
                return endpoint.step().reduce(endpoint.reducer(), input, output, endpoint.getBackend(), done -> {
                    job.at(done);
                    told.accept(done);
                });
            } catch (InterruptedException e) {
                if (!job.wasCancelled()) {
                    throw e;
                }
                CancellationException cancelled =
                        new CancellationException(named() + ": " + input.name() + " was cancelled by an operator");
                cancelled.initCause(e);
                throw cancelled;
            }
        }
    }

    private static void answer(Message message, Reduced reduced) {
        message.setHeader(GpuConstants.RESULT, reduced.result().toString());
        message.removeHeader(GpuConstants.PREVIEW);
        reduced.preview().ifPresent(preview -> message.setHeader(GpuConstants.PREVIEW, preview.toString()));
        message.setHeader(GpuConstants.BACKEND, reduced.backend());
        message.setHeader(GpuConstants.DEVICE, reduced.device());
        message.setHeader(GpuConstants.SECONDS, reduced.seconds().total());
        message.setHeader(GpuConstants.METRICS, reduced.summary().metrics());
        // of the input, not of the result
        DIGESTS.forEach(message::removeHeader);
        message.removeHeader(GpuConstants.PROGRESS);
        message.setBody(reduced.result().toString());
    }

    private static DoubleConsumer progress(Message message) {
        return message.getHeader(GpuConstants.PROGRESS) instanceof DoubleConsumer consumer ? consumer : done -> {};
    }

    private Input input(Message message, String exchangeId) throws InvalidInputException {
        Object body = message.getBody();
        Optional<FrameStack> frames = frames(body);
        if (frames.isPresent()) {
            return Input.of(frames.get(), name(message, exchangeId));
        }
        return new Input.File(path(message, body), digest(message));
    }

    private static Optional<FrameStack> frames(Object body) throws InvalidInputException {
        if (body instanceof FrameStack stack) {
            return Optional.of(stack);
        }
        if (body instanceof FrameBlock block) {
            return Optional.of(FrameStack.of(List.of(block)));
        }
        if (body instanceof List<?> list && !list.isEmpty() && list.stream().allMatch(FrameBlock.class::isInstance)) {
            return Optional.of(
                    FrameStack.of(list.stream().map(FrameBlock.class::cast).toList()));
        }
        // an array of arrays of numbers
        return body != null
                        && body.getClass().isArray()
                        && body.getClass().getComponentType().isArray()
                ? Optional.of(FrameStack.of(body))
                : Optional.empty();
    }

    /** The name becomes that of a file, so that nothing in it may lead elsewhere. */
    private static String name(Message message, String exchangeId) {
        String given = message.getHeader(GpuConstants.NAME, exchangeId, String.class);
        String safe = given.replaceAll("[^\\p{L}\\p{N}._-]", "_");
        return safe.isBlank() || safe.startsWith(".") ? "_" + safe : safe;
    }

    private Path path(Message message, Object body) throws InvalidInputException {
        if (body instanceof Path path) {
            return path;
        }
        if (body instanceof String path && !path.isBlank()) {
            return parsed(path, "the body");
        }
        // what the file: component sends converts to a File
        File file = body instanceof String ? null : message.getBody(File.class);
        if (file == null) {
            throw new InvalidInputException(named()
                    + ": the body must be the path of a file (String, Path or File) or a stack of frames, but it is "
                    + (body == null ? "empty" : "a " + body.getClass().getSimpleName() + " without a path"));
        }
        return file.toPath();
    }

    private Path parsed(String path, String what) throws InvalidInputException {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new InvalidInputException(named() + ": " + what + " is no path: " + e.getMessage(), e);
        }
    }

    private Optional<String> digest(Message message) throws InvalidInputException {
        for (String header : DIGESTS) {
            String digest = message.getHeader(header, "", String.class).strip();
            if (digest.isEmpty()) {
                continue;
            }
            if (!SHA256.matcher(digest).matches()) {
                throw new InvalidInputException(named() + ": the header " + header + " is '" + digest
                        + "', but it must be a SHA-256 of 64 hexadecimal digits");
            }
            return Optional.of(digest.toLowerCase(Locale.ROOT));
        }
        return Optional.empty();
    }

    private Path output(Message message) throws InvalidInputException {
        String output = message.getHeader(GpuConstants.OUTPUT, endpoint.getOutput(), String.class);
        if (output.isBlank()) {
            throw new InvalidInputException(named() + ": there is no directory for the results; set the header "
                    + GpuConstants.OUTPUT + " or the option output");
        }
        return parsed(output, "the directory for the results");
    }

    private String named() {
        return "gpu:" + endpoint.getTechnique();
    }
}
