package org.lightpipe.hub.reload;

/** The reloader as an operator sees it, at {@code org.lightpipe:type=Reload}. */
public interface ReloadMBean {

    /** APPLIED, REFUSED or ROLLED_BACK; NONE when nothing changed since the start. */
    String getLastOutcome();

    /** When that was, in ISO 8601; empty when nothing changed since the start. */
    String getLastTime();

    /** What was done or why not, one line each. */
    String[] getLastMessages();

    /** Looks at the files now, without waiting for them to be quiet, and answers with the outcome. */
    String checkNow();
}
