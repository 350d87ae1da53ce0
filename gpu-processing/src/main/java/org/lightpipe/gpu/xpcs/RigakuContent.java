package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lightpipe.gpu.core.InvalidInputException;

/** One module of a Rigaku detector, or six of them in their places. */
final class RigakuContent implements SparseFrames.Content {

    static final int MODULES = 6;

    /** Of one module. */
    static final int ROWS = 512;

    /** Of one module. */
    static final int COLUMNS = 1024;

    private static final int DOWN = 3;
    private static final int ACROSS = 2;
    private static final int GAP_ROWS = 70;
    private static final int GAP_COLUMNS = 52;

    /** Which module is in which place, from the upper left to the right. */
    private static final int[] PLACES = {5, 0, 4, 1, 3, 2};

    private final String description;
    private final int rows;
    private final int columns;
    private final List<RigakuEvents> modules;
    private final int[] corners;
    private final int frames;

    private RigakuContent(String description, int rows, int columns, List<RigakuEvents> modules, int[] corners) {
        this.description = description;
        this.rows = rows;
        this.columns = columns;
        this.modules = modules;
        this.corners = corners;
        this.frames = modules.stream().mapToInt(RigakuEvents::frames).max().orElse(0);
    }

    static RigakuContent module(Path file) throws InvalidInputException, IOException {
        return new RigakuContent(
                file.getFileName().toString(),
                ROWS,
                COLUMNS,
                List.of(RigakuEvents.open(file, ROWS * COLUMNS)),
                new int[] {0});
    }

    /** @param files in the order of their numbers */
    static RigakuContent sixModules(String description, List<Path> files) throws InvalidInputException, IOException {
        int rows = DOWN * ROWS + (DOWN - 1) * GAP_ROWS;
        int columns = ACROSS * COLUMNS + (ACROSS - 1) * GAP_COLUMNS;
        List<RigakuEvents> modules = new ArrayList<>();
        int[] corners = new int[MODULES];
        boolean whole = false;
        try {
            for (int place = 0; place < MODULES; place++) {
                modules.add(RigakuEvents.open(files.get(PLACES[place]), ROWS * COLUMNS));
                int row = place / ACROSS * (ROWS + GAP_ROWS);
                int column = place % ACROSS * (COLUMNS + GAP_COLUMNS);
                corners[place] = row * columns + column;
            }
            whole = true;
        } finally {
            if (!whole) {
                for (RigakuEvents module : modules) {
                    module.close();
                }
            }
        }
        return new RigakuContent(description, rows, columns, modules, corners);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void decode(int first, int count, ByteBuffer into) throws InvalidInputException, IOException {
        int pixelsOfFrame = rows * columns;
        for (int i = 0; i < modules.size(); i++) {
            int corner = corners[i];
            modules.get(i).forEach(first, first + count, (frame, pixel, counts) -> {
                int place = corner + pixel / COLUMNS * columns + pixel % COLUMNS;
                into.putShort(2 * ((frame - first) * pixelsOfFrame + place), (short) counts);
            });
        }
    }

    @Override
    public void close() throws IOException {
        for (RigakuEvents module : modules) {
            module.close();
        }
    }
}
