package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IamPolicyTest {
    private static final Field POLICY = Field.of(BundleAws.read(IamPolicy.json()));

    @Test
    void allowsEveryOperationAndNothingElse() {
        List<String> actions = new ArrayList<>();
        POLICY.at("Statement")
                .items()
                .forEach(statement -> actions.addAll(statement.at("Action").texts()));

        assertThat(actions)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::action).collect(Collectors.toList()));
    }

    @Test
    void allowsNothingThatChangesAnything() {
        POLICY.at("Statement")
                .items()
                .forEach(statement -> assertThat(statement.at("Action").texts())
                        .allMatch(action -> action.matches(
                                        "[a-z0-9-]+:(Describe|List|Get|Filter|Discover|Lookup)[A-Za-z]+")
                                // These only start and stop reading.
                                || List.of("logs:StartQuery", "logs:StopQuery").contains(action)));
    }

    @Test
    void isAPolicyThatIamTakes() {
        assertThat(POLICY.at("Version").text()).contains("2012-10-17");
        // A statement id has letters and digits only.
        assertThat(POLICY.at("Statement").items())
                .allMatch(statement -> statement.at("Sid").textOrEmpty().matches("Eastwest[A-Z][A-Za-z0-9]+")
                        && statement.at("Effect").textOrEmpty().equals("Allow")
                        && statement.at("Resource").textOrEmpty().equals("*"));
    }

    @Test
    void aStatementForOneOrSeveralOperations() {
        assertThat(IamPolicy.statement(List.of(Operation.LIST_TASKS)))
                .isEqualTo("{\"Effect\":\"Allow\",\"Action\":\"ecs:ListTasks\",\"Resource\":\"*\"}");
        assertThat(IamPolicy.statement(List.of(Operation.LIST_TASKS, Operation.DESCRIBE_TASKS)))
                .isEqualTo(
                        "{\"Effect\":\"Allow\",\"Action\":[\"ecs:DescribeTasks\",\"ecs:ListTasks\"],\"Resource\":\"*\"}");
    }
}
