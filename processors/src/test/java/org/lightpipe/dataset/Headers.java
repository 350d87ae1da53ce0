package org.lightpipe.dataset;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small valid files of every format, byte by byte after their specifications. */
final class Headers {

    private Headers() {}

    /** A file name, and its bytes. */
    static Map<String, byte[]> all() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("classic.tif", tiff(ByteOrder.LITTLE_ENDIAN, false, 3));
        all.put("big-endian.tif", tiff(ByteOrder.BIG_ENDIAN, false, 1));
        all.put("big.tif", tiff(ByteOrder.LITTLE_ENDIAN, true, 2));
        all.put("frame.edf", edf());
        all.put("frame.cbf", cbf());
        all.put("old.spe", spe(2.5f, ""));
        all.put("new.spe", spe(3.0f, LIGHTFIELD));
        all.put("scan.mda", mda());
        return all;
    }

    static final String LIGHTFIELD = """
            <SpeFormat version="3.0" xmlns="http://www.princetoninstruments.com/spe/2009">
              <DataFormat><DataBlock type="Frame" count="7" pixelFormat="MonochromeUnsigned16" size="12" stride="12">
                <DataBlock type="Region" count="1" width="3" height="2" size="12" stride="12"/>
              </DataBlock></DataFormat>
              <GeneralInformation><FileInformation created="2026-11-24T10:00:00.5-06:00"/></GeneralInformation>
              <DataHistories><DataHistory><Origin><Experiment><Devices><Cameras><Camera>
                <ShutterTiming><ExposureTime>125.5</ExposureTime></ShutterTiming>
                <Acquisition><Secret>42</Secret></Acquisition>
              </Camera></Cameras></Devices></Experiment></Origin></DataHistory></DataHistories>
            </SpeFormat>
            """;

    private static final int ASCII = 2;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int RATIONAL = 5;
    private static final int DOUBLE = 12;

    /** Pages of 640 × 480 pixels of 16 bits; the first one with everything that areaDetector writes. */
    static byte[] tiff(ByteOrder order, boolean big, int pages) {
        return tiff(order, big, pages, "ImageJ=1.54f\nimages=3\nunit=micron\n");
    }

    static byte[] tiff(ByteOrder order, boolean big, int pages, String description) {
        ByteBuffer file = ByteBuffer.allocate(1 << 16).order(order);
        file.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        file.putShort((short) (big ? 43 : 42));
        if (big) {
            file.putShort((short) 8).putShort((short) 0).putLong(16);
        } else {
            file.putInt(8);
        }
        for (int page = 0; page < pages; page++) {
            Object[][] tags = page > 0
                    ? new Object[][] {{256, SHORT, 640}, {257, SHORT, 480}}
                    : new Object[][] {
                        {256, SHORT, 640},
                        {257, LONG, 480},
                        {258, SHORT, 16},
                        {259, SHORT, 5},
                        {270, ASCII, description},
                        {271, ASCII, "Mk"},
                        {277, SHORT, 1},
                        {282, RATIONAL, new int[] {300, 2}},
                        {296, SHORT, 3},
                        {339, SHORT, 2},
                        {65000, DOUBLE, 1.25e9},
                        {65001, LONG, 4711},
                        {65010, ASCII, "ExposureTime:0.25"},
                        {65011, ASCII, "Sample:Bone: left"}
                    };
            int entry = big ? 20 : 12;
            int start = file.position() + (big ? 8 : 2);
            int extra = start + tags.length * entry + (big ? 8 : 4);
            if (big) {
                file.putLong(tags.length);
            } else {
                file.putShort((short) tags.length);
            }
            for (int i = 0; i < tags.length; i++) {
                extra = tag(file, start + i * entry, tags[i], big, extra);
            }
            int next = page + 1 < pages ? extra + extra % 2 : 0;
            file.position(start + tags.length * entry);
            if (big) {
                file.putLong(next);
            } else {
                file.putInt(next);
            }
            file.position(next == 0 ? extra : next);
        }
        return Arrays.copyOf(file.array(), file.position());
    }

    private static int tag(ByteBuffer file, int at, Object[] tag, boolean big, int extra) {
        ByteBuffer value = ByteBuffer.allocate(1024).order(file.order());
        int count = 1;
        switch ((int) tag[1]) {
            case ASCII -> {
                byte[] text = (tag[2] + "\0").getBytes(StandardCharsets.UTF_8);
                count = text.length;
                value.put(text);
            }
            case SHORT -> value.putShort((short) (int) tag[2]);
            case LONG -> value.putInt((int) tag[2]);
            case RATIONAL -> value.putInt(((int[]) tag[2])[0]).putInt(((int[]) tag[2])[1]);
            default -> value.putDouble((double) tag[2]);
        }
        file.position(at);
        file.putShort((short) (int) tag[0]).putShort((short) (int) tag[1]);
        int inline = big ? 8 : 4;
        if (big) {
            file.putLong(count);
        } else {
            file.putInt(count);
        }
        byte[] bytes = Arrays.copyOf(value.array(), value.position());
        if (bytes.length <= inline) {
            file.put(bytes);
            return extra;
        }
        if (big) {
            file.putLong(extra);
        } else {
            file.putInt(extra);
        }
        file.position(extra);
        file.put(bytes);
        return extra + bytes.length;
    }

    static final String EDF = """
            {
            HeaderID = EH:000001:000000:000000 ;
            Image = 1 ;
            ByteOrder = LowByteFirst ;
            DataType = UnsignedShort ;
            Dim_1 = 4 ;
            Dim_2 = 2 ;
            Size = 16 ;
            count_time = 0.5 ;
            title = {curly} and 007 ;
            sample = 007 ;
            motor_mne = phi chi energy ;
            motor_pos = 1.5 -90 17.0 ;
            counter_mne = mon ;
            counter_pos = 12345 ;
            """;

    static byte[] edf() {
        return edf(EDF);
    }

    /** The text, padded to a multiple of 512 bytes as the format asks for, and a frame of zeros. */
    static byte[] edf(String text) {
        StringBuilder header = new StringBuilder(text);
        while (header.length() % 512 != 510) {
            header.append(' ');
        }
        return with(header.append("}\n").toString().getBytes(StandardCharsets.ISO_8859_1), new byte[16]);
    }

    static byte[] cbf() {
        String text = """
                ###CBF: VERSION 1.5, CBFlib v0.7.8 - PILATUS detectors

                data_lyso_00001

                _diffrn.id DS1
                _array_data.header_convention "PILATUS_1.2"
                _array_data.header_contents
                ;
                # Detector: PILATUS 2M, S/N 24-0107
                # 2026-11-24T10:15:20.512
                # Pixel_size 172e-6 m x 172e-6 m
                # Silicon sensor, thickness 0.000450 m
                # Exposure_time 0.0970000 s
                # Tau = 124.0e-09 s
                # Count_cutoff 1048500 counts
                # Threshold_setting: 6330 eV
                # Wavelength 0.97934 A
                # Beam_xy (1231.50, 1263.50) pixels
                ;

                _array_data.data
                ;
                --CIF-BINARY-FORMAT-SECTION--
                Content-Type: application/octet-stream;
                     conversions="x-CBF_BYTE_OFFSET"
                Content-Transfer-Encoding: BINARY
                X-Binary-Size: 8
                X-Binary-ID: 1
                X-Binary-Element-Type: "signed 32-bit integer"
                X-Binary-Element-Byte-Order: LITTLE_ENDIAN
                X-Binary-Size-Fastest-Dimension: 1475
                X-Binary-Size-Second-Dimension: 1679

                """.replace("\n", "\r\n");
        return with(
                text.getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {0x0c, 0x1a, 0x04, (byte) 0xd5, 1, 2, 3, 4, 5, 6, 7, 8});
    }

    static byte[] spe(float version, String xml) {
        ByteBuffer spe = ByteBuffer.allocate(4100).order(ByteOrder.LITTLE_ENDIAN);
        spe.putShort(6, (short) 2084).putShort(18, (short) 2084);
        spe.putFloat(10, 0.5f).putFloat(36, -20f).putFloat(672, 12.5f);
        spe.put(20, "24Nov2026".getBytes(StandardCharsets.US_ASCII));
        spe.put(172, "101520".getBytes(StandardCharsets.US_ASCII));
        spe.put(200, "first line".getBytes(StandardCharsets.US_ASCII));
        spe.put(280, "second line".getBytes(StandardCharsets.US_ASCII));
        spe.putShort(42, (short) 3)
                .putShort(656, (short) 2)
                .putShort(108, (short) 3)
                .putInt(1446, 7);
        spe.putShort(1510, (short) 1);
        spe.putShort(1512, (short) 1).putShort(1514, (short) 6).putShort(1516, (short) 2);
        spe.putShort(1518, (short) 1).putShort(1520, (short) 2).putShort(1522, (short) 1);
        spe.putFloat(1992, version).putInt(2996, 0x01234567).putShort(4098, (short) 0x5555);
        byte[] data = new byte[3 * 2 * 2 * 7];
        if (!xml.isEmpty()) {
            spe.putLong(678, 4100 + data.length);
        }
        return with(spe.array(), data, xml.getBytes(StandardCharsets.UTF_8));
    }

    /** A scan of 2 × 3 points, whose inner scans come first in depth: header, outer scan, inner scan, variables. */
    static byte[] mda() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream xdr = new DataOutputStream(bytes)) {
            byte[] outer = outer(0);
            byte[] inner = inner();
            int header = 4 * (3 + 2 + 2);
            xdr.writeFloat(1.4f);
            xdr.writeInt(17);
            xdr.writeInt(2);
            xdr.writeInt(2);
            xdr.writeInt(3);
            xdr.writeInt(1);
            xdr.writeInt(header + outer.length + inner.length);
            xdr.write(outer(header + outer.length));
            xdr.write(inner);
            xdr.writeInt(4);
            texts(xdr, "S:SRcurrent", "ring");
            xdr.writeInt(34);
            xdr.writeInt(1);
            texts(xdr, "mA");
            xdr.writeDouble(102.25);
            texts(xdr, "user:note", "");
            xdr.writeInt(0);
            texts(xdr, "hello");
            texts(xdr, "mca:roi", "regions");
            xdr.writeInt(33);
            xdr.writeInt(2);
            texts(xdr, "");
            xdr.writeInt(5);
            xdr.writeInt(6);
            texts(xdr, "user:long", "");
            xdr.writeInt(32);
            xdr.writeInt(5);
            texts(xdr, "");
            xdr.write("bytes\0\0\0".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] outer(int innerAt) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream xdr = new DataOutputStream(bytes);
        xdr.writeInt(2);
        xdr.writeInt(2);
        xdr.writeInt(1);
        xdr.writeInt(innerAt);
        xdr.writeInt(0);
        texts(xdr, "2xfm:scan2", "NOV 24, 2026 10:15:20.5");
        xdr.writeInt(1);
        xdr.writeInt(0);
        xdr.writeInt(0);
        xdr.writeInt(0);
        texts(xdr, "2xfm:m13.VAL", "Sample Y", "LINEAR", "mm", "2xfm:m13.RBV", "", "mm");
        return bytes.toByteArray();
    }

    private static byte[] inner() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream xdr = new DataOutputStream(bytes);
        xdr.writeInt(1);
        xdr.writeInt(3);
        xdr.writeInt(3);
        texts(xdr, "2xfm:scan1", "NOV 24, 2026 10:15:20.6");
        xdr.writeInt(1);
        xdr.writeInt(1);
        xdr.writeInt(1);
        xdr.writeInt(0);
        texts(xdr, "2xfm:m12.VAL", "Sample X", "FLY", "mm", "", "", "");
        xdr.writeInt(0);
        texts(xdr, "2xfm:scaler.S2", "", "counts");
        xdr.writeInt(0);
        texts(xdr, "2xfm:trigger");
        xdr.writeFloat(1);
        for (int i = 0; i < 6; i++) {
            xdr.writeDouble(i);
        }
        return bytes.toByteArray();
    }

    private static void texts(DataOutputStream xdr, String... texts) throws IOException {
        for (String text : texts) {
            xdr.writeInt(text.length());
            if (!text.isEmpty()) {
                xdr.writeInt(text.length());
                xdr.write(Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), (text.length() + 3) / 4 * 4));
            }
        }
    }

    private static byte[] with(byte[]... parts) {
        List<byte[]> list = new ArrayList<>(Arrays.asList(parts));
        byte[] all = new byte[list.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : list) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
