package io.github.eastwest.render.html;

import java.util.List;
import java.util.Optional;

/**
 * A health report as {@code templates/health.html} shows it: clean strings only.
 *
 * @param head the banner
 * @param tiles edges by state
 * @param legend what the drawings show
 * @param edges problems and what ended, the worst change first
 * @param more that there are more of them; empty when all are shown
 * @param others the other edges
 * @param moreOthers that there are more of them; empty when all are shown
 * @param gone edges that are no longer there
 * @param noneGone what it means that there is none
 * @param blindSpots what cannot be seen
 * @param trend problems over the runs; empty with fewer than two
 * @param coverage input, state, detail
 * @param about who made the page, and by which thresholds
 */
record HealthPage(
        Head head,
        List<Tile> tiles,
        String legend,
        List<Card> edges,
        String more,
        List<Line> others,
        String moreOthers,
        List<String> gone,
        String noneGone,
        List<Row> blindSpots,
        Optional<Chart> trend,
        List<List<String>> coverage,
        List<Row> about) {
    HealthPage {
        tiles = List.copyOf(tiles);
        edges = List.copyOf(edges);
        others = List.copyOf(others);
        gone = List.copyOf(gone);
        blindSpots = List.copyOf(blindSpots);
        coverage = List.copyOf(coverage);
        about = List.copyOf(about);
    }

    /** The banner. */
    record Head(
            String tone,
            String sign,
            String outcome,
            String headline,
            String changes,
            String place,
            String time,
            String doubt,
            List<String> gaps) {
        Head {
            gaps = List.copyOf(gaps);
        }
    }

    /** An edge in full; {@code command} is empty where there is none to run. */
    record Card(
            String id,
            String tone,
            String label,
            String state,
            List<String> chips,
            Spark spark,
            List<String> reasons,
            String closer,
            String command) {
        Card {
            chips = List.copyOf(chips);
            reasons = List.copyOf(reasons);
        }
    }

    /** An edge in a row; {@code why} is empty where its drawing says enough. */
    record Line(
            String id,
            String label,
            String state,
            String requests,
            String failed,
            String millis,
            Spark spark,
            String why) {}

    /** SVG paths of a drawing 280 wide and 40 high: answered and failed requests, and periods without data. */
    record Spark(String label, String answered, String failed, String absent) {}

    /** A name and what belongs to it. */
    record Row(String name, String value) {}
}
