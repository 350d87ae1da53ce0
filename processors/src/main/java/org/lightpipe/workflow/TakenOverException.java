package org.lightpipe.workflow;

/** Another run of a hub holds the job now: whatever this one has of it is void. */
final class TakenOverException extends Exception {

    TakenOverException(long jobId) {
        super("job " + jobId + " was taken over by another hub");
    }
}
