package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operations that can be called are those of the list, and all of them read. */
class OperationsTest {
    private static final String CLIENT = "software\\.amazon\\.awssdk\\.services\\.[a-z0-9]+\\.[A-Za-z0-9]+Client";
    private static final List<String> HOUSEKEEPING = List.of("builder", "close", "serviceClientConfiguration");

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
    void everyMethodOfAClientThatIsCalledIsAnOperation() {
        List<String> operations = Arrays.stream(Operation.values())
                .map(o -> o.api().substring(0, 1).toLowerCase(Locale.ROOT)
                        + o.api().substring(1))
                .toList();

        List<String> called = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(SdkAws.class.getPackageName())
                        .stream()
                        .flatMap(type -> type.getMethodCallsFromSelf().stream())
                        .map(JavaAccess::getTarget)
                        .filter(method -> method.getOwner().getName().matches(CLIENT))
                        .map(AccessTarget::getName)
                        .filter(name -> !HOUSEKEEPING.contains(name))
                        .toList();

        assertThat(called).containsExactlyInAnyOrderElementsOf(operations);
    }
}
