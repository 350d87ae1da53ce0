package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.ScheduledPollEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hints, and consumers of Camel's that are woken by them. */
class HintsTest {

    private final Hints hints = new Hints();
    private final Looks looks = new Looks();
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @AfterEach
    void stop() {
        camel.stop();
    }

    /** Begins to look: at once, and then at every delay, in milliseconds. */
    private void start(long delay) throws Exception {
        camel.addComponent("looks", looks);
        camel.getRegistry().bindAsPrototype("claimScheduler", ClaimScheduler.class, () -> new ClaimScheduler(hints));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("looks:here?initialDelay=0&backoffErrorThreshold=1&backoffMultiplier=3&delay=" + delay
                                + "&scheduler=#claimScheduler&scheduler.step=catalog")
                        .routeId("looks")
                        .to("mock:out");
            }
        });
        camel.start();
        await().until(() -> looks.count() >= 1);
    }

    @Test
    void aHintWakesItsStepAtOnceAndNoOther() throws Exception {
        start(60_000);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // so that the pause between looks is over, and only the waking is measured
            pause(15);
            int before = looks.count();
            hints.wake(Step.TRANSFER);
            pause(15);
            assertThat(looks.count()).isEqualTo(before);
            long begin = System.nanoTime();
            hints.wake(Step.CATALOG);
            await().pollInterval(Duration.ofMillis(1)).until(() -> looks.count() > before);
            waits.add(TimeUnit.NANOSECONDS.toMillis(looks.last() - begin));
        }
        waits.sort(null);
        assertThat(waits.get(10)).isLessThan(10);
    }

    @Test
    void withoutAnyHintItLooksAtEveryDelay() throws Exception {
        start(30);
        int before = looks.count();
        long begin = System.nanoTime();
        await().until(() -> looks.count() >= before + 5);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(4 * 30));
    }

    @Test
    void manyHintsAreFewLooks() throws Exception {
        start(60_000);
        int before = looks.count();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(300)) {
            hints.wake(Step.CATALOG);
        }
        long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertThat((long) looks.count() - before).isBetween(2L, milliseconds / 10 + 2);
    }

    @Test
    void aHintDuringALookIsFollowedByAnother() throws Exception {
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch hinted = new CountDownLatch(1);
        start(60_000);
        int before = looks.count();
        looks.answer(() -> {
            within.countDown();
            assertThat(arrived(hinted)).isTrue();
            return 0;
        });
        hints.wake(Step.CATALOG);
        assertThat(arrived(within)).isTrue();
        hints.wake(Step.CATALOG);
        looks.answer(() -> 0);
        hinted.countDown();
        await().until(() -> looks.count() == before + 2);
    }

    @Test
    void afterAnErrorHintsDoNotShortenTheBackOff() throws Exception {
        looks.answer(() -> {
            throw new IllegalStateException("the catalog does not answer");
        });
        start(40);
        int before = looks.count();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(400)) {
            hints.wake(Step.CATALOG);
        }
        // one look in four delays of 40 ms
        assertThat(looks.count() - before).isLessThanOrEqualTo(4);
        looks.answer(() -> 0);
        int broken = looks.count();
        await().until(() -> looks.count() > broken + 2);
    }

    @Test
    void aStoppedRouteLooksNoMoreAndAStartedOneAgain() throws Exception {
        start(60_000);
        camel.getRouteController().stopRoute("looks");
        int before = looks.count();
        hints.wake(Step.CATALOG);
        pause(30);
        assertThat(looks.count()).isEqualTo(before);
        assertThat(threads()).isEmpty();

        camel.getRouteController().startRoute("looks");
        await().until(() -> looks.count() > before);
        int again = looks.count();
        hints.wake(Step.CATALOG);
        await().until(() -> looks.count() > again);
        assertThat(threads()).hasSize(1);
    }

    @Test
    void theStepIsNeeded() throws Exception {
        camel.addComponent("looks", looks);
        camel.getRegistry().bindAsPrototype("claimScheduler", ClaimScheduler.class, () -> new ClaimScheduler(hints));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("looks:here?scheduler=#claimScheduler").to("mock:out");
            }
        });
        assertThatThrownBy(camel::start).hasStackTraceContaining("needs 'scheduler.step'");
    }

    @Test
    void aHintWithinATransactionWaitsForItsEnd() {
        AtomicInteger woken = new AtomicInteger();
        hints.attach(Step.CATALOG, woken::incrementAndGet);
        TestCatalog catalog = TestCatalog.empty();
        catalog.transactions().executeWithoutResult(status -> {
            hints.wake(Step.CATALOG);
            assertThat(woken).hasValue(0);
        });
        assertThat(woken).hasValue(1);
        catalog.transactions().executeWithoutResult(status -> {
            hints.wake(Step.CATALOG);
            status.setRollbackOnly();
        });
        assertThat(woken).hasValue(1);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.contains("claim-catalog"))
                .toList();
    }

    private static boolean arrived(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Time passes in which nothing is expected to happen. */
    private static void pause(long milliseconds) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(milliseconds);
    }

    /** A component whose consumers count their looks. */
    private static final class Looks extends DefaultComponent {

        private final Queue<Long> times = new ConcurrentLinkedQueue<>();
        private volatile IntSupplier answer = () -> 0;

        int count() {
            return times.size();
        }

        long last() {
            return times.stream().reduce((first, second) -> second).orElseThrow();
        }

        void answer(IntSupplier next) {
            answer = next;
        }

        @Override
        protected ScheduledPollEndpoint createEndpoint(
                String uri, String remaining, java.util.Map<String, Object> parameters) {
            return new ScheduledPollEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Consumer createConsumer(Processor processor) throws Exception {
                    ScheduledPollConsumer consumer = new ScheduledPollConsumer(this, processor) {
                        @Override
                        protected int poll() {
                            times.add(System.nanoTime());
                            return answer.getAsInt();
                        }
                    };
                    configureConsumer(consumer);
                    return consumer;
                }
            };
        }
    }
}
