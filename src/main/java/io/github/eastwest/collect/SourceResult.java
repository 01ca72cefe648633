package io.github.eastwest.collect;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.bundle.Text;
import io.github.eastwest.model.Coverage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How one input was read.
 *
 * @param input path in the bundle without extension
 * @param state how far it was read
 * @param detail what is missing and why; empty when nothing is
 * @param files puts what was read into the bundle
 */
record SourceResult(String input, Coverage.State state, String detail, Consumer<BundleDraft> files) {
    /** Longer details are cut by readers of the manifest. */
    private static final int MOST_REASONS = 3;

    /** An input of which nothing was asked. */
    static SourceResult none(String input, Coverage.State state, String why) {
        return new SourceResult(input, state, why, draft -> {});
    }

    /**
     * An input read by calls.
     *
     * @param operation whose answers the input holds; without a call of it, nothing was there to ask for
     * @param replies of all calls made for it, of calls that only name what to ask for too
     * @param shortfalls what is missing besides failed calls
     * @param files puts what was read into the bundle; not asked when nothing was read
     */
    static SourceResult of(
            Operation operation, List<Reply> replies, List<String> shortfalls, Consumer<BundleDraft> files) {
        List<Reply> failed =
                replies.stream().filter(reply -> reply.failure().isPresent()).toList();
        List<Reply> asked = replies.stream()
                .filter(reply -> reply.call().operation() == operation)
                .toList();
        boolean read = asked.isEmpty() ? failed.isEmpty() : asked.stream().anyMatch(Reply::isAnswered);
        Set<String> missing = new LinkedHashSet<>();
        replies.forEach(reply -> missing.addAll(failures(reply)));
        missing.addAll(shortfalls);
        return of(operation.path(), read, failed, List.copyOf(missing), files);
    }

    /**
     * An input.
     *
     * @param read whether anything was read
     * @param failed calls that failed
     * @param shortfalls what is missing besides
     * @param files puts what was read into the bundle
     */
    static SourceResult of(
            String input, boolean read, List<Reply> failed, List<String> shortfalls, Consumer<BundleDraft> files) {
        Set<String> reasons = new LinkedHashSet<>(reasons(failed));
        reasons.addAll(shortfalls);
        if (!read) {
            return none(input, unread(failed), join(reasons));
        }
        return new SourceResult(
                input, reasons.isEmpty() ? Coverage.State.COMPLETE : Coverage.State.PARTIAL, join(reasons), files);
    }

    /** An input whose answers are merged into one file. */
    static SourceResult merging(Operation operation, List<Reply> replies, String member, String id) {
        return of(
                operation,
                replies,
                List.of(),
                draft -> draft.document(operation.path(), merged(replies, operation, member, id)));
    }

    private static Coverage.State unread(List<Reply> failed) {
        boolean refused = failed.stream()
                .anyMatch(reply -> reply.failedBecause(AwsFailure.Kind.DENIED)
                        || reply.failedBecause(AwsFailure.Kind.EXPIRED)
                        || reply.failedBecause(AwsFailure.Kind.NO_CREDENTIALS));
        return refused
                ? Coverage.State.DENIED
                : failed.isEmpty() ? Coverage.State.NOT_COLLECTED : Coverage.State.FAILED;
    }

    /** Denials first, in one statement to paste. */
    private static List<String> reasons(List<Reply> failed) {
        List<String> reasons = new ArrayList<>();
        List<Operation> denied = failed.stream()
                .filter(reply -> reply.failedBecause(AwsFailure.Kind.DENIED))
                .map(reply -> reply.call().operation())
                .distinct()
                .toList();
        if (!denied.isEmpty()) {
            reasons.add(String.join(", ", denied.stream().map(Operation::action).toList()) + " denied; allow: "
                    + IamPolicy.statement(denied));
        }
        failed.stream()
                .filter(reply -> !reply.failedBecause(AwsFailure.Kind.DENIED))
                .forEach(reply -> reasons.add(Reasons.why(reply) + (reply.isAnswered() ? ": not all was read" : "")));
        return reasons;
    }

    /** ECS names what it could not describe in the answer itself. */
    private static List<String> failures(Reply reply) {
        return reply.at("failures").items().stream()
                .map(failure -> reply.call().operation().action() + " says "
                        + Text.printable(failure.at("reason").text().orElse("failure")) + " of "
                        + Text.printable(failure.at("arn").text().orElse("something")))
                .toList();
    }

    private static String join(Set<String> reasons) {
        List<String> shown = reasons.stream().limit(MOST_REASONS).toList();
        String more = reasons.size() > MOST_REASONS ? "; and " + (reasons.size() - MOST_REASONS) + " more" : "";
        return String.join("; ", shown) + more;
    }

    /**
     * The answers of an operation as one, as if it had been asked once.
     *
     * @param member member that holds the elements; empty list when there is no answer
     * @param id member that tells elements apart; elements without it by all they hold
     */
    static Map<String, Object> merged(List<Reply> replies, Operation operation, String member, String id) {
        Map<String, Object> whole = OrderedMap.of(member, List.of());
        Map<String, Set<Object>> known = new LinkedHashMap<>();
        for (Reply reply : replies) {
            if (reply.call().operation() != operation || reply.answer().isEmpty()) {
                continue;
            }
            reply.answer().get().document().forEach((name, value) -> {
                if (value instanceof List<?> list) {
                    List<Object> all = new ArrayList<>();
                    if (whole.get(name) instanceof List<?> before) {
                        all.addAll(before);
                    }
                    Set<Object> seen = known.computeIfAbsent(name, any -> new LinkedHashSet<>());
                    for (Object element : list) {
                        Object identity =
                                element instanceof Map<?, ?> map && map.get(id) != null ? map.get(id) : element;
                        if (seen.add(identity)) {
                            all.add(element);
                        }
                    }
                    whole.put(name, all);
                } else {
                    whole.putIfAbsent(name, value);
                }
            });
        }
        return whole;
    }
}
