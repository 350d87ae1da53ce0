package org.lightpipe.acquire;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** The {@code landing:} component: files that are finished, as they land. */
@Component("landing")
public final class LandingComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LandingEndpoint endpoint = new LandingEndpoint(uri, this);
        endpoint.setDirectoryName(remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
