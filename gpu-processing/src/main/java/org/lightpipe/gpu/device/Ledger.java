package org.lightpipe.gpu.device;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Who has how much memory of which device, and who waits for it: the bookkeeping of the pool, which knows no device.
 *
 * <p>Requests are served in the order of their arrival. One that has to wait keeps later ones away from every account
 * that could serve it, so that small requests never starve a large one; of the accounts that can serve a request at
 * once, the least loaded does.
 */
final class Ledger {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Request> queue = new LinkedList<>();
    private boolean closed;

    /** Whether an account serves requests. */
    enum Gate {
        /** It does. */
        OPEN,
        /** It does not because somebody asked for that. */
        DRAINED,
        /** It does not because the device failed. */
        OUT
    }

    /** The memory of one device. */
    final class Account {
        private final long capacity;
        private long lent;
        private int jobs;
        private Gate gate = Gate.OPEN;
        private String reason = "";

        private Account(long capacity) {
            this.capacity = capacity;
        }

        /** @return the bytes that may be lent */
        long capacity() {
            return capacity;
        }

        /** @return the bytes that are lent */
        long lent() {
            return locked(() -> lent);
        }

        /** @return how many requests have some of it */
        int jobs() {
            return locked(() -> jobs);
        }

        /** @return how many requests wait for it, some of them for others too */
        int waiting() {
            return locked(() ->
                    (int) queue.stream().filter(r -> r.accounts.contains(this)).count());
        }

        Gate gate() {
            return locked(() -> gate);
        }

        /** @return why it is not open; empty if it is */
        String reason() {
            return locked(() -> reason);
        }

        /** Serves nobody from now on; what is lent stays so. */
        void shut(Gate how, String why) {
            change(() -> {
                gate = how;
                reason = why;
            });
        }

        /** Serves again. */
        void open() {
            change(() -> {
                gate = Gate.OPEN;
                reason = "";
            });
        }

        private boolean mayServe(Request request) {
            return gate == Gate.OPEN && capacity >= request.least;
        }
    }

    /** A part of an account; to be given back. */
    final class Grant {
        private final Account account;
        private final long bytes;
        private boolean returned;

        private Grant(Account account, long bytes) {
            this.account = account;
            this.bytes = bytes;
        }

        Account account() {
            return account;
        }

        long bytes() {
            return bytes;
        }

        /** Ends it; once is enough. */
        void giveBack() {
            change(() -> {
                if (!returned) {
                    returned = true;
                    account.lent -= bytes;
                    account.jobs--;
                }
            });
        }
    }

    /** Somebody who wants a part of one of several accounts. */
    final class Request {
        private final List<Account> accounts;
        private final long least;
        private final long best;
        private final Condition answered = lock.newCondition();
        private Grant grant;
        private boolean hopeless;

        private Request(List<Account> accounts, long least, long best) {
            this.accounts = List.copyOf(accounts);
            this.least = least;
            this.best = best;
        }

        /** @return what it got so far */
        Optional<Grant> grant() {
            return locked(() -> Optional.ofNullable(grant));
        }

        /** @return whether none of its accounts will serve it */
        boolean hopeless() {
            return locked(() -> hopeless);
        }
    }

    Account account(long capacity) {
        return new Account(capacity);
    }

    /**
     * Waits for a part of one of several accounts.
     *
     * @param accounts those that will do; the first is preferred where they are loaded the same
     * @param least bytes
     * @param best bytes, which it gets if they are free
     * @return empty if none of the accounts is open, or none had enough within the time
     */
    Optional<Grant> take(Collection<Account> accounts, long least, long best, Duration patience)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Request request = enter(accounts, least, best);
            try {
                long left = patience.toNanos();
                while (request.grant == null && !request.hopeless && left > 0) {
                    left = request.answered.awaitNanos(left);
                }
                return Optional.ofNullable(request.grant);
            } catch (InterruptedException e) {
                if (request.grant != null) {
                    request.grant.giveBack();
                }
                throw e;
            } finally {
                leave(request);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Puts a request at the end of the queue and serves it if it can be. */
    Request enter(Collection<Account> accounts, long least, long best) {
        if (least < 0 || best < least) {
            throw new IllegalArgumentException("between " + least + " and " + best + " bytes");
        }
        Request request = new Request(List.copyOf(accounts), least, best);
        change(() -> queue.add(request));
        return request;
    }

    /** Takes a request out of the queue, whether it was served or not; those behind it may have their turn now. */
    void leave(Request request) {
        change(() -> queue.remove(request));
    }

    /** Serves nobody any more and sends all away. */
    void close() {
        change(() -> closed = true);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            serve();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        Set<Account> promised = new HashSet<>();
        for (Iterator<Request> requests = queue.iterator(); requests.hasNext(); ) {
            Request request = requests.next();
            if (closed || request.accounts.stream().noneMatch(account -> account.mayServe(request))) {
                request.hopeless = true;
            } else {
                request.accounts.stream()
                        .filter(account -> account.mayServe(request)
                                && account.capacity - account.lent >= request.least
                                && !promised.contains(account))
                        .min(Comparator.<Account>comparingInt(account -> account.jobs)
                                .thenComparingDouble(account -> (double) account.lent / account.capacity))
                        .ifPresent(account -> grant(request, account));
            }
            if (request.grant != null || request.hopeless) {
                requests.remove();
                request.answered.signal();
            } else {
                request.accounts.stream()
                        .filter(account -> account.mayServe(request))
                        .forEach(promised::add);
            }
        }
    }

    private void grant(Request request, Account account) {
        long bytes = Math.min(request.best, account.capacity - account.lent);
        account.lent += bytes;
        account.jobs++;
        request.grant = new Grant(account, bytes);
    }
}
