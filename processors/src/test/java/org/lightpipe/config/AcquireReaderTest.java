package org.lightpipe.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;
import org.lightpipe.config.AcquirePolicy.Existing;
import org.lightpipe.config.AcquirePolicy.Unit;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlSource;

class AcquireReaderTest {

    private final Findings findings = new Findings();

    private AcquirePolicy beamline(String yaml) {
        return YamlSource.map("b.yaml", yaml, findings)
                .map(AcquireReader::beamline)
                .orElseThrow();
    }

    private MonitorOptions monitor(String text) {
        return AcquireReader.monitor("options", text, AcquirePolicy.standard(), findings);
    }

    private List<String> found() {
        return findings.all().stream().map(Finding::toString).toList();
    }

    @Test
    void everyFieldIsRead() {
        AcquirePolicy policy = beamline("""
                acquire:
                  watch: /detector
                  complete: closed
                  quiet: 5s
                  marker: "{name}.ok"
                  include: "**.h5"
                  exclude: ["*.tmp", "*_part*"]
                  rescan: 3s
                  minimumAge: 10s
                  hidden: true
                  depth: 4
                  existing: ignore
                  unit: directory
                  events: off
                  sweep: 1h
                """);
        assertThat(found()).isEmpty();
        assertThat(policy)
                .isEqualTo(new AcquirePolicy(
                        Optional.of("/detector"),
                        Complete.CLOSED,
                        Duration.ofSeconds(5),
                        "{name}.ok",
                        List.of("**.h5"),
                        List.of("*.tmp", "*_part*"),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10),
                        true,
                        4,
                        Existing.IGNORE,
                        Unit.DIRECTORY,
                        Events.OFF,
                        Duration.ofHours(1)));
    }

    @Test
    void whatIsNotSaidIsTheStandard() {
        assertThat(beamline("beamline: x")).isEqualTo(AcquirePolicy.standard());
        assertThat(beamline("acquire: {hidden: false}")).isEqualTo(AcquirePolicy.standard());
        assertThat(beamline("watch: /detector").watch()).contains("/detector");
        assertThat(beamline("{watch: /detector, acquire: {quiet: 1s}}").watch()).contains("/detector");
    }

    @Test
    void aMonitorIsToldOtherwise() {
        MonitorOptions options = monitor("""
                {"once": true, "maxRuntime": "2h", "until": "2026-11-24T12:00:00-06:00", "quiet": "7s", "depth": 2,
                 "unit": "directory", "marker": "DONE", "exclude": []}
                """);
        assertThat(found()).isEmpty();
        assertThat(options.once()).isTrue();
        assertThat(options.policy().quiet()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.policy().depth()).isEqualTo(2);
        assertThat(options.policy().marker()).isEqualTo("DONE");
        assertThat(options.policy().complete()).isEqualTo(Complete.STABLE);
        Instant until = Instant.parse("2026-11-24T18:00:00Z");
        assertThat(options.until()).contains(until);
        Instant started = until.minusSeconds(3 * 3600);
        assertThat(options.over(started, started.plusSeconds(7199))).isEmpty();
        assertThat(options.over(started, started.plusSeconds(7200))).contains("it was to run for 7200 s");
        assertThat(options.over(until, until)).contains("it was to run until 2026-11-24T18:00:00Z");
    }

    @Test
    void nothingSaidIsThePolicyOfTheBeamline() {
        assertThat(monitor("{}"))
                .isEqualTo(new MonitorOptions(AcquirePolicy.standard(), false, Optional.empty(), Optional.empty()));
        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{complete: close} | options:1: complete: 'close' is not one of stable, marker, rename, closed",
                "{quiet: 2} | options:1: quiet: '2' is not a duration",
                "{marker: done} | options:1: marker: 'done' does not name the file it marks",
                "{marker: '../{name}'} | options:1: marker: '../{name}' does not name the file it marks",
                "{include: '['} | options:1: include: '[' is not a glob",
                "{rescan: 0s} | options:1: rescan: is too short (at least 1ms)",
                "{minimumAge: old} | options:1: minimumAge: 'old' is not a duration",
                "{hidden: yes} | options:1: hidden: 'yes' is neither true nor false",
                "{depth: 0} | options:1: depth: '0' is not a whole number",
                "{existing: skip} | options:1: existing: 'skip' is not one of process, ignore",
                "{unit: dir} | options:1: unit: 'dir' is not one of file, directory",
                "{events: maybe} | options:1: events: 'maybe' is not one of auto, on, off",
                "{sweep: 1ms} | options:1: sweep: is too short (at least 1000ms)",
                "{once: 1} | options:1: once: '1' is neither true nor false",
                "{maxRuntime: long} | options:1: maxRuntime: 'long' is not a duration",
                "{until: tomorrow} | options:1: until: 'tomorrow' is not a time",
                "{until: '2026-11-24T12:00:00'} | options:1: until: '2026-11-24T12:00:00' is not a time",
                "{watch: /x} | options:1: watch: is not a known field",
                "{onec: true} | options:1: onec: is not a known field (did you mean 'once'?)"
            })
    void aMistakeIsToldWithItsMend(String text, String expected) {
        monitor(text);
        assertThat(found()).hasSize(1);
        assertThat(found().get(0)).startsWith(expected);
    }
}
