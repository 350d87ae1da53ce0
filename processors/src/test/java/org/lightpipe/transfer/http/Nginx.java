package org.lightpipe.transfer.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.lightpipe.transfer.Needs;

/**
 * A real nginx with WebDAV on two free ports of the loopback, one of them with TLS. Below its root, {@code open} takes
 * everything, {@code small} files up to a megabyte, {@code secret} only who knows the password, {@code plain} knows no
 * WebDAV.
 */
final class Nginx implements AutoCloseable {

    static final String CREDENTIALS = "Basic YmVhbTpzZXNhbWUtb3Blbg==";

    private final Path directory;
    private final int port;
    private final int tlsPort;
    private final Process process;

    private Nginx(Path directory, int port, int tlsPort, Process process) {
        this.directory = directory;
        this.port = port;
        this.tlsPort = tlsPort;
        this.process = process;
    }

    static Nginx start(Path directory) throws IOException, InterruptedException {
        Path nginx = Needs.program("nginx", "nginx-light libnginx-mod-http-dav-ext");
        Path module = Needs.file("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so", "libnginx-mod-http-dav-ext");
        for (String place : List.of("open", "small", "secret", "plain")) {
            Files.createDirectories(directory.resolve("far").resolve(place));
        }
        Path openssl = Needs.program("openssl", "openssl");
        run(
                openssl.toString(),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
                directory.resolve("key.pem").toString(),
                "-out",
                directory.resolve("certificate.pem").toString());
        Files.writeString(directory.resolve("users"), "beam:{PLAIN}sesame-open\n");
        int port = freePort();
        int tlsPort = freePort();
        Path config = directory.resolve("nginx.conf");
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        Files.writeString(config, """
                %4$s
                load_module %5$s;
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
                    keepalive_timeout 2s;
                    server {
                        listen 127.0.0.1:%2$d;
                        listen 127.0.0.1:%3$d ssl;
                        ssl_certificate %1$s/certificate.pem;
                        ssl_certificate_key %1$s/key.pem;
                        root %1$s/far;
                        client_max_body_size 0;
                        dav_methods PUT DELETE MKCOL MOVE;
                        dav_ext_methods PROPFIND;
                        location /small { client_max_body_size 1m; }
                        location /secret { auth_basic "beamline"; auth_basic_user_file %1$s/users; }
                        location /plain { dav_methods off; }
                    }
                }
                """.formatted(directory, port, tlsPort, user, module));
        Process process = new ProcessBuilder(
                        nginx.toString(), "-e", directory.resolve("error.log").toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        Nginx server = new Nginx(directory, port, tlsPort, process);
        Awaitility.await("nginx answers").atMost(Duration.ofSeconds(15)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(directory.resolve("nginx.log")));
            }
            return answers(port) && answers(tlsPort);
        });
        return server;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    int port() {
        return port;
    }

    String uri(String place) {
        return "http://127.0.0.1:" + port + "/" + place;
    }

    String tlsUri(String place) {
        return "https://localhost:" + tlsPort + "/" + place;
    }

    /** The certificate of its TLS port. */
    Path certificate() {
        return directory.resolve("certificate.pem");
    }

    /** Where the files of a place are. */
    Path far(String place) {
        return directory.resolve("far").resolve(place);
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
