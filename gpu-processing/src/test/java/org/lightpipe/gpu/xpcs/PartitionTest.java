package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.InvalidInputException;

/** Which pixels are read, and in which order. */
class PartitionTest {

    private static QMap map(int[] dynamic, int[] fixed, int... mask) throws Exception {
        boolean[] used = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            used[i] = mask[i] != 0;
        }
        return QMap.of("q.h5", 1, mask.length, dynamic, fixed, used, used);
    }

    @Test
    void eachBinIsOneRange() throws Exception {
        QMap map = map(new int[] {2, 0, 1, 2, 1, 0, 0, 2}, new int[] {5, 0, 1, 3, 1, 7, 9, 5}, 1, 1, 1, 1, 1, 1, 0, 1);
        Partition partition = Partition.of(map, 0.5);
        assertThat(partition.cells())
                .containsExactly(
                        new Cell(1, 1, 0, 2),
                        new Cell(2, 3, 2, 3),
                        new Cell(2, 5, 3, 5),
                        new Cell(0, 7, 5, 6),
                        new Cell(0, 0, 6, 8));
        assertThat(partition.order()).containsExactly(2, 4, 3, 0, 7, 5, 1, 6);
        assertThat(partition.binned()).isEqualTo(6);
        assertThat(partition.dynamicBins()).isEqualTo(2);
        assertThat(partition.staticBins()).isEqualTo(9);
        assertThat(partition.filledStatic()).containsExactly(1, 3, 5, 7, 9);
        assertThat(partition.filledDynamic()).containsExactly(1, 2);
        assertThat(partition.of(2)).hasSize(2);
    }

    @Test
    void maskedPixelsAreNotReadWhereTheyAreMany() throws Exception {
        QMap map = map(new int[] {1, 1, 1, 1}, new int[] {1, 1, 1, 1}, 1, 0, 0, 0);
        assertThat(Partition.of(map, 0.5).order()).containsExactly(0);
        assertThat(Partition.of(map, 0.25).order()).containsExactly(0, 1, 2, 3);
        assertThat(Partition.of(map, 0.25).binned()).isEqualTo(1);
    }

    @Test
    void onlySomeBinsAreRead() throws Exception {
        QMap map = map(new int[] {1, 2, 3, 2, 0}, new int[] {1, 2, 3, 2, 4}, 1, 1, 1, 0, 1);
        Partition partition = Partition.of(map, new TreeSet<>(List.of(2, 3)));
        assertThat(partition.order()).containsExactly(1, 2);
        assertThat(partition.cells()).containsExactly(new Cell(2, 2, 0, 1), new Cell(3, 3, 1, 2));
    }

    @Test
    void mapsThatSayNothingAreRefused() {
        assertRefused(() -> map(new int[] {1, 1}, new int[] {1, 1}, 0, 0), "/qmap/mask is 0 everywhere");
        assertRefused(() -> map(new int[] {1, 0}, new int[] {1, 1}, 0, 1), "no pixel is in any bin");
        assertRefused(
                () -> map(new int[] {1, 7}, new int[] {1, 0}, 1, 1), "/qmap/dynamic_roi_map has 7 at row 0, column 1");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("q.h5")
                .hasMessageContaining(message);
    }

    @Test
    void aMapOfAnotherDetectorIsRefusedAndATurnedOneIsTurned() throws Exception {
        QMap map = map(new int[] {1, 2, 3}, new int[] {4, 5, 6}, 1, 1, 0);
        assertThat(map.fitting("scan.h5", 1, 3)).isSameAs(map);
        QMap turned = map.fitting("scan.h5", 3, 1);
        assertThat(turned.rows()).isEqualTo(3);
        assertThat(turned.dynamicBins()).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> map.fitting("scan.h5 /entry/data/data", 3, 2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("q.h5")
                .hasMessageContaining("1 x 3")
                .hasMessageContaining("scan.h5 /entry/data/data")
                .hasMessageContaining("3 x 2");
        boolean[] all = new boolean[6];
        Arrays.fill(all, true);
        QMap large = QMap.of("q.h5", 2, 3, new int[] {1, 2, 3, 4, 5, 6}, new int[] {1, 2, 3, 4, 5, 6}, all, all);
        assertThat(large.fitting("scan.h5", 3, 2).staticBins()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"all;1,2,9", "ALL;1,2,9", "2;2", "1,9;1,9", "9, 1-2;1,2,9", "4-6;4,5,6"})
    void binsAreChosenByWords(String words, String expected) {
        TreeSet<Integer> filled = new TreeSet<>(List.of(1, 2, 9));
        Integer[] bins =
                Arrays.stream(expected.split(",")).map(Integer::valueOf).toArray(Integer[]::new);
        assertThat(DqSelection.of(words, filled)).containsExactly(bins);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1,,2", "0", "3-1", "1-", "-1", "1;2", "99999999"})
    void otherWordsAreRefused(String words) {
        assertThatThrownBy(() -> DqSelection.check(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dqSelection=" + words);
    }
}
