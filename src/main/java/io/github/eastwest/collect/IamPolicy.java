package io.github.eastwest.collect;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The least that a role needs for collecting: every {@link Operation}, nothing else, all of them reads. */
public final class IamPolicy {
    private IamPolicy() {}

    /**
     * The policy as JSON: one statement per service. Resources are {@code *} because List and Describe calls, on which all
     * depends, know no narrower ones.
     */
    public static String json() {
        return json(List.of());
    }

    /**
     * A statement besides those for reading.
     *
     * @param sid its name
     * @param action IAM action
     * @param resource ARN
     */
    public record Statement(String sid, String action, String resource) {}

    /** The policy as JSON, with more statements at its end. */
    public static String json(List<Statement> more) {
        StringBuilder out = new StringBuilder("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [");
        Map<String, List<String>> actions = Arrays.stream(Operation.values())
                .collect(Collectors.groupingBy(
                        Operation::service,
                        LinkedHashMap::new,
                        Collectors.mapping(Operation::action, Collectors.toList())));
        String separator = "\n";
        for (Map.Entry<String, List<String>> service : actions.entrySet()) {
            out.append(separator)
                    .append("    {\n      \"Sid\": \"Eastwest")
                    .append(Character.toUpperCase(service.getKey().charAt(0)))
                    // A statement's name has letters and digits only.
                    .append(service.getKey().substring(1).replace("-", ""))
                    .append("\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \"")
                    .append(service.getValue().stream().sorted().collect(Collectors.joining("\",\n        \"")))
                    .append("\"\n      ],\n      \"Resource\": \"*\"\n    }");
            separator = ",\n";
        }
        for (Statement statement : more) {
            out.append(",\n    {\n      \"Sid\": \"")
                    .append(statement.sid())
                    .append("\",\n      \"Effect\": \"Allow\",\n      \"Action\": \"")
                    .append(statement.action())
                    .append("\",\n      \"Resource\": \"")
                    .append(statement.resource())
                    .append("\"\n    }");
        }
        return out.append("\n  ]\n}\n").toString();
    }

    /** A statement that allows some operations, on one line. */
    static String statement(List<Operation> operations) {
        List<String> actions =
                operations.stream().map(Operation::action).sorted().distinct().toList();
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Effect", "Allow");
        statement.put("Action", actions.size() == 1 ? actions.get(0) : actions);
        statement.put("Resource", "*");
        return OneLineJson.of(statement);
    }
}
