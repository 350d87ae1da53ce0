package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.workflow.EndpointJobTest.ReduceComponent;

/** Whatever is in a value, an endpoint's option gets just that value, or the endpoint is not called at all. */
class EndpointValuesTest {

    private static final CamelContext CAMEL = new DefaultCamelContext();
    private static final ReduceComponent REDUCE = new ReduceComponent();
    private static final ExecutorService POOL = Executors.newSingleThreadExecutor();

    @BeforeContainer
    static void start() {
        CAMEL.addComponent("reduce", REDUCE);
        CAMEL.start();
    }

    @AfterContainer
    static void stop() {
        CAMEL.stop();
        POOL.shutdownNow();
    }

    @Property(tries = 1000)
    void anOptionGetsItsValueUnchanged(@ForAll("values") String value) throws Exception {
        EndpointStage stage = new EndpointStage(CAMEL.createProducerTemplate(), POOL);
        StageCall call = new StageCall(
                new StageRun(1, Instant.EPOCH),
                1,
                TestSite.endpoint("01-A", "reduce:fail", Map.of("filter", "$value")),
                Map.of("value", value),
                Path.of("/nowhere"),
                Path.of("/nowhere/log"));
        int before = REDUCE.calls();

        Throwable thrown = catchThrowable(() -> stage.run(call, () -> {}));

        if (thrown instanceof PermanentFailureException) {
            assertThat(REDUCE.calls()).isEqualTo(before);
        } else {
            assertThat(thrown).as("was called").hasRootCauseInstanceOf(java.io.IOException.class);
            assertThat(REDUCE.last()).isEqualTo(value.isEmpty() ? "default" : value);
        }
        assertThat(thrown instanceof PermanentFailureException && value.matches("[A-Za-z0-9 &=%+/:;,.-]*"))
                .as("a harmless value is not refused")
                .isFalse();
    }

    @Example
    void aBraceDoesNotBeginAProperty() throws Exception {
        anOptionGetsItsValueUnchanged("{env:HOME:)");
        anOptionGetsItsValueUnchanged("{env:HOME}");
        anOptionGetsItsValueUnchanged("{env:HOME}}");
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        3,
                        Arbitraries.strings()
                                .withChars("&=?#%+ ;:/\\(){}[]<>,'\"RAWabc019.-_$~|^`@!é")
                                .ofMaxLength(20)),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().all().ofMaxLength(10)),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.strings().alpha().numeric().ofMaxLength(10)));
    }
}
