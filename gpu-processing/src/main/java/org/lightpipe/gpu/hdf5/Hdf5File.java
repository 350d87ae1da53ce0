package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * An HDF5 file that nobody vouches for: whatever is wrong with it ends as an {@link InvalidInputException} that names
 * the file and the place. Links may lead to other files, but only inside the directory of the file. Thread-safe.
 */
public final class Hdf5File implements AutoCloseable {

    /** Where detectors and their software put the images. */
    private static final List<String> USUAL =
            List.of("/exchange/data", "/entry/data/data", "/entry/instrument/detector/data");

    private static final int DEEPEST = 16;
    private static final int MOST_OBJECTS = 10_000;

    private final Path path;
    private final OpenFiles files;
    private final Doors doors;

    private Hdf5File(Path path, OpenFiles files, Doors doors) {
        this.path = path;
        this.files = files;
        this.doors = doors;
    }

    /** @return the file, its structure not read yet beyond the superblock */
    public static Hdf5File open(Path path) throws InvalidInputException, IOException {
        if (!Files.exists(path)) {
            throw new InvalidInputException(path + ": there is no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw new InvalidInputException(path + ": is not a file");
        }
        if (!Files.isReadable(path)) {
            throw new InvalidInputException(path + ": may not be read by this user");
        }
        if (Files.size(path) == 0) {
            throw new InvalidInputException(path + ": is empty");
        }
        try {
            Store store = Store.open(path.toRealPath());
            return new Hdf5File(path, new OpenFiles(store), new Doors(path, store.isWritten()));
        } catch (Refusal | IndexOutOfBoundsException e) {
            throw new InvalidInputException(
                    path.getFileName() + ": is not an HDF5 file, or a damaged one (" + e.getMessage() + ")", e);
        }
    }

    /** @return the file */
    public Path path() {
        return path;
    }

    /** @return the dataset of numbers at an absolute path, through links; empty if there is nothing of that name */
    public Optional<Hdf5Dataset> find(String name) throws InvalidInputException, IOException {
        Optional<ObjectHeader> object = resolve(name);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        if (!object.get().isDataset()) {
            throw doors.invalid(
                    name + (object.get().isGroup() ? " is a group" : " is a type") + "; a dataset is wanted");
        }
        StoredDataset dataset = doors.guarded(name, () -> new StoredDataset(object.get(), files, 0));
        if (!dataset.type().isNumber()) {
            throw doors.invalid(
                    name + " does not hold plain numbers, but " + dataset.type().words());
        }
        return Optional.of(new Hdf5Dataset(doors, name, dataset));
    }

    private Optional<ObjectHeader> resolve(String name) throws InvalidInputException, IOException {
        return doors.guarded(name, () -> files.resolver().resolve(files.main(), name));
    }

    /** @return the dataset of numbers at an absolute path; the mend completes the message when there is none */
    public Hdf5Dataset require(String name, String mend) throws InvalidInputException, IOException {
        return find(name).orElseThrow(() -> doors.invalid(name + " is missing; " + mend));
    }

    /** @return the strings of a dataset of strings (fixed or variable length, scalar or array); empty if there is none */
    public Optional<String[]> strings(String name) throws InvalidInputException, IOException {
        Optional<ObjectHeader> object = resolve(name);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        if (!object.get().isDataset()) {
            throw doors.invalid(
                    name + (object.get().isGroup() ? " is a group" : " is a type") + "; a dataset is wanted");
        }
        StoredDataset dataset = doors.guarded(name, () -> new StoredDataset(object.get(), files, 0));
        if (!dataset.type().isText()) {
            throw doors.invalid(
                    name + " does not hold texts, but " + dataset.type().words());
        }
        return Optional.of(doors.guarded(name, () -> texts(dataset)));
    }

    private static String[] texts(StoredDataset dataset) throws IOException {
        if (dataset.isEmpty()) {
            return new String[0];
        }
        long[] shape = dataset.shape();
        int size = dataset.type().size();
        long most = Memory.share(32) / Math.max(16, size);
        long elements = Dataspace.product(shape);
        if (elements > most) {
            throw Refusal.unsupported("it has " + elements + " texts, more than fit the memory of this process");
        }
        if (elements == 0) {
            return new String[0];
        }
        int[] count = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
        byte[] bytes = new byte[(int) elements * size];
        dataset.content()
                .pieces(new long[shape.length], count, Target.dense(ByteBuffer.wrap(bytes), 0, count, size))
                .readAll();
        Store store = dataset.header().store();
        Cursor values = new Cursor(bytes, 0, bytes.length, store.offsetSize(), store.lengthSize(), "texts");
        return Texts.of(store, dataset.type(), values, (int) elements);
    }

    /** @return the names of the members of a group, sorted; empty if there is no such group */
    public List<String> members(String group) throws InvalidInputException, IOException {
        Optional<ObjectHeader> object = resolve(group);
        if (object.isEmpty() || !object.get().isGroup()) {
            return List.of();
        }
        return doors.guarded(group, () -> {
            Set<String> names = new TreeSet<>();
            new Links(object.get()).each(link -> {
                names.add(link.name());
                return true;
            });
            return List.copyOf(names);
        });
    }

    /** @return an attribute of a group or dataset as text (numbers as Java writes them); empty if there is none */
    public Optional<String> attribute(String object, String name) throws InvalidInputException, IOException {
        Optional<ObjectHeader> found = resolve(object);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return doors.guarded(object, () -> Attributes.find(found.get(), name).map(values -> String.join(", ", values)));
    }

    /**
     * @return the images at one of the usual places; else the 2D to 5D dataset of numbers with the most values, which
     *     looks like images, and to which no soft or external link has to be followed
     */
    public Optional<Hdf5Dataset> largestImages() throws InvalidInputException, IOException {
        for (String usual : USUAL) {
            Optional<ObjectHeader> object = resolve(usual);
            if (object.isPresent() && object.get().isDataset()) {
                Optional<Hdf5Dataset> dataset = images(usual, object.get());
                if (dataset.isPresent()) {
                    return dataset;
                }
            }
        }
        return doors.guarded("/", () -> {
            Largest largest = new Largest();
            largest.look(ObjectHeader.read(files.main(), files.main().root()), "", 0);
            return Optional.ofNullable(largest.found);
        });
    }

    private Optional<Hdf5Dataset> images(String name, ObjectHeader object) throws InvalidInputException, IOException {
        StoredDataset dataset = doors.guarded(name, () -> new StoredDataset(object, files, 0));
        return doors.guarded(name, () -> looksLikeImages(dataset))
                ? Optional.of(new Hdf5Dataset(doors, name, dataset))
                : Optional.empty();
    }

    private static boolean looksLikeImages(StoredDataset dataset) throws IOException {
        if (!dataset.type().isNumber() || dataset.isEmpty()) {
            return false;
        }
        long[] shape = dataset.shape();
        int rank = shape.length;
        return rank >= 2
                && rank <= 5
                && shape[rank - 1] > 1
                && shape[rank - 2] > 1
                && Arrays.stream(shape).allMatch(n -> n > 0);
    }

    /** Goes through the groups and keeps the dataset with the most values. */
    private final class Largest {

        private final Set<Long> seen = new HashSet<>();
        private Hdf5Dataset found;
        private long values;

        void look(ObjectHeader group, String path, int depth) throws IOException {
            List<Links.Link> links = new ArrayList<>();
            new Links(group).each(link -> {
                if (link.address() != Cursor.UNDEFINED && seen.add(link.address())) {
                    links.add(link);
                }
                return seen.size() < MOST_OBJECTS;
            });
            // the same answer in whatever order the group keeps them
            links.sort(java.util.Comparator.comparing(Links.Link::name));
            for (Links.Link link : links) {
                ObjectHeader object = ObjectHeader.read(group.store(), link.address());
                String name = path + "/" + link.name();
                if (object.isDataset()) {
                    keep(new StoredDataset(object, files, 0), name);
                } else if (object.isGroup() && depth < DEEPEST) {
                    look(object, name, depth + 1);
                }
            }
        }

        private void keep(StoredDataset dataset, String name) throws IOException {
            if (looksLikeImages(dataset)) {
                long size = Dataspace.product(dataset.shape());
                if (size > values) {
                    values = size;
                    found = new Hdf5Dataset(doors, name, dataset);
                }
            }
        }
    }

    /**
     * @param dataset of at least two dimensions; all but the last two count the frames
     * @param threads read and decode ahead
     * @return its frames
     */
    public FrameSource frames(Hdf5Dataset dataset, WorkPool threads) throws InvalidInputException {
        return Hdf5Frames.of(path, dataset, threads);
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
