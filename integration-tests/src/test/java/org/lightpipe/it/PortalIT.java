package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.client.HubClient;

/** The portal in a real browser: what a scientist sees of a measurement, and a stranger does not. */
class PortalIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The page asks who is there; without a log-in the answer is 401, which the browser notes by itself. */
    private static final String ASKED_WHO = "401 (Unauthorized)";

    @TempDir
    Path directory;

    @Test
    void aUserFindsTheRecordAndAStrangerDoesNot() throws Exception {
        Path chromium = Needs.program("chromium", "chromium");
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/portal.yaml", """
                beamline: portal
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {quiet: 500ms}
                trigger:
                  - workflow: statistics
                """.formatted(facility.storage()));
        Map<String, String> quick = Map.of("claim.delay", "50", "monitors.period", "100", "datasets.period", "100");
        try (HubProcess hub = facility.hub(facility.state(), quick).start()) {
            HubClient operator = hub.client();
            process(facility, operator);
            Path profile = Files.createDirectory(directory.resolve("profile"));
            try (Browser browser = new Browser(chromium, profile)) {
                browser.open(operator.url() + "/");
                seesNothingYet(browser);
                logIn(browser, token(operator, "ada"));
                seesTheRecord(browser);
                logOut(browser);
                logIn(browser, token(operator, "eve"));
                await().atMost(PATIENCE).until(() -> browser.text().contains("No records yet"));
                assertThat(browser.text()).doesNotContain("Ceria");
                assertThat(browser.errors().stream().filter(error -> !error.contains(ASKED_WHO)))
                        .isEmpty();
            }
        }
    }

    private void process(Facility facility, HubClient operator) throws Exception {
        operator.post("/api/v1/experiments", """
                name: ceria
                beamline: portal
                title: Ceria under load
                users: [{name: ada, role: PI}]
                watch: %s
                """.formatted(facility.detector()));
        Files.createDirectories(facility.detector().resolve("scan"));
        Images.write(facility.detector().resolve("scan/images.h5"));
        await().atMost(PATIENCE)
                .until(
                        () -> operator.get("/api/v1/records").path("records"),
                        records -> records.size() == 1
                                && records.get(0).path("preview").asBoolean());
    }

    private static void seesNothingYet(Browser browser) throws Exception {
        await().atMost(PATIENCE).until(() -> browser.text().contains("Access token"));
        assertThat(browser.text()).doesNotContain("Ceria");
        logIn(browser, "not-a-token");
        await().atMost(PATIENCE)
                .until(() -> browser.evaluate("!document.querySelector('.error').hidden")
                        .asBoolean());
        browser.evaluate("document.querySelector('#token').value = ''");
    }

    private void seesTheRecord(Browser browser) throws Exception {
        await().atMost(PATIENCE).until(() -> browser.text().contains("Ceria under load"));
        awaitPicture(browser);
        keep(browser, "search.png");
        browser.type("#q", "nothing-like-it");
        await().atMost(PATIENCE).until(() -> browser.text().contains("Nothing found"));
        browser.evaluate("document.querySelector('#q').value = ''");
        browser.type("#q", "ceria");
        await().atMost(PATIENCE).until(() -> browser.text().contains("Ceria under load"));

        browser.click(".cards a");
        await().atMost(PATIENCE).until(() -> browser.text().contains("images.h5"));
        assertThat(browser.evaluate("location.hash").asText()).startsWith("#/record/");
        assertThat(browser.text()).contains("statistics", "scan", "portal");
        awaitPicture(browser);
        keep(browser, "record.png");
    }

    private static void awaitPicture(Browser browser) {
        await().atMost(PATIENCE)
                .until(() -> browser.evaluate("[...document.images].some(image => image.src.includes('/preview')"
                                + " && image.complete && image.naturalWidth > 0)")
                        .asBoolean());
    }

    /** Pictures for people, where {@code -Dlightpipe.screenshots=DIR} asks for them. */
    private static void keep(Browser browser, String name) throws Exception {
        String target = System.getProperty("lightpipe.screenshots");
        if (target != null) {
            browser.screenshot(Files.createDirectories(Path.of(target)).resolve(name));
        }
    }

    private static void logIn(Browser browser, String token) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> browser.evaluate("document.querySelector('#token') !== null")
                        .asBoolean());
        browser.type("#token", token);
        browser.click("button[type=submit]");
    }

    private static void logOut(Browser browser) throws Exception {
        browser.click("#bar button");
        await().atMost(PATIENCE).until(() -> browser.text().contains("Access token"));
    }

    private static String token(HubClient operator, String user) throws Exception {
        return operator.post("/api/v1/tokens", "{\"user\": \"" + user + "\", \"for\": \"1h\"}")
                .path("token")
                .asText();
    }
}
