package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.lightpipe.gpu.device.Ledger.Account;
import org.lightpipe.gpu.device.Ledger.Gate;
import org.lightpipe.gpu.device.Ledger.Grant;
import org.lightpipe.gpu.device.Ledger.Request;

class LedgerTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int ACCOUNTS = 3;

    /** Something that happens to a ledger. */
    private record Event(Kind kind, int which, int accounts, int least, int best) {}

    private enum Kind {
        ARRIVE,
        GIVE_BACK,
        LEAVE,
        SHUT,
        OPEN
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Kind.ARRIVE)),
                Tuple.of(4, Arbitraries.just(Kind.GIVE_BACK)),
                Tuple.of(1, Arbitraries.just(Kind.LEAVE)),
                Tuple.of(1, Arbitraries.just(Kind.SHUT)),
                Tuple.of(1, Arbitraries.just(Kind.OPEN)));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(1, (1 << ACCOUNTS) - 1),
                        Arbitraries.integers().between(0, 110),
                        Arbitraries.integers().between(0, 60))
                .as((kind, which, accounts, least, more) -> new Event(kind, which, accounts, least, least + more))
                .list()
                .ofMaxSize(60);
    }

    /** After whatever happens: nothing is lent twice, and nobody waits who could be served. */
    @Property
    void neverLendsMoreThanThereIsAndNeverForgetsAnybody(@ForAll("events") List<Event> events) {
        Ledger ledger = new Ledger();
        List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.add(ledger.account(60 + 20 * i));
        }
        Map<Request, Event> wishes = new HashMap<>();
        List<Request> waiting = new ArrayList<>();
        List<Grant> grants = new ArrayList<>();
        for (Event event : events) {
            switch (event.kind()) {
                case ARRIVE -> {
                    Request request = ledger.enter(chosen(accounts, event), event.least(), event.best());
                    wishes.put(request, event);
                    waiting.add(request);
                }
                case GIVE_BACK -> {
                    if (!grants.isEmpty()) {
                        Grant grant = grants.remove(event.which() % grants.size());
                        grant.giveBack();
                        grant.giveBack();
                    }
                }
                case LEAVE -> {
                    if (!waiting.isEmpty()) {
                        ledger.leave(waiting.remove(event.which() % waiting.size()));
                    }
                }
                case SHUT ->
                    accounts.get(event.which() % ACCOUNTS)
                            .shut(event.which() % 2 == 0 ? Gate.DRAINED : Gate.OUT, "a reason");
                case OPEN -> accounts.get(event.which() % ACCOUNTS).open();
            }
            for (Request request : List.copyOf(waiting)) {
                Event wish = wishes.get(request);
                request.grant().ifPresent(grant -> {
                    assertThat(grant.bytes()).isBetween((long) wish.least(), (long) wish.best());
                    assertThat(chosen(accounts, wish)).contains(grant.account());
                    grants.add(grant);
                });
                if (request.grant().isPresent() || request.hopeless()) {
                    waiting.remove(request);
                }
            }
            for (Account account : accounts) {
                List<Grant> of = grants.stream()
                        .filter(grant -> grant.account() == account)
                        .toList();
                assertThat(account.lent())
                        .isEqualTo(of.stream().mapToLong(Grant::bytes).sum())
                        .isLessThanOrEqualTo(account.capacity());
                assertThat(account.jobs()).isEqualTo(of.size());
                assertThat(account.waiting()).isEqualTo((int) waiting.stream()
                        .filter(request -> chosen(accounts, wishes.get(request)).contains(account))
                        .count());
            }
            Set<Account> promised = new HashSet<>();
            for (Request request : waiting) {
                Event wish = wishes.get(request);
                List<Account> could = chosen(accounts, wish).stream()
                        .filter(account -> account.gate() == Gate.OPEN && account.capacity() >= wish.least())
                        .toList();
                assertThat(could)
                        .as("a request that waits may be served one day")
                        .isNotEmpty();
                assertThat(could)
                        .as("a request that waits cannot be served now")
                        .noneMatch(account ->
                                !promised.contains(account) && account.capacity() - account.lent() >= wish.least());
                promised.addAll(could);
            }
        }
    }

    private static List<Account> chosen(List<Account> accounts, Event event) {
        List<Account> chosen = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            if ((event.accounts() >> i & 1) != 0) {
                chosen.add(accounts.get(i));
            }
        }
        return chosen;
    }

    /** Threads that take and give back, some of them impatient or interrupted: all come to their end. */
    @Property(tries = 20)
    void noWakeUpIsLost(@ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int seed) throws Exception {
        Ledger ledger = new Ledger();
        List<Account> accounts = List.of(ledger.account(100), ledger.account(150));
        AtomicLongArray lent = new AtomicLongArray(2);
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> jobs = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Random random = new Random(seed + t);
                jobs.add(() -> {
                    for (int i = 0; i < 100; i++) {
                        int mask = 1 + random.nextInt(3);
                        List<Account> wanted = new ArrayList<>();
                        if ((mask & 1) != 0) {
                            wanted.add(accounts.get(0));
                        }
                        if ((mask & 2) != 0) {
                            wanted.add(accounts.get(1));
                        }
                        int least = random.nextInt(100);
                        boolean impatient = random.nextInt(10) == 0;
                        if (random.nextInt(20) == 0) {
                            Thread.currentThread().interrupt();
                        }
                        try {
                            Grant grant = ledger.take(
                                            wanted,
                                            least,
                                            least + random.nextInt(50),
                                            impatient ? Duration.ofNanos(random.nextInt(50_000)) : LONG)
                                    .orElse(null);
                            if (grant == null) {
                                assertThat(impatient).isTrue();
                            } else {
                                int which = accounts.indexOf(grant.account());
                                assertThat(lent.addAndGet(which, grant.bytes()))
                                        .isLessThanOrEqualTo(grant.account().capacity());
                                Thread.onSpinWait();
                                lent.addAndGet(which, -grant.bytes());
                                grant.giveBack();
                            }
                        } catch (InterruptedException e) {
                            // the next round goes on
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> job : pool.invokeAll(jobs, 40, TimeUnit.SECONDS)) {
                job.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(accounts).allSatisfy(account -> {
            assertThat(account.lent()).isZero();
            assertThat(account.jobs()).isZero();
            assertThat(account.waiting()).isZero();
        });
    }

    @Example
    void theLeastLoadedAccountServesAndTheFirstOfEquals() throws Exception {
        Ledger ledger = new Ledger();
        Account small = ledger.account(100);
        Account large = ledger.account(1000);
        List<Account> both = List.of(small, large);
        assertThat(ledger.take(both, 10, 10, LONG).orElseThrow().account()).isSameAs(small);
        assertThat(ledger.take(both, 10, 10, LONG).orElseThrow().account()).isSameAs(large);
        // one job each, of which the one on the small takes a larger part
        assertThat(ledger.take(both, 10, 10, LONG).orElseThrow().account()).isSameAs(large);
        assertThat(ledger.take(both, 95, 95, LONG).orElseThrow().account()).isSameAs(large);
    }

    @Example
    void aLargeRequestIsNotStarvedBySmallOnes() {
        Ledger ledger = new Ledger();
        Account account = ledger.account(100);
        List<Account> one = List.of(account);
        Grant first = ledger.enter(one, 50, 50).grant().orElseThrow();
        Request large = ledger.enter(one, 80, 100);
        Request small = ledger.enter(one, 10, 10);
        assertThat(large.grant()).isEmpty();
        assertThat(small.grant()).isEmpty();
        first.giveBack();
        Grant got = large.grant().orElseThrow();
        assertThat(got.bytes()).isEqualTo(100);
        assertThat(small.grant()).isEmpty();
        got.giveBack();
        assertThat(small.grant()).isPresent();
    }

    @Example
    void whoeverLosesPatienceMakesWay() throws Exception {
        Ledger ledger = new Ledger();
        Account account = ledger.account(100);
        List<Account> one = List.of(account);
        ledger.enter(one, 50, 50);
        CompletableFuture<Boolean> small = new CompletableFuture<>();
        Thread behind = new Thread(() -> {
            try {
                while (account.waiting() == 0) {
                    Thread.onSpinWait();
                }
                small.complete(ledger.take(one, 10, 10, LONG).isPresent());
            } catch (InterruptedException e) {
                small.completeExceptionally(e);
            }
        });
        behind.start();
        assertThat(ledger.take(one, 80, 80, Duration.ofMillis(300))).isEmpty();
        assertThat(small.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Example
    void aClosedLedgerSendsEverybodyAway() throws Exception {
        Ledger ledger = new Ledger();
        List<Account> one = List.of(ledger.account(100));
        Grant grant = ledger.take(one, 100, 100, LONG).orElseThrow();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return ledger.take(one, 10, 10, LONG).isPresent();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (one.get(0).waiting() == 0) {
            Thread.onSpinWait();
        }
        ledger.close();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(ledger.take(one, 0, 0, LONG)).isEmpty();
        grant.giveBack();
        assertThat(one.get(0).lent()).isZero();
    }

    @Example
    void whatMakesNoSenseIsRefusedAndLocksNobodyOut() throws Exception {
        Ledger ledger = new Ledger();
        List<Account> one = List.of(ledger.account(100));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.take(one, 10, 9, LONG));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.take(one, -1, 9, LONG));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ledger.take(one, 1, 9, LONG)).isInstanceOf(InterruptedException.class);
        CompletableFuture<Long> other =
                CompletableFuture.supplyAsync(() -> one.get(0).lent());
        assertThat(other.get(10, TimeUnit.SECONDS)).isZero();
    }
}
