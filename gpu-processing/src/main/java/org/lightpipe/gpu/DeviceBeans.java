package org.lightpipe.gpu;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.ManagedDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the devices to consoles, as {@code org.lightpipe:type=GpuDevice,context=…,name=cuda-0}. Thread-safe. */
final class DeviceBeans {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceBeans.class);

    private final CamelContext camel;
    private final Set<ObjectName> names = ConcurrentHashMap.newKeySet();

    DeviceBeans(CamelContext camel) {
        this.camel = camel;
    }

    void register(DevicePool devices) {
        ManagementAgent agent = camel.getManagementStrategy().getManagementAgent();
        if (agent == null) {
            return;
        }
        for (ManagedDevice device : devices.devices()) {
            try {
                ObjectName name = new ObjectName("org.lightpipe:type=GpuDevice,context=" + camel.getManagementName()
                        + ",name=" + device.getId());
                agent.register(device, name, true);
                names.add(name);
            } catch (JMException e) {
                LOG.warn("{} is not shown to consoles", device, e);
            }
        }
    }

    void unregister() {
        ManagementAgent agent = camel.getManagementStrategy().getManagementAgent();
        for (ObjectName name : names) {
            try {
                agent.unregister(name);
            } catch (JMException e) {
                LOG.debug("{} stays", name, e);
            }
        }
        names.clear();
    }
}
