package org.lightpipe;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arrows between packages point downward only. */
@AnalyzeClasses(packages = "org.lightpipe", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    private static final String[] STEPS = {
        "experiment", "acquire", "transfer", "dataset", "workflow", "portal", "archive", "verify"
    };

    @ArchTest
    static final ArchRule LAYERS = layers();

    @ArchTest
    static final ArchRule STEPS_DO_NOT_KNOW_EACH_OTHER = slices().matching(
                    "org.lightpipe.(experiment|acquire|transfer|dataset|workflow|portal|archive|verify)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.lightpipe.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_COMMAND_LINE_AND_THE_DEMO_STAND_ABOVE_THE_HUB = noClasses()
            .that()
            .resideInAnyPackage("org.lightpipe.hub", "org.lightpipe.hub.check..", "org.lightpipe.hub.reload..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.lightpipe.hub.cli..", "org.lightpipe.hub.demo..", "org.lightpipe.hub.client..");

    @ArchTest
    static final ArchRule THE_DEMO_USES_A_HUB_AS_ANY_CLIENT_DOES = noClasses()
            .that()
            .resideInAPackage("org.lightpipe.hub.demo..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.lightpipe.api..", "org.lightpipe.catalog..", "org.lightpipe.workflow..");

    @ArchTest
    static final ArchRule A_CLIENT_KNOWS_NOTHING_OF_THE_INSIDE = noClasses()
            .that()
            .resideInAPackage("org.lightpipe.hub.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.lightpipe.hub.cli..",
                    "org.lightpipe.hub.demo..",
                    "org.lightpipe.api..",
                    "org.lightpipe.catalog..");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_ENDS_THE_PROCESS = noClasses()
            .that()
            .resideOutsideOfPackage("org.lightpipe.hub..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule NO_STATIC_STATE = staticFields();

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_PARSES_COMMANDS = noClasses()
            .that()
            .resideOutsideOfPackage("org.lightpipe.hub..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "me.tongfei..");

    @ArchTest
    static final ArchRule ONLY_CLIENTS_SPEAK_HTTP = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "org.lightpipe.hub.client..", "org.lightpipe.storage.webdav..", "org.lightpipe.transfer.globus..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule CORE_KNOWS_NEITHER_CAMEL_NOR_DATABASE = noClasses()
            .that()
            .resideInAnyPackage("org.lightpipe.core..", "org.lightpipe.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.camel..", "org.springframework..", "java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule ERRORS_GO_TO_THE_LOG = noClasses()
            .that()
            .resideOutsideOfPackages("org.lightpipe.hub.cli..", "org.lightpipe.hub.demo..")
            .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule EVERY_CLASS_IS_IN_A_LAYER = classes()
            .should()
            .resideInAnyPackage(
                    "org.lightpipe.hub..",
                    "org.lightpipe.api..",
                    "org.lightpipe.experiment..",
                    "org.lightpipe.acquire..",
                    "org.lightpipe.transfer..",
                    "org.lightpipe.dataset..",
                    "org.lightpipe.workflow..",
                    "org.lightpipe.portal..",
                    "org.lightpipe.archive..",
                    "org.lightpipe.verify..",
                    "org.lightpipe.storage..",
                    "org.lightpipe.sftp..",
                    "org.lightpipe.catalog..",
                    "org.lightpipe.config..",
                    "org.lightpipe.os..",
                    "org.lightpipe.core..");

    private static ArchRule staticFields() {
        return fields().that()
                .areStatic()
                .and()
                .doNotHaveName("$VALUES")
                .should()
                .beFinal();
    }

    private static ArchRule layers() {
        var layers = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("hub")
                .definedBy("org.lightpipe.hub..")
                .layer("api")
                .definedBy("org.lightpipe.api..")
                .layer("steps")
                .definedBy(java.util.Arrays.stream(STEPS)
                        .map(step -> "org.lightpipe." + step + "..")
                        .toArray(String[]::new))
                .layer("storage")
                .definedBy("org.lightpipe.storage..")
                .layer("sftp")
                .definedBy("org.lightpipe.sftp..")
                .layer("catalog")
                .definedBy("org.lightpipe.catalog..")
                .layer("config")
                .definedBy("org.lightpipe.config..")
                .layer("os")
                .definedBy("org.lightpipe.os..")
                .layer("core")
                .definedBy("org.lightpipe.core..");
        return layers.whereLayer("hub")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("hub")
                .whereLayer("steps")
                .mayOnlyBeAccessedByLayers("hub", "api")
                .whereLayer("storage")
                .mayOnlyBeAccessedByLayers("hub", "api", "steps")
                .whereLayer("sftp")
                .mayOnlyBeAccessedByLayers("storage", "steps")
                .whereLayer("catalog")
                .mayOnlyBeAccessedByLayers("hub", "api", "steps", "storage")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("hub", "api", "steps", "storage")
                .whereLayer("os")
                .mayOnlyBeAccessedByLayers("steps", "storage")
                .whereLayer("core")
                .mayOnlyBeAccessedByLayers("hub", "api", "steps", "storage", "sftp", "catalog", "config", "os");
    }
}
