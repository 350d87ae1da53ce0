package org.lightpipe.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.Workflow;
import org.lightpipe.core.Finding;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.YamlMap;

/** Arguments of a job: names and values, checked at the door and kept as JSON. */
final class Arguments {

    /** Below the 128 KiB that Linux allows for one variable, even when every letter takes four bytes. */
    private static final int LONGEST_VALUE = 30_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private Arguments() {}

    /**
     * The defaults of a workflow with given values over them.
     *
     * @throws InvalidInputException when an argument is not one of the workflow's or its value cannot be passed on
     */
    static Map<String, String> merged(Workflow workflow, Map<String, String> given) {
        List<Finding> findings = new ArrayList<>();
        given.forEach((name, value) -> {
            if (!workflow.arguments().containsKey(name)) {
                findings.add(finding(
                        name,
                        ConfigurationReader.STANDARD_ARGUMENTS.contains(name)
                                ? "is always given by the hub"
                                : "is not an argument of workflow '" + workflow.name() + "'",
                        ConfigurationReader.STANDARD_ARGUMENTS.contains(name)
                                ? "remove it"
                                : YamlMap.suggestion(
                                        name, List.copyOf(workflow.arguments().keySet()))));
            } else if (value == null) {
                findings.add(finding(name, "has no value", "give it one, or leave it out for its default"));
            } else if (value.indexOf('\0') >= 0) {
                findings.add(finding(name, "has a NUL character in it, which no program can be given", "remove it"));
            } else if (value.length() > LONGEST_VALUE) {
                findings.add(finding(
                        name,
                        "is " + value.length() + " characters long",
                        "at most " + LONGEST_VALUE + "; put it into a file and give its path"));
            }
        });
        if (!findings.isEmpty()) {
            throw new InvalidInputException(findings);
        }
        Map<String, String> merged = new TreeMap<>(workflow.arguments());
        merged.putAll(given);
        return merged;
    }

    static String toJson(Map<String, ?> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    static Map<String, String> fromJson(String json) {
        try {
            return new TreeMap<>(JSON.readValue(json, TEXTS));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("arguments of a job are not readable: " + e.getOriginalMessage(), e);
        }
    }

    private static Finding finding(String name, String problem, String mend) {
        return new Finding("job", 0, "arguments." + name, problem, mend);
    }
}
