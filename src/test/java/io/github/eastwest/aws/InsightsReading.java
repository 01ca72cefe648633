package io.github.eastwest.aws;

/**
 * How to read what AWS's documentation of Logs Insights leaves open. A good query means the same in every reading.
 *
 * @param negatedNullIsTrue whether {@code not} of a comparison with a missing field is true
 * @param nullDiffers whether a missing field is unequal to every value
 * @param jsonNullIsPresent whether {@code ispresent} is true of a JSON field that is {@code null}
 * @param mixedAsText whether {@code <} and {@code >} compare a number with a text by their characters
 * @param booleansAsWords whether a result shows {@code true} rather than {@code 1}
 */
record InsightsReading(
        boolean negatedNullIsTrue,
        boolean nullDiffers,
        boolean jsonNullIsPresent,
        boolean mixedAsText,
        boolean booleansAsWords) {
    static final InsightsReading DEFAULT = new InsightsReading(false, false, false, false, false);
}
