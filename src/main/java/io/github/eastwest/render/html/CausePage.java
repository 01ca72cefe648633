package io.github.eastwest.render.html;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.render.Foreign;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;

/**
 * The Markdown page of a root cause as a tree that the template walks and escapes. No HTML is made here, so there is none to
 * trust: raw HTML in a page is shown as text.
 */
public final class CausePage {
    /** A date with its time fits. */
    private static final int SMALL = 24;

    private static final Parser PARSER = Parser.builder().build();

    /** A line end inside a paragraph; a space unless the paragraph turns out to be a table. */
    static final Part SOFT_BREAK = new Part(Kind.TEXT, " ", List.of());

    private CausePage() {}

    /** What a piece of a page is. */
    public enum Kind {
        HEADING,
        PARAGRAPH,
        BULLETS,
        NUMBERS,
        ITEM,
        QUOTE,
        CODE_BLOCK,
        TABLE,
        /** The rows of a table that name its columns. */
        HEAD,
        /** Its text is an id to link to, or empty. */
        ROW,
        /** Its text is the name of its column, or empty. */
        CELL,
        HEAD_CELL,
        RULE,
        TEXT,
        CODE,
        STRONG,
        EMPHASIS,
        LINK,
        /** A link within the page. */
        ANCHOR,
        BREAK
    }

    /**
     * A piece of a page.
     *
     * @param kind what it is
     * @param text of headings' level, code and text; the address of a link; of rows and cells see there; else empty
     * @param children what it holds
     */
    public record Part(Kind kind, String text, List<Part> children) {
        public Part {
            children = List.copyOf(children);
        }

        /** Its text and that of all it holds, without markup. */
        String plain() {
            StringBuilder plain = new StringBuilder(kind == Kind.TEXT || kind == Kind.CODE ? text : "");
            children.forEach(child -> plain.append(child.plain()));
            return plain.toString();
        }

        /** Whether it is so short that a line end inside of it would only hinder. */
        public boolean small() {
            return plain().length() <= SMALL;
        }

        /** The kind's name, for the template. */
        public String is() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    /** The page of that cause; empty when there is none. */
    public static List<Part> of(RootCause cause) {
        String name = "/causes/" + cause.code() + "-" + cause.slug() + ".md";
        try (InputStream page = CausePage.class.getResourceAsStream(name)) {
            return page == null ? List.of() : parse(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parts of a page. */
    static List<Part> parse(String markdown) {
        return children(PARSER.parse(markdown));
    }

    private static List<Part> children(Node node) {
        List<Part> parts = new ArrayList<>();
        for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
            child.accept(new Reader(parts));
        }
        return parts;
    }

    /** Only absolute web addresses are links; all else keeps its text. */
    private static boolean isWebAddress(String address) {
        try {
            String scheme = new URI(address).getScheme();
            return scheme != null && (scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static final class Reader extends AbstractVisitor {
        private final List<Part> parts;

        Reader(List<Part> parts) {
            this.parts = parts;
        }

        private void add(Kind kind, String text, Node node) {
            parts.add(new Part(kind, text, children(node)));
        }

        private void leaf(Kind kind, String text) {
            parts.add(new Part(kind, text, List.of()));
        }

        @Override
        public void visit(Heading heading) {
            add(Kind.HEADING, Integer.toString(heading.getLevel()), heading);
        }

        @Override
        public void visit(Paragraph paragraph) {
            List<Part> inside = children(paragraph);
            parts.add(CauseTable.of(inside).orElseGet(() -> new Part(Kind.PARAGRAPH, "", inside)));
        }

        @Override
        public void visit(BulletList list) {
            add(Kind.BULLETS, "", list);
        }

        @Override
        public void visit(OrderedList list) {
            add(Kind.NUMBERS, "", list);
        }

        @Override
        public void visit(ListItem item) {
            add(Kind.ITEM, "", item);
        }

        @Override
        public void visit(BlockQuote quote) {
            add(Kind.QUOTE, "", quote);
        }

        @Override
        public void visit(FencedCodeBlock block) {
            leaf(Kind.CODE_BLOCK, lines(block.getLiteral()));
        }

        @Override
        public void visit(IndentedCodeBlock block) {
            leaf(Kind.CODE_BLOCK, lines(block.getLiteral()));
        }

        @Override
        public void visit(HtmlBlock html) {
            parts.add(new Part(Kind.PARAGRAPH, "", List.of(text(html.getLiteral()))));
        }

        @Override
        public void visit(ThematicBreak rule) {
            leaf(Kind.RULE, "");
        }

        @Override
        public void visit(Text text) {
            parts.add(text(text.getLiteral()));
        }

        @Override
        public void visit(HtmlInline html) {
            parts.add(text(html.getLiteral()));
        }

        @Override
        public void visit(Code code) {
            leaf(Kind.CODE, Foreign.clean(code.getLiteral()));
        }

        @Override
        public void visit(StrongEmphasis strong) {
            add(Kind.STRONG, "", strong);
        }

        @Override
        public void visit(Emphasis emphasis) {
            add(Kind.EMPHASIS, "", emphasis);
        }

        @Override
        public void visit(Link link) {
            if (isWebAddress(link.getDestination())) {
                add(Kind.LINK, link.getDestination(), link);
            } else {
                parts.addAll(children(link));
            }
        }

        @Override
        public void visit(SoftLineBreak lineBreak) {
            parts.add(SOFT_BREAK);
        }

        @Override
        public void visit(HardLineBreak lineBreak) {
            leaf(Kind.BREAK, "");
        }

        private static Part text(String text) {
            return new Part(Kind.TEXT, Foreign.clean(text), List.of());
        }

        private static String lines(String code) {
            StringBuilder clean = new StringBuilder();
            code.lines()
                    .forEach(
                            line -> clean.append(clean.length() > 0 ? "\n" : "").append(Foreign.clean(line)));
            return clean.toString();
        }
    }
}
