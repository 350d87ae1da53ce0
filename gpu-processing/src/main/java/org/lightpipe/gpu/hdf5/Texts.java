package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.lightpipe.gpu.core.Memory;

/** Turns elements into texts. */
final class Texts {

    private Texts() {}

    /** @param elements as they are stored */
    static String[] of(Store store, Datatype type, Cursor elements, int count) throws IOException {
        GlobalHeap heap = new GlobalHeap(store);
        String[] texts = new String[count];
        long characters = 0;
        for (int i = 0; i < count; i++) {
            Cursor element = elements.slice(type.size(), "text");
            texts[i] = switch (type.kind()) {
                case TEXT -> fixed(element, type);
                case LONG_TEXT -> variable(heap, element);
                case NUMBER, HALF -> number(element, type);
                case OTHER -> throw Refusal.unsupported("it holds " + type.words() + ", which are not read");
            };
            characters += texts[i].length();
            if (characters > Memory.share(16)) {
                throw Refusal.unsupported("its texts are too long for the memory of this process");
            }
        }
        return texts;
    }

    private static String fixed(Cursor element, Datatype type) {
        byte[] bytes = element.bytes(type.size());
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        while (type.spaces() && length > 0 && bytes[length - 1] == ' ') {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static String variable(GlobalHeap heap, Cursor element) throws IOException {
        long length = element.u32();
        long address = element.offset();
        int index = element.i32();
        if (length == 0 || address == 0 || address == Cursor.UNDEFINED) {
            return "";
        }
        Cursor object = heap.object(address, index, "text");
        String text = object.text(length);
        // some count the zero byte at the end
        int zero = text.indexOf(0);
        return zero < 0 ? text : text.substring(0, zero);
    }

    private static String number(Cursor element, Datatype type) {
        byte[] bytes = element.bytes(type.size());
        if (type.turned()) {
            Elements.turn(bytes, type.size());
        }
        Cursor value = new Cursor(bytes, 0, bytes.length, 8, 8, "number");
        if (type.kind() == Datatype.Kind.HALF) {
            return Float.toString(Elements.half((short) value.u16()));
        }
        return switch (type.number()) {
            case INT8 -> String.valueOf((byte) value.u8());
            case UINT8 -> String.valueOf(value.u8());
            case INT16 -> String.valueOf((short) value.u16());
            case UINT16 -> String.valueOf(value.u16());
            case INT32 -> String.valueOf(value.i32());
            case UINT32 -> String.valueOf(value.u32());
            case INT64 -> String.valueOf(value.i64());
            case UINT64 -> Long.toUnsignedString(value.i64());
            case FLOAT32 -> String.valueOf(Float.intBitsToFloat(value.i32()));
            case FLOAT64 -> String.valueOf(Double.longBitsToDouble(value.i64()));
        };
    }
}
