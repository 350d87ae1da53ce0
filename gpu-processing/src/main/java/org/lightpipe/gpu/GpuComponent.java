package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.StartupListener;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.DevicePool;

/**
 * The component {@code gpu:}; its techniques, threads and devices are shared by all of its endpoints. As a supplier it
 * describes the devices there are, in a line, to an application that does not know this module.
 */
@Component("gpu")
public class GpuComponent extends DefaultComponent implements Supplier<String> {

    private static final int MOST_WAITING = 1000;

    @Metadata(
            description = "A directory with jars of further techniques; what cannot be loaded is told in the log, and"
                    + " nothing else suffers from it")
    private String techniques = "{{gpu.techniques:}}";

    private Techniques found;
    private ExecutorService threads;
    private LazyDevices devices;
    private DeviceBeans beans;
    private Reducer reducer;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (getCamelContext().isStarted()) {
            // Camel hands a component to a second thread while the first still starts it; this waits until it is ready.
            start();
        }
        GpuEndpoint endpoint = new GpuEndpoint(uri, this);
        endpoint.setTechnique(remaining);
        Map<String, Object> own = new HashMap<>();
        for (Iterator<Map.Entry<String, Object>> entries = parameters.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<String, Object> entry = entries.next();
            if (!OptionsBinder.isReserved(entry.getKey())) {
                own.put(entry.getKey(), entry.getValue());
                entries.remove();
            }
        }
        endpoint.setStep(GpuStep.of(found().get(remaining), own));
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    public String get() {
        try {
            DevicePool pool = devices.get();
            String best = pool.devices().stream()
                    .filter(device -> !device.isProcessor())
                    .findFirst()
                    .map(device -> device.getName() + " (" + device.getBackend() + ")")
                    .orElse("the java backend");
            return String.join("; ", pool.describe()) + "; gpu: steps run on " + best;
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the devices are still looked for";
        }
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        beans = new DeviceBeans(getCamelContext());
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
        devices = new LazyDevices(beans::register);
        LazyDevices pool = devices;
        reducer = new Reducer(
                (backend, least, best, workers, patience) -> pool.get().borrow(backend, least, best, workers, patience),
                new WorkPool(threads, processors),
                found().formats());
        if (getCamelContext().isAutoStartup()) {
            getCamelContext().addStartupListener(new SearchOnceStarted(pool));
        }
    }

    @Override
    protected void doStop() throws Exception {
        devices.close();
        beans.unregister();
        getCamelContext().getExecutorServiceManager().shutdownGraceful(threads);
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        synchronized (this) {
            if (found != null) {
                found.close();
                found = null;
            }
        }
        super.doShutdown();
    }

    /** Looked for at the first question: properties of the application reach a component after it was made ready. */
    private synchronized Techniques found() {
        if (found == null) {
            // the technique's jar may be another one than ours, so ask the application's class loader
            ClassLoader loader = getCamelContext().getApplicationContextClassLoader();
            found = Techniques.load(
                    loader == null ? getClass().getClassLoader() : loader,
                    Optional.of(getCamelContext().resolvePropertyPlaceholders(techniques))
                            .filter(directory -> !directory.isBlank())
                            .map(Path::of));
        }
        return found;
    }

    Reducer reducer() {
        return reducer;
    }

    /** @return the directory with jars of further techniques */
    public String getTechniques() {
        return techniques;
    }

    /** @param techniques the directory with jars of further techniques; one that is not there has none */
    public void setTechniques(String techniques) {
        this.techniques = techniques;
    }

    /** Registering the devices must not run beside the start of the context, which it would disturb. */
    private record SearchOnceStarted(LazyDevices devices) implements StartupListener {

        @Override
        public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
            // routes start after this
        }

        @Override
        public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
            devices.begin();
        }
    }
}
