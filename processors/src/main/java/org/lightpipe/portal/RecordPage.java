package org.lightpipe.portal;

import java.util.List;

/**
 * A page of records, newest first.
 *
 * @param records the records
 * @param next what to ask for as {@code after} to get the next page; null when this is the last
 * @param total how many records the whole search finds; null after the first page
 * @param facets how the finds spread; empty after the first page
 */
public record RecordPage(List<Summary> records, Long next, Long total, Facets facets) {

    /**
     * A record in a list. Times are ISO 8601 in UTC.
     *
     * @param id of the record
     * @param dataset name of the dataset
     * @param part part of the dataset, from 1
     * @param state STORED, PROCESSING, PROCESSED or FAILED
     * @param preview true when it has a picture
     * @param tape state of its bag; null when it has none
     */
    public record Summary(
            long id,
            String dataset,
            int part,
            String experiment,
            String beamline,
            String title,
            String completedAt,
            String publishedAt,
            long files,
            long bytes,
            String state,
            boolean preview,
            String tape) {}

    /**
     * How many finds each choice would give; a choice already made in one facet does not narrow that facet.
     *
     * @param experiment the experiments with most finds
     * @param beamline the beamlines with most finds
     */
    public record Facets(List<Count> experiment, List<Count> beamline) {}

    /** How many finds have a value. */
    public record Count(String value, long count) {}
}
