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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** The ids of facts: each is told in a row that begins with it, or with its time. */
    private static final Pattern FACT = Pattern.compile("\\b(?:[EC][0-9]{1,6}|T-[0-9a-f]{6})\\b");

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
        List<Part> parts = CausePage.parse(text);
        Set<String> told = told(parts);
        Set<String> placed = new HashSet<>();
        for (Part part : parts) {
            if (part.kind() == Kind.HEADING && part.text().equals("1") && !titled) {
                titled = true;
                title = Foreign.clean(part.plain(), NAME);
            } else if (part.kind() == Kind.HEADING && part.text().equals("2")) {
                open = new ArrayList<>();
                String heading = Foreign.clean(part.plain(), NAME);
                sections.add(new Section(id(heading, ids), heading, open));
            } else {
                open.add(linked(part, told, placed));
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

    /** The ids that rows of tables tell about. Ids of sections have no capitals, so none is one. */
    private static Set<String> told(List<Part> parts) {
        Set<String> ids = new HashSet<>();
        parts.stream()
                .filter(part -> part.kind() == Kind.TABLE)
                .flatMap(table -> table.children().stream())
                .forEach(row -> tells(row).ifPresent(ids::add));
        return ids;
    }

    /** The id that a row tells about: alone in one of its first two cells. */
    private static Optional<String> tells(Part row) {
        return row.kind() != Kind.ROW
                ? Optional.empty()
                : row.children().stream()
                        .limit(2)
                        .map(cell -> cell.plain().strip())
                        .filter(text -> FACT.matcher(text).matches())
                        .findFirst();
    }

    /** The part with ids to link to at rows, and links to them elsewhere. */
    private static Part linked(Part part, Set<String> told, Set<String> placed) {
        if (part.kind() == Kind.ROW) {
            Optional<String> id = tells(part).filter(told::contains).filter(placed::add);
            if (id.isPresent()) {
                return new Part(Kind.ROW, id.get(), part.children());
            }
        }
        List<Part> children = new ArrayList<>();
        for (Part child : part.children()) {
            if (child.kind() == Kind.TEXT && part.kind() != Kind.LINK) {
                children.addAll(links(child.text(), told));
            } else {
                children.add(linked(child, told, placed));
            }
        }
        return new Part(part.kind(), part.text(), children);
    }

    private static List<Part> links(String text, Set<String> told) {
        List<Part> parts = new ArrayList<>();
        Matcher ids = FACT.matcher(text);
        int from = 0;
        while (ids.find()) {
            if (told.contains(ids.group())) {
                parts.add(new Part(Kind.TEXT, text.substring(from, ids.start()), List.of()));
                parts.add(
                        new Part(Kind.ANCHOR, "#" + ids.group(), List.of(new Part(Kind.TEXT, ids.group(), List.of()))));
                from = ids.end();
            }
        }
        parts.add(new Part(Kind.TEXT, text.substring(from), List.of()));
        return parts;
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
