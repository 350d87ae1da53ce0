package org.lightpipe.transfer;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.lightpipe.storage.Storages;

/** The {@code transfer:} component: files into storages, with proof. */
@Component("transfer")
public final class TransferComponent extends DefaultComponent {

    private Destinations own;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        TransferEndpoint endpoint = new TransferEndpoint(uri, this);
        endpoint.setStorage(remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Those of the hub; outside of one, some of its own, which know no storage by name. */
    synchronized Destinations destinations() {
        CamelContext camel = getCamelContext();
        Destinations ofHub = CamelContextHelper.findSingleByType(camel, Destinations.class);
        if (ofHub != null) {
            return ofHub;
        }
        if (own == null) {
            own = new Destinations(DestinationFactory.noConfiguration(), new DestinationFactory(new Storages(camel)));
        }
        return own;
    }

    @Override
    protected void doStop() throws Exception {
        synchronized (this) {
            if (own != null) {
                own.close();
                own = null;
            }
        }
        super.doStop();
    }
}
