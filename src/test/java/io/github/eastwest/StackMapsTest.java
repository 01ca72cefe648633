package io.github.eastwest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import picocli.CommandLine;

/** The build's stack maps for the library of the command line, which has none. */
class StackMapsTest {
    @TempDir
    Path folder;

    @Test
    void classesOfTheOldestFormatGetStackMapsThatTheVirtualMachineAccepts() throws Exception {
        Path library = jarOf(CommandLine.class);
        Path tools = folder.resolve("tools");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                jarOf(ClassReader.class).toString(),
                                "-d",
                                tools.toString(),
                                "src/build/java/StackMaps.java"))
                .isZero();
        Path classes = folder.resolve("classes");
        try (URLClassLoader loader = loader(tools, getClass().getClassLoader())) {
            loader.loadClass("StackMaps").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {library.toString(), classes.toString()});
        }
        List<String> names = names(classes);
        assertThat(names).hasSizeGreaterThan(200);
        try (URLClassLoader raised = loader(classes, ClassLoader.getPlatformClassLoader());
                URLClassLoader old = loader(library, ClassLoader.getPlatformClassLoader())) {
            for (String name : names) {
                String file = name.replace('.', '/') + ".class";
                assertThat(new ClassReader(read(old, file)).readShort(6)).isLessThan((short) Opcodes.V1_6);
                assertThat(new ClassReader(read(raised, file)).readShort(6)).isEqualTo((short) Opcodes.V1_7);
                // Of this version, code without right stack maps is not linked: VerifyError.
                assertThat(Class.forName(name, true, raised).getClassLoader()).isSameAs(raised);
            }
            assertThat(usage(raised)).isEqualTo(usage(old)).contains("Usage:", "generate-completion");
        }
    }

    /** The help of one of the library's own commands. */
    private static String usage(ClassLoader loader) throws Exception {
        Object command = loader.loadClass("picocli.AutoComplete$GenerateCompletion")
                .getDeclaredConstructor()
                .newInstance();
        Class<?> line = loader.loadClass("picocli.CommandLine");
        return (String) line.getMethod("getUsageMessage")
                .invoke(line.getConstructor(Object.class).newInstance(command));
    }

    private static byte[] read(URLClassLoader loader, String file) throws IOException {
        return loader.findResource(file).openStream().readAllBytes();
    }

    private static List<String> names(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes.resolve("picocli"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> classes.relativize(file)
                            .toString()
                            .replaceAll("[.]class$", "")
                            .replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    private static Path jarOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static URLClassLoader loader(Path classes, ClassLoader parent) throws IOException {
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, parent);
    }
}
