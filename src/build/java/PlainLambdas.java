import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Rewrites class files so that lambdas are classes of their own, and {@code equals} and {@code hashCode} of records plain
 * code.
 *
 * <p>javac leaves both to be made at run time, at each place where one is evaluated first. An archive of classes does not
 * keep that: a short run spends a quarter of its time there. What is written here is what the virtual machine would make
 * ({@code LambdaMetafactory}, {@code ObjectMethods}); lambdas that are serializable, and {@code toString} of records, are left
 * to it.
 */
public final class PlainLambdas {
    private static final int ASM = Opcodes.ASM9;
    private static final int HASH_FACTOR = 31;

    private final Map<String, byte[]> classes = new TreeMap<>();
    /** The classes made, by the nest that they join to reach its private methods. */
    private final Map<String, List<String>> made = new TreeMap<>();

    private PlainLambdas() {}

    /** Usage: FROM TO, folders of class files; TO gets all that FROM has. */
    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]);
        PlainLambdas lambdas = new PlainLambdas();
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = from.relativize(file).toString();
                if (name.endsWith(".class")) {
                    lambdas.rewrite(Files.readAllBytes(file));
                } else {
                    Path copy = to.resolve(name);
                    Files.createDirectories(copy.getParent());
                    Files.write(copy, Files.readAllBytes(file));
                }
            }
        }
        lambdas.join();
        for (Map.Entry<String, byte[]> entry : lambdas.classes.entrySet()) {
            Path file = to.resolve(entry.getKey() + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
    }

    private void rewrite(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(new Outer(writer), 0);
        classes.put(reader.getClassName(), writer.toByteArray());
    }

    /** Names the classes made in the hosts of their nests. */
    private void join() {
        made.forEach((host, members) -> {
            ClassReader reader = new ClassReader(classes.get(host));
            ClassWriter writer = new ClassWriter(0);
            reader.accept(
                    new ClassVisitor(ASM, writer) {
                        @Override
                        public void visitEnd() {
                            members.forEach(this::visitNestMember);
                            super.visitEnd();
                        }
                    },
                    0);
            classes.put(host, writer.toByteArray());
        });
    }

    /** A class with its lambdas taken out. */
    private final class Outer extends ClassVisitor {
        private String name = "";
        private String host = "";
        private int version;
        private int lambdas;
        private final List<Runnable> last = new ArrayList<>();

        Outer(ClassVisitor next) {
            super(ASM, next);
        }

        @Override
        public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
            this.name = name;
            this.host = name;
            this.version = version;
            super.visit(version, access, name, signature, parent, interfaces);
        }

        @Override
        public void visitNestHost(String host) {
            this.host = host;
            super.visitNestHost(host);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(ASM, super.visitMethod(access, method, descriptor, signature, exceptions)) {
                @Override
                public void visitInvokeDynamicInsn(String called, String type, Handle maker, Object... arguments) {
                    String kind = maker.getOwner() + "." + maker.getName();
                    if (kind.equals("java/lang/invoke/LambdaMetafactory.metafactory")) {
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, lambda(called, type, arguments), "of", type, false);
                    } else if (kind.equals("java/lang/runtime/ObjectMethods.bootstrap") && called.equals("hashCode")) {
                        last.add(() -> writeHashCode(type, arguments));
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, name, "record$hashCode", type, false);
                    } else if (kind.equals("java/lang/runtime/ObjectMethods.bootstrap") && called.equals("equals")) {
                        last.add(() -> writeEquals(type, arguments));
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, name, "record$equals", type, false);
                    } else {
                        super.visitInvokeDynamicInsn(called, type, maker, arguments);
                    }
                }
            };
        }

        @Override
        public void visitEnd() {
            last.forEach(Runnable::run);
            super.visitEnd();
        }

        /** Makes the class of a lambda, whose static method {@code of} takes what it captures. */
        private String lambda(String method, String captures, Object[] arguments) {
            String lambda = name + "$$" + lambdas++;
            made.computeIfAbsent(host, h -> new ArrayList<>()).add(lambda);
            classes.put(
                    lambda,
                    new Lambda(lambda, method, captures, (Type) arguments[0], (Handle) arguments[1], (Type)
                                    arguments[2])
                            .write(version, host));
            return lambda;
        }

        private MethodVisitor helper(String helper, String descriptor) {
            MethodVisitor code = super.visitMethod(
                    Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC, helper, descriptor, null, null);
            code.visitCode();
            return code;
        }

        /** As the virtual machine does it: 31 times the sum so far, plus the next component's. */
        private void writeHashCode(String descriptor, Object[] arguments) {
            MethodVisitor code = helper("record$hashCode", descriptor);
            code.visitInsn(Opcodes.ICONST_0);
            for (int i = 2; i < arguments.length; i++) {
                Handle field = (Handle) arguments[i];
                Type type = Type.getType(field.getDesc());
                code.visitIntInsn(Opcodes.BIPUSH, HASH_FACTOR);
                code.visitInsn(Opcodes.IMUL);
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitFieldInsn(Opcodes.GETFIELD, name, field.getName(), field.getDesc());
                String owner = isPrimitive(type) ? wrapper(type) : "java/util/Objects";
                String taken = isPrimitive(type) ? type.getDescriptor() : "Ljava/lang/Object;";
                code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, "hashCode", "(" + taken + ")I", false);
                code.visitInsn(Opcodes.IADD);
            }
            code.visitInsn(Opcodes.IRETURN);
            code.visitMaxs(3, 1);
            code.visitEnd();
        }

        private void writeEquals(String descriptor, Object[] arguments) {
            MethodVisitor code = helper("record$equals", descriptor);
            Label other = new Label();
            code.visitVarInsn(Opcodes.ALOAD, 1);
            code.visitTypeInsn(Opcodes.INSTANCEOF, name);
            code.visitJumpInsn(Opcodes.IFEQ, other);
            for (int i = 2; i < arguments.length; i++) {
                Handle field = (Handle) arguments[i];
                Type type = Type.getType(field.getDesc());
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitFieldInsn(Opcodes.GETFIELD, name, field.getName(), field.getDesc());
                code.visitVarInsn(Opcodes.ALOAD, 1);
                code.visitTypeInsn(Opcodes.CHECKCAST, name);
                code.visitFieldInsn(Opcodes.GETFIELD, name, field.getName(), field.getDesc());
                if (isPrimitive(type)) {
                    String two = type.getDescriptor() + type.getDescriptor();
                    code.visitMethodInsn(Opcodes.INVOKESTATIC, wrapper(type), "compare", "(" + two + ")I", false);
                    code.visitJumpInsn(Opcodes.IFNE, other);
                } else {
                    String two = "(Ljava/lang/Object;Ljava/lang/Object;)Z";
                    code.visitMethodInsn(Opcodes.INVOKESTATIC, "java/util/Objects", "equals", two, false);
                    code.visitJumpInsn(Opcodes.IFEQ, other);
                }
            }
            code.visitInsn(Opcodes.ICONST_1);
            code.visitInsn(Opcodes.IRETURN);
            code.visitLabel(other);
            code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            code.visitInsn(Opcodes.ICONST_0);
            code.visitInsn(Opcodes.IRETURN);
            code.visitMaxs(4, 2);
            code.visitEnd();
        }
    }

    /**
     * The class of one lambda.
     *
     * @param method the functional interface's method
     * @param captures takes what is captured, returns the functional interface
     * @param erased the method's type as the interface declares it
     * @param body what is called
     * @param actual the method's type at this place
     */
    private record Lambda(String name, String method, String captures, Type erased, Handle body, Type actual) {
        byte[] write(int version, String host) {
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            String shape = Type.getReturnType(captures).getInternalName();
            Type[] captured = Type.getArgumentTypes(captures);
            writer.visit(
                    version,
                    Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                    name,
                    null,
                    "java/lang/Object",
                    new String[] {shape});
            writer.visitNestHost(host);
            String maker = Type.getMethodDescriptor(Type.VOID_TYPE, captured);
            for (int i = 0; i < captured.length; i++) {
                writer.visitField(
                                Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL,
                                "c" + i,
                                captured[i].getDescriptor(),
                                null,
                                null)
                        .visitEnd();
            }
            constructor(writer, maker, captured);
            if (captured.length == 0) {
                only(writer, maker, shape);
            } else {
                MethodVisitor of = method(writer, Opcodes.ACC_STATIC, "of", captures);
                of.visitTypeInsn(Opcodes.NEW, name);
                of.visitInsn(Opcodes.DUP);
                load(of, captured, 0);
                of.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", maker, false);
                end(of, Type.getObjectType(name));
            }
            call(writer, captured);
            writer.visitEnd();
            return writer.toByteArray();
        }

        /** What captures nothing is made once, as the virtual machine does. */
        private void only(ClassWriter writer, String maker, String shape) {
            String type = "L" + name + ";";
            writer.visitField(Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, "ONLY", type, null, null)
                    .visitEnd();
            MethodVisitor first = method(writer, Opcodes.ACC_STATIC, "<clinit>", "()V");
            first.visitTypeInsn(Opcodes.NEW, name);
            first.visitInsn(Opcodes.DUP);
            first.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", maker, false);
            first.visitFieldInsn(Opcodes.PUTSTATIC, name, "ONLY", type);
            end(first, Type.VOID_TYPE);
            MethodVisitor of = method(writer, Opcodes.ACC_STATIC, "of", "()L" + shape + ";");
            of.visitFieldInsn(Opcodes.GETSTATIC, name, "ONLY", type);
            end(of, Type.getObjectType(name));
        }

        private void constructor(ClassWriter writer, String maker, Type[] captured) {
            MethodVisitor code = method(writer, Opcodes.ACC_PRIVATE, "<init>", maker);
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
            int local = 1;
            for (int i = 0; i < captured.length; i++) {
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitVarInsn(captured[i].getOpcode(Opcodes.ILOAD), local);
                code.visitFieldInsn(Opcodes.PUTFIELD, name, "c" + i, captured[i].getDescriptor());
                local += captured[i].getSize();
            }
            end(code, Type.VOID_TYPE);
        }

        private void call(ClassWriter writer, Type[] captured) {
            MethodVisitor code = method(writer, Opcodes.ACC_PUBLIC, method, erased.getDescriptor());
            boolean constructs = body.getTag() == Opcodes.H_NEWINVOKESPECIAL;
            if (constructs) {
                code.visitTypeInsn(Opcodes.NEW, body.getOwner());
                code.visitInsn(Opcodes.DUP);
            }
            List<Type> taken = new ArrayList<>();
            if (!constructs && body.getTag() != Opcodes.H_INVOKESTATIC) {
                taken.add(Type.getObjectType(body.getOwner()));
            }
            taken.addAll(List.of(Type.getArgumentTypes(body.getDesc())));
            for (int i = 0; i < captured.length; i++) {
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitFieldInsn(Opcodes.GETFIELD, name, "c" + i, captured[i].getDescriptor());
            }
            Type[] declared = erased.getArgumentTypes();
            Type[] given = actual.getArgumentTypes();
            int local = 1;
            for (int i = 0; i < declared.length; i++) {
                code.visitVarInsn(declared[i].getOpcode(Opcodes.ILOAD), local);
                local += declared[i].getSize();
                convert(code, declared[i], given[i], taken.get(captured.length + i));
            }
            code.visitMethodInsn(opcode(), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
            Type result = constructs ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
            Type wanted = erased.getReturnType();
            if (wanted.getSort() == Type.VOID) {
                if (result.getSort() != Type.VOID) {
                    code.visitInsn(result.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
                }
            } else {
                convert(code, result, result, wanted);
            }
            end(code, wanted);
        }

        /** A private method is called by its nest as any other, and so is a method of the class itself. */
        private int opcode() {
            return switch (body.getTag()) {
                case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
                case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
                case Opcodes.H_INVOKEVIRTUAL -> Opcodes.INVOKEVIRTUAL;
                case Opcodes.H_INVOKEINTERFACE -> Opcodes.INVOKEINTERFACE;
                default -> throw new IllegalArgumentException("a lambda that calls " + body);
            };
        }

        /**
         * Turns the value on the stack into what is wanted.
         *
         * @param known what the value is known to be at this place, where its declared type is erased
         */
        private static void convert(MethodVisitor code, Type declared, Type known, Type wanted) {
            if (isPrimitive(declared) && isPrimitive(wanted)) {
                widen(code, declared, wanted);
            } else if (isPrimitive(declared)) {
                String box = wrapper(declared);
                String descriptor = "(" + declared.getDescriptor() + ")L" + box + ";";
                code.visitMethodInsn(Opcodes.INVOKESTATIC, box, "valueOf", descriptor, false);
            } else if (isPrimitive(wanted)) {
                Type unboxed = unboxed(known, wanted);
                String box = wrapper(unboxed);
                if (!declared.getInternalName().equals(box)) {
                    code.visitTypeInsn(Opcodes.CHECKCAST, box);
                }
                String descriptor = "()" + unboxed.getDescriptor();
                code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, box, unboxed.getClassName() + "Value", descriptor, false);
                widen(code, unboxed, wanted);
            } else if (!declared.equals(wanted) && !wanted.getInternalName().equals("java/lang/Object")) {
                code.visitTypeInsn(Opcodes.CHECKCAST, wanted.getInternalName());
            }
        }

        private static void widen(MethodVisitor code, Type from, Type to) {
            if (from.equals(to) || isInt(from) && isInt(to)) {
                return;
            }
            char source = isInt(from) ? 'I' : from.getDescriptor().charAt(0);
            switch ("" + source + to.getDescriptor()) {
                case "IJ" -> code.visitInsn(Opcodes.I2L);
                case "IF" -> code.visitInsn(Opcodes.I2F);
                case "ID" -> code.visitInsn(Opcodes.I2D);
                case "JF" -> code.visitInsn(Opcodes.L2F);
                case "JD" -> code.visitInsn(Opcodes.L2D);
                case "FD" -> code.visitInsn(Opcodes.F2D);
                default -> throw new IllegalArgumentException("a lambda that makes " + to + " of " + from);
            }
        }

        private static boolean isInt(Type type) {
            return type.getSort() >= Type.CHAR && type.getSort() <= Type.INT;
        }

        private static void load(MethodVisitor code, Type[] types, int first) {
            int local = first;
            for (Type type : types) {
                code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
                local += type.getSize();
            }
        }

        private static MethodVisitor method(ClassWriter writer, int access, String name, String descriptor) {
            MethodVisitor code = writer.visitMethod(access, name, descriptor, null, null);
            code.visitCode();
            return code;
        }

        private static void end(MethodVisitor code, Type returned) {
            code.visitInsn(returned.getOpcode(Opcodes.IRETURN));
            code.visitMaxs(0, 0);
            code.visitEnd();
        }
    }

    private static boolean isPrimitive(Type type) {
        return type.getSort() < Type.ARRAY;
    }

    private static final List<Type> PRIMITIVES = List.of(
            Type.BOOLEAN_TYPE,
            Type.CHAR_TYPE,
            Type.BYTE_TYPE,
            Type.SHORT_TYPE,
            Type.INT_TYPE,
            Type.LONG_TYPE,
            Type.FLOAT_TYPE,
            Type.DOUBLE_TYPE);

    private static String wrapper(Type primitive) {
        return switch (primitive.getSort()) {
            case Type.BOOLEAN -> "java/lang/Boolean";
            case Type.CHAR -> "java/lang/Character";
            case Type.BYTE -> "java/lang/Byte";
            case Type.SHORT -> "java/lang/Short";
            case Type.INT -> "java/lang/Integer";
            case Type.LONG -> "java/lang/Long";
            case Type.FLOAT -> "java/lang/Float";
            case Type.DOUBLE -> "java/lang/Double";
            default -> throw new IllegalArgumentException(primitive.toString());
        };
    }

    /** What a box holds; the type wanted where it is no box. */
    private static Type unboxed(Type box, Type wanted) {
        return PRIMITIVES.stream()
                .filter(type -> wrapper(type).equals(box.getInternalName()))
                .findFirst()
                .orElse(wanted);
    }
}
