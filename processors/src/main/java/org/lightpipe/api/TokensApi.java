package org.lightpipe.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.lightpipe.catalog.Audit;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Makes tokens for users, at an operator's word. */
public final class TokensApi {

    private final Access access;
    private final Audit audit;

    public TokensApi(Access access, Audit audit) {
        this.access = access;
        this.audit = audit;
    }

    /** Makes a token: {@code {user, operator, for}}. The answer is the only place where it can be read. */
    public Map<String, Object> create(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        String user = map.map(fields -> fields.text("user")).orElse("");
        boolean operator = map.map(fields -> fields.flag("operator", false)).orElse(false);
        Duration time =
                map.map(fields -> fields.duration("for", Duration.ofDays(90))).orElse(Duration.ofDays(90));
        map.ifPresent(YamlMap::end);
        findings.refuse();
        String token = access.create(user, operator, time);
        audit.record(caller.username(), "token made", user + (operator ? ", operator" : ""));
        return Map.of("token", token);
    }
}
