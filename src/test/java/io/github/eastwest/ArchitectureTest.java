package io.github.eastwest;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The walls of the house: which room may know which, and which library may be seen where. */
class ArchitectureTest {
    private static final String ROOT = "io.github.eastwest";
    private static final String[] EVERYWHERE = {
        "java..", "javax.crypto..", "javax.net.ssl..", "org.jspecify.annotations.."
    };
    private static final String JACKSON = "tools.jackson..";
    private static final String CSV = "org.apache.commons.csv..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @TestFactory
    Stream<DynamicTest> walls() {
        return Stream.of(
                        room("model").maySee(),
                        room("accesslog").maySee(room("model"), JACKSON, CSV, "org.HdrHistogram.."),
                        room("bundle").maySee(room("accesslog"), room("model"), JACKSON),
                        room("classify").maySee(room("accesslog"), room("model")),
                        room("collect").maySee(room("bundle"), room("model"), "software.amazon.awssdk.."),
                        room("render")
                                .maySee(
                                        room("classify"),
                                        room("model"),
                                        JACKSON,
                                        CSV,
                                        "org.thymeleaf..",
                                        "org.commonmark.."),
                        room("publish").maySee(room("model"), "software.amazon.awssdk.."),
                        onlyIn("picocli..", "cli"),
                        onlyIn("software.amazon.awssdk..", "collect.aws", "publish"),
                        onlyIn("org.thymeleaf..", "render.html"),
                        onlyIn(JACKSON, "bundle", "accesslog", "render.json"),
                        onlyIn("org.HdrHistogram..", "accesslog"),
                        onlyIn(CSV, "accesslog", "render", "cli"),
                        nobodyBelowUsesTheRoot(),
                        noCycles(),
                        standardStreamsOnlyInCli(),
                        exitOnlyInCli(),
                        environmentOnlyInCli(),
                        noJavaUtilLogging(),
                        classifyIsPure(),
                        classifyDoesNoIo(),
                        modelDoesNoIo(),
                        noStaticMutableState())
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)));
    }

    private record Room(String name) {
        String packages() {
            return ROOT + "." + name + "..";
        }

        /** What else the room may depend on: other rooms and libraries. The platform may be used everywhere. */
        ArchRule maySee(Object... others) {
            String[] allowed = Stream.of(
                            Stream.of(packages()),
                            Arrays.stream(EVERYWHERE),
                            Arrays.stream(others)
                                    .map(other -> other instanceof Room room ? room.packages() : (String) other))
                    .flatMap(part -> part)
                    .toArray(String[]::new);
            return classes()
                    .that()
                    .resideInAPackage(packages())
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(isPrimitiveOrArray()))
                    .allowEmptyShould(true)
                    .as("the room " + name + " sees only what it may");
        }
    }

    private static Room room(String name) {
        return new Room(name);
    }

    private static DescribedPredicate<JavaClass> isPrimitiveOrArray() {
        return DescribedPredicate.describe(
                "a primitive", type -> type.getBaseComponentType().isPrimitive());
    }

    private static ArchRule onlyIn(String library, String... rooms) {
        String[] packages =
                Arrays.stream(rooms).map(room -> ROOT + "." + room + "..").toArray(String[]::new);
        return noClasses()
                .that(not(resideInAnyPackage(packages)))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .allowEmptyShould(true)
                .as(library + " is seen only in " + String.join(", ", rooms));
    }

    private static ArchRule nobodyBelowUsesTheRoot() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".cli..")
                .allowEmptyShould(true)
                .as("nobody knows the command line");
    }

    private static ArchRule noCycles() {
        return slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    private static ArchRule standardStreamsOnlyInCli() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessField(System.class, "in")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .allowEmptyShould(true)
                .as("standard streams are used only in cli");
    }

    private static ArchRule exitOnlyInCli() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .allowEmptyShould(true)
                .as("only cli ends the process");
    }

    private static ArchRule environmentOnlyInCli() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .allowEmptyShould(true)
                .as("only cli knows the environment");
    }

    private static ArchRule noJavaUtilLogging() {
        return noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging..", "org.slf4j.."))
                .allowEmptyShould(true)
                .as("nobody logs: results, messages and coverage say it");
    }

    private static ArchRule classifyIsPure() {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + ".classify..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.LocalDateTime.class, "now")
                .orShould()
                .callMethod(java.time.ZonedDateTime.class, "now")
                .orShould()
                .callMethod(java.time.OffsetDateTime.class, "now")
                .orShould()
                .callMethod(java.time.LocalDate.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(java.util.Locale.class, "getDefault")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(Random|UUID)|java\\.util\\.concurrent\\.ThreadLocalRandom"
                        + "|java\\.security\\.SecureRandom")
                .allowEmptyShould(true)
                .as("a verdict depends on no clock, no locale and no chance");
    }

    private static ArchRule classifyDoesNoIo() {
        return noIo("classify");
    }

    private static ArchRule modelDoesNoIo() {
        return noIo("model");
    }

    private static ArchRule noIo(String room) {
        // Reading the cause pages and thresholds that lie in the jar is the renderer's and the command line's business.
        return noClasses()
                .that()
                .resideInAPackage(ROOT + "." + room + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                        .or(DescribedPredicate.describe(
                                "files, processes and the network; taking a URI apart is neither",
                                type -> type.getName()
                                        .matches("java\\.net\\.(?!URI).*|java\\.io\\.(File.*|RandomAccessFile|Console)"
                                                + "|java\\.lang\\.(Process.*|Runtime)"))))
                .allowEmptyShould(true)
                .as("the room " + room + " reaches no file, no process and no network");
    }

    private static ArchRule noStaticMutableState() {
        return fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage(ROOT + "..")
                .should()
                .beFinal()
                .allowEmptyShould(true)
                .as("static fields are final");
    }
}
