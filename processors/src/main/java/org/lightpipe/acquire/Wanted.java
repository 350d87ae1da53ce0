package org.lightpipe.acquire;

/** Tells which of the things in a watched tree are to be handed over, whether or not they are finished. */
final class Wanted {

    private final LandingOptions options;
    private final MarkerFiles markers;

    Wanted(LandingOptions options, MarkerFiles markers) {
        this.options = options;
        this.markers = markers;
    }

    boolean has(Directory directory, String name, FileStatus status) {
        return status.isFile()
                && options.filter().accepts(directory.pathOf(name))
                && status.ctimeNs() >= options.existingBeforeNs()
                && !markers.isMarker(directory, name);
    }
}
