package io.github.eastwest.render;

import io.github.eastwest.render.csv.HealthCsvRenderer;
import io.github.eastwest.render.html.HealthHtmlRenderer;
import io.github.eastwest.render.json.HealthJsonRenderer;
import io.github.eastwest.render.junit.HealthJunitRenderer;
import io.github.eastwest.render.markdown.HealthMarkdownRenderer;
import io.github.eastwest.render.slack.HealthSlackRenderer;
import io.github.eastwest.render.text.HealthTextRenderer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The formats of a health report. */
public final class HealthRenderers {
    private static final Map<String, Supplier<HealthRenderer>> BY_FORMAT = byFormat();

    private HealthRenderers() {}

    private static Map<String, Supplier<HealthRenderer>> byFormat() {
        Map<String, Supplier<HealthRenderer>> formats = new LinkedHashMap<>();
        formats.put("text", HealthTextRenderer::new);
        formats.put("json", HealthJsonRenderer::new);
        formats.put("md", HealthMarkdownRenderer::new);
        formats.put("html", HealthHtmlRenderer::new);
        formats.put("csv", HealthCsvRenderer::new);
        formats.put("junit", HealthJunitRenderer::new);
        formats.put("slack", HealthSlackRenderer::new);
        return java.util.Collections.unmodifiableMap(formats);
    }

    /** The names of the formats; the first is the default. */
    public static List<String> formats() {
        return List.copyOf(BY_FORMAT.keySet());
    }

    /** The content type of a format, for those who store it. */
    public static String contentType(String format) {
        return switch (format) {
            case "json", "slack" -> "application/json";
            case "html" -> "text/html; charset=utf-8";
            case "md" -> "text/markdown; charset=utf-8";
            case "csv" -> "text/csv; charset=utf-8";
            case "junit" -> "application/xml";
            default -> "text/plain; charset=utf-8";
        };
    }

    /** How the names of files of a format end. */
    public static String extension(String format) {
        return switch (format) {
            case "text" -> "txt";
            case "junit" -> "xml";
            case "slack" -> "slack.json";
            default -> format;
        };
    }

    /**
     * The renderer of a format.
     *
     * @throws IllegalArgumentException if there is no such format
     */
    public static HealthRenderer of(String format) {
        Supplier<HealthRenderer> renderer = BY_FORMAT.get(format);
        if (renderer == null) {
            throw new IllegalArgumentException("no format " + format);
        }
        return renderer.get();
    }
}
