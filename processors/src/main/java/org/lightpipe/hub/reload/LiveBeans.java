package org.lightpipe.hub.reload;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Component;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.Registry;

/**
 * The running hub's beans, for looking only. Components are held back: a second context that got hold of
 * one would make it its own, and the running routes would lose it.
 */
final class LiveBeans implements BeanRepository {

    private final Registry live;

    LiveBeans(Registry live) {
        this.live = live;
    }

    @Override
    public Object lookupByName(String name) {
        return held(live.lookupByName(name));
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        return held(live.lookupByNameAndType(name, type));
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return live.findByTypeWithName(type).entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof Component))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return live.findByType(type).stream()
                .filter(bean -> !(bean instanceof Component))
                .collect(Collectors.toSet());
    }

    private static <T> T held(T bean) {
        return bean instanceof Component ? null : bean;
    }
}
