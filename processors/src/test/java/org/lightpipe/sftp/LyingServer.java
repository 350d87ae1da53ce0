package org.lightpipe.sftp;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The program of an SFTP subsystem that reports success and stores something else: OpenSSH's own, behind a filter that
 * flips a bit of what is written. Anything else is passed on.
 */
public final class LyingServer {

    private static final int WRITE = 6;

    private LyingServer() {}

    /** Setting of an SSH server that uses it. */
    public static String setting(Path directory) {
        return "Subsystem sftp " + Path.of(System.getProperty("java.home"), "bin", "java") + " -Xshare:auto -cp "
                + Path.of("target/test-classes").toAbsolutePath() + " " + LyingServer.class.getName() + " " + directory;
    }

    /** @param words the directory in which SFTP begins */
    public static void main(String[] words) throws IOException, InterruptedException {
        Process server = new ProcessBuilder("/usr/lib/openssh/sftp-server", "-d", words[0])
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread back = new Thread(
                () -> {
                    try (OutputStream out = System.out) {
                        byte[] buffer = new byte[65_536];
                        for (int count; (count = server.getInputStream().read(buffer)) >= 0; ) {
                            out.write(buffer, 0, count);
                            out.flush();
                        }
                    } catch (IOException e) {
                        server.destroy();
                    }
                },
                "back");
        back.start();
        try (DataInputStream in = new DataInputStream(System.in);
                DataOutputStream out = new DataOutputStream(server.getOutputStream())) {
            while (true) {
                byte[] packet = new byte[in.readInt()];
                in.readFully(packet);
                if (packet[0] == WRITE && packet.length > 1000) {
                    packet[packet.length - 500] ^= 4;
                }
                out.writeInt(packet.length);
                out.write(packet);
                out.flush();
            }
        } catch (EOFException e) {
            // the client went
        }
        back.join(TimeUnit.SECONDS.toMillis(5));
    }
}
