package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.lightpipe.config.Storage;

/** A process that copies one file and publishes it, or ends in the middle as if it had been killed. */
final class CopyProcess {

    static final int KILLED = 137;

    private CopyProcess() {}

    record Result(int status, String output) {}

    /** @param limit dies when it is about to write more bytes than these */
    static Result run(Path root, Item item, long limit, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                CopyProcess.class.getName(),
                root.toString(),
                item.source().toString(),
                item.target(),
                item.temporary(),
                Long.toString(item.size()),
                Long.toString(item.mtimeNs()),
                Long.toString(limit)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("it did not end");
        }
        return new Result(process.exitValue(), output);
    }

    public static void main(String[] words) throws IOException {
        Item item =
                new Item(1, Path.of(words[1]), words[2], words[3], Long.parseLong(words[4]), Long.parseLong(words[5]));
        long limit = Long.parseLong(words[6]);
        long[] moved = {0};
        Meter meter = bytes -> {
            moved[0] += bytes;
            if (moved[0] > limit) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        Storage storage = new Storage("disk", "file:/unused", Optional.empty(), 02770, 0640);
        try (LocalDestination destination = new LocalDestination(storage, Path.of(words[0]))) {
            Outcome.Proved proved = (Outcome.Proved) destination
                    .copy(List.of(item), meter)
                    .toCompletableFuture()
                    .join()
                    .get(0);
            destination.publish(List.of(proved));
            System.out.println(proved.provedBy());
        }
    }
}
