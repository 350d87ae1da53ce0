package org.lightpipe.catalog;

import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words why something failed. */
final class Reason {

    private Reason() {}

    static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof PermanentFailureException) {
                // It was written for the person who has to look.
                return withCause(cause);
            }
        }
        return withoutWords(failure);
    }

    private static String withCause(Throwable failure) {
        Throwable cause = next(failure);
        String own = failure.getMessage();
        if (cause == null) {
            return own;
        }
        String why = withoutWords(cause);
        return own.contains(why) ? own : own + ": " + why;
    }

    private static String withoutWords(Throwable failure) {
        Throwable cause = root(failure);
        if (cause instanceof NoSuchFileException e) {
            return e.getFile() + " does not exist";
        }
        if (cause instanceof AccessDeniedException e) {
            return e.getFile() + ": permission denied";
        }
        if (cause instanceof FileSystemException e && e.getReason() != null) {
            return e.getFile() + ": " + e.getReason();
        }
        if (cause instanceof FileNotFoundException) {
            return cause.getMessage();
        }
        String message = cause.getMessage();
        String own = failure.getMessage();
        String text = message == null ? cause.getClass().getSimpleName() : message;
        if (own == null || cause == failure || own.equals(cause.toString())) {
            return text;
        }
        // What happened to what, and not only what happened: "Cannot rename a to b: No such file".
        return own.contains(text) ? own : own + ": " + text;
    }

    static boolean isPermanent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof PermanentFailureException) {
                return true;
            }
        }
        return false;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (next(cause) != null) {
            cause = next(cause);
        }
        return cause;
    }

    private static Throwable next(Throwable cause) {
        return cause.getCause() == cause ? null : cause.getCause();
    }
}
