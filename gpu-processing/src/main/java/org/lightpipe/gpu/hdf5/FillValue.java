package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Optional;

/** What the elements are that were never written. */
final class FillValue {

    private FillValue() {}

    /** @return the bytes of one element, as they are stored */
    static byte[] of(ObjectHeader header, int elementSize) throws IOException {
        Optional<Cursor> message = header.find(ObjectHeader.FILL_VALUE);
        byte[] value = message.isPresent()
                ? parse(message.get())
                : header.find(ObjectHeader.OLD_FILL_VALUE)
                        .map(old -> sized(old))
                        .orElse(new byte[0]);
        if (value.length == 0) {
            return new byte[elementSize];
        }
        if (value.length != elementSize) {
            throw Refusal.damaged("its fill value has " + value.length + " bytes and its elements have " + elementSize);
        }
        return value;
    }

    private static byte[] parse(Cursor message) {
        int version = message.u8();
        switch (version) {
            case 1, 2 -> {
                message.skip(2);
                boolean defined = message.u8() != 0;
                return version == 1 || defined ? sized(message) : new byte[0];
            }
            case 3 -> {
                return (message.u8() & 0x20) != 0 ? sized(message) : new byte[0];
            }
            default -> throw message.damaged("has the version " + version + ", which is not known");
        }
    }

    private static byte[] sized(Cursor message) {
        int size = message.i32();
        // a negative size says that there is none
        return size <= 0 ? new byte[0] : message.bytes(size);
    }
}
