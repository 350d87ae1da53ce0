package org.lightpipe.gpu.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parameters of kernels, as their PTX declares them: the driver checks neither their number nor their types. */
final class PtxSignatures {

    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
    private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.([usbf])(32|64)\\b");

    private PtxSignatures() {}

    /** A type of parameters. */
    enum Type {
        /** 32 bits. */
        INT(Integer.class, "an Integer"),
        /** 64 bits, or the address of a buffer. */
        LONG(Long.class, "a Long or a Buffer of this device"),
        /** 32 bits. */
        FLOAT(Float.class, "a Float"),
        /** 64 bits. */
        DOUBLE(Double.class, "a Double");

        private final Class<?> java;
        private final String words;

        Type(Class<?> java, String words) {
            this.java = java;
            this.words = words;
        }

        /** @return whether an argument may be given for it */
        boolean takes(Object argument) {
            return java.isInstance(argument) || this == LONG && argument instanceof Device.Buffer;
        }

        /** @return for messages */
        @Override
        public String toString() {
            return words;
        }
    }

    /** @return the types of the parameters of each kernel */
    static Map<String, List<Type>> of(String ptx) {
        Map<String, List<Type>> signatures = new HashMap<>();
        Matcher entry = ENTRY.matcher(ptx);
        while (entry.find()) {
            List<Type> types = new ArrayList<>();
            Matcher parameter = PARAMETER.matcher(entry.group(2));
            while (parameter.find()) {
                boolean wide = parameter.group(2).equals("64");
                boolean real = parameter.group(1).equals("f");
                types.add(real ? wide ? Type.DOUBLE : Type.FLOAT : wide ? Type.LONG : Type.INT);
            }
            signatures.put(entry.group(1), List.copyOf(types));
        }
        return signatures;
    }
}
