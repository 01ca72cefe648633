package io.github.eastwest.render.html;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A chart as the template draws it: an SVG stretched to the page's width, with its ticks and legend as text outside of it so that
 * they stay readable on a phone, and the same numbers as a table.
 *
 * @param label what it shows, for those who do not see it
 * @param yTicks top to bottom, evenly spaced
 * @param xTicks left to right, evenly spaced
 * @param shapes back to front
 * @param hovers one per column, invisible, with its numbers as tooltip
 * @param overlay what lies over the shapes: spans of time, events, limits
 * @param legend names of the shapes
 * @param table the numbers
 */
public record Chart(
        String label,
        List<String> yTicks,
        List<String> xTicks,
        List<Shape> shapes,
        List<Hover> hovers,
        Overlay overlay,
        List<Legend> legend,
        Table table) {
    /** Width and height of the drawing, in its own units. */
    public static final int WIDTH = 1000;

    /** See {@link #WIDTH}. */
    public static final int HEIGHT = 200;

    public Chart {
        yTicks = List.copyOf(yTicks);
        xTicks = List.copyOf(xTicks);
        shapes = List.copyOf(shapes);
        hovers = List.copyOf(hovers);
        legend = List.copyOf(legend);
    }

    /** The chart with one more shape, in front of the others. */
    Chart with(Shape shape, Legend name) {
        return new Chart(
                label,
                yTicks,
                xTicks,
                Stream.concat(shapes.stream(), Stream.of(shape)).toList(),
                hovers,
                overlay,
                Stream.concat(legend.stream(), Stream.of(name)).toList(),
                table);
    }

    /** The first sentence of the label, without its full stop. */
    public String title() {
        int end = label.indexOf(". ");
        return end < 0 ? label : label.substring(0, end);
    }

    /** Heights of the lines that belong to the ticks. */
    public List<String> grid() {
        return IntStream.range(0, yTicks.size())
                .mapToObj(tick -> Charts.number((double) HEIGHT * tick / Math.max(1, yTicks.size() - 1)))
                .toList();
    }

    /** An SVG path with the class that colours it. */
    public record Shape(String style, String path) {}

    /**
     * What lies over the shapes.
     *
     * @param bands spans of time
     * @param markers events
     * @param limits values not to cross
     */
    public record Overlay(List<Band> bands, List<Marker> markers, List<Limit> limits) {
        /** Nothing. */
        public static final Overlay NONE = new Overlay(List.of(), List.of(), List.of());

        public Overlay {
            bands = List.copyOf(bands);
            markers = List.copyOf(markers);
            limits = List.copyOf(limits);
        }

        /** The same with those limits. */
        public Overlay with(List<Limit> others) {
            return new Overlay(bands, markers, others);
        }
    }

    /** A span of time with a tooltip; {@code name} goes to the legend. */
    public record Band(String x, String width, String name, String title) {}

    /** A horizontal line with a name. */
    public record Limit(String y, String name) {}

    /** A column with a tooltip. */
    public record Hover(String x, String width, String title) {}

    /** A vertical line with a tooltip. */
    public record Marker(String x, String title) {}

    /** A shape's name. */
    public record Legend(String style, String text) {}

    /** A table; the first cell of a row is its head. */
    public record Table(List<String> head, List<List<String>> rows) {
        public Table {
            head = List.copyOf(head);
            rows = List.copyOf(rows);
        }
    }
}
