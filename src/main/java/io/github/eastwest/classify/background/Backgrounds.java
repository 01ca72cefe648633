package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Onset;
import io.github.eastwest.model.report.Finding;
import java.util.List;
import java.util.Optional;

/** Finds what stands behind a diagnosis. */
public final class Backgrounds {
    private Backgrounds() {}

    /** The background of those findings. */
    public static Background of(Facts facts, List<Finding> findings) {
        Optional<Onset> onset = Onsets.of(facts);
        return new Background(
                onset,
                Changes.of(facts, onset, findings),
                Changes.read(facts),
                TimeoutLadder.of(facts),
                Controls.of(facts, onset),
                NoiseFloors.of(facts, onset));
    }
}
