package org.lightpipe.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.Sha256;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Lets callers in. A token is 256 random bits, shown once; the database holds its SHA-256 only, so looking it up by that
 * tells nothing about a token to who measures time, and a stolen database opens nothing. Thread-safe.
 */
public final class Access {

    static final String SET_COOKIE = "Set-Cookie";

    private static final String COOKIE = "lightpipe-token";
    private static final Duration COOKIE_AGE = Duration.ofDays(7);
    private static final int MAX_LOGIN_CHARACTERS = 4096;
    private static final String LOG_IN =
            "Log in, or send a token in the header 'Authorization: Bearer …'; an operator makes one with './lightpipe token'.";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern BEARER = Pattern.compile("^(?i:Bearer) +(" + TOKEN + ") *$");
    private static final Pattern IN_COOKIE = Pattern.compile("(?:^|; ?)" + COOKIE + "=(" + TOKEN + ")(?:;|$)");
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}");

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ObjectMapper json = new ObjectMapper();
    private final FailedLogins failedLogins;

    public Access(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.failedLogins = new FailedLogins(clock);
    }

    /**
     * Makes a token.
     *
     * @param username whose it is
     * @param operator true when it opens everything
     * @param expiry how long it is good for
     * @return the token, which nobody can read again
     * @throws InvalidInputException when the name cannot be used or the token would never be good
     */
    public String create(String username, boolean operator, Duration expiry) {
        if (!USERNAME.matcher(username).matches()) {
            throw InvalidInputException.of(
                    "token",
                    "username",
                    "'" + username + "' cannot be used as a name of a user",
                    "use letters, digits and . _ @ + -, starting with a letter or digit, at most 100 characters");
        }
        if (expiry.isNegative() || expiry.isZero()) {
            throw InvalidInputException.of("token", "expiry", "is not in the future", "write it as 12h or 90d");
        }
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        jdbc.update(
                "insert into token (hash, username, operator, expires_at) values (?, ?, ?, ?)",
                hash(token),
                username,
                operator,
                Timestamp.from(clock.instant().plus(expiry)));
        audit(username, operator ? "operator token made" : "token made");
        return token;
    }

    /** Ends a token: nobody gets in with it from now on. */
    public void revoke(String token) {
        jdbc.update("delete from token where hash = ?", hash(token));
    }

    /** First step of a route for everyone who is known. */
    public void reader(Exchange exchange) {
        authenticate(exchange);
    }

    /** First step of a route for those who run the hub. */
    public void operator(Exchange exchange) {
        if (!authenticate(exchange).operator()) {
            throw AccessDeniedException.notAllowed("Only operators may do this.");
        }
    }

    /**
     * Finds out who sent a request and keeps it as the exchange property {@code user}.
     *
     * @throws AccessDeniedException when the request has no token, or one that is not good
     */
    public Caller authenticate(Exchange exchange) {
        Message request = exchange.getMessage();
        // never the sender's own; see Answer
        request.removeHeader(SET_COOKIE);
        String authorization = request.getHeader("Authorization", "", String.class);
        Caller caller;
        if (authorization.isEmpty()) {
            caller = byCookie(request);
        } else {
            caller = match(BEARER, authorization)
                    .flatMap(this::find)
                    .map(Found::caller)
                    .orElseThrow(() -> AccessDeniedException.unknownCaller(
                            "The token is not known or has expired. Ask an operator for a new one."));
        }
        exchange.setProperty(Caller.PROPERTY, caller);
        return caller;
    }

    /** Answers {@code POST /login} with a cookie that only the browser can read; the body becomes the caller. */
    public void login(Exchange exchange) {
        Message request = exchange.getMessage();
        refuseOtherSites(request);
        String address = address(request);
        failedLogins.check(address);
        String token = tokenSent(request);
        Optional<Found> found = TOKEN.matcher(token).matches() ? find(token) : Optional.empty();
        if (found.isEmpty()) {
            failedLogins.failed(address);
            throw AccessDeniedException.unknownCaller("The token is not known or has expired.");
        }
        Duration age = found.get()
                .expires
                .map(end -> Duration.between(clock.instant(), end))
                .filter(left -> left.compareTo(COOKIE_AGE) < 0)
                .orElse(COOKIE_AGE);
        request.setHeader(SET_COOKIE, cookie(token, age, request));
        request.setBody(found.get().caller);
        audit(found.get().caller.username(), "logged in");
    }

    /** Answers {@code POST /logout}: the browser forgets the token, which stays good elsewhere. */
    public void logout(Exchange exchange) {
        Message request = exchange.getMessage();
        refuseOtherSites(request);
        request.setHeader(SET_COOKIE, cookie("", Duration.ZERO, request));
        request.setBody(Map.of());
    }

    /** The body becomes the caller. */
    public void me(Exchange exchange) {
        exchange.getMessage().setBody(exchange.getProperty(Caller.PROPERTY, Caller.class));
    }

    private Caller byCookie(Message request) {
        Caller caller = match(IN_COOKIE, request.getHeader("Cookie", "", String.class))
                .flatMap(this::find)
                .map(Found::caller)
                .orElseThrow(() -> AccessDeniedException.unknownCaller(LOG_IN));
        if (!List.of("GET", "HEAD").contains(request.getHeader(Exchange.HTTP_METHOD, "", String.class))) {
            refuseOtherSites(request);
        }
        return caller;
    }

    /**
     * A browser sends a strict cookie along from every port and neighbour of the hub's host, so a page of another server
     * there could act in the user's name. Browsers say where a request comes from.
     */
    private static void refuseOtherSites(Message request) {
        String site = request.getHeader("Sec-Fetch-Site", "", String.class);
        String origin = request.getHeader("Origin", "", String.class);
        boolean own = site.isEmpty()
                ? origin.isEmpty() || isAuthorityOf(origin, request.getHeader(Exchange.HTTP_URL, "", String.class))
                : List.of("same-origin", "none").contains(site);
        if (!own) {
            throw AccessDeniedException.notAllowed("This request was sent by a page of another site.");
        }
    }

    private static boolean isAuthorityOf(String origin, String url) {
        return authority(origin)
                .filter(own -> authority(url).filter(own::equalsIgnoreCase).isPresent())
                .isPresent();
    }

    private static Optional<String> authority(String url) {
        try {
            return Optional.ofNullable(URI.create(url).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Found> find(String token) {
        String hash = hash(token);
        return jdbc
                .query(
                        "select username, operator, expires_at from token where hash = ?"
                                + " and (expires_at is null or expires_at > ?)",
                        (row, index) -> new Found(
                                new Caller(row.getString(1), row.getBoolean(2)),
                                Optional.ofNullable(row.getTimestamp(3)).map(Timestamp::toInstant)),
                        hash,
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    private String tokenSent(Message request) {
        String body = Optional.ofNullable(request.getBody(String.class)).orElse("");
        try {
            JsonNode token = body.length() > MAX_LOGIN_CHARACTERS
                    ? null
                    : Optional.ofNullable(json.readTree(body))
                            .orElse(json.missingNode())
                            .get("token");
            if (token != null && token.isTextual()) {
                return token.textValue().strip();
            }
        } catch (JsonProcessingException e) {
            // answered below: what came is not what is asked for, whatever it is
        }
        throw InvalidInputException.of("request", "token", "is missing", "send {\"token\": \"…\"} as JSON");
    }

    private static String cookie(String value, Duration age, Message request) {
        String url = request.getHeader(Exchange.HTTP_URL, "", String.class);
        String proxied = request.getHeader("X-Forwarded-Proto", "", String.class);
        // a proxy that ends TLS says so; who lies about it only makes his own cookie stricter
        boolean https = url.startsWith("https:") || proxied.equalsIgnoreCase("https");
        return COOKIE + "=" + value + "; Path=/; Max-Age=" + age.toSeconds() + "; HttpOnly; SameSite=Strict"
                + (https ? "; Secure" : "");
    }

    private static String address(Message request) {
        Object address = request.getHeader("CamelVertxPlatformHttpRemoteAddress");
        String text = String.valueOf(address);
        // without the port, which is another one for each connection
        return text.substring(0, Math.max(text.lastIndexOf(':'), 0));
    }

    private static Optional<String> match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private void audit(String who, String what) {
        jdbc.update("insert into audit_event (who, what) values (?, ?)", who, what);
    }

    private static String hash(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.US_ASCII));
    }

    private record Found(Caller caller, Optional<Instant> expires) {}
}
