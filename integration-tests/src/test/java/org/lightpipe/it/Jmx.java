package org.lightpipe.it;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A console that is connected to a hub over RMI. */
final class Jmx implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private Jmx(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    static Jmx connect(int port) throws IOException {
        return new Jmx(JMXConnectorFactory.connect(url(port)));
    }

    static Jmx connect(int port, String user, String password) throws IOException {
        return new Jmx(JMXConnectorFactory.connect(
                url(port), Map.of(JMXConnector.CREDENTIALS, new String[] {user, password})));
    }

    private static JMXServiceURL url(int port) throws IOException {
        return new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    }

    static ObjectName step(String name) throws JMException {
        return new ObjectName("org.lightpipe:type=Step,name=" + name);
    }

    static ObjectName route(String id) throws JMException {
        return new ObjectName("org.apache.camel:context=lightpipe,type=routes,name=\"" + id + "\"");
    }

    Object get(ObjectName name, String attribute) throws JMException, IOException {
        return server.getAttribute(name, attribute);
    }

    long number(ObjectName name, String attribute) throws JMException, IOException {
        return ((Number) get(name, attribute)).longValue();
    }

    Object invoke(ObjectName name, String operation) throws JMException, IOException {
        return server.invoke(name, operation, new Object[0], new String[0]);
    }

    Set<ObjectName> find(String pattern) throws JMException, IOException {
        return server.queryNames(new ObjectName(pattern), null);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
