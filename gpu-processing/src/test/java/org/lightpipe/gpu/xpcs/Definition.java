package org.lightpipe.gpu.xpcs;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** The correlations written down as they are defined, in doubles, without any thought of speed. */
final class Definition {

    private Definition() {}

    /** The delay list, as it is defined: four per level, of which the first has eight. */
    static List<long[]> delays(int samples) {
        List<long[]> delays = new ArrayList<>();
        for (int x = 1; x <= 4 && x < samples; x++) {
            delays.add(new long[] {x, 0});
        }
        for (int level = 0; ; level++) {
            long scale = 1L << level;
            for (int x = 5; x <= 8; x++) {
                if (x * scale >= samples / scale * scale) {
                    return delays;
                }
                delays.add(new long[] {x * scale, level});
            }
        }
    }

    /**
     * @param x {@code [sample][pixel]}
     * @return {@code [delay][product, later, earlier][pixel]}
     */
    static double[][][] multitau(double[][] x) {
        List<long[]> delays = delays(x.length);
        double[][][] sums = new double[delays.size()][3][x[0].length];
        for (int k = 0; k < sums.length; k++) {
            int level = (int) delays.get(k)[1];
            double[][] series = x;
            for (int i = 0; i < level; i++) {
                series = pairs(series);
            }
            int lag = (int) (delays.get(k)[0] >> level);
            double scale = 1L << level;
            int terms = series.length - lag;
            for (int p = 0; p < x[0].length; p++) {
                for (int i = 0; i < terms; i++) {
                    sums[k][0][p] += series[i][p] * series[i + lag][p] / (terms * scale * scale);
                    sums[k][1][p] += series[i + lag][p] / (terms * scale);
                    sums[k][2][p] += series[i][p] / (terms * scale);
                }
            }
        }
        return sums;
    }

    private static double[][] pairs(double[][] x) {
        double[][] pairs = new double[x.length / 2][x[0].length];
        for (int i = 0; i < pairs.length; i++) {
            for (int p = 0; p < x[0].length; p++) {
                pairs[i][p] = x[2 * i][p] + x[2 * i + 1][p];
            }
        }
        return pairs;
    }

    /**
     * @param sums {@code [product, later, earlier][pixel]} of one delay
     * @return {@code [g2, error][dynamic bin]}
     */
    static double[][] average(double[][] sums, int[] dynamicBins, int[] staticBins, int bins) {
        TreeMap<Integer, double[]> ofStatic = new TreeMap<>();
        for (int p = 0; p < staticBins.length; p++) {
            if (staticBins[p] > 0) {
                double[] sum = ofStatic.computeIfAbsent(staticBins[p], bin -> new double[4]);
                for (int kind = 0; kind < 3; kind++) {
                    sum[kind] += sums[kind][p];
                }
                sum[3]++;
            }
        }
        double[][] result = new double[2][bins];
        for (int bin = 1; bin <= bins; bin++) {
            TreeSet<Integer> members = new TreeSet<>();
            List<Double> pixels = new ArrayList<>();
            for (int p = 0; p < dynamicBins.length; p++) {
                if (dynamicBins[p] == bin) {
                    members.add(staticBins[p]);
                    pixels.add(quotient(sums[0][p], sums[1][p], sums[2][p]));
                }
            }
            result[0][bin - 1] = members.stream()
                    .mapToDouble(member -> {
                        double[] sum = ofStatic.get(member);
                        return quotient(sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]);
                    })
                    .average()
                    .orElse(Double.NaN);
            double mean =
                    pixels.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
            double variance = pixels.stream()
                            .mapToDouble(value -> (value - mean) * (value - mean))
                            .sum()
                    / (pixels.size() - 1);
            result[1][bin - 1] = Math.sqrt(variance / pixels.size());
        }
        return result;
    }

    private static double quotient(double product, double later, double earlier) {
        return product / (later * earlier == 0 ? 1e8 : later * earlier);
    }

    /** @return the whole map of the pixels {@code from} to {@code to - 1} */
    static double[][] twotime(double[][] x, int from, int to) {
        double[][] map = new double[x.length][x.length];
        double[] sums = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int p = from; p < to; p++) {
                sums[i] += x[i][p];
            }
            sums[i] = sums[i] <= 0 ? 1 : sums[i];
        }
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x.length; j++) {
                double sum = 0;
                for (int p = from; p < to; p++) {
                    sum += x[i][p] * x[j][p];
                }
                map[i][j] = sum * (to - from) / (sums[i] * sums[j]);
            }
        }
        return map;
    }

    /** @return the means of the diagonals of a square part of a map */
    static double[] diagonals(double[][] map, int from, int length) {
        double[] means = new double[length];
        int[] counts = new int[length];
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < length; j++) {
                means[Math.abs(i - j)] += map[from + i][from + j];
                counts[Math.abs(i - j)]++;
            }
        }
        for (int k = 0; k < length; k++) {
            means[k] /= counts[k];
        }
        return means;
    }
}
