package org.lightpipe.storage.webdav;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.lightpipe.config.Storage;
import org.lightpipe.core.KnownDirectories;
import org.lightpipe.core.RawName;

/**
 * One storage behind HTTP. Paths are relative to its root, with '/' between their parts; none leads out of it. Every
 * request ends: when for the storage's {@code timeout} nothing moves, with {@link HttpFailure}; at once, with
 * {@link InterruptedIOException}, when the thread is interrupted. Thread-safe.
 */
public final class WebDav implements AutoCloseable {

    /** Blocks in which a file is sent: large enough that their number costs nothing. */
    private static final int BLOCK = 256 * 1024;

    private static final int CREATED = 201;
    private static final int MULTI_STATUS = 207;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int CONFLICT = 409;
    private static final int MOST_HOPS = 3;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** A server may take a file aside and put it into place at the end: it is given a second for so many bytes. */
    private static final long BYTES_A_SECOND = 50_000_000;

    /** Enough for the callbacks of the client, which never wait. */
    private static final int THREADS = 2;

    private final WebDavSettings settings;
    private final Authorization authorization;
    private final ExecutorService threads;
    private final HttpClient client;
    private final KnownDirectories known = new KnownDirectories();
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    /** Where the bytes of a file come from: asked again when a request has to be made again. */
    public interface Body {

        /** Opens it at its first byte. */
        InputStream open() throws IOException;
    }

    /**
     * @throws IllegalArgumentException when the URI of the storage holds more than a host and a path, or the
     *     certificates to trust cannot be read
     */
    public WebDav(Storage storage) {
        this(storage, System.getenv());
    }

    WebDav(Storage storage, Map<String, String> environment) {
        this.settings = WebDavSettings.of(storage);
        this.authorization = new Authorization(settings.authorizationEnv(), settings.authorizationFile(), environment);
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "http-" + storage.name() + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        HttpClient.Builder builder = HttpClient.newBuilder()
                // One file after the other on a connection: of HTTP/2 there is nothing to gain but its flow control.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT.compareTo(settings.timeout()) < 0 ? CONNECT : settings.timeout())
                .executor(threads);
        if (settings.trustStore().isPresent()) {
            builder.sslContext(Trust.of(settings.trustStore().get(), settings.trustStorePasswordEnv(), environment));
        }
        this.client = builder.build();
    }

    /**
     * Writes a file in place of any other of that name.
     *
     * @param length its size in bytes; -1 when not known
     * @param modified time of its last change in seconds since 1970, for servers that take it over
     * @throws EOFException when the body has fewer bytes than that; the server is left with nothing, or with a part
     */
    public void put(String path, long length, OptionalLong modified, Body body) throws IOException {
        URI uri = file(path);
        boolean again = true;
        for (int hop = 0; hop <= MOST_HOPS; hop++) {
            HttpResponse<Void> response;
            try {
                response = putOnce(path, uri, length, modified, body, again);
            } catch (StaleConnectionException e) {
                again = false;
                continue;
            }
            if (isSuccess(response.statusCode())) {
                return;
            }
            Optional<URI> next = redirection(path, uri, response);
            if (next.isEmpty()) {
                throw HttpFailure.refused("PUT", where(path), response.statusCode());
            }
            uri = next.get();
        }
        throw HttpFailure.wrong(where(path), "the server sends the hub from one place to the next");
    }

    private HttpResponse<Void> putOnce(
            String path, URI uri, long length, OptionalLong modified, Body body, boolean mayBeStale)
            throws IOException {
        Upload upload = new Upload(length);
        BodyPublisher publisher = length == 0 ? BodyPublishers.noBody() : upload;
        HttpRequest.Builder request = request(uri).method("PUT", publisher);
        modified.ifPresent(seconds -> request.setHeader("X-OC-Mtime", Long.toString(seconds)));
        long pushed = 0;
        try (InputStream bytes = body.open()) {
            CompletableFuture<HttpResponse<Void>> answer = send(request.build(), BodyHandlers.discarding());
            try {
                boolean wanted = length != 0;
                while (wanted && (length < 0 || pushed < length)) {
                    byte[] block = new byte[(int) (length < 0 ? BLOCK : Math.min(BLOCK, length - pushed))];
                    int count = bytes.readNBytes(block, 0, block.length);
                    if (count < block.length && length >= 0) {
                        throw new EOFException("ended after " + (pushed + count) + " of " + length + " bytes");
                    }
                    wanted = count > 0
                            && upload.push(ByteBuffer.wrap(block, 0, count), settings.timeout(), answer::isDone);
                    pushed += count;
                    if (count < block.length) {
                        break;
                    }
                }
                if (length != 0 && !answer.isDone()) {
                    upload.complete(settings.timeout());
                }
            } catch (Upload.StalledException e) {
                upload.fail(e);
                answer.cancel(true);
                throw HttpFailure.broken("PUT", where(path), e.getMessage(), e);
            } catch (InterruptedException e) {
                upload.fail(e);
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            } catch (IOException | RuntimeException e) {
                upload.fail(e);
                answer.cancel(true);
                throw e;
            }
            return answer(answer, "PUT", path, settings.timeout().plusSeconds(Math.max(0, length) / BYTES_A_SECOND));
        } catch (HttpFailure e) {
            if (mayBeStale && e.status() == 0 && pushed <= BLOCK && !(e.getCause() instanceof ConnectException)) {
                throw new StaleConnectionException(e);
            }
            throw e;
        }
    }

    /**
     * Opens a file.
     *
     * @throws NoSuchFileException when there is no such file
     */
    public InputStream get(String path) throws IOException {
        HttpResponse<InputStream> response = ask(
                "GET",
                path,
                // a cache in between could answer with what was sent, and not with what is stored
                request -> request.setHeader("Cache-Control", "no-cache"),
                info -> new Download(where(path), settings.timeout()));
        if (response.statusCode() == 200) {
            return response.body();
        }
        response.body().close();
        if (response.statusCode() == NOT_FOUND) {
            throw new NoSuchFileException(where(path));
        }
        throw HttpFailure.refused("GET", where(path), response.statusCode());
    }

    /** Digests that the server itself tells of a file, in hexadecimal, by names such as {@code sha-256}. */
    public Map<String, String> digests(String path) throws IOException {
        HttpResponse<Void> response = ask(
                "HEAD",
                path,
                request -> request.setHeader("Want-Repr-Digest", "sha-256=10, md5=1")
                        .setHeader("Want-Digest", "sha-256, md5;q=0.1"),
                BodyHandlers.discarding());
        if (!isSuccess(response.statusCode())) {
            throw HttpFailure.refused("HEAD", where(path), response.statusCode());
        }
        return FarDigests.of(response.headers());
    }

    /** True for a file or directory of that name. */
    public boolean exists(String path) throws IOException {
        int status =
                ask("HEAD", path, request -> request, BodyHandlers.discarding()).statusCode();
        if (isSuccess(status) || status == NOT_FOUND) {
            return status != NOT_FOUND;
        }
        // Of a directory some tell nothing but this.
        status = ask("PROPFIND", path + "/", request -> request.setHeader("Depth", "0"), BodyHandlers.discarding())
                .statusCode();
        if (status == MULTI_STATUS || status == NOT_FOUND) {
            return status == MULTI_STATUS;
        }
        throw HttpFailure.refused("PROPFIND", where(path), status);
    }

    /**
     * Creates a directory and those above it, below the root; fine when it is there already.
     *
     * @return true when it was not there
     */
    public boolean createDirectories(String path) throws IOException {
        if (known.contains(path)) {
            return false;
        }
        int status = makeDirectory(path);
        if (status == CONFLICT || status == NOT_FOUND) {
            String above = DavPath.parent(path);
            if (above.isEmpty()) {
                throw HttpFailure.wrong(where(path), "cannot be made: the root of the storage is not there");
            }
            // it may have been there when it was last looked at
            known.forget(above);
            createDirectories(above);
            status = makeDirectory(path);
        }
        if (status != CREATED && status != NOT_ALLOWED) {
            throw HttpFailure.refused("MKCOL", where(path), status);
        }
        known.add(path);
        return status == CREATED;
    }

    private int makeDirectory(String path) throws IOException {
        return ask("MKCOL", path + "/", request -> request, BodyHandlers.discarding())
                .statusCode();
    }

    /**
     * Creates a directory that was there when it was last looked at, if it is not there any more.
     *
     * @return true when it was not there
     */
    public boolean createDirectoriesAgain(String path) throws IOException {
        known.forget(path);
        return createDirectories(path);
    }

    /**
     * Renames in one step; a file of the new name is replaced.
     *
     * @throws NoSuchFileException when there is no such file
     */
    public void move(String from, String to) throws IOException {
        int status;
        try {
            status = moveOnce(from, to);
        } catch (HttpFailure e) {
            if (e.status() != 0 || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // The answer was lost, or the connection was an old one: what is there now says whether it was done.
            if (!exists(from) && exists(to)) {
                return;
            }
            status = moveOnce(from, to);
        }
        if (status == NOT_FOUND && !exists(from)) {
            throw new NoSuchFileException(where(from));
        }
        if (!isSuccess(status) || status == MULTI_STATUS) {
            throw HttpFailure.refused("MOVE", where(to), status);
        }
    }

    private int moveOnce(String from, String to) throws IOException {
        return answer(
                        send(
                                request(file(from))
                                        .setHeader("Destination", file(to).toString())
                                        .setHeader("Overwrite", "T")
                                        .method("MOVE", BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.discarding()),
                        "MOVE",
                        from,
                        settings.timeout())
                .statusCode();
    }

    /** Removes a file; fine when it is not there. */
    public void delete(String path) throws IOException {
        file(path);
        int status = ask("DELETE", path, request -> request, BodyHandlers.discarding())
                .statusCode();
        if (!isSuccess(status) && status != NOT_FOUND) {
            throw HttpFailure.refused("DELETE", where(path), status);
        }
    }

    /** Bytes that can still be written, where the server says. */
    public OptionalLong free() throws IOException {
        HttpResponse<InputStream> response = ask(
                "PROPFIND",
                "",
                request -> request.setHeader("Depth", "0")
                        .setHeader("Content-Type", "application/xml")
                        .method("PROPFIND", BodyPublishers.ofString(Quota.QUESTION)),
                info -> new Download(where(""), settings.timeout()));
        try (InputStream answer = response.body()) {
            return response.statusCode() == MULTI_STATUS ? Quota.available(answer) : OptionalLong.empty();
        }
    }

    /** A path as it is shown to people. */
    public String where(String path) {
        return settings.root() + RawName.shown(path);
    }

    /** Ends what is on its way. */
    @Override
    public void close() {
        open.forEach(answer -> answer.cancel(true));
        // The client has no end of its own before Java 21: its last thread ends once nobody refers to it.
        threads.shutdownNow();
    }

    /** Not the root: it is never written, renamed or removed. */
    private URI file(String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("the root of a storage is not a file");
        }
        return uri(path);
    }

    private URI uri(String path) {
        boolean directory = path.endsWith("/");
        String encoded = DavPath.encoded(directory ? path.substring(0, path.length() - 1) : path);
        return URI.create(settings.root() + encoded + (directory && !encoded.isEmpty() ? "/" : ""));
    }

    private HttpRequest.Builder request(URI uri) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).setHeader("User-Agent", "Lightpipe");
        if (isHome(uri)) {
            authorization.value().ifPresent(value -> request.setHeader("Authorization", value));
        }
        return request;
    }

    /** A request without a body of size, which can be made again: once, when the connection was no longer good. */
    private <T> HttpResponse<T> ask(
            String method, String path, UnaryOperator<HttpRequest.Builder> more, BodyHandler<T> handler)
            throws IOException {
        URI uri = uri(path);
        boolean again = true;
        for (int hop = 0; hop <= MOST_HOPS; hop++) {
            HttpRequest request = more.apply(request(uri).method(method, BodyPublishers.noBody()))
                    .build();
            HttpResponse<T> response;
            try {
                response = answer(send(request, handler), method, path, settings.timeout());
            } catch (HttpFailure e) {
                if (!again || e.getCause() instanceof ConnectException || e.getCause() instanceof TimeoutException) {
                    throw e;
                }
                again = false;
                continue;
            }
            Optional<URI> next =
                    method.equals("GET") || method.equals("HEAD") ? redirection(path, uri, response) : Optional.empty();
            if (next.isEmpty()) {
                return response;
            }
            if (response.body() instanceof Closeable body) {
                body.close();
            }
            uri = next.get();
        }
        throw HttpFailure.wrong(where(path), "the server sends the hub from one place to the next");
    }

    /** Where the server sends the hub on to, if it does. Another host is only gone to when the storage allows it. */
    private Optional<URI> redirection(String path, URI from, HttpResponse<?> response) throws HttpFailure {
        int status = response.statusCode();
        Optional<String> location = response.headers().firstValue("Location");
        if (location.isEmpty() || !(status == 301 || status == 302 || status == 307 || status == 308)) {
            return Optional.empty();
        }
        URI to;
        try {
            to = from.resolve(location.get());
        } catch (IllegalArgumentException e) {
            throw HttpFailure.wrong(where(path), "the server sends the hub on to what is no address");
        }
        boolean directory = to.getRawPath() != null && to.getRawPath().equals(from.getRawPath() + "/");
        if (directory && isHome(to)) {
            return Optional.empty();
        }
        if (!isHome(to)
                && (!settings.redirects()
                        || !to.getScheme().equals(settings.root().getScheme()))) {
            throw HttpFailure.wrong(
                    where(path),
                    "the server sends the hub on to " + to.getScheme() + "://" + to.getAuthority()
                            + "; if that is right, set 'redirects: any' in the settings of the storage");
        }
        return Optional.of(to);
    }

    private boolean isHome(URI uri) {
        URI root = settings.root();
        return root.getScheme().equalsIgnoreCase(uri.getScheme())
                && root.getHost().equalsIgnoreCase(uri.getHost())
                && root.getPort() == uri.getPort();
    }

    private <T> CompletableFuture<HttpResponse<T>> send(HttpRequest request, BodyHandler<T> handler) {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
        open.add(answer);
        answer.whenComplete((response, failure) -> open.remove(answer));
        return answer;
    }

    private <T> HttpResponse<T> answer(
            CompletableFuture<HttpResponse<T>> answer, String method, String path, Duration timeout)
            throws IOException {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw HttpFailure.broken(method, where(path), "no answer for " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (ExecutionException e) {
            throw HttpFailure.broken(method, where(path), words(e.getCause()), e.getCause());
        } catch (java.util.concurrent.CancellationException e) {
            throw new InterruptedIOException("the storage was closed");
        }
    }

    private static String words(Throwable cause) {
        if (cause instanceof SSLException) {
            return "no trusted connection: " + cause.getMessage() + " (trustStore of the storage names whom to trust)";
        }
        for (Throwable one = cause; one != null; one = one.getCause()) {
            if (one instanceof UnresolvedAddressException) {
                return "the host is not known";
            }
        }
        if (cause instanceof ConnectException) {
            return cause.getMessage() == null ? "connection refused" : cause.getMessage();
        }
        return "the connection broke: " + cause.getMessage();
    }

    private static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    /** The request ended before much of it was sent, as happens on a connection that the server had closed. */
    private static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1L;

        StaleConnectionException(Throwable cause) {
            super(cause);
        }
    }
}
