package org.lightpipe.archive;

/** Is told how far a step has come: where a test pulls the plug to see that repeating it is safe. */
@FunctionalInterface
interface Milestones {

    /** Nobody listens. */
    Milestones NONE = name -> {};

    void passed(String name);
}
