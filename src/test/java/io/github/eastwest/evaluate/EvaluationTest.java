package io.github.eastwest.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mvn -Pevaluate verify}: minutes, not seconds. */
@Tag("evaluate")
class EvaluationTest {
    private static final int INCIDENTS = 360;

    /** Rules were looked at with this seed's misses. */
    private static final long TRAINING = 20_261_121;

    /** Nobody looked at this one's before its numbers were written. */
    private static final long REPORTED = 4_711;

    @Test
    void measuresAccuracy() throws IOException {
        Generator.Donors donors = Generator.Donors.of(Donor.known());
        Evaluation training = Evaluation.of(Generator.cases(TRAINING, INCIDENTS / 2, donors));
        Evaluation reported = Evaluation.of(Generator.cases(REPORTED, INCIDENTS, donors));
        Evaluation heldOut = Evaluation.of(Donor.heldOut().stream()
                .map(d -> new Case(
                        d.name(),
                        d.caller(),
                        d.callee(),
                        d.cause()
                                .map(c -> (Set<io.github.eastwest.model.RootCause>) EnumSet.of(c))
                                .orElse(Set.of()),
                        "recording",
                        "both",
                        "",
                        d.files()))
                .toList());
        write(training, reported, heldOut);

        assertThat(Evaluation.share(reported.faulty(), Evaluation.Result::falseGreen))
                .as("false greens")
                .isZero();
        assertThat(Evaluation.share(heldOut.faulty(), Evaluation.Result::topOne))
                .as("first answer on recordings held out")
                .isGreaterThanOrEqualTo(0.95);
    }

    private static void write(Evaluation training, Evaluation reported, Evaluation heldOut) throws IOException {
        Files.createDirectories(Path.of("target/evaluate"));
        Files.write(Path.of("target/evaluate/training-misses.txt"), training.misses());
        Files.write(Path.of("target/evaluate/reported-misses.txt"), reported.misses());
        Files.write(Path.of("target/evaluate/held-out-misses.txt"), heldOut.misses());
        String report = Files.readString(Path.of("src/test/resources/evaluate/accuracy-head.md"))
                + "\n## Generated incidents, seed " + REPORTED + "\n\n" + reported.report()
                + "\n## The seed that misses were looked at with, " + TRAINING + "\n\n" + training.report()
                + "\n## Recordings that no rule was written by\n\n" + heldOut.report();
        Files.writeString(Path.of("docs/accuracy.md"), report);
    }
}
