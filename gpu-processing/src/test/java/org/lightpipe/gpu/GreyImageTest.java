package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GreyImageTest {

    @TempDir
    Path directory;

    private BufferedImage preview(float[][] pixels) throws Exception {
        Path png = directory.resolve("preview.png");
        GreyImage.write(pixels, png);
        return ImageIO.read(png.toFile());
    }

    private static int grey(BufferedImage image, int x, int y) {
        return image.getRaster().getSample(x, y, 0);
    }

    @Test
    void aFewExtremePixelsDoNotDarkenTheRest() throws Exception {
        float[][] pixels = new float[100][100];
        for (int y = 0; y < 100; y++) {
            for (int x = 0; x < 100; x++) {
                pixels[y][x] = x;
            }
        }
        pixels[0][0] = 1e9f;
        pixels[0][1] = -1e9f;
        pixels[0][2] = Float.NaN;
        pixels[0][3] = Float.POSITIVE_INFINITY;
        BufferedImage image = preview(pixels);
        assertThat(image.getRaster().getNumBands()).isEqualTo(1);
        assertThat(grey(image, 0, 0)).isEqualTo(255);
        assertThat(grey(image, 1, 0)).isZero();
        assertThat(grey(image, 2, 0)).isZero();
        assertThat(grey(image, 3, 0)).isZero();
        assertThat(grey(image, 99, 50)).isEqualTo(255);
        assertThat(grey(image, 0, 50)).isZero();
        assertThat(grey(image, 50, 50)).isBetween(120, 135);
    }

    @Test
    void largeImagesAreAveragedToAtMost1024Pixels() throws Exception {
        float[][] pixels = new float[3000][1500];
        for (int y = 1500; y < 3000; y++) {
            Arrays.fill(pixels[y], 1);
        }
        BufferedImage image = preview(pixels);
        assertThat(image.getHeight()).isEqualTo(1000);
        assertThat(image.getWidth()).isEqualTo(500);
        assertThat(grey(image, 250, 499)).isZero();
        assertThat(grey(image, 250, 500)).isEqualTo(255);
    }

    @Test
    void imagesWithoutContrastAreBlack() throws Exception {
        assertThat(grey(preview(new float[][] {{3, 3}, {3, 3}}), 1, 1)).isZero();
        assertThat(grey(preview(new float[][] {{Float.NaN}}), 0, 0)).isZero();
    }
}
