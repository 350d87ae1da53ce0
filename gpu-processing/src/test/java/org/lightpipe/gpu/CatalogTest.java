package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.ComponentModel.EndpointOptionModel;
import org.apache.camel.tooling.model.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.technique.Technique;

/** What editors and {@code ./lightpipe check} are told of the component is what its techniques take. */
class CatalogTest {

    private static final String OWN = "org.lightpipe.gpu.";

    @TempDir
    Path directory;

    private static String generated() throws IOException {
        try (InputStream json = GpuComponent.class.getResourceAsStream("/META-INF/org/lightpipe/gpu/gpu.json")) {
            return new String(json.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static DefaultCamelCatalog catalog(String json) {
        DefaultCamelCatalog catalog = new DefaultCamelCatalog();
        catalog.addComponent("gpu", GpuComponent.class.getName(), json);
        return catalog;
    }

    private static List<? extends Technique<?>> builtIn() {
        try (Techniques techniques = Techniques.load(CatalogTest.class.getClassLoader(), Optional.empty())) {
            return techniques.all().stream()
                    .filter(technique ->
                            technique.getClass().getName().startsWith(OWN) && !(technique instanceof ProbeTechnique))
                    .toList();
        }
    }

    @Test
    void everyTechniqueAndEachOfItsOptionsIsDescribed() throws IOException {
        ComponentModel model = JsonMapper.generateComponentModel(generated());
        Map<String, EndpointOptionModel> described = new TreeMap<>();
        model.getEndpointOptions().forEach(option -> described.put(option.getName(), option));
        assertThat(described.get("technique").getEnums())
                .containsExactlyInAnyOrderElementsOf(
                        builtIn().stream().map(Technique::name).toList());
        Set<String> known = new HashSet<>(Set.of("technique", "backend", "output", "lazyStartProducer"));
        for (Technique<?> technique : builtIn()) {
            Object defaults = technique.options();
            for (TechniqueOption option : OptionsBinder.options(defaults.getClass())) {
                String where = technique.name() + ": " + option.name();
                EndpointOptionModel found = described.get(option.name());
                assertThat(found).as(where).isNotNull();
                assertThat(found.getDescription()).as(where).isNotBlank();
                assertThat(found.getLabel().split(",")).as(where).contains(technique.name());
                if (found.getEnums() != null && !found.getEnums().isEmpty()) {
                    assertThat(option.choices()).as(where).isNotEmpty();
                    assertThat(found.getEnums()).as(where).containsAll(option.choices());
                }
                assertThat(accepts(found.getType(), option.kind()))
                        .as(where + " is " + found.getType())
                        .isTrue();
                known.add(option.name());
            }
        }
        assertThat(described.keySet()).isEqualTo(new TreeSet<>(known));
    }

    /** Whether a value of a kind passes as one of a type of the catalog. */
    private static boolean accepts(String type, String kind) {
        return switch (type) {
            case "string", "enum" -> true;
            case "boolean" -> kind.equals("true or false");
            case "integer" -> kind.equals("a whole number");
            case "number" -> kind.equals("a number") || kind.equals("a whole number");
            default -> false;
        };
    }

    /** What the annotation calls the default, and what the bean has, are two texts. */
    @Test
    void theDefaultsThatAreToldAreThoseThatHold() throws Exception {
        for (Technique<?> technique : builtIn()) {
            Object defaults = technique.options();
            Object told = technique.options();
            for (TechniqueOption option : OptionsBinder.options(defaults.getClass())) {
                option.set(told, option.defaultTold());
                assertThat(option.get(told))
                        .as(technique.name() + ": " + option.name())
                        .isEqualTo(option.get(defaults));
                Object value = option.get(defaults);
                boolean silent = value == null || value.equals("");
                assertThat(option.defaultTold().isEmpty())
                        .as(technique.name() + ": default of " + option.name())
                        .isEqualTo(silent);
            }
        }
    }

    @Test
    void wrongOptionsAreTold() throws IOException {
        DefaultCamelCatalog catalog = catalog(generated());
        assertThat(catalog.validateEndpointProperties("gpu:tomography?filter=hann&center=296&slice=0&backend=opencl")
                        .isSuccess())
                .isTrue();
        EndpointValidationResult wrong =
                catalog.validateEndpointProperties("gpu:tomography?filter=shep&devize=0&slice=first&backend=tpu");
        assertThat(wrong.getUnknown()).containsExactly("devize");
        assertThat(wrong.getInvalidEnum()).containsOnlyKeys("filter", "backend");
        assertThat(wrong.getInvalidInteger()).containsOnlyKeys("slice");
        assertThat(catalog.validateEndpointProperties("gpu:tomografy").getInvalidEnum())
                .containsOnlyKeys("technique");
    }

    @Test
    void techniquesOfJarsAreAddedForWhoeverChecksRoutes() throws Exception {
        TestJar.technique("darkest", "").in(directory);
        StringWriter out = new StringWriter();
        assertThat(new GpuCatalogTool(Optional.empty())
                        .run(
                                new PrintWriter(out),
                                new PrintWriter(new StringWriter()),
                                "autowiredEnabled=true",
                                "techniques=" + directory))
                .isZero();
        DefaultCamelCatalog catalog = catalog(out.toString());
        assertThat(catalog.validateEndpointProperties("gpu:darkest?darkness=1.5&backend=java")
                        .isSuccess())
                .isTrue();
        assertThat(catalog.validateEndpointProperties("gpu:darkest?darkness=much")
                        .getInvalidNumber())
                .containsOnlyKeys("darkness");
        assertThat(catalog.validateEndpointProperties("gpu:darker").getInvalidEnum())
                .containsOnlyKeys("technique");
        assertThat(catalog(generated())
                        .validateEndpointProperties("gpu:darkest")
                        .getInvalidEnum())
                .containsOnlyKeys("technique");
    }
}
