package org.lightpipe.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real nginx with WebDAV on a free port of the loopback, for the user that runs the tests. */
final class WebDavServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(15);
    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so");

    private final Path directory;
    private final int port;
    private final Process process;

    private WebDavServer(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Skips the test, or fails it in CI, where there is no nginx. */
    static WebDavServer start(Path directory) throws IOException, InterruptedException {
        Optional<Path> nginx = Peers.program("nginx");
        Peers.need(
                nginx.isPresent() && Files.isRegularFile(MODULE),
                "nginx is missing: apt-get install nginx-light libnginx-mod-http-dav-ext");
        Files.createDirectories(directory.resolve("far/storage"));
        int port = HubProcess.freePort();
        Path config = directory.resolve("nginx.conf");
        Files.writeString(config, """
                %3$s
                load_module %4$s;
                daemon off;
                worker_processes 2;
                pid %1$s/nginx.pid;
                events { worker_connections 512; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        root %1$s/far;
                        client_max_body_size 0;
                        dav_methods PUT DELETE MKCOL MOVE;
                        dav_ext_methods PROPFIND;
                    }
                }
                """.formatted(directory, port, Peers.isRoot() ? "user root;" : "", MODULE));
        Process process = new ProcessBuilder(
                        nginx.get().toString(),
                        "-e",
                        directory.resolve("error.log").toString(),
                        "-c",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        WebDavServer server = new WebDavServer(directory, port, process);
        Bounded.until("nginx answers", START, server::log, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            }
        });
        return server;
    }

    int port() {
        return port;
    }

    /** Where the paths of its clients begin. */
    Path far() {
        return directory.resolve("far");
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("nginx.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
