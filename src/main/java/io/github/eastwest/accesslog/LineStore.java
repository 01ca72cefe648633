package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Access lines in a compact form: about 60 to 100 bytes each instead of the 700 of the objects, so that the lines of a
 * million calls fit into a small heap until both sides are joined.
 *
 * <p>Numbers are variable-length, repeated texts are numbered, request ids of the usual form take 16 bytes. Besides its
 * bytes a line keeps its start, a hash of its request id and a tag of the owner's choice in arrays that are read without
 * decoding. Lines are numbered from 0 in order of arrival.
 */
final class LineStore {
    /** Far below half of G1's smallest region: larger arrays would each take whole regions. */
    private static final int CHUNK = 1 << 18;
    /** Lines per block of the arrays: growing by blocks never copies. */
    private static final int BLOCK_BITS = 14;

    private static final int BLOCK = 1 << BLOCK_BITS;
    /** Distinct texts numbered per kind; later ones are written out. */
    private static final int DICTIONARY = 1 << 16;
    /** Longer texts are cut: nobody reads further, and hostile lines must not fill the heap. */
    private static final int LONGEST_TEXT = 512;

    /** Upper bound of an encoded line: 14 texts of {@value #LONGEST_TEXT} characters and the numbers. */
    private static final int LONGEST_LINE = 14 * (3 * LONGEST_TEXT + 8) + 256;

    private final Texts common = new Texts();
    private final Texts paths = new Texts();
    private final List<LineRef> streams = new ArrayList<>();
    private final Map<LineRef, Integer> streamNumbers = new HashMap<>();
    private final long base;

    private List<byte[]> chunks = new ArrayList<>();
    private int used = CHUNK;
    private byte[] scratch = new byte[LONGEST_LINE];
    private int position;

    private int size;
    private final List<Block> blocks = new ArrayList<>();

    /** @param base a time near the lines' starts, milliseconds since the epoch */
    LineStore(long base) {
        this.base = base;
    }

    /** What is known of {@value #BLOCK} lines without decoding them. */
    private static final class Block {
        private final long[] starts = new long[BLOCK];
        private final long[] idHashes = new long[BLOCK];
        private final int[] addresses = new int[BLOCK];
        private final byte[] tags = new byte[BLOCK];
    }

    /** Adds a line and returns its number. */
    int add(AccessLogEntry line, byte tag) {
        position = 0;
        encode(line);
        int address = append(scratch, 0, position, false);
        return put(line.startMillis(), hash(line.request().requestId()), address, tag);
    }

    private int put(long start, long idHash, int address, byte tag) {
        if (size == blocks.size() * BLOCK) {
            blocks.add(new Block());
        }
        Block block = blocks.get(size >> BLOCK_BITS);
        int at = size & BLOCK - 1;
        block.starts[at] = start;
        block.idHashes[at] = idHash;
        block.addresses[at] = address;
        block.tags[at] = tag;
        return size++;
    }

    /** Bytes of the encoded lines. */
    long bytes() {
        return (long) chunks.size() * CHUNK;
    }

    int size() {
        return size;
    }

    long start(int number) {
        return blocks.get(number >> BLOCK_BITS).starts[number & BLOCK - 1];
    }

    /** A hash of the line's request id, 0 if it has none. Equal hashes still need a look at the ids. */
    long idHash(int number) {
        return blocks.get(number >> BLOCK_BITS).idHashes[number & BLOCK - 1];
    }

    byte tag(int number) {
        return blocks.get(number >> BLOCK_BITS).tags[number & BLOCK - 1];
    }

    void tag(int number, byte tag) {
        blocks.get(number >> BLOCK_BITS).tags[number & BLOCK - 1] = tag;
    }

    /** Drops all lines but those wanted; the rest is renumbered in the same order. */
    void retain(IntPredicate wanted) {
        BitSet keep = new BitSet(size);
        for (int i = 0; i < size; i++) {
            keep.set(i, wanted.test(i));
        }
        List<byte[]> old = chunks;
        chunks = new ArrayList<>();
        used = CHUNK;
        int before = size;
        size = 0;
        int freed = 0;
        for (int i = 0; i < before; i++) {
            int address = address(i);
            byte[] chunk = old.get(address / CHUNK);
            // Chunks that are fully read are given back while copying, so that the peak stays low.
            for (; freed < address / CHUNK; freed++) {
                old.set(freed, new byte[0]);
            }
            if (keep.get(i)) {
                int offset = address % CHUNK;
                long start = start(i);
                long idHash = idHash(i);
                byte tag = tag(i);
                put(start, idHash, append(chunk, offset, lengthAt(chunk, offset), true), tag);
            }
        }
        while (blocks.size() > (size + BLOCK - 1) / BLOCK) {
            blocks.remove(blocks.size() - 1);
        }
    }

    private int address(int number) {
        return blocks.get(number >> BLOCK_BITS).addresses[number & BLOCK - 1];
    }

    private Reader reader(int number) {
        int address = address(number);
        Reader in = new Reader(chunks.get(address / CHUNK), address % CHUNK);
        in.readNumber();
        return in;
    }

    /** The line of that number. */
    AccessLogEntry get(int number) {
        Reader in = reader(number);
        LineRef stream = streams.get((int) in.readNumber());
        LineRef ref = new LineRef(stream.stream(), in.readNumber(), stream.side());
        long start = in.readNumber() + base;
        AccessLogEntry.Request request = new AccessLogEntry.Request(
                common.read(in),
                common.read(in),
                paths.read(in),
                common.read(in),
                in.readId(),
                common.read(in),
                paths.read(in),
                paths.read(in));
        AccessLogEntry.Response response = new AccessLogEntry.Response(
                (int) in.readNumber(),
                common.read(in),
                flags(common.read(in)),
                common.read(in),
                in.readNumber(),
                in.readNumber());
        AccessLogEntry.Upstream upstream =
                new AccessLogEntry.Upstream(common.read(in), common.read(in), common.read(in));
        return new AccessLogEntry(
                ref, start, request, response, upstream, new AccessLogEntry.Timing(in.readNumber(), in.readNumber()));
    }

    private static List<String> flags(@Nullable String joined) {
        return joined == null ? List.of() : List.of(joined.split(","));
    }

    private void encode(AccessLogEntry line) {
        LineRef ref = line.ref();
        // The number of the line does not belong to the stream's identity.
        LineRef stream = new LineRef(ref.stream(), 0, ref.side());
        Integer number = streamNumbers.get(stream);
        if (number == null) {
            number = streams.size();
            streams.add(stream);
            streamNumbers.put(stream, number);
        }
        writeNumber(number);
        writeNumber(ref.line());
        writeNumber(line.startMillis() - base);
        AccessLogEntry.Request request = line.request();
        common.write(request.protocol());
        common.write(request.method());
        paths.write(request.path());
        common.write(request.authority());
        writeId(request.requestId());
        common.write(request.userAgent());
        paths.write(request.forwardedFor());
        paths.write(request.remoteAddress());
        AccessLogEntry.Response response = line.response();
        writeNumber(response.status());
        common.write(response.grpcStatus());
        common.write(response.flags().isEmpty() ? null : String.join(",", response.flags()));
        common.write(response.details());
        writeNumber(response.bytesReceived());
        writeNumber(response.bytesSent());
        common.write(line.upstream().host());
        common.write(line.upstream().cluster());
        common.write(line.upstream().transportFailure());
        writeNumber(line.timing().durationMillis());
        writeNumber(line.timing().serviceTimeMillis());
    }

    /**
     * Copies an encoded line behind the last one and returns its address.
     *
     * @param framed whether its length stands before it already
     */
    private int append(byte[] from, int offset, int length, boolean framed) {
        int need = framed ? length : length + 3;
        if (used + need > CHUNK) {
            chunks.add(new byte[CHUNK]);
            used = 0;
        }
        byte[] chunk = chunks.get(chunks.size() - 1);
        int address = (chunks.size() - 1) * CHUNK + used;
        if (!framed) {
            used += putNumber(chunk, used, length);
        }
        System.arraycopy(from, offset, chunk, used, length);
        used += length;
        return address;
    }

    /** The bytes of the framed line at that offset, frame included. */
    private static int lengthAt(byte[] chunk, int offset) {
        Reader in = new Reader(chunk, offset);
        int length = (int) in.readNumber();
        return in.offset - offset + length;
    }

    private void writeNumber(long value) {
        position += putNumber(scratch, position, value);
    }

    private static int putNumber(byte[] into, int offset, long value) {
        long rest = (value << 1) ^ (value >> 63);
        int at = offset;
        while ((rest & ~0x7FL) != 0) {
            into[at++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        into[at++] = (byte) rest;
        return at - offset;
    }

    private void writeText(String text) {
        String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
        byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
        writeNumber(bytes.length);
        System.arraycopy(bytes, 0, scratch, position, bytes.length);
        position += bytes.length;
    }

    private void writeLong(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            scratch[position++] = (byte) (value >>> shift);
        }
    }

    /** Request ids are 128 random bits in hexadecimal digits; anything else is written out. */
    private void writeId(@Nullable String id) {
        if (id == null) {
            writeNumber(0);
        } else if (isUuid(id)) {
            writeNumber(1);
            writeLong(hex(id, 0, 8) << 32 | hex(id, 9, 13) << 16 | hex(id, 14, 18));
            writeLong(hex(id, 19, 23) << 48 | hex(id, 24, 36));
        } else {
            writeNumber(2);
            writeText(id);
        }
    }

    private static boolean isUuid(String id) {
        if (id.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = id.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long hex(String text, int from, int to) {
        return Long.parseLong(text, from, to, 16);
    }

    /** A well-mixed hash of a request id; never 0 for an id that exists. */
    static long hash(@Nullable String id) {
        if (id == null || id.isEmpty()) {
            return 0;
        }
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }

    /** Numbers repeated texts: 0 is null, 1 a text written out, from 2 on a numbered one. */
    private final class Texts {
        private final Map<String, Integer> numbers = new HashMap<>();
        private final List<String> texts = new ArrayList<>();

        private void write(@Nullable String text) {
            if (text == null) {
                writeNumber(0);
                return;
            }
            Integer number = numbers.get(text);
            if (number == null && texts.size() < DICTIONARY && text.length() <= LONGEST_TEXT) {
                number = texts.size();
                texts.add(text);
                numbers.put(text, number);
            }
            if (number == null) {
                writeNumber(1);
                writeText(text);
            } else {
                writeNumber(number + 2L);
            }
        }

        private @Nullable String read(Reader in) {
            int number = (int) in.readNumber();
            return number == 0 ? null : number == 1 ? in.readText() : texts.get(number - 2);
        }
    }

    /** Reads what was encoded. */
    private static final class Reader {
        private static final char[] DIGITS = "0123456789abcdef".toCharArray();

        private final byte[] bytes;
        private int offset;

        private Reader(byte[] bytes, int offset) {
            this.bytes = bytes;
            this.offset = offset;
        }

        private long readNumber() {
            long value = 0;
            int shift = 0;
            byte next;
            do {
                next = bytes[offset++];
                value |= (next & 0x7FL) << shift;
                shift += 7;
            } while (next < 0);
            return value >>> 1 ^ -(value & 1);
        }

        private String readText() {
            int length = (int) readNumber();
            String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
            offset += length;
            return text;
        }

        private @Nullable String readId() {
            int form = (int) readNumber();
            if (form == 0) {
                return null;
            }
            if (form == 2) {
                return readText();
            }
            char[] id = new char[36];
            int at = 0;
            for (int i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10) {
                    id[at++] = '-';
                }
                byte octet = bytes[offset++];
                id[at++] = DIGITS[octet >> 4 & 15];
                id[at++] = DIGITS[octet & 15];
            }
            return new String(id);
        }
    }

    /** Where the line of that number stands. */
    LineRef ref(int number) {
        Reader in = reader(number);
        LineRef stream = streams.get((int) in.readNumber());
        return new LineRef(stream.stream(), in.readNumber(), stream.side());
    }

    /** Orders lines by start, then by stream and line, whatever order they arrived in. */
    int compare(int one, int other) {
        int byStart = Long.compare(start(one), start(other));
        if (byStart != 0) {
            return byStart;
        }
        LineRef left = ref(one);
        LineRef right = ref(other);
        int byStream = left.stream().compareTo(right.stream());
        int bySide = byStream == 0 ? left.side().compareTo(right.side()) : byStream;
        return bySide == 0 ? Long.compare(left.line(), right.line()) : bySide;
    }

    /** Sorts line numbers by {@link #compare}. */
    void sort(int[] numbers) {
        sort(numbers, new int[numbers.length], 0, numbers.length);
    }

    private void sort(int[] numbers, int[] spare, int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        sort(numbers, spare, from, middle);
        sort(numbers, spare, middle, to);
        if (compare(numbers[middle - 1], numbers[middle]) <= 0) {
            return;
        }
        System.arraycopy(numbers, from, spare, from, to - from);
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takeLeft = right >= to || left < middle && compare(spare[left], spare[right]) <= 0;
            numbers[at] = takeLeft ? spare[left++] : spare[right++];
        }
    }
}
