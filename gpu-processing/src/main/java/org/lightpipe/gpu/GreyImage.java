package org.lightpipe.gpu;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An 8-bit greyscale PNG of an image: black at its 1st percentile, white at its 99th, no side longer than 1024 pixels
 * (larger images are averaged in blocks). Values that are not finite are black.
 */
final class GreyImage {

    private static final int LONGEST_SIDE = 1024;

    private GreyImage() {}

    static void write(float[][] pixels, Path png) throws IOException {
        float[][] small = shrink(pixels);
        float[] sorted = finite(small);
        float black = percentile(sorted, 0.01);
        float white = percentile(sorted, 0.99);
        BufferedImage image = new BufferedImage(small[0].length, small.length, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < small.length; y++) {
            for (int x = 0; x < small[y].length; x++) {
                image.getRaster().setSample(x, y, 0, grey(small[y][x], black, white));
            }
        }
        Png.write(image, png);
    }

    private static int grey(float value, float black, float white) {
        if (!Float.isFinite(value) || white <= black) {
            return 0;
        }
        return Math.round(255 * Math.max(0, Math.min(1, (value - black) / (white - black))));
    }

    private static float[][] shrink(float[][] pixels) {
        int block = (Math.max(pixels.length, pixels[0].length) + LONGEST_SIDE - 1) / LONGEST_SIDE;
        if (block == 1) {
            return pixels;
        }
        float[][] small = new float[(pixels.length + block - 1) / block][(pixels[0].length + block - 1) / block];
        for (int y = 0; y < small.length; y++) {
            for (int x = 0; x < small[y].length; x++) {
                small[y][x] = blockMean(pixels, y * block, x * block, block);
            }
        }
        return small;
    }

    private static float blockMean(float[][] pixels, int top, int left, int block) {
        double sum = 0;
        int count = 0;
        for (int y = top; y < Math.min(top + block, pixels.length); y++) {
            for (int x = left; x < Math.min(left + block, pixels[y].length); x++) {
                if (Float.isFinite(pixels[y][x])) {
                    sum += pixels[y][x];
                    count++;
                }
            }
        }
        return (float) (sum / count);
    }

    private static float[] finite(float[][] pixels) {
        float[] values = new float[pixels.length * pixels[0].length];
        int count = 0;
        for (float[] row : pixels) {
            for (float value : row) {
                if (Float.isFinite(value)) {
                    values[count++] = value;
                }
            }
        }
        float[] finite = Arrays.copyOf(values, count);
        Arrays.sort(finite);
        return finite;
    }

    private static float percentile(float[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.round(part * (sorted.length - 1))];
    }
}
