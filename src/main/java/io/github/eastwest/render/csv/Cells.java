package io.github.eastwest.render.csv;

import io.github.eastwest.render.Foreign;

/** Foreign text in a spreadsheet. */
final class Cells {
    private static final String FORMULA = "=+-@\t\r\uFF1D\uFF0B\uFF0D\uFF20";

    private Cells() {}

    /** The text as no spreadsheet takes it for a formula. */
    static String foreign(String text) {
        String clean = Foreign.clean(text);
        return !clean.isEmpty() && FORMULA.indexOf(clean.charAt(0)) >= 0 ? "'" + clean : clean;
    }
}
