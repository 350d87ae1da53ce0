package org.lightpipe.gpu.scattering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.lightpipe.gpu.core.InvalidInputException;

class PoniTest {

    private static final String PLACE = "Distance: 0.1\nPoni1: 0.01\nPoni2: 0.02\nRot1: 0.1\nRot2: 0.2\nRot3: 0.3\n";

    private static Poni parse(String text) throws InvalidInputException {
        return Poni.parse("a.poni", text);
    }

    @Test
    void theFirstVersionHasPixelSizes() throws Exception {
        Poni poni = parse("# a comment: no\nPixelSize1: 1e-4\nPixelSize2: 2e-4\n" + PLACE + "SplineFile: None\n");
        assertThat(poni.detector().pixel1()).isEqualTo(1e-4);
        assertThat(poni.detector().pixel2()).isEqualTo(2e-4);
        assertThat(poni.rot3()).isEqualTo(0.3);
        assertThat(poni.wavelength()).isNaN();
    }

    @Test
    void theSecondVersionHasADetectorAndItsShape() throws Exception {
        Poni poni = parse("poni_version: 2\nDetector: Detector\n"
                + "Detector_config: {\"pixel1\": 2.5e-05, \"pixel2\": 2.5e-05, \"max_shape\": [100, 1000]}\n" + PLACE
                + "Wavelength: 7e-11\n");
        assertThat(poni.detector().rows()).isEqualTo(100);
        assertThat(poni.detector().columns()).isEqualTo(1000);
        assertThat(poni.wavelength()).isEqualTo(7e-11);
        assertThat(parse("poni_version: 2.1\nDetector: Detector\n"
                                + "Detector_config: {\"pixel1\": 1e-4, \"pixel2\": 1e-4, \"orientation\": 2}\n" + PLACE)
                        .detector()
                        .orientation())
                .isEqualTo(2);
    }

    @Test
    void knownDetectorsHavePixelsShapesAndGaps() throws Exception {
        DetectorModel pilatus = parse("poni_version: 2\nDetector: Pilatus1M\nDetector_config: {}\n" + PLACE)
                .detector();
        assertThat(pilatus.pixel1()).isEqualTo(172e-6);
        assertThat(pilatus.rows()).isEqualTo(1043);
        assertThat(pilatus.modules().isGap(194, 486)).isFalse();
        assertThat(pilatus.modules().isGap(195, 0)).isTrue();
        assertThat(pilatus.modules().isGap(211, 0)).isTrue();
        assertThat(pilatus.modules().isGap(212, 494)).isFalse();
        assertThat(pilatus.modules().isGap(0, 487)).isTrue();
        DetectorModel eiger = parse("poni_version: 2\nDetector: Eiger2CdTe_4M\nDetector_config: {}\n" + PLACE)
                .detector();
        assertThat(eiger.columns()).isEqualTo(2068);
        assertThat(eiger.modules().isGap(0, 512)).isFalse();
        assertThat(eiger.modules().isGap(0, 513)).isTrue();
        assertThat(eiger.modules().isGap(0, 514)).isTrue();
        assertThat(eiger.modules().isGap(0, 515)).isFalse();
    }

    @Test
    void theLastOfSeveralCalibrationsCounts() throws Exception {
        assertThat(parse("PixelSize1: 1e-4\nPixelSize2: 1e-4\n" + PLACE + "Distance: 0.7\n")
                        .distance())
                .isEqualTo(0.7);
    }

    @Test
    void whatIsWrongIsNamedWithItsLine() {
        assertRefused("hello", "a.poni holds no line like Distance: 0.1");
        assertRefused(
                "poni_version: 3\n" + PLACE, "a.poni, line 1: poni_version is 3; versions 1, 2 and 2.1 are known");
        assertRefused(
                "PixelSize1: x\nPixelSize2: 1e-4\n" + PLACE, "a.poni, line 1: pixelsize1 is x; it must be a number");
        assertRefused("PixelSize1: 1e-4\n" + PLACE, "a.poni: there is no line pixelsize2: in it");
        assertRefused("PixelSize1: 0\nPixelSize2: 0\n" + PLACE, "the sizes of a pixel must be more than 0");
        assertRefused("PixelSize1: 1\nPixelSize2: 1\n" + PLACE + "Distance: -1\n", "distance is -1; it must be more");
        assertRefused("PixelSize1: 1\nPixelSize2: 1\n" + PLACE + "Wavelength: 0\n", "wavelength is 0; it must be more");
        assertRefused("poni_version: 2\nDetector: Detector\nDetector_config: {\n" + PLACE, "it must be a JSON object");
        assertRefused("poni_version: 2\nDetector: Mystery\nDetector_config: {}\n" + PLACE, "detector is Mystery");
        assertRefused(
                "poni_version: 2\nDetector: NexusDetector\nDetector_config: {\"filename\": \"a.h5\"}\n" + PLACE,
                "given in another file is not supported");
    }

    private static void assertRefused(String text, String words) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(words);
    }

    @Test
    void theBeamIsAtRadiusZeroAndAnglesAreThoseOfGeometry() throws Exception {
        Geometry geometry = new Geometry(Integrations.poni(20, 20, 10.5, 5.5), RadialUnit.TTH_DEG, 20, 20);
        PixelRow row = new PixelRow(geometry, true, true);
        row.load(10);
        assertThat(row.radial(5)).isCloseTo(0, within(1e-4));
        // 5 pixels of 0.1 mm at 100 mm
        assertThat(row.radial(10)).isCloseTo(Math.toDegrees(Math.atan(0.005)), within(1e-5));
        assertThat(row.azimuth(10)).isCloseTo(0, within(1e-4));
        row.load(12);
        assertThat(row.azimuth(5)).isCloseTo(Math.PI / 2, within(1e-4));
    }
}
