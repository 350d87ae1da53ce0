package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Optional;

/** Finds objects by their paths, through links of all kinds. */
final class Resolver {

    private static final int MOST_LINKS = 64;

    private final OpenFiles files;

    Resolver(OpenFiles files) {
        this.files = files;
    }

    /** @return the object at an absolute path of a file; empty if there is nothing of that name */
    Optional<ObjectHeader> resolve(Store store, String path) throws IOException {
        return walk(ObjectHeader.read(store, store.root()), path, new int[1]);
    }

    private Optional<ObjectHeader> walk(ObjectHeader start, String path, int[] followed) throws IOException {
        ObjectHeader object = path.startsWith("/")
                ? ObjectHeader.read(start.store(), start.store().root())
                : start;
        for (String part : path.split("/")) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (!object.isGroup()) {
                return Optional.empty();
            }
            Optional<Links.Link> link = new Links(object).find(part);
            Optional<ObjectHeader> next = link.isEmpty() ? Optional.empty() : follow(object, link.get(), followed);
            if (next.isEmpty()) {
                return next;
            }
            object = next.get();
        }
        return Optional.of(object);
    }

    private Optional<ObjectHeader> follow(ObjectHeader group, Links.Link link, int[] followed) throws IOException {
        if (link.target() == null) {
            return link.address() == Cursor.UNDEFINED
                    ? Optional.empty()
                    : Optional.of(ObjectHeader.read(group.store(), link.address()));
        }
        if (++followed[0] > MOST_LINKS) {
            throw Refusal.unsupported("it is a link that leads in a circle");
        }
        if (link.file() == null) {
            return walk(group, link.target(), followed);
        }
        Store other = files.linked(group.store(), link.file());
        return walk(ObjectHeader.read(other, other.root()), link.target(), followed);
    }
}
