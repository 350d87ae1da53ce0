package org.lightpipe.portal;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.lightpipe.core.Sha256;

/** Previews as a workflow would leave them. */
public final class Pictures {

    private Pictures() {}

    /** A real PNG file, below a directory. */
    public static byte[] save(Path directory, String path) throws IOException {
        BufferedImage image = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
        image.setRGB(3, 4, 0xffffff);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        save(directory, path, png.toByteArray());
        return png.toByteArray();
    }

    /** Any bytes, below a directory. */
    public static void save(Path directory, String path, byte[] bytes) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** SHA-256 in hexadecimal. */
    public static String digest(byte[] bytes) {
        return Sha256.of(bytes);
    }
}
