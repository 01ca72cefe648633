package io.github.eastwest.render;

import io.github.eastwest.render.csv.CsvRenderer;
import io.github.eastwest.render.html.HtmlRenderer;
import io.github.eastwest.render.html.Templates;
import io.github.eastwest.render.json.JsonRenderer;
import io.github.eastwest.render.junit.JunitRenderer;
import io.github.eastwest.render.markdown.MarkdownRenderer;
import io.github.eastwest.render.slack.SlackRenderer;
import io.github.eastwest.render.text.TextRenderer;

/** The renderer of each {@link Format}. */
public final class Renderers {
    private Renderers() {}

    /** A renderer of that format. */
    public static Renderer of(Format format) {
        return of(format, Templates.builtIn());
    }

    /** A renderer of that format; HTML is made of those templates. */
    public static Renderer of(Format format, Templates templates) {
        return switch (format) {
            case TEXT -> new TextRenderer();
            case JSON -> new JsonRenderer();
            case HTML -> new HtmlRenderer(templates);
            case MD -> new MarkdownRenderer();
            case CSV -> new CsvRenderer();
            case SLACK -> new SlackRenderer();
            case JUNIT -> new JunitRenderer();
        };
    }
}
