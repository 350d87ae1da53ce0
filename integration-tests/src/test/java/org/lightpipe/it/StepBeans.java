package org.lightpipe.it;

import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What a hub's console shows of one step. */
final class StepBeans {

    private StepBeans() {}

    /** A number of a step: Done, Backlog, InFlight and the like. */
    static long number(int jmxPort, String step, String attribute) throws IOException, JMException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi");
        try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            return ((Number) beans.getAttribute(new ObjectName("org.lightpipe:type=Step,name=" + step), attribute))
                    .longValue();
        }
    }
}
