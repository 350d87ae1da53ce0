package org.lightpipe.gpu;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.spi.UriParam;

/** One option of a technique: a field of its bean, as Camel's annotation describes it. */
final class TechniqueOption {

    private final Field field;
    private final UriParam described;

    /** @param field with the annotation {@link UriParam} */
    TechniqueOption(Field field) {
        this.field = field;
        this.described = field.getAnnotation(UriParam.class);
        if (!field.trySetAccessible()) {
            throw new IllegalStateException(field + " cannot be set; it must not be in a module of its own");
        }
    }

    String name() {
        return described.name().isEmpty() ? field.getName() : described.name();
    }

    String description() {
        return described.description();
    }

    String label() {
        return described.label();
    }

    /** @return the values that it may have; empty = any of its type */
    List<String> choices() {
        return described.enums().isBlank()
                ? List.of()
                : Arrays.stream(described.enums().split(",")).map(String::strip).toList();
    }

    /** @return the default as people are told it; empty = none */
    String defaultTold() {
        return described.defaultValue();
    }

    Class<?> type() {
        return field.getType();
    }

    /** @return for people: what a value of its type is */
    String kind() {
        return switch (field.getType().getSimpleName()) {
            case "boolean", "Boolean" -> "true or false";
            case "int", "long", "Integer", "Long" -> "a whole number";
            case "double", "float", "Double", "Float" -> "a number";
            default -> "text";
        };
    }

    /** @return the value that a bean has; null = not given */
    Object get(Object bean) {
        try {
            return field.get(bean);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Sets the field of a bean.
     *
     * @param text the value; a blank one is none, and leaves the default
     * @throws IllegalArgumentException says what it must be
     */
    void set(Object bean, String text) {
        if (text.isBlank()) {
            return;
        }
        try {
            field.set(bean, field.getType() == String.class ? choice(text) : parsed(text.strip()));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A choice as it is written in the annotation. */
    private String choice(String text) {
        if (choices().isEmpty()) {
            return text;
        }
        return choices().stream()
                .filter(choice -> Words.squeezed(choice).equals(Words.squeezed(text.strip())))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("one of " + String.join(", ", choices())));
    }

    private Object parsed(String text) {
        Class<?> type = field.getType();
        try {
            if (type == boolean.class || type == Boolean.class) {
                if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
                    throw new IllegalArgumentException(kind());
                }
                return Boolean.valueOf(text);
            }
            if (type == int.class || type == Integer.class) {
                return Integer.valueOf(choice(text));
            }
            if (type == long.class || type == Long.class) {
                return Long.valueOf(choice(text));
            }
            if (type == float.class || type == Float.class) {
                return finite(Float.valueOf(choice(text)));
            }
            if (type == double.class || type == Double.class) {
                return finite(Double.valueOf(choice(text)));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    kind()
                            + (choices().isEmpty()
                                    ? ""
                                    : choices().stream().collect(Collectors.joining(", ", ": ", ""))),
                    e);
        }
        throw new IllegalStateException("option " + name() + " has the type " + type.getName()
                + "; String, boolean, int, long, double and their boxes are wanted");
    }

    /** Where a number may be left out, it may also be without bounds; NaN would pass every comparison that should stop it. */
    private <N extends Number> N finite(N value) {
        double number = value.doubleValue();
        if (Double.isNaN(number) || Double.isInfinite(number) && field.getType().isPrimitive()) {
            throw new IllegalArgumentException("a number that is finite");
        }
        return value;
    }
}
