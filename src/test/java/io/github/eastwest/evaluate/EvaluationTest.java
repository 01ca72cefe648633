package io.github.eastwest.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mvn -Pevaluate verify}: minutes, not seconds. */
@Tag("evaluate")
class EvaluationTest {
    private static final int INCIDENTS = 360;

    /** Rules were looked at with this seed's misses, and with those of 1001 to 1010. */
    private static final long TRAINING = 1_001;

    /** Nobody looked at this one's before its numbers were written. */
    private static final long REPORTED = 3_141_593;

    @Test
    void measuresAccuracy() throws IOException {
        Generator.Donors known = Generator.Donors.of(Donor.known());
        Evaluation training = Evaluation.of(Generator.cases(TRAINING, INCIDENTS / 2, known));
        Evaluation reported = Evaluation.of(Generator.cases(REPORTED, INCIDENTS, known));
        Evaluation heldOut =
                Evaluation.of(Donor.heldOut().stream().map(Case::of).toList());
        Evaluation heldOutChanged =
                Evaluation.of(Generator.cases(REPORTED, INCIDENTS / 2, Generator.Donors.of(Donor.heldOut())));
        write(training, reported, heldOut, heldOutChanged);

        List<Evaluation.Result> decidable =
                reported.faulty().stream().filter(Evaluation.Result::decidable).toList();
        assertThat(Evaluation.share(decidable, Evaluation.Result::topOne))
                .as("first answer")
                .isGreaterThanOrEqualTo(0.95);
        assertThat(Evaluation.share(reported.faulty(), Evaluation.Result::falseGreen))
                .as("false greens")
                .isZero();
        assertThat(Evaluation.share(reported.healthy(), Evaluation.Result::falseAlarm))
                .as("false alarms")
                .isLessThanOrEqualTo(0.01);
        assertThat(reported.claimed()).as("mean confidence").isCloseTo(reported.right(), within(0.05));
        assertThat(Evaluation.share(heldOut.faulty(), Evaluation.Result::topOne))
                .as("first answer on recordings held out")
                .isGreaterThanOrEqualTo(0.95);
    }

    private static void write(Evaluation training, Evaluation reported, Evaluation heldOut, Evaluation heldOutChanged)
            throws IOException {
        Files.createDirectories(Path.of("target/evaluate"));
        Files.write(Path.of("target/evaluate/training-misses.txt"), training.misses());
        Files.write(Path.of("target/evaluate/reported-misses.txt"), reported.misses());
        Files.write(Path.of("target/evaluate/held-out-misses.txt"), heldOut.misses());
        Files.write(Path.of("target/evaluate/held-out-changed-misses.txt"), heldOutChanged.misses());
        String report = Files.readString(Path.of("src/test/resources/evaluate/accuracy-head.md"))
                + "\n## Generated incidents, seed " + REPORTED + "\n\n" + reported.report()
                + "\n## Recordings that no rule was written by\n\n" + heldOut.report()
                + "\n## Generated incidents made of those recordings, seed " + REPORTED + "\n\n"
                + heldOutChanged.report()
                + "\n## A seed that misses were looked at with, " + TRAINING + "\n\n" + training.report();
        Files.writeString(Path.of("docs/accuracy.md"), report);
        System.out.println(report);
    }
}
