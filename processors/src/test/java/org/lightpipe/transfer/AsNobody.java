package org.lightpipe.transfer;

import com.sun.jna.Native;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Runs something with the rights on files of a user that has none, where the tests run as root, whom nothing is denied. */
final class AsNobody {

    private static final int NOBODY = 65_534;

    static {
        Native.register(AsNobody.class, "c");
    }

    private AsNobody() {}

    /** Of the calling thread alone. */
    private static native int setfsuid(int user);

    static <T> T call(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(() -> {
            // It answers with the user before, who may be nobody already.
            setfsuid(NOBODY);
            return task.call();
        });
        Thread thread = new Thread(future, "as-nobody");
        thread.start();
        thread.join();
        return future.get();
    }
}
