package org.lightpipe.portal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A record before it is published.
 *
 * @param record what the portal shows
 * @param searchText the words by which it is found
 * @param preview its picture, if a workflow made one
 */
record RecordDraft(ObjectNode record, String searchText, Optional<Preview> preview) {}
