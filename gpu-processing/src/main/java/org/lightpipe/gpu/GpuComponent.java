package org.lightpipe.gpu;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * The component {@code gpu:}; its threads are shared by all of its endpoints. As a supplier it describes the devices
 * there are, in a line, to an application that does not know this module.
 */
@Component("gpu")
public class GpuComponent extends DefaultComponent implements Supplier<String> {

    private static final int MOST_WAITING = 1000;

    private final Map<String, Technique> techniques = new TreeMap<>();
    private final ResultWriter results = new ResultWriter();
    private ExecutorService threads;
    private Backend java;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (getCamelContext().isStarted()) {
            // Camel hands a component to a second thread while the first still starts it; this waits until it is ready.
            start();
        }
        GpuEndpoint endpoint = new GpuEndpoint(uri, this);
        endpoint.setTechnique(remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    public String get() {
        return GpuDevices.describe();
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        // the technique's jar may be another one than ours, so ask the application's class loader
        ClassLoader loader = getCamelContext().getApplicationContextClassLoader();
        ServiceLoader<Technique> found =
                ServiceLoader.load(Technique.class, loader == null ? getClass().getClassLoader() : loader);
        for (Technique technique : found) {
            techniques.put(technique.name(), technique);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        int processors = Runtime.getRuntime().availableProcessors();
        ThreadPoolProfile profile = new ThreadPoolProfile("gpu-java");
        profile.setPoolSize(processors);
        profile.setMaxPoolSize(processors);
        profile.setMaxQueueSize(MOST_WAITING);
        // with a full queue the route's own thread works on its slice
        profile.setRejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns);
        threads = getCamelContext().getExecutorServiceManager().newThreadPool(this, "gpu-java", profile);
        java = new JavaBackend(threads, processors);
        // loading the natives takes up to a second, which the start need not wait for
        threads.execute(GpuDevices::describe);
    }

    @Override
    protected void doStop() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdownGraceful(threads);
        super.doStop();
    }

    Technique technique(String name) {
        Technique technique = techniques.get(name);
        if (technique == null) {
            throw new IllegalArgumentException("gpu:" + name + ": there is no such technique; there are "
                    + String.join(", ", techniques.keySet()));
        }
        return technique;
    }

    Backend backend() {
        return java;
    }

    ResultWriter results() {
        return results;
    }
}
