package org.lightpipe.workflow;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All processes of one attempt at a stage. They are told in three ways, because each alone has a way out: by a mark in
 * their environment (which a fresh environment removes), by the session that the stage was given (which a new session
 * leaves), and by descent (which an orphan loses). The mark also tells them after a crash of the hub, when a process id
 * alone might be another program's by now.
 */
final class ProcessTree {

    /** Environment variable with the mark. */
    static final String MARK = "LIGHTPIPE_STAGE";

    private static final long LOOK_AGAIN_MILLIS = 25;

    private final String mark;
    private final OptionalLong leader;

    /**
     * @param mark value of the mark
     * @param leader id of the first process of the stage, when it is known to be still that
     */
    ProcessTree(String mark, OptionalLong leader) {
        this.mark = mark;
        this.leader = leader;
    }

    /** Ids of its processes that are alive. */
    Set<Long> members() {
        List<ProcessTable.Entry> alive = ProcessTable.alive();
        long self = ProcessHandle.current().pid();
        Set<Long> members = alive.stream()
                .filter(process -> process.pid() != self)
                .filter(process -> leader.isPresent()
                                && (process.pid() == leader.getAsLong() || process.session() == leader.getAsLong())
                        || process.hasInEnvironment(MARK, mark))
                .map(ProcessTable.Entry::pid)
                .collect(Collectors.toCollection(HashSet::new));
        boolean grown = !members.isEmpty();
        while (grown) {
            grown = false;
            for (ProcessTable.Entry process : alive) {
                grown |= members.contains(process.parent()) && members.add(process.pid());
            }
        }
        return members;
    }

    /**
     * Ends all of them: asks with TERM, and after a while kills with KILL. An interrupt does not cut this short, since
     * what is left behind would go on writing; it is set again at the end.
     *
     * @param grace time to end by themselves
     * @return false when some could not be killed
     */
    boolean kill(Duration grace) {
        Set<Long> asked = new HashSet<>();
        boolean ended = signal(grace, pid -> {
            if (asked.add(pid)) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
            }
        });
        return ended || signal(grace, pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private boolean signal(Duration patience, java.util.function.LongConsumer signal) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                Set<Long> members = members();
                if (members.isEmpty()) {
                    return true;
                }
                if (System.nanoTime() > deadline) {
                    return false;
                }
                members.forEach(signal::accept);
                try {
                    Thread.sleep(LOOK_AGAIN_MILLIS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
