package io.github.eastwest.collect;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a call ended: with an answer or with a failure.
 *
 * @param call the call
 * @param answer the answer, if there is one
 * @param failure why there is none, or why it ends early
 */
record Reply(Call call, Optional<Answer> answer, Optional<AwsFailure> failure) {
    static Reply of(Call call, Answer answer) {
        return new Reply(call, Optional.of(answer), answer.cutShort());
    }

    static Reply failed(Call call, AwsFailure failure) {
        return new Reply(call, Optional.empty(), Optional.of(failure));
    }

    /** A parameter of the call as text; empty when it has none of that name. */
    String asked(String parameter) {
        return String.valueOf(call.parameters().getOrDefault(parameter, ""));
    }

    boolean isAnswered() {
        return answer.isPresent();
    }

    boolean failedBecause(AwsFailure.Kind kind) {
        return failure.filter(f -> f.kind() == kind).isPresent();
    }

    /** A member of the answer; empty without answer. */
    Field at(String member) {
        return Field.of(answer.map(Answer::document).orElse(Map.of())).at(member);
    }

    /** All elements of that member of all answers, in order. */
    static List<Field> items(List<Reply> replies, String member) {
        return replies.stream()
                .flatMap(reply -> reply.at(member).items().stream())
                .toList();
    }
}
