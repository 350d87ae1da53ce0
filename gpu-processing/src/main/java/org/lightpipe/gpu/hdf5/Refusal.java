package org.lightpipe.gpu.hdf5;

/**
 * What is wrong with a file, in words. It travels unchecked through the parsers and becomes an
 * {@link org.lightpipe.gpu.core.InvalidInputException} at the doors of the package, where the names are known.
 */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean sentence;
    private final boolean lasting;

    private Refusal(String words, boolean sentence, boolean lasting) {
        super(words);
        this.sentence = sentence;
        this.lasting = lasting;
    }

    /** Something is damaged, or half written by somebody who is still writing. */
    static Refusal damaged(String words) {
        return new Refusal(words, false, false);
    }

    /** Something that stays as it is, however often one looks. */
    static Refusal unsupported(String words) {
        return new Refusal(words, false, true);
    }

    /** @param words that follow the name of the dataset and make a sentence with it */
    static Refusal saying(String words) {
        return new Refusal(words, true, true);
    }

    /** @return whether looking again is of no use */
    boolean isLasting() {
        return lasting;
    }

    /** @return the sentence about something of this name */
    String about(String name) {
        return sentence ? name + " " + getMessage() : name + " cannot be read (" + getMessage() + ")";
    }
}
