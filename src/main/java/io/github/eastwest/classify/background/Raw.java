package io.github.eastwest.classify.background;

import io.github.eastwest.classify.background.Settings.Changed;
import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.classify.background.Suspicion.Who;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.report.Background.Change.Kind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A change without its number and suspicion.
 *
 * @param at when it took effect
 * @param who whose it is
 * @param subject the service or resource
 * @param text what changed, in one sentence
 * @param source the input that tells it
 * @param changed what differs, as far as it is known
 * @param known whether that is all that differs
 */
record Raw(
        Instant at,
        Kind kind,
        Who who,
        String subject,
        String text,
        Input source,
        List<Changed> changed,
        boolean known) {
    Set<Topic> topics() {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        changed.forEach(c -> topics.add(c.topic()));
        return topics;
    }
}
