package org.lightpipe.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTemplateTest {

    @Test
    void wordsAreWhatStandsBetweenBlanks() {
        CommandTemplate template =
                CommandTemplate.parse("  rsync -e 'ssh -p 22'  \"\" --x=\"a b\"c {source} far:/d/{temporary}{target}");

        assertThat(template.program()).isEqualTo("rsync");
        assertThat(template.placeholders()).containsExactly("source", "temporary", "target");
        assertThat(template.words(Map.of("source", "/a b", "temporary", "{target}", "target", "$1\\")))
                .containsExactly("rsync", "-e", "ssh -p 22", "", "--x=a bc", "/a b", "far:/d/{target}$1\\");
    }

    @Property
    void aValueIsNeverMoreThanPartOfItsWord(@ForAll String value) {
        List<String> words =
                CommandTemplate.parse("cp -- {source} x{target}y").words(Map.of("source", value, "target", value));

        assertThat(words).containsExactly("cp", "--", value, "x" + value + "y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"abc|'abc'", "a b|'a b'", "$(x)|'$(x)'", "a'b|'a'\\''b'"},
            quoteCharacter = '~')
    void aValueForAShellIsQuoted(String value, String quoted) {
        assertThat(CommandTemplate.parse("ssh far rm {target:sh}").words(Map.of("target", value)))
                .last()
                .isEqualTo(quoted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "cp 'a|a quote ' is not closed",
                "~~|there is no program in it",
                "{source} x|the program itself cannot be a value"
            })
    void whatMakesNoSenseIsTold(String text, String problem) {
        assertThatThrownBy(() -> CommandTemplate.parse(text)).hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ssh far rm {target}|{target}",
                "/usr/bin/ssh far rm {temporary:sh} {target}|{target}",
                "bash -c 'rm {target}'|{target}",
                "sh -ec 'rm {target:sh}'|{target:sh}"
            })
    void aNameThatAShellWouldReadIsADanger(String text, String danger) {
        assertThat(CommandTemplate.parse(text).danger()).contains(danger);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"rm {target}", "ssh far rm {target:sh}", "sh -c 'rm \"$1\"' sh {target}"})
    void aNameThatStaysAWordIsNone(String text) {
        assertThat(CommandTemplate.parse(text).danger()).isEmpty();
    }
}
