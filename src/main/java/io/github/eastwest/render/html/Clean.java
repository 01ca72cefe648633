package io.github.eastwest.render.html;

import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.time.Instant;

/** Texts and numbers as all sections of the report print them. */
final class Clean {
    private static final int SENTENCE = 400;
    private static final int NAME = 120;

    private Clean() {}

    static String sentence(String text) {
        return Foreign.clean(text, SENTENCE);
    }

    static String name(String text) {
        return Foreign.clean(text, NAME);
    }

    /** Percent of a bar's width. */
    static String bar(long part, long whole) {
        return whole <= 0 ? "0" : Charts.number(Math.min(100, 100.0 * part / whole));
    }

    /** What is left out, in a sentence; empty for nothing. */
    static String left(int count, String what) {
        return count <= 0 ? "" : Units.count(count, "more " + what) + " in the JSON report.";
    }

    /** A time of the day where that is enough. */
    static HtmlReport.Moment moment(Instant at, Instant day) {
        return new HtmlReport.Moment(
                at.toString(), Units.date(at).equals(Units.date(day)) ? Units.time(at) : Units.dateTime(at));
    }

    /** A share of failed calls, tinted. */
    static HtmlReport.Cell share(long failed, long requests) {
        if (requests == 0) {
            return new HtmlReport.Cell(Units.ABSENT, "");
        }
        return new HtmlReport.Cell(Units.share(failed, requests), tint(failed, requests));
    }

    /** {@code t0} for no failure; {@code t1} to {@code t4} for less than 1 %, 10 %, 50 % and more. */
    static String tint(long failed, long requests) {
        double share = requests == 0 ? 0 : (double) failed / requests;
        return share == 0 ? "t0" : share < 0.01 ? "t1" : share < 0.1 ? "t2" : share < 0.5 ? "t3" : "t4";
    }
}
