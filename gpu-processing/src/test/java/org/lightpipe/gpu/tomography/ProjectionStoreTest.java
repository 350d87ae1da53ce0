package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ProjectionStoreTest {

    @Property(tries = 60)
    void whatGoesInInOneOrderComesOutInTheOther(
            @ForAll @IntRange(min = 1, max = 9) int projections,
            @ForAll @IntRange(min = 1, max = 9) int rows,
            @ForAll @IntRange(min = 1, max = 9) int columns,
            @ForAll @IntRange(min = 1, max = 9) int block,
            @ForAll boolean byProjections,
            @ForAll long seed)
            throws IOException {
        float[] all = new float[projections * rows * columns];
        Random random = new Random(seed);
        for (int i = 0; i < all.length; i++) {
            all[i] = random.nextFloat();
        }
        for (ProjectionStore store :
                List.of(new MemoryStore(projections, rows, columns), FileStore.create(projections, columns))) {
            try (store) {
                put(store, all, projections, rows, columns, block, byProjections);
                float[] sinograms = new float[all.length];
                for (int row = 0; row < rows; row += block) {
                    int height = Math.min(block, rows - row);
                    float[] some = new float[height * projections * columns];
                    store.rows(row, height, some);
                    System.arraycopy(some, 0, sinograms, row * projections * columns, some.length);
                }
                float[] back = new float[all.length];
                store.projections(0, projections, 0, rows, back);
                assertThat(back).isEqualTo(all);
                for (int i = 0; i < all.length; i++) {
                    int x = i % columns;
                    int row = i / columns % rows;
                    int projection = i / columns / rows;
                    assertThat(sinograms[(row * projections + projection) * columns + x])
                            .isEqualTo(all[i]);
                }
            }
        }
    }

    private static void put(
            ProjectionStore store,
            float[] all,
            int projections,
            int rows,
            int columns,
            int block,
            boolean byProjections)
            throws IOException {
        if (byProjections) {
            for (int first = 0; first < projections; first += block) {
                int count = Math.min(block, projections - first);
                float[] some = new float[count * rows * columns];
                System.arraycopy(all, first * rows * columns, some, 0, some.length);
                store.putProjections(first, count, 0, rows, some);
            }
            return;
        }
        for (int row = 0; row < rows; row += block) {
            int height = Math.min(block, rows - row);
            float[] some = new float[height * projections * columns];
            for (int i = 0; i < projections; i++) {
                for (int r = 0; r < height; r++) {
                    System.arraycopy(
                            all, (i * rows + row + r) * columns, some, (r * projections + i) * columns, columns);
                }
            }
            store.putRows(row, height, some);
        }
    }
}
