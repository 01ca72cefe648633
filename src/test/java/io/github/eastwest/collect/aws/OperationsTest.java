package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operations that can be called are those of the list, and all of them read. */
class OperationsTest {
    @ParameterizedTest
    @EnumSource(Operation.class)
    void everyOperationIsSentUnderItsName(Operation operation) throws Exception {
        try (Stub stub = new Stub().with(new Reply(400, "{\"__type\":\"AccessDeniedException\"}"));
                SdkAws aws = SdkAws.open(stub.settings())) {
            try {
                aws.call(Call.of(operation, Side.CALLER, Map.of()), Duration.ofSeconds(20));
            } catch (AwsFailure e) {
                // What matters is what was sent.
            }

            assertThat(stub.asked()).extracting(Stub.Asked::operation).containsOnly(operation.api());
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void everyOperationReads(Operation operation) {
        assertThat(operation.api()).matches("(Get|List|Describe|Filter|Discover|Lookup|StartQuery|StopQuery).*");
    }

    @Test
    void apisCallNothingElse() {
        // One method of an SDK client per operation: the constant pools of the classes name no others.
        List<String> called = Arrays.stream(Operation.values())
                .map(o -> o.api().substring(0, 1).toLowerCase(java.util.Locale.ROOT)
                        + o.api().substring(1))
                .toList();
        com.tngtech.archunit.core.domain.JavaClasses classes =
                new com.tngtech.archunit.core.importer.ClassFileImporter()
                        .withImportOption(
                                com.tngtech.archunit.core.importer.ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.github.eastwest");

        List<String> methods = classes.stream()
                .flatMap(c -> c.getMethodCallsFromSelf().stream())
                .filter(c -> c.getTargetOwner()
                        .getName()
                        .matches("software\\.amazon\\.awssdk\\.services\\.[a-z0-9]+\\.[A-Za-z0-9]+Client"))
                .map(c -> c.getTarget().getName())
                .filter(name -> !List.of("builder", "close", "serviceClientConfiguration")
                        .contains(name))
                .toList();

        assertThat(methods).containsExactlyInAnyOrderElementsOf(called);
    }
}
