package org.lightpipe.gpu;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.spi.UriParam;

/**
 * Fills the options of a technique from names and values. A name may be spelled as the peer of the technique spells it:
 * case, hyphens and underscores do not count.
 */
final class OptionsBinder {

    /** Options of every endpoint, and words of the command line: no technique may have one of the same name. */
    private static final Set<String> RESERVED = Set.of(
            "technique",
            "backend",
            "output",
            "in",
            "out",
            "help",
            "techniques",
            "lazyStartProducer",
            "bridgeErrorHandler",
            "exceptionHandler",
            "exchangePattern",
            "autowiredEnabled",
            "synchronous");

    private static final Set<String> RESERVED_SQUEEZED =
            RESERVED.stream().map(Words::squeezed).collect(Collectors.toUnmodifiableSet());

    private OptionsBinder() {}

    /** @return the options of a bean's class, those of its superclasses last */
    static List<TechniqueOption> options(Class<?> bean) {
        List<TechniqueOption> options = new ArrayList<>();
        for (Class<?> type = bean; type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.isAnnotationPresent(UriParam.class) && !Modifier.isStatic(field.getModifiers())) {
                    options.add(new TechniqueOption(field));
                }
            }
        }
        return options;
    }

    /** @return the options of a bean's class that no technique may have */
    static Set<String> reservedIn(Class<?> bean) {
        Set<String> taken = new TreeSet<>();
        for (TechniqueOption option : options(bean)) {
            if (isReserved(option.name())) {
                taken.add(option.name());
            }
        }
        return taken;
    }

    /** @return whether a name is that of an option of every endpoint */
    static boolean isReserved(String name) {
        return RESERVED_SQUEEZED.contains(Words.squeezed(name));
    }

    /**
     * Sets options.
     *
     * @param technique for messages
     * @param bean with its defaults
     * @param given values by name; null = not given
     * @return the bean
     * @throws IllegalArgumentException names the option, its value and what it may be
     */
    static <O> O bind(String technique, O bean, Map<String, ?> given) {
        Map<String, TechniqueOption> known = new LinkedHashMap<>();
        options(bean.getClass()).forEach(option -> known.putIfAbsent(Words.squeezed(option.name()), option));
        Map<String, String> seen = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            TechniqueOption option = known.get(Words.squeezed(name));
            if (option == null) {
                List<String> names = known.values().stream()
                        .map(TechniqueOption::name)
                        .sorted()
                        .toList();
                throw new IllegalArgumentException("gpu:" + technique + ": " + name + " is not an option"
                        + Words.meant(name, names)
                        + (names.isEmpty() ? "; it has none" : "; there are " + String.join(", ", names)));
            }
            String before = seen.putIfAbsent(option.name(), name);
            if (before != null) {
                throw new IllegalArgumentException(
                        "gpu:" + technique + ": " + before + " and " + name + " are the same option; leave one out");
            }
            if (value != null) {
                set(technique, bean, option, value.toString());
            }
        });
        return bean;
    }

    private static void set(String technique, Object bean, TechniqueOption option, String value) {
        try {
            option.set(bean, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "gpu:" + technique + ": " + option.name() + "=" + value + ", but it must be " + e.getMessage(), e);
        }
    }
}
