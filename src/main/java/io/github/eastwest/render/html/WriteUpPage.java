package io.github.eastwest.render.html;

import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.html.CausePage.Kind;
import io.github.eastwest.render.html.CausePage.Part;
import io.github.eastwest.render.markdown.LivingDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A write-up as a page: {@code templates/write-up.html}. The Markdown document is the only source, what people wrote in it
 * included; raw HTML in it is shown as text.
 *
 * @param title the document's first heading
 * @param lead what stands before the first section
 * @param sections one per heading of the second level
 * @param about the footer
 */
public record WriteUpPage(String title, List<Part> lead, List<Section> sections, About about) {
    private static final int NAME = 200;

    /** What {@link io.github.eastwest.render.markdown Markdown} renderers put between a sign and a name. */
    private static final String EMPTY_COMMENT = "<!-- -->";

    /** Stands for a bar inside of a table's cell, which the reader of tables would take for the cell's end. */
    private static final char BAR = '\u2223';

    public WriteUpPage {
        lead = List.copyOf(lead);
        sections = List.copyOf(sections);
    }

    /** A section with an id to link to. */
    public record Section(String id, String heading, List<Part> parts) {
        public Section {
            parts = List.copyOf(parts);
        }
    }

    /** Writes the page of that document as UTF-8; the stream stays open. */
    public static void write(String markdown, ReportContext context, Templates templates, OutputStream out)
            throws IOException {
        WriteUpPage page = of(markdown, context);
        new HtmlPages(templates).write("write-up", page.title(), Map.of("model", page), out);
    }

    private static WriteUpPage of(String markdown, ReportContext context) {
        String title = "Write-up";
        List<Part> lead = new ArrayList<>();
        List<Section> sections = new ArrayList<>();
        List<Part> open = lead;
        Set<String> ids = new HashSet<>(Set.of("about"));
        String text = LivingDocument.withoutAnchors(markdown)
                .replace(EMPTY_COMMENT, "")
                .replace("\\|", String.valueOf(BAR));
        boolean titled = false;
        for (Part part : CausePage.parse(text)) {
            if (part.kind() == Kind.HEADING && part.text().equals("1") && !titled) {
                titled = true;
                title = Foreign.clean(plain(part), NAME);
            } else if (part.kind() == Kind.HEADING && part.text().equals("2")) {
                open = new ArrayList<>();
                String heading = Foreign.clean(plain(part), NAME);
                sections.add(new Section(id(heading, ids), heading, open));
            } else {
                open.add(part.kind() == Kind.TABLE ? headed(part) : part);
            }
            if (!sections.isEmpty()) {
                Section last = sections.get(sections.size() - 1);
                sections.set(sections.size() - 1, new Section(last.id(), last.heading(), open));
            }
        }
        return new WriteUpPage(
                title,
                lead,
                sections,
                new About(List.of(
                        About.Row.of("Made by", context.toolName() + " " + context.toolVersion()),
                        About.Row.of("Made from", "the Markdown document of the same run"))));
    }

    /** The table with the cells of its first row as headings. */
    private static Part headed(Part table) {
        List<Part> rows = new ArrayList<>(table.children());
        Part head = rows.remove(0);
        rows.add(
                0,
                new Part(
                        Kind.ROW,
                        "",
                        head.children().stream()
                                .map(cell -> new Part(Kind.HEAD_CELL, "", cell.children()))
                                .toList()));
        return new Part(Kind.TABLE, "", rows);
    }

    private static String plain(Part part) {
        StringBuilder text = new StringBuilder(part.kind() == Kind.TEXT || part.kind() == Kind.CODE ? part.text() : "");
        part.children().forEach(child -> text.append(plain(child)));
        return text.toString();
    }

    private static String id(String heading, Set<String> taken) {
        String base =
                heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String id = base.isEmpty() ? "section" : base;
        for (int i = 2; !taken.add(id); i++) {
            id = base + "-" + i;
        }
        return id;
    }
}
