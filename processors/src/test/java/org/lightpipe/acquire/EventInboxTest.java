package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lightpipe.acquire.EventInbox.Name;

class EventInboxTest {

    private final AtomicInteger arrived = new AtomicInteger();
    private final EventInbox inbox = new EventInbox(3, arrived::incrementAndGet);

    @Test
    void aNameIsInItOnce() {
        inbox.add(1, Inotify.CREATE, "a");
        inbox.add(1, Inotify.CLOSE_WRITE, "a");
        inbox.add(2, Inotify.CREATE, "a");
        EventInbox.Changes changes = inbox.take();
        assertThat(changes.names())
                .containsOnlyKeys(new Name(1, "a"), new Name(2, "a"))
                .containsEntry(new Name(1, "a"), Inotify.CREATE | Inotify.CLOSE_WRITE);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.take().isEmpty()).isTrue();
        assertThat(arrived).as("who waits is woken once").hasValue(1);
    }

    @Test
    void withTooManyNamesDirectoriesAreNoted() {
        for (int i = 0; i < 100; i++) {
            inbox.add(7, Inotify.CLOSE_WRITE, "f" + i);
        }
        inbox.add(7, Inotify.CREATE | Inotify.IS_DIRECTORY, "d");
        inbox.add(7, Inotify.IGNORED, "");
        EventInbox.Changes changes = inbox.take();
        assertThat(changes.names())
                .containsOnlyKeys(
                        new Name(7, "f0"), new Name(7, "f1"), new Name(7, "f2"), new Name(7, "d"), new Name(7, ""));
        assertThat(changes.directories()).containsExactly(7);
        assertThat(changes.everything()).isFalse();
    }

    @Test
    void whatTheKernelDroppedMayBeAnything() {
        inbox.add(-1, Inotify.OVERFLOW, "");
        assertThat(inbox.isEmpty()).isFalse();
        assertThat(inbox.take().everything()).isTrue();
    }
}
