import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Writes the classes of a jar that was compiled for Java 5 as those of Java 7, which have stack maps.
 *
 * <p>Without these the virtual machine verifies and links a class anew in every run; an archive of classes takes it parsed only,
 * and one with linked classes (JDK 24 and newer) not at all. The code stays what it is.
 */
public final class StackMaps {
    private StackMaps() {}

    /**
     * Usage: JAR TO, a folder, which gets all classes of the jar. The jar has to be on the class path too: stack maps name
     * common superclasses.
     */
    public static void main(String[] args) throws IOException {
        Path to = Path.of(args[1]);
        try (ZipFile jar = new ZipFile(args[0])) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().endsWith(".class")) {
                    continue;
                }
                Path file = to.resolve(entry.getName());
                ClassReader reader = new ClassReader(jar.getInputStream(entry).readAllBytes());
                ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
                reader.accept(
                        new ClassVisitor(Opcodes.ASM9, writer) {
                            @Override
                            public void visit(
                                    int version,
                                    int access,
                                    String name,
                                    String signature,
                                    String parent,
                                    String[] interfaces) {
                                int raised = Math.max(version, Opcodes.V1_7);
                                super.visit(raised, access, name, signature, parent, interfaces);
                            }
                        },
                        ClassReader.SKIP_FRAMES);
                Files.createDirectories(file.getParent());
                Files.write(file, writer.toByteArray());
            }
        }
    }
}
