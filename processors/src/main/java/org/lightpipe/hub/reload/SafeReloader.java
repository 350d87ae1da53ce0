package org.lightpipe.hub.reload;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;
import org.lightpipe.hub.check.RouteChecker;
import org.lightpipe.hub.check.RouteTexts;
import org.lightpipe.hub.reload.ReloadReport.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the {@code routes} and {@code config} directories and puts edits in force while the hub runs.
 *
 * <p>An edit is looked at when the files have been quiet for one interval. Everything is checked as a
 * whole, then built aside in a {@link ShadowContext}; only then are the routes that changed (see
 * {@link ReloadPlan} for which those are) drained, removed and replaced. Whatever is wrong, what ran
 * before still runs: a finding changes nothing, and routes that do not start give way to those before
 * them. Camel's own reload stops the old routes before it knows whether the new ones are any good.
 *
 * <p>Routes of {@code rest:} items can only be replaced when {@code camel.rest.inlineRoutes} is false;
 * otherwise Camel melts them with routes of other files, and the edit is refused with that mend.
 * Changes of {@code application.properties} need a restart and are refused with those words.
 *
 * <p>Thread-safe. One thread, {@code lightpipe-reload}; {@link #checkNow()} may be called from any.
 */
public final class SafeReloader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SafeReloader.class);

    /** A busy route or one that could not be brought back is tried again after this long. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final ModelCamelContext live;
    private final Settings settings;
    private final RouteChecker checker;
    private final Function<Findings, Configuration> reader;
    private final LiveConfiguration configuration;
    private final ReloadAudit audit;
    private final RouteSwap swap;
    private final ShadowContext shadow;

    private final ReentrantLock deciding = new ReentrantLock();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private final ObjectName name;

    private RouteTexts loaded;
    private Map<String, String> loadedConfig = Map.of();
    private Set<String> notFromFiles = Set.of();
    private Map<Path, FileStates.State> decided = Map.of();
    private long retryAt = Long.MAX_VALUE;
    private volatile Set<String> wanted = Set.of();
    private volatile ReloadReport last;

    /**
     * Where to look and how long to wait.
     *
     * @param routes the {@code routes} directory
     * @param config the {@code config} directory
     * @param interval time between two looks at the files
     * @param drain how long a route may take to finish what it has begun before the edit is put off
     */
    public record Settings(Path routes, Path config, Duration interval, Duration drain) {
        public Settings {
            routes = routes.toAbsolutePath().normalize();
            config = config.toAbsolutePath().normalize();
        }
    }

    /**
     * @param live the running context
     * @param settings where to look and how long to wait
     * @param checker checks the route files
     * @param reader reads the whole configuration; what is wrong is added to the findings
     * @param configuration where a new configuration is put in force
     * @param audit told of every outcome
     */
    public SafeReloader(
            CamelContext live,
            Settings settings,
            RouteChecker checker,
            Function<Findings, Configuration> reader,
            LiveConfiguration configuration,
            ReloadAudit audit) {
        this.live = (ModelCamelContext) live;
        this.settings = settings;
        this.checker = checker;
        this.reader = reader;
        this.configuration = configuration;
        this.audit = audit;
        this.loaded = new RouteTexts(settings.routes(), new TreeMap<>());
        this.swap = new RouteSwap(
                this.live, settings.drain(), file -> loaded.path(file).toString());
        this.shadow = new ShadowContext(live);
        this.thread = new Thread(this::watch, "lightpipe-reload");
        this.thread.setDaemon(true);
        try {
            this.name = new ObjectName("org.lightpipe:type=Reload");
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Takes the files as they are for those that the context runs, and begins to watch. Call it right
     * after the context has started.
     *
     * @throws IOException when the directories cannot be read
     */
    public void start() throws IOException {
        deciding.lock();
        try {
            decided = FileStates.of(settings.routes(), settings.config());
            loaded = RouteTexts.read(settings.routes(), new Findings());
            loadedConfig = configTexts();
            Set<String> fromFiles = new TreeSet<>();
            parsed(loaded).values().forEach(file -> fromFiles.addAll(swap.routes(file.items())));
            Set<String> running = ShadowContext.wanted(live);
            Set<String> others = new TreeSet<>(running);
            others.removeAll(fromFiles);
            // What the hub makes from templates comes and goes with its own cause.
            others.removeIf(id -> live.getRouteDefinition(id) != null
                    && Boolean.TRUE.equals(live.getRouteDefinition(id).isTemplate()));
            notFromFiles = Set.copyOf(others);
            fromFiles.retainAll(running);
            fromFiles.addAll(others);
            wanted = Set.copyOf(fromFiles);
        } finally {
            deciding.unlock();
        }
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(new StandardMBean(new Management(), ReloadMBean.class), name);
        } catch (JMException e) {
            throw new IllegalStateException("the reloader's MBean cannot be registered: " + e.getMessage(), e);
        }
        thread.start();
    }

    /** The latest outcome; empty when nothing changed since the start. */
    public Optional<ReloadReport> last() {
        return Optional.ofNullable(last);
    }

    /** Ids of the routes that must run: those of the files in force, and those that the hub made otherwise before. */
    public Set<String> wantedRoutes() {
        return wanted;
    }

    /**
     * Looks at the files now, without waiting for them to be quiet.
     *
     * @return the outcome when something had changed, else the one before; empty when there was none yet
     */
    public Optional<ReloadReport> checkNow() {
        deciding.lock();
        try {
            decided = FileStates.of(settings.routes(), settings.config());
            decide();
        } catch (IOException e) {
            LOG.error("The route and configuration files cannot be read: {}", e.getMessage());
        } finally {
            deciding.unlock();
        }
        return last();
    }

    /** Stops watching; waits a bounded time for an edit that is being put in force. */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(settings.drain().plusSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (ManagementFactory.getPlatformMBeanServer().isRegistered(name)) {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            }
        } catch (JMException e) {
            LOG.debug("The reloader's MBean was gone already", e);
        }
    }

    private void watch() {
        Map<Path, FileStates.State> before = Map.of();
        try {
            while (!stop.await(settings.interval().toMillis(), TimeUnit.MILLISECONDS)) {
                before = look(before);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look: decides when the files differ from those decided on and are as they were a look ago. */
    private Map<Path, FileStates.State> look(Map<Path, FileStates.State> before) {
        deciding.lock();
        try {
            Map<Path, FileStates.State> now = FileStates.of(settings.routes(), settings.config());
            boolean edited = !now.equals(decided) && now.equals(before);
            boolean again = System.nanoTime() - retryAt >= 0 && retryAt != Long.MAX_VALUE;
            if (live.isStarted() && (edited || again)) {
                decided = now;
                decide();
            }
            return now;
        } catch (IOException e) {
            // A file vanished between being listed and being looked at; the next look sees what is left.
            LOG.debug("Files changed during a look", e);
            return before;
        } catch (RuntimeException e) {
            LOG.error("The reloader failed; what ran before still runs", e);
            return before;
        } finally {
            deciding.unlock();
        }
    }

    private void decide() throws IOException {
        boolean restoring = retryAt != Long.MAX_VALUE;
        retryAt = Long.MAX_VALUE;
        Findings findings = new Findings();
        RouteTexts texts = RouteTexts.read(settings.routes(), findings);
        Map<String, String> config = configTexts();
        List<String> changedRoutes = changed(loaded.texts(), texts.texts());
        List<String> changedConfig = changed(loadedConfig, config);
        List<String> changed =
                Stream.concat(changedRoutes.stream(), changedConfig.stream()).toList();
        if (restoring) {
            restore();
        }
        if (changed.isEmpty()) {
            if (last != null
                    && last.outcome() != Outcome.APPLIED
                    && !last.changedFiles().isEmpty()) {
                report(List.of(), Outcome.APPLIED, List.of("the files are again those in force"));
            }
            return;
        }
        Configuration next = null;
        if (!changedRoutes.isEmpty()) {
            checker.check(texts, findings);
        }
        boolean settingsOnly = changedConfig.stream().allMatch(SafeReloader::isRead);
        if (!changedConfig.isEmpty() && !settingsOnly) {
            next = reader.apply(findings);
        }
        if (!findings.isEmpty()) {
            report(changed, Outcome.REFUSED, words(findings));
            return;
        }
        List<String> messages = new ArrayList<>();
        changedConfig.stream()
                .filter(SafeReloader::isRead)
                .forEach(file -> messages.add(file + ": is read at the start; restart the hub to put it in force"));
        Outcome outcome = messages.isEmpty() ? Outcome.APPLIED : Outcome.REFUSED;
        if (!changedRoutes.isEmpty()) {
            outcome = routes(texts, messages);
        }
        if (outcome == Outcome.APPLIED || changedRoutes.isEmpty()) {
            if (next != null) {
                configuration.replace(next);
                messages.add("configuration replaced");
                outcome = Outcome.APPLIED;
            }
            loadedConfig = config;
        }
        report(changed, outcome, messages);
    }

    private Outcome routes(RouteTexts texts, List<String> messages) {
        Map<String, RouteFile> before = parsed(loaded);
        Map<String, RouteFile> after = parsed(texts);
        ReloadPlan plan = ReloadPlan.between(before.values(), after.values()).inWholeFilesWhereNeeded(before, after);
        if (plan.isEmpty()) {
            messages.add("only comments or layout changed");
            loaded = texts;
            return Outcome.APPLIED;
        }
        if (live.getRestConfiguration().isInlineRoutes() && meltsWithRest(plan, before, after)) {
            messages.add("routes of 'rest:' can only be replaced while running when they are not inlined;"
                    + " set camel.rest.inlineRoutes = false in config/application.properties and restart the hub");
            return Outcome.REFUSED;
        }
        Set<String> expected;
        try {
            expected = shadow.build(texts);
        } catch (Exception e) {
            restoreInterrupt(e);
            messages.add("Camel refuses it: " + RouteSwap.reason(e));
            return Outcome.REFUSED;
        }
        Set<String> runningBefore = running(wanted);
        try {
            swap.stop(plan.remove());
        } catch (RouteDrain.BusyException e) {
            messages.add(e.getMessage());
            retryLater();
            return Outcome.REFUSED;
        } catch (Exception e) {
            restoreInterrupt(e);
            messages.add("a route could not be stopped: " + RouteSwap.reason(e));
            rollBack(plan, before, messages);
            return Outcome.ROLLED_BACK;
        }
        String failure;
        try {
            swap.remove(plan.remove());
            swap.add(plan.add(), after);
            Set<String> added = swap.routes(plan.add());
            failure = expected.stream()
                    .filter(id -> added.contains(id) || runningBefore.contains(id))
                    .filter(id -> !running(Set.of(id)).contains(id))
                    .map(id -> "route '" + id + "' did not start")
                    .collect(Collectors.joining("; "));
        } catch (Exception e) {
            restoreInterrupt(e);
            failure = "the new routes do not start: " + RouteSwap.reason(e);
        }
        if (failure.isEmpty()) {
            loaded = texts;
            Set<String> all = new TreeSet<>(expected);
            all.addAll(notFromFiles);
            wanted = Set.copyOf(all);
            tell(plan, after, messages);
            return Outcome.APPLIED;
        }
        messages.add(failure);
        rollBack(plan, before, messages);
        return Outcome.ROLLED_BACK;
    }

    private void rollBack(ReloadPlan plan, Map<String, RouteFile> before, List<String> messages) {
        try {
            swap.remove(plan.add());
            swap.remove(plan.remove());
            swap.add(plan.remove(), before);
        } catch (Exception e) {
            restoreInterrupt(e);
            messages.add("what ran before could not be started again: " + RouteSwap.reason(e));
            addOneByOne(plan.remove(), before);
        }
        List<String> missing = RoutesWantedCheck.missing(live, wanted);
        if (missing.isEmpty()) {
            messages.add("the routes that ran before run again");
        } else {
            messages.add(
                    "not running: " + String.join(", ", missing) + "; tried again every " + RETRY.toSeconds() + " s");
            retryLater();
        }
    }

    /** So that one route that cannot be brought back does not keep its neighbours from it. */
    private void addOneByOne(Set<Item> items, Map<String, RouteFile> files) {
        Stream.concat(
                        items.stream().filter(item -> !item.isRoute()),
                        items.stream().filter(Item::isRoute))
                .forEach(item -> {
                    try {
                        swap.remove(Set.of(item));
                        swap.add(Set.of(item), files);
                    } catch (Exception e) {
                        restoreInterrupt(e);
                        LOG.error("{} '{}' could not be brought back: {}", item.kind(), item.id(), RouteSwap.reason(e));
                    }
                });
    }

    /** Brings back routes that are wanted and gone, from the texts in force. */
    private void restore() {
        Map<String, RouteFile> files = parsed(loaded);
        for (RouteFile file : files.values()) {
            for (Item item : file.items()) {
                Set<String> ids = swap.routes(Set.of(item));
                if (!item.isRoute() || running(ids).containsAll(ids) || !wanted.containsAll(ids)) {
                    continue;
                }
                try {
                    swap.remove(Set.of(item));
                    swap.add(Set.of(item), files);
                    LOG.info("Route '{}' runs again", item.id());
                } catch (Exception e) {
                    restoreInterrupt(e);
                    LOG.error("Route '{}' could not be brought back: {}", item.id(), RouteSwap.reason(e));
                    retryLater();
                }
            }
        }
    }

    private static boolean meltsWithRest(ReloadPlan plan, Map<String, RouteFile> before, Map<String, RouteFile> after) {
        List<Item> rests = Stream.of(before, after)
                .flatMap(files -> files.values().stream())
                .flatMap(file -> file.items().stream())
                .filter(item -> item.kind().equals("rest"))
                .toList();
        return Stream.concat(plan.remove().stream(), plan.add().stream())
                .anyMatch(item -> item.kind().startsWith("rest")
                        || rests.stream().anyMatch(rest -> rest.file().equals(item.file()))
                        || (!rests.isEmpty() && item.isRoute() && item.content().contains("\"uri\": \"direct")));
    }

    private static void tell(ReloadPlan plan, Map<String, RouteFile> after, List<String> messages) {
        Set<String> added =
                plan.add().stream().filter(Item::isRoute).map(Item::id).collect(Collectors.toCollection(TreeSet::new));
        Set<String> gone = plan.remove().stream()
                .filter(Item::isRoute)
                .map(Item::id)
                .collect(Collectors.toCollection(TreeSet::new));
        gone.removeAll(added);
        if (!added.isEmpty()) {
            messages.add("routes in force: " + String.join(", ", added));
        }
        if (!gone.isEmpty()) {
            messages.add("routes removed: " + String.join(", ", gone));
        }
        if (after.isEmpty()) {
            messages.add("no route file is left");
        }
    }

    private Set<String> running(Set<String> ids) {
        Set<String> running = new TreeSet<>(ids);
        running.removeIf(id -> !RoutesWantedCheck.missing(live, Set.of(id)).isEmpty());
        return running;
    }

    private void report(List<String> changed, Outcome outcome, List<String> messages) {
        ReloadReport report = new ReloadReport(Instant.now(), changed, outcome, messages);
        boolean told = last != null
                && last.outcome() == outcome
                && last.messages().equals(messages)
                && last.changedFiles().equals(changed)
                && outcome == Outcome.REFUSED
                && retryAt != Long.MAX_VALUE;
        last = report;
        if (told) {
            return;
        }
        String words = String.join("\n  ", messages);
        if (outcome == Outcome.APPLIED) {
            LOG.info("Edit of {} is in force: {}", changed.isEmpty() ? "nothing" : String.join(", ", changed), words);
        } else {
            LOG.error(
                    "Edit of {} is {}:\n  {}",
                    String.join(", ", changed),
                    outcome == Outcome.REFUSED ? "refused, what ran before still runs" : "rolled back",
                    words);
        }
        try {
            audit.reloaded(report);
        } catch (RuntimeException e) {
            LOG.error("The outcome could not be kept in the audit: {}", e.getMessage());
        }
    }

    private void retryLater() {
        retryAt = System.nanoTime() + RETRY.toNanos();
    }

    /** Stopping the thread must not be swallowed with whatever it broke off. */
    private static void restoreInterrupt(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> words(Findings findings) {
        return findings.all().stream().map(Finding::toString).toList();
    }

    /** Properties are read by the context when it starts, and by nobody later. */
    private static boolean isRead(String file) {
        return file.endsWith(".properties");
    }

    private static Map<String, RouteFile> parsed(RouteTexts texts) {
        Map<String, RouteFile> files = new LinkedHashMap<>();
        texts.texts().forEach((file, text) -> files.put(file, RouteFile.parse(file, text)));
        return files;
    }

    private static List<String> changed(Map<String, String> before, Map<String, String> after) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .filter(file -> !Objects.equals(before.get(file), after.get(file)))
                .toList();
    }

    private Map<String, String> configTexts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : FileStates.of(settings.config()).keySet()) {
            String label =
                    settings.config().getFileName() + "/" + settings.config().relativize(file);
            // Bytes as they are: an unreadable encoding is for the configuration reader to tell.
            texts.put(label, new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    private final class Management implements ReloadMBean {

        @Override
        public String getLastOutcome() {
            return last == null ? "NONE" : last.outcome().name();
        }

        @Override
        public String getLastTime() {
            return last == null ? "" : last.time().toString();
        }

        @Override
        public String[] getLastMessages() {
            return last == null ? new String[0] : last.messages().toArray(String[]::new);
        }

        @Override
        public String checkNow() {
            return SafeReloader.this
                    .checkNow()
                    .map(report -> report.outcome().name())
                    .orElse("NONE");
        }
    }
}
