package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "upload",
        mixinStandardHelpOptions = true,
        description = "Takes what is in a directory, once.",
        footer = {
            "With --follow the status is 0 only when every file of it is stored, proved and catalogued;",
            "else what is held is listed. Without, the status is 0 when the hub has begun."
        })
final class UploadCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Mixin
    private MonitorWords words;

    @Parameters(paramLabel = "DIR", description = "The directory.")
    private Path directory;

    @Option(names = "--follow", description = "Shows it live until every file of it is catalogued or held.")
    private boolean follow;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        HubClient hub = HubClient.of(where.state());
        long id = hub.post("/api/v1/uploads", words.request(directory).toString())
                .path("id")
                .asLong();
        out.println("upload " + id + " runs");
        out.flush();
        return follow ? ended(new DaqFollow(hub, id, out).follow(), id) : 0;
    }

    private int ended(JsonNode upload, long id) {
        PrintWriter err = spec.commandLine().getErr();
        long held = upload.path("held").asLong();
        long changed = upload.path("changed").asLong();
        boolean through = "DONE".equals(upload.path("state").asText());
        if (!through) {
            err.println("upload " + id + " did not take everything: it was "
                    + upload.path("stopped_reason").asText());
        }
        if (changed > 0) {
            err.println(
                    changed + " files were still written to while they were copied; once they are finished, upload the"
                            + " directory again");
        }
        if (held > 0) {
            err.println(held + " files are held:");
            DaqFollow.held(upload, err);
        }
        err.flush();
        if (through && held == 0 && changed == 0) {
            spec.commandLine()
                    .getOut()
                    .println("all " + upload.path("found").asLong() + " new files, "
                            + Shown.bytes(upload.path("bytes").asLong()) + ", are stored, proved and catalogued");
            return 0;
        }
        return 1;
    }
}
