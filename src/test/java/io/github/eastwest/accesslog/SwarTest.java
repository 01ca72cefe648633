package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time against one at a time, over bytes that are close to the wanted ones. */
class SwarTest {
    private final Random random = new Random(1);

    private byte[] bytes(int length) {
        byte[] choice = {
            '\n',
            '"',
            '\\',
            ' ',
            '!',
            '#',
            0x0B,
            9,
            0,
            1,
            31,
            (byte) 0x8A,
            (byte) 0xA2,
            (byte) 0xFF,
            'a',
            'a',
            'a',
            'a',
            'a'
        };
        byte[] bytes = new byte[length + Swar.SLACK];
        for (int i = 0; i < length; i++) {
            bytes[i] = choice[random.nextInt(choice.length)];
        }
        bytes[length] = '\n';
        return bytes;
    }

    @Test
    void findsTheNextByteOfAKind() {
        for (int round = 0; round < 20_000; round++) {
            int length = random.nextInt(60);
            byte[] b = bytes(length);
            int from = random.nextInt(length + 1);
            assertThat(Swar.newline(b, from)).isEqualTo(next(b, from, c -> c == '\n'));
            assertThat(Swar.quoteOrNewline(b, from)).isEqualTo(next(b, from, c -> c == '"' || c == '\n'));
            assertThat(Swar.blankOrNewline(b, from)).isEqualTo(next(b, from, c -> c == ' ' || c == '\n'));
            assertThat(Swar.endOfWord(b, from)).isEqualTo(next(b, from, c -> c >= 0 && c <= ' '));
            assertThat(Swar.endOfQuoted(b, from)).isEqualTo(next(b, from, c -> c >= 0 && c <= '"'));
            assertThat(Swar.endOfPlainString(b, from))
                    .isEqualTo(next(b, from, c -> c == '"' || c == '\\' || (c >= 0 && c < ' ')));
            int lines = 0;
            for (int i = from; i < length; i++) {
                lines += b[i] == '\n' ? 1 : 0;
            }
            assertThat(Swar.countNewlines(b, from, length)).isEqualTo(lines);
        }
    }

    private static int next(byte[] b, int from, IntPredicate wanted) {
        int at = from;
        while (!wanted.test(b[at])) {
            at++;
        }
        return at;
    }

    @Test
    void tellsOneWordFromOneWithAQuoteBlankOrControlCharacter() {
        int alike = 0;
        for (int round = 0; round < 50_000; round++) {
            int length = 8 + random.nextInt(40);
            byte[] b = new byte[length + Swar.SLACK];
            Arrays.fill(b, 0, length, (byte) 'a');
            b[length] = (byte) (random.nextInt(8) == 0 ? 'a' : '"');
            if (random.nextBoolean()) {
                b[random.nextInt(length)] = bytes(1)[0];
            }
            boolean oneWord = b[length] == '"' && next(b, 0, c -> c >= 0 && c <= '"') == length;
            alike += oneWord ? 1 : 0;
            assertThat(Swar.isOneWord(b, 0, length)).isEqualTo(oneWord);
        }
        assertThat(alike).isBetween(10_000, 40_000);
    }

    @Test
    void readsDigits() {
        for (int round = 0; round < 50_000; round++) {
            String digits = Long.toString(random.nextLong() >>> 5 + random.nextInt(58));
            String text = digits
                    + (char) (random.nextBoolean() ? '0' - 1 - random.nextInt(20) : '9' + 1 + random.nextInt(60));
            byte[] b = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), text.length() + Swar.SLACK);
            assertThat(Swar.endOfDigits(b, 0)).isEqualTo(digits.length());
            assertThat(Swar.digits(b, 0, digits.length())).isEqualTo(Long.parseLong(digits));
        }
    }
}
