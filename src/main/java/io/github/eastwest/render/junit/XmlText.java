package io.github.eastwest.render.junit;

import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;

/** Foreign text in XML. */
final class XmlText {
    private XmlText() {}

    /** Fit for an attribute and for text; {@link Foreign} takes out what XML 1.0 cannot hold at all. */
    static String escaped(String foreign, int max) {
        return Foreign.clean(foreign, max)
                .replace(Units.THIN_SPACE, ' ')
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
