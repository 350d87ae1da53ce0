package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lightpipe.gpu.core.Memory;

/**
 * The pieces of metadata that were read last, so that neighbours do not read them again; only whole ones, whose
 * checksums were right. Thread-safe.
 */
final class RecentBlocks {

    private static final int MOST = 32;

    private final Map<Long, Cursor> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Reads one that is not there. */
    interface Reader {
        Cursor read(long address) throws IOException;
    }

    /** @return the piece at an address, from its beginning */
    Cursor get(long address, Reader reader) throws IOException {
        synchronized (blocks) {
            Cursor known = blocks.get(address);
            if (known != null) {
                return known.fresh();
            }
        }
        Cursor block = reader.read(address);
        synchronized (blocks) {
            if (blocks.putIfAbsent(address, block) == null) {
                bytes += block.size();
            }
            Iterator<Cursor> eldest = blocks.values().iterator();
            while (blocks.size() > MOST || blocks.size() > 1 && bytes > Memory.share(64)) {
                bytes -= eldest.next().size();
                eldest.remove();
            }
        }
        return block.fresh();
    }
}
