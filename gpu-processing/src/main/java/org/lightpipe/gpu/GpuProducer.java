package org.lightpipe.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/** Reduces one file a message: read, compute, write, and tell where the result is. */
final class GpuProducer extends DefaultProducer {

    private final GpuEndpoint endpoint;

    GpuProducer(GpuEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            reduce(exchange.getMessage());
        } catch (Exception e) {
            endpoint.countFailed();
            throw e;
        }
    }

    private void reduce(Message message) throws InvalidInputException, IOException, InterruptedException {
        long start = System.nanoTime();
        Path input = input(message);
        Path output = output(message);
        Technique technique = endpoint.component().technique(endpoint.getTechnique());
        Backend backend = endpoint.component().backend();

        FileState before = FileState.of(input);
        TechniqueResult result = technique.run(input, endpoint.options(), backend);
        if (!before.equals(FileState.of(input))) {
            throw new IOException(input + " changed while it was read; try again when it is complete");
        }
        Provenance provenance = new Provenance(
                technique.name(), backend.name(), input.getFileName().toString(), before.size(), Instant.now());
        ResultWriter.Written written = endpoint.component().results().write(result, provenance, output);

        double seconds = (System.nanoTime() - start) / 1e9;
        message.setHeader(GpuConstants.RESULT, written.result().toString());
        message.setHeader(GpuConstants.PREVIEW, written.preview().toString());
        message.setHeader(GpuConstants.BACKEND, backend.name());
        message.setHeader(GpuConstants.SECONDS, seconds);
        message.setHeader(GpuConstants.METRICS, result.metrics());
        message.setBody(written.result().toString());
        endpoint.countDone(seconds);
    }

    private Path input(Message message) throws InvalidInputException {
        Object body = message.getBody();
        if (body instanceof Path path) {
            return path;
        }
        if (body instanceof String path && !path.isBlank()) {
            return Path.of(path);
        }
        // what the file: component sends converts to a File
        File file = body instanceof String ? null : message.getBody(File.class);
        if (file == null) {
            throw new InvalidInputException("gpu:" + endpoint.getTechnique()
                    + ": the body must be the path of an HDF5 file (String, Path or File), but it is "
                    + (body == null ? "empty" : "a " + body.getClass().getSimpleName() + " without a path"));
        }
        return file.toPath();
    }

    private Path output(Message message) throws InvalidInputException {
        String output = message.getHeader(GpuConstants.OUTPUT, endpoint.getOutput(), String.class);
        if (output.isBlank()) {
            throw new InvalidInputException("gpu:" + endpoint.getTechnique()
                    + ": there is no directory for the results; set the header " + GpuConstants.OUTPUT
                    + " or the option output");
        }
        return Path.of(output);
    }

    /** What shows that a file was written to. */
    private record FileState(long size, FileTime modified) {

        static FileState of(Path file) throws InvalidInputException, IOException {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInputException(file + ": there is no such file");
            }
            return new FileState(Files.size(file), Files.getLastModifiedTime(file));
        }
    }
}
