package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/** Things whose projections and slices are known exactly. Places are counted from the axis, as the slices have them. */
final class Phantom {

    private Phantom() {}

    /** A Gaussian, round in two and in three dimensions. */
    record Blob(double x, double y, double z, double sigma, double value) {
        static Blob at(double x, double y, double sigma, double value) {
            return new Blob(x, y, 0, sigma, value);
        }

        double at(double px, double py, double pz) {
            double square = (px - x) * (px - x) + (py - y) * (py - y) + (pz - z) * (pz - z);
            return value * Math.exp(-square / (2 * sigma * sigma));
        }

        double seenFrom(double distance) {
            return value * sigma * Math.sqrt(2 * Math.PI) * Math.exp(-distance * distance / (2 * sigma * sigma));
        }
    }

    static double[] halfTurn(int projections) {
        return turn(projections, Math.PI);
    }

    /** Angles from 0, evenly, the end left out. */
    static double[] turn(int projections, double end) {
        double[] angles = new double[projections];
        for (int i = 0; i < projections; i++) {
            angles[i] = end * i / projections;
        }
        return angles;
    }

    static Geometry geometry(double[] angles, int columns, double center) {
        return new Geometry(angles.length, 1, columns, angles, center, 0);
    }

    static float[] sinogram(Geometry geometry, List<Blob> blobs) {
        float[] sinogram = new float[geometry.projections() * geometry.columns()];
        for (int p = 0; p < geometry.projections(); p++) {
            double cosine = Math.cos(geometry.angles()[p]);
            double sine = Math.sin(geometry.angles()[p]);
            for (int column = 0; column < geometry.columns(); column++) {
                double sum = 0;
                for (Blob blob : blobs) {
                    sum += blob.seenFrom(column - geometry.center() - blob.x() * cosine - blob.y() * sine);
                }
                sinogram[p * geometry.columns() + column] = (float) sum;
            }
        }
        return sinogram;
    }

    /** The projections of a disk of attenuation 1. */
    static float[] disk(Geometry geometry, double x, double y, double radius) {
        float[] sinogram = new float[geometry.projections() * geometry.columns()];
        for (int p = 0; p < geometry.projections(); p++) {
            double middle = geometry.center() + x * Math.cos(geometry.angles()[p]) + y * Math.sin(geometry.angles()[p]);
            for (int column = 0; column < geometry.columns(); column++) {
                double off = column - middle;
                sinogram[p * geometry.columns() + column] =
                        (float) (2 * Math.sqrt(Math.max(0, radius * radius - off * off)));
            }
        }
        return sinogram;
    }

    static float[] slice(int columns, List<Blob> blobs) {
        float[] slice = new float[columns * columns];
        for (int row = 0; row < columns; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (Blob blob : blobs) {
                    sum += blob.at(column - columns / 2, columns - 1 - row - columns / 2, blob.z());
                }
                slice[row * columns + column] = (float) sum;
            }
        }
        return slice;
    }

    /** The sinograms of several slices, one behind the other. */
    static float[] stack(float[]... sinograms) {
        float[] stack = new float[sinograms.length * sinograms[0].length];
        for (int i = 0; i < sinograms.length; i++) {
            System.arraycopy(sinograms[i], 0, stack, i * sinograms[0].length, sinograms[0].length);
        }
        return stack;
    }

    static float[] part(float[] stack, int number, int size) {
        return Arrays.copyOfRange(stack, number * size, (number + 1) * size);
    }

    /** The largest difference; a NaN differs from everything. AssertJ takes hours to list what differs in a slice. */
    static double difference(float[] one, float[] two) {
        assertThat(one).hasSameSizeAs(two);
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = Math.abs(one[i] - two[i]);
            // a comparison with a NaN is false: it must not pass for equal
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }

    /** The largest difference within a circle about the middle. */
    static double difference(float[] one, float[] two, int columns, double radius) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            if (Math.hypot(i % columns - columns / 2, i / columns % columns - columns / 2) <= radius) {
                double difference = Math.abs(one[i] - two[i]);
                // a comparison with a NaN is false: it must not pass for equal
                largest = difference <= largest ? largest : difference;
            }
        }
        return largest;
    }

    static double max(float[] values) {
        double max = 0;
        for (float value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    /** Within a circle about the middle. */
    static double correlation(float[] image, float[] reference, int columns, double radius) {
        return Fit.of(image, reference, columns, radius).correlation();
    }

    /** The straight line through one image over another, within a circle. */
    record Fit(double correlation, double scale) {
        static Fit of(float[] image, float[] reference, int columns, double radius) {
            double n = 0;
            double a = 0;
            double b = 0;
            double aa = 0;
            double bb = 0;
            double ab = 0;
            for (int i = 0; i < image.length; i++) {
                if (Math.hypot(i % columns - columns / 2, i / columns - columns / 2) <= radius) {
                    n++;
                    a += image[i];
                    b += reference[i];
                    aa += (double) image[i] * image[i];
                    bb += (double) reference[i] * reference[i];
                    ab += (double) image[i] * reference[i];
                }
            }
            double covariance = ab - a * b / n;
            return new Fit(covariance / Math.sqrt((aa - a * a / n) * (bb - b * b / n)), covariance / (bb - b * b / n));
        }
    }
}
