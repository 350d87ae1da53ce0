package org.lightpipe.hub.reload;

/** Told of every edit that was put in force or refused, so that it can be kept with who and when. */
@FunctionalInterface
public interface ReloadAudit {

    /** Called on the reloader's thread after the outcome is final; must not take long. */
    void reloaded(ReloadReport report);
}
