package org.lightpipe.gpu.frames;

import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.lightpipe.gpu.core.InvalidInputException;

/** The first image of a TIFF file, in grey: integers of up to 32 bits, or floats. */
final class TiffFile {

    private TiffFile() {}

    static float[] read(Path path, CompanionImage.Shape wanted) throws InvalidInputException, IOException {
        String name = path.getFileName().toString();
        try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("tiff");
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                wanted.check(name, reader.getHeight(0), reader.getWidth(0));
                Raster raster = reader.read(0).getRaster();
                if (raster.getNumBands() != 1) {
                    throw new InvalidInputException(name + " has " + raster.getNumBands()
                            + " values for each pixel; an image in grey is wanted");
                }
                return raster.getSamples(0, 0, wanted.columns(), wanted.rows(), 0, new float[wanted.pixels()]);
            } catch (IllegalArgumentException | IndexOutOfBoundsException | javax.imageio.IIOException e) {
                throw new InvalidInputException(name + " cannot be read as TIFF: " + e.getMessage(), e);
            } finally {
                reader.dispose();
            }
        }
    }
}
