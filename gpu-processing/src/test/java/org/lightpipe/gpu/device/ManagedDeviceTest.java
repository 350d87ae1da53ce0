package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.management.DefaultManagementAgent;
import org.junit.jupiter.api.Test;

/** A device in a console: through Camel's own registration, as any of its components. */
class ManagedDeviceTest {

    @Test
    void consolesSeeADeviceDrainItAndRestoreIt() throws Exception {
        TestDevices.pool("opencl");
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        try (DevicePool pool = new DevicePool(
                        List.of(OpenClPlatforms.devices(missing -> {}).get(0)), Map.of());
                DefaultCamelContext context = new DefaultCamelContext()) {
            ManagedDevice device = pool.devices().get(0);
            DefaultManagementAgent agent = new DefaultManagementAgent(context);
            agent.setMBeanServer(server);
            agent.start();
            ObjectName name = new ObjectName("org.apache.camel:type=gpu,name=\"" + device.getId() + "\"");
            agent.register(device, name);
            MBeanInfo info = server.getMBeanInfo(name);
            assertThat(info.getDescription()).isEqualTo("An accelerator that gpu: steps run on");
            assertThat(Arrays.stream(info.getAttributes()).map(MBeanAttributeInfo::getName))
                    .contains(
                            "Id",
                            "Name",
                            "Backend",
                            "Driver",
                            "Processor",
                            "MemoryTotal",
                            "MemoryUsed",
                            "MemoryFree",
                            "JobsRunning",
                            "JobsWaiting",
                            "Kernels",
                            "SecondsBusy",
                            "Faults",
                            "LastFault",
                            "State");
            assertThat(Arrays.stream(info.getOperations()).map(MBeanOperationInfo::getName))
                    .contains("drain", "restore");
            assertThat(server.getAttribute(name, "State")).isEqualTo("ready");
            server.invoke(name, "drain", null, null);
            assertThat(server.getAttribute(name, "State")).isEqualTo("drained");
            server.invoke(name, "restore", null, null);
            assertThat(server.getAttribute(name, "State")).isEqualTo("ready");
            assertThat((Long) server.getAttribute(name, "MemoryFree")).isEqualTo(device.getMemoryFree());
            agent.unregister(name);
        }
    }
}
