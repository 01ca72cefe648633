package io.github.eastwest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The build's rewriting of lambdas: what javac made and what was made of it do the same. */
class PlainLambdasTest {
    private static final String PROGRAM = """
            package sample;

            import java.io.Serializable;
            import java.util.*;
            import java.util.function.*;

            public class Program {
                interface Shape {
                    private int hidden(int x) { return x * 3; }
                    default IntUnaryOperator tripled() { return this::hidden; }
                    static Supplier<String> named(String name) { return () -> name; }
                }
                interface Wide { double of(int i, long l, float f, String s); }
                static class Nested implements Shape {
                    private final long base;
                    Nested(long base) { this.base = base; }
                    private long plus(long more) { return base + more; }
                    LongUnaryOperator adding() { return this::plus; }
                    LongUnaryOperator inner() { return x -> plus(x) + new Deep().back().applyAsLong(x); }
                    private class Deep {
                        private LongUnaryOperator back() { return y -> plus(y) * 2; }
                    }
                }
                record Parts(boolean z, byte b, char c, short s, int i, long l, float f, double d, String t, int[] a,
                        List<String> n) {}
                record None() {}
                private static long seen;

                public static List<Object> run() {
                    List<Object> out = new ArrayList<>();
                    Supplier<String> nothing = () -> "nothing";
                    out.add(nothing.get());
                    byte small = 7;
                    long big = 1L << 40;
                    double half = 0.5;
                    Wide wide = (i, l, f, s) -> i + l + f + s.length() + small + big + half;
                    out.add(wide.of(1, 2, 3f, "four"));
                    Function<String, Integer> boxes = String::length;
                    out.add(boxes.apply("boxes"));
                    ToLongFunction<String> widens = String::length;
                    out.add(widens.applyAsLong("widens"));
                    ToDoubleFunction<Integer> unboxesAndWidens = Integer::intValue;
                    out.add(unboxesAndWidens.applyAsDouble(9));
                    Function<Integer, Long> toLong = Program::twice;
                    out.add(toLong.apply(21));
                    IntFunction<Object> boxed = Objects::hashCode;
                    out.add(boxed.apply(5));
                    BiFunction<Character, Boolean, String> chars = (c, b) -> c + ":" + b;
                    out.add(chars.apply('x', true));
                    Consumer<String> drops = s -> seen(s.length());
                    drops.accept("drop");
                    Consumer<List<String>> dropsWide = List::size;
                    dropsWide.accept(List.of());
                    LongConsumer dropsLong = Program::seen;
                    dropsLong.accept(3);
                    out.add(seen);
                    Function<Integer, List<String>> makes = ArrayList::new;
                    out.add(makes.apply(3));
                    Function<String, StringBuilder> builder = StringBuilder::new;
                    out.add(builder.apply("built").append('!').toString());
                    IntFunction<int[]> array = int[]::new;
                    out.add(array.apply(4).length);
                    BinaryOperator<String> unbound = String::concat;
                    out.add(unbound.apply("un", "bound"));
                    Predicate<String> bound = "bound"::equals;
                    out.add(bound.test("bound") + " " + bound.test("not"));
                    Comparator<Map.Entry<String, Integer>> serializable = Map.Entry.comparingByValue();
                    out.add(serializable.compare(Map.entry("a", 1), Map.entry("b", 2)));
                    Runnable kept = (Runnable & Serializable) () -> out.add("kept");
                    kept.run();
                    Nested nested = new Nested(100);
                    out.add(nested.adding().applyAsLong(11));
                    out.add(nested.inner().applyAsLong(1));
                    out.add(nested.tripled().applyAsInt(14));
                    out.add(Shape.named("of an interface").get());
                    out.add(new Object() { Supplier<String> s() { return this::own; } String own() { return "own"; } }
                            .s().get());
                    Function<String, Function<String, String>> curried = a -> b -> a + b;
                    out.add(curried.apply("cur").apply("ried"));
                    try {
                        @SuppressWarnings({"unchecked", "rawtypes"})
                        Object wrong = ((Function) boxes).apply(List.of());
                        out.add(wrong);
                    } catch (ClassCastException e) {
                        out.add("refused");
                    }
                    out.add(nothing() == nothing());
                    int[] a = {1};
                    List<Object> parts = new ArrayList<>();
                    for (double d : new double[] {0.0, -0.0, Double.NaN, 1}) {
                        for (String t : new String[] {null, "t"}) {
                            for (int[] array2 : new int[][] {a, {1}}) {
                                parts.add(new Parts(true, (byte) -1, 'c', (short) 3, 4, 1L << 35, -0f, d, t, array2,
                                        List.of("n")));
                            }
                        }
                    }
                    parts.add(new Parts(false, (byte) -1, 'c', (short) 3, 4, 1L << 35, 0f, 1, "t", null, List.of()));
                    parts.add(new None());
                    parts.add(new None());
                    parts.add("a string");
                    for (Object one : parts) {
                        for (Object other : parts) {
                            out.add(one.equals(other));
                        }
                        out.add(one.equals(null));
                    }
                    out.add(new Parts(true, (byte) 1, 'c', (short) 3, 4, 5L << 33, 6.5f, 7.25, "t", null, List.of("n"))
                            .hashCode());
                    out.add(new None().hashCode());
                    out.add(new None().toString());
                    return out;
                }

                private static Supplier<String> nothing() { return () -> "same"; }
                private static long twice(int x) { return 2L * x; }
                private static long seen(long n) { return seen += n; }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void theSameComesOfThePlainClassesAndOfThoseOfTheCompiler() throws Exception {
        Path classes = compile("sample/Program.java", PROGRAM, "");
        Path plain = plain(classes);
        List<Object> expected = run(classes);
        assertThat(expected).hasSizeGreaterThan(300).contains("refused", "kept", "curried");
        assertThat(run(plain)).isEqualTo(expected);
        // One serializable lambda with its way back, and the text of two records.
        assertThat(madeAtRunTime(classes)).hasSizeGreaterThan(30);
        assertThat(madeAtRunTime(plain))
                .containsExactlyInAnyOrder("run", "$deserializeLambda$", "toString", "toString");
    }

    @Test
    void theSameClassesGiveTheSameFiles() throws Exception {
        Path classes = compile("sample/Program.java", PROGRAM, "");
        Path first = plain(classes);
        Path second = folder.resolve("second");
        plain(classes, second);
        try (Stream<Path> files = Files.walk(first)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(second.resolve(first.relativize(file))).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void whatIsNoClassIsCopied() throws Exception {
        Path classes = compile("sample/Program.java", PROGRAM, "");
        Files.writeString(Files.createDirectories(classes.resolve("a/b")).resolve("c.txt"), "text");
        assertThat(plain(classes).resolve("a/b/c.txt")).hasContent("text");
    }

    private Path compile(String name, String source, String classPath) throws IOException {
        Path file = folder.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        return compile(file, classPath);
    }

    private Path compile(Path file, String classPath) throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes-" + file.getFileName()));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "--release",
                                "17",
                                "-proc:none",
                                "-cp",
                                classPath,
                                "-d",
                                classes.toString(),
                                file.toString()))
                .isZero();
        return classes;
    }

    private Path plain(Path classes) throws Exception {
        Path plain = folder.resolve("plain");
        plain(classes, plain);
        return plain;
    }

    private void plain(Path classes, Path plain) throws Exception {
        Path tool = compile(
                Path.of("src/build/java/PlainLambdas.java"),
                Path.of(ClassReader.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString());
        try (URLClassLoader loader = loader(tool, getClass().getClassLoader())) {
            loader.loadClass("PlainLambdas").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {classes.toString(), plain.toString()});
        }
    }

    private static List<Object> run(Path classes) throws Exception {
        try (URLClassLoader loader = loader(classes, null)) {
            return List.copyOf((List<?>)
                    loader.loadClass("sample.Program").getMethod("run").invoke(null));
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static URLClassLoader loader(Path classes, @Nullable ClassLoader parent) throws IOException {
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, parent);
    }

    /** The methods that have something made at run time, strings put together left out. */
    private static List<String> madeAtRunTime(Path classes) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                new ClassReader(Files.readAllBytes(file))
                        .accept(
                                new ClassVisitor(Opcodes.ASM9) {
                                    @Override
                                    public MethodVisitor visitMethod(
                                            int access, String name, String type, String signature, String[] thrown) {
                                        return new MethodVisitor(Opcodes.ASM9) {
                                            @Override
                                            public void visitInvokeDynamicInsn(
                                                    String called, String shape, Handle maker, Object... arguments) {
                                                if (!maker.getName().startsWith("makeConcat")) {
                                                    found.add(name);
                                                }
                                            }
                                        };
                                    }
                                },
                                0);
            }
        }
        return found;
    }
}
