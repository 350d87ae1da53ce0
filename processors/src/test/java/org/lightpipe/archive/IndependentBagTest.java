package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gov.loc.repository.bagit.domain.Bag;
import gov.loc.repository.bagit.exceptions.CorruptChecksumException;
import gov.loc.repository.bagit.reader.BagReader;
import gov.loc.repository.bagit.verify.BagVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What others have written to read tars and bags reads ours: GNU tar and the Library of Congress' BagIt library. */
class IndependentBagTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void tarAndTheLibraryOfCongressAcceptOurBags(ManifestAlgorithm algorithm) throws Exception {
        // no '%': that library does not encode it, against RFC 8493, section 2.1.3
        Map<String, byte[]> payload = new LinkedHashMap<>();
        payload.put("scan_0001.h5", new byte[100_000]);
        payload.put("empty", new byte[0]);
        payload.put("Größe/日本/" + "long".repeat(50), "deep".getBytes(StandardCharsets.UTF_8));
        payload.put("line\nbreak\r", "hostile".getBytes(StandardCharsets.UTF_8));
        payload.put("-rf $(touch x) `y`", "hostile".getBytes(StandardCharsets.UTF_8));
        SampleBag sample = new SampleBag(payload, algorithm);
        Path tar = Files.write(directory.resolve("bag.tar"), sample.tar());

        extract(tar);

        Path top = directory.resolve("exp-scan");
        Bag bag = new BagReader().read(top);
        try (BagVerifier verifier = new BagVerifier()) {
            verifier.isComplete(bag, false);
            verifier.isValid(bag, false);
            assertThat(bag.getMetadata().get("Payload-Oxum"))
                    .containsExactly(sample.layout().payloadOxum());
            assertThat(bag.getPayLoadManifests())
                    .hasSize(1)
                    .allSatisfy(manifest ->
                            assertThat(manifest.getFileToChecksumMap()).hasSize(payload.size()));
            BagVerifier.quicklyVerify(bag);

            Files.write(top.resolve("data/scan_0001.h5"), new byte[] {1});
            assertThatThrownBy(() -> verifier.isValid(bag, false)).isInstanceOf(CorruptChecksumException.class);
        }
    }

    private void extract(Path tar) throws IOException, InterruptedException {
        boolean found = Files.isExecutable(Path.of("/bin/tar")) || Files.isExecutable(Path.of("/usr/bin/tar"));
        if (!found && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("tar is not installed");
        }
        Assumptions.assumeTrue(found, "tar is not installed, so its opinion of our bags is not asked");
        ProcessBuilder builder = new ProcessBuilder("tar", "-xf", tar.toString()).directory(directory.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Path said = directory.resolve("said.txt");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        assertThat(Files.readString(said)).isEmpty();
    }
}
