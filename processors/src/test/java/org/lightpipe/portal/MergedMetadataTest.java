package org.lightpipe.portal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class MergedMetadataTest {

    private final ObjectMapper json = new ObjectMapper();
    private final MergedMetadata metadata = new MergedMetadata();

    @Test
    void whatFilesShareIsShownOnceAndWhereTheyDifferEachValue() throws Exception {
        add("{\"energy\": 25.5, \"a\": {\"theta\": 1}, \"nothing\": null}");
        add("{\"energy\": 25.5, \"a\": {\"theta\": 2}}");
        assertThat(metadata.merged().toString()).isEqualTo("{\"energy\":25.5,\"a/theta\":[1,2]}");
        assertThat(metadata.isShortened()).isFalse();
    }

    @Test
    void manyFieldsValuesItemsAndLongTextsAreCut() throws Exception {
        for (int i = 0; i < 2000; i++) {
            metadata.add(json.createObjectNode().put("field" + i, i));
            metadata.add(json.createObjectNode().put("field0", i));
        }
        assertThat(metadata.merged().size()).isEqualTo(1000);
        assertThat(metadata.merged().get("field0").size()).isEqualTo(10);
        assertThat(metadata.isShortened()).isTrue();
    }

    @Test
    void aLongTextIsNotCutWithinACharacter() {
        metadata.add(json.createObjectNode().put("text", "x".repeat(999) + "\ud83d\ude00"));
        assertThat(metadata.merged().get("text").asText()).isEqualTo("x".repeat(999) + "…");
        assertThat(metadata.isShortened()).isTrue();
    }

    @Test
    void aDeepNestIsShownAsText() throws Exception {
        ObjectNode root = json.createObjectNode();
        ObjectNode inner = root;
        for (int i = 0; i < 400; i++) {
            inner = inner.putObject("a");
        }
        inner.put("end", 1);
        metadata.add(root);
        assertThat(metadata.merged().size()).isEqualTo(1);
        assertThat(metadata.merged().elements().next().isTextual()).isTrue();
    }

    private void add(String text) throws Exception {
        metadata.add(json.readTree(text));
    }
}
