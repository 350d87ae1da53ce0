package org.lightpipe.hub.demo;

/** How alike two images are. */
final class Likeness {

    private Likeness() {}

    /** Pearson correlation of two images {@code [row][column]} inside the inscribed circle of the square, -1 to 1. */
    static double inCircle(double[][] a, double[][] b) {
        int n = a.length;
        double sumA = 0;
        double sumB = 0;
        double sumAa = 0;
        double sumBb = 0;
        double sumAb = 0;
        long count = 0;
        for (int row = 0; row < n; row++) {
            for (int column = 0; column < n; column++) {
                double x = column - (n - 1) / 2.0;
                double y = row - (n - 1) / 2.0;
                if (x * x + y * y < n * n * 0.225) {
                    double va = a[row][column];
                    double vb = b[row][column];
                    sumA += va;
                    sumB += vb;
                    sumAa += va * va;
                    sumBb += vb * vb;
                    sumAb += va * vb;
                    count++;
                }
            }
        }
        double covariance = sumAb / count - sumA / count * sumB / count;
        double varianceA = sumAa / count - sumA / count * sumA / count;
        double varianceB = sumBb / count - sumB / count * sumB / count;
        return covariance / Math.sqrt(varianceA * varianceB);
    }
}
