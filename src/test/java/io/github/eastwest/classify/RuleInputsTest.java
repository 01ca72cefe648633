package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The inputs that rules declare are those they read, over all samples together. */
class RuleInputsTest {
    @Test
    void declaredInputsAreTheInputsReallyReadAndCommandsHaveAWayBack() throws IOException {
        Map<Rule, Set<Input>> read = new HashMap<>();
        List<String> irrevocable = new ArrayList<>();
        for (Sample sample : Sample.all()) {
            Snapshot snapshot = sample.read(sample.directory());
            Facts facts = Facts.of(snapshot, Thresholds.DEFAULT);
            for (Rule rule : Rules.all()) {
                Facts own = facts.fresh();
                rule.examine(own)
                        .match(
                                found -> irrevocable.addAll(found.draft().fixes().stream()
                                        .filter(fix -> fix.command().isPresent()
                                                && fix.rollback().isEmpty())
                                        .map(fix -> rule.cause().code() + ": " + fix.step())
                                        .toList()),
                                excluded -> false,
                                unknown -> false);
                read.computeIfAbsent(rule, r -> EnumSet.noneOf(Input.class)).addAll(own.read());
            }
        }
        List<String> differences = new ArrayList<>();
        for (Rule rule : Rules.all()) {
            Set<Input> declared = EnumSet.noneOf(Input.class);
            declared.addAll(rule.requires());
            declared.addAll(rule.uses());
            if (!declared.equals(read.get(rule))) {
                differences.add(rule.cause().code() + " declares " + declared + " and reads " + read.get(rule));
            }
        }
        assertThat(differences).isEmpty();
        // Who pastes a command that changes something must know the way back.
        assertThat(irrevocable).isEmpty();
    }
}
