import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks the .gz files of a folder, one per processor at a time, and drops what comes out: what the JDK's inflater alone takes.
 *
 * <p>{@code java Inflate FOLDER}
 */
public final class Inflate {
    public static void main(String[] arguments) throws IOException {
        List<Path> files;
        try (Stream<Path> below = Files.list(Path.of(arguments[0]))) {
            files = below.sorted().toList();
        }
        System.out.println(files.parallelStream().mapToLong(Inflate::unpacked).sum() + " bytes");
    }

    private static long unpacked(Path file) {
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 64 << 10)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        return bytes;
    }

    private Inflate() {}
}
