package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.spi.UriParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsBinderTest {

    private static ProbeTechnique.Options bind(Map<String, ?> given) {
        return OptionsBinder.bind("probe", new ProbeTechnique.Options(), given);
    }

    @Test
    void valuesOfEveryTypeArriveAsWhatTheyAre() {
        Map<String, Object> given = new HashMap<>();
        given.put("scaleFactor", "2.5e-1");
        given.put("endless", "TRUE");
        given.put("firstFrame", 3);
        given.put("frames", " 17 ");
        given.put("step", "4");
        given.put("threshold", 1);
        given.put("picture", "plot");
        ProbeTechnique.Options options = bind(given);
        assertThat(options.scaleFactor()).isEqualTo(0.25);
        assertThat(options.endless()).isTrue();
        assertThat(options.firstFrame()).isEqualTo(3);
        assertThat(options.frames()).isEqualTo(17);
        assertThat(options.step()).isEqualTo(4);
        assertThat(options.threshold()).isEqualTo(1.0);
        assertThat(options.picture()).isEqualTo("plot");
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        Map<String, Object> given = new HashMap<>();
        given.put("frames", null);
        given.put("firstFrame", "");
        given.put("picture", " ");
        ProbeTechnique.Options options = bind(given);
        assertThat(options.scaleFactor()).isEqualTo(1);
        assertThat(options.frames()).isNull();
        assertThat(options.threshold()).isNull();
        assertThat(options.firstFrame()).isZero();
        assertThat(options.picture()).isEqualTo("image");
    }

    @Test
    void thePeersSpellingIsTaken() {
        ProbeTechnique.Options options =
                bind(Map.of("first_frame", 2, "SCALE-FACTOR", 3, "Endless", true, "picture", "PLOT"));
        assertThat(options.firstFrame()).isEqualTo(2);
        assertThat(options.scaleFactor()).isEqualTo(3);
        assertThat(options.endless()).isTrue();
        assertThat(options.picture()).isEqualTo("plot");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scaleFactor | two | gpu:probe: scaleFactor=two, but it must be a number",
                "scaleFactor | NaN | gpu:probe: scaleFactor=NaN, but it must be a number that is finite",
                "threshold | NaN | gpu:probe: threshold=NaN, but it must be a number that is finite",
                "scaleFactor | Infinity | gpu:probe: scaleFactor=Infinity, but it must be a number that is finite",
                "endless | yes | gpu:probe: endless=yes, but it must be true or false",
                "firstFrame | 1.5 | gpu:probe: firstFrame=1.5, but it must be a whole number",
                "firstFrame | 99999999999 | gpu:probe: firstFrame=99999999999, but it must be a whole number",
                "first-frame | x | gpu:probe: firstFrame=x, but it must be a whole number",
                "step | 3 | gpu:probe: step=3, but it must be one of 1, 2, 4",
                "picture | film | gpu:probe: picture=film, but it must be one of image, plot, none",
                "scalefaktor | 1 | gpu:probe: scalefaktor is not an option (did you mean scaleFactor?); there are dataset,",
                "x | 1 | gpu:probe: x is not an option; there are dataset, endless, firstFrame, frames, mask, picture,"
                        + " scaleFactor, step, threshold",
            })
    void whatIsWrongIsSaid(String name, String value, String message) {
        assertThatThrownBy(() -> bind(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void oneOptionInTwoSpellingsIsRefused() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("firstFrame", 1);
        given.put("first_frame", 2);
        assertThatThrownBy(() -> bind(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("firstFrame and first_frame are the same option; leave one out");
    }

    static class Base {
        @UriParam(description = "of the superclass")
        String inherited = "a";

        String unseen = "b";
    }

    static final class Derived extends Base {
        @UriParam(name = "called", description = "with another name")
        String field = "c";

        @UriParam(description = "an option that every endpoint has")
        String backend = "d";
    }

    @Test
    void inheritedAndRenamedOptionsAreFoundAndReservedOnesTold() {
        Derived bean = OptionsBinder.bind("x", new Derived(), Map.of("inherited", "1", "called", "2"));
        assertThat(bean.inherited).isEqualTo("1");
        assertThat(bean.field).isEqualTo("2");
        assertThatThrownBy(() -> OptionsBinder.bind("x", new Derived(), Map.of("unseen", "3")))
                .hasMessageContaining("unseen is not an option");
        assertThat(OptionsBinder.reservedIn(Derived.class)).containsExactly("backend");
        assertThat(OptionsBinder.reservedIn(ProbeTechnique.Options.class)).isEmpty();
    }
}
