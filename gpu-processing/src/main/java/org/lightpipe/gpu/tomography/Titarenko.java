package org.lightpipe.gpu.tomography;

/**
 * Stripe removal without a parameter to fit (Titarenko, Withers, Yagola: Applied Mathematics Letters 23, 1489, 2010), as
 * in tomocupy: the mean projection, less its first value, is convolved (cyclically) with
 * {@code β ((1 - β)/(1 + β))^|k|} less the unit, and added to every projection: its rough part goes.
 */
final class Titarenko implements SinogramFilter {

    private final double beta;
    private final double mask;

    /**
     * @param beta between 0 and 1: the smaller, the smoother must be what stays
     * @param mask the part of the columns that is corrected, about their middle
     */
    Titarenko(double beta, double mask) {
        this.beta = beta;
        this.mask = mask;
    }

    @Override
    public void apply(float[] values, int at, int projections, int columns) {
        double[] mean = new double[columns];
        for (int i = 0; i < projections; i++) {
            for (int x = 0; x < columns; x++) {
                mean[x] += values[at + i * columns + x];
            }
        }
        double first = mean[0];
        for (int x = 0; x < columns; x++) {
            mean[x] = (mean[x] - first) / projections;
        }
        float[] change = change(mean);
        for (int i = 0; i < projections; i++) {
            int row = at + i * columns;
            for (int x = 0; x < columns; x++) {
                values[row + x] += change[x];
            }
        }
    }

    private float[] change(double[] mean) {
        int columns = mean.length;
        double ratio = (1 - beta) / (1 + beta);
        int half = (int) (mask * columns) / 2;
        float[] change = new float[columns];
        // twice as long, so that the cyclic sum needs no remainder
        double[] twice = new double[2 * columns];
        for (int x = 0; x < twice.length; x++) {
            twice[x] = mean[x % columns];
        }
        double[] weights = new double[columns];
        for (int k = 0; k < columns; k++) {
            weights[k] = beta * Math.pow(ratio, Math.min(k, columns - k)) - (k == 0 ? 1 : 0);
        }
        for (int x = Math.max(0, columns / 2 - half); x < Math.min(columns, columns / 2 + half); x++) {
            double sum = 0;
            for (int k = 0; k < columns; k++) {
                // even in k, so that the convolution is a correlation
                sum += weights[k] * twice[x + k];
            }
            change[x] = (float) sum;
        }
        return change;
    }

    @Override
    public long bytes(int projections, int columns) {
        return 40L * columns;
    }
}
