package org.lightpipe.hub.reload;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which items of which files must be taken out of the running context and which be put in.
 *
 * <p>The rule, from narrow to wide:
 *
 * <ul>
 *   <li>a route or templated route that changed, came or went is replaced alone;
 *   <li>a route configuration that changed takes every route with it that names it, and every route
 *       when it has no id or is named by a pattern;
 *   <li>a route template, Kamelet or bean that changed takes with it every item that mentions its name, and so on;
 *   <li>a change of anything else ({@code rest}, {@code onException}, {@code intercept}, {@code dataFormats} and
 *       the like) replaces all items of its file; {@code restConfiguration} those of every file with {@code rest}.
 * </ul>
 *
 * Too much is replaced rather than too little: a replaced route only pauses.
 *
 * @param remove items to take out, from the files that were loaded before
 * @param add items to put in, from the files as they are now
 */
record ReloadPlan(Set<Item> remove, Set<Item> add) {

    boolean isEmpty() {
        return remove.isEmpty() && add.isEmpty();
    }

    static ReloadPlan between(Collection<RouteFile> before, Collection<RouteFile> after) {
        Map<String, Item> old = byKey(before);
        Map<String, Item> now = byKey(after);
        Set<String> keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(now.keySet());
        Set<String> touched = new LinkedHashSet<>();
        for (String key : keys) {
            Item oldItem = old.get(key);
            Item newItem = now.get(key);
            if (oldItem == null || newItem == null || !Objects.equals(oldItem.content(), newItem.content())) {
                touched.add(key);
            }
        }
        int size = -1;
        while (size != touched.size()) {
            size = touched.size();
            spread(old, now, touched);
        }
        return new ReloadPlan(pick(old, touched), pick(now, touched));
    }

    private static void spread(Map<String, Item> old, Map<String, Item> now, Set<String> touched) {
        List<Item> changed = Stream.of(old, now)
                .flatMap(items -> pick(items, touched).stream())
                .toList();
        for (Item cause : changed) {
            for (Map<String, Item> items : List.of(old, now)) {
                items.forEach((key, item) -> {
                    if (takes(cause, item)) {
                        touched.add(key);
                    }
                });
            }
        }
    }

    private static boolean takes(Item cause, Item item) {
        if (cause.isRoute()) {
            return false;
        }
        if (cause.isConfiguration()) {
            return item.isRoute() && (cause.id().startsWith("#") || names(item, cause.id()));
        }
        if (cause.isTemplate()) {
            return (item.isRoute() || item.isTemplate()) && item.mentions(cause.id());
        }
        if (cause.kind().equals("beans")) {
            return cause.file().equals(item.file())
                    || BeanNames.of(cause).stream().anyMatch(item::mentions);
        }
        if (cause.kind().equals("restConfiguration")) {
            return cause.file().equals(item.file()) || item.kind().equals("rest");
        }
        return cause.file().equals(item.file());
    }

    private static boolean names(Item route, String configuration) {
        int at = route.content().indexOf("\"routeConfigurationId\": \"");
        if (at < 0) {
            return false;
        }
        int start = at + "\"routeConfigurationId\": \"".length();
        String ids = route.content().substring(start, route.content().indexOf('"', start));
        // A pattern or placeholder may mean any of them.
        return ids.contains("*")
                || ids.contains("{{")
                || List.of(ids.split("\\s*,\\s*")).contains(configuration);
    }

    private static Set<Item> pick(Map<String, Item> items, Set<String> keys) {
        return items.entrySet().stream()
                .filter(entry -> keys.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Map<String, Item> byKey(Collection<RouteFile> files) {
        Map<String, Item> items = new LinkedHashMap<>();
        Map<String, RouteFile> sorted = new TreeMap<>();
        files.forEach(file -> sorted.put(file.name(), file));
        sorted.values().forEach(file -> file.items().forEach(item -> items.put(item.key(), item)));
        return items;
    }

    /**
     * The same plan with all items of each file whose changed items cannot be told apart from the rest
     * by their lines.
     */
    ReloadPlan inWholeFilesWhereNeeded(Map<String, RouteFile> before, Map<String, RouteFile> after) {
        Set<Item> allRemoved = new LinkedHashSet<>(remove);
        Set<Item> allAdded = new LinkedHashSet<>(add);
        for (String name : files()) {
            RouteFile old = before.get(name);
            RouteFile now = after.get(name);
            boolean split = (old == null
                            || old.only(withThoseForTheFile(old, remove)).isPresent())
                    && (now == null || now.only(withThoseForTheFile(now, add)).isPresent());
            if (!split) {
                if (old != null) {
                    allRemoved.addAll(old.items());
                }
                if (now != null) {
                    allAdded.addAll(now.items());
                }
            }
        }
        return new ReloadPlan(allRemoved, allAdded);
    }

    /** Those of a file's items that are asked for, and those that go along with every route of the file. */
    static Set<Item> withThoseForTheFile(RouteFile file, Set<Item> asked) {
        return file.items().stream()
                .filter(item -> asked.contains(item) || item.isForTheFile())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Names of the files that have a part in the plan. */
    Set<String> files() {
        return Stream.concat(remove.stream(), add.stream())
                .map(Item::file)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
