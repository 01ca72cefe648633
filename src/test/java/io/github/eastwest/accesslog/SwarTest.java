package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
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
    void findsNewlinesAndQuotes() {
        int[] quotes = new int[5];
        for (int round = 0; round < 20_000; round++) {
            int length = random.nextInt(60);
            byte[] b = bytes(length);
            int from = random.nextInt(length + 1);
            int newline = from;
            int count = 0;
            int[] expected = new int[4];
            while (b[newline] != '\n') {
                if (b[newline] == '"') {
                    if (count < 4) {
                        expected[count] = newline;
                    }
                    count++;
                }
                newline++;
            }
            assertThat(Swar.newline(b, from)).isEqualTo(newline);
            assertThat(Swar.quotesAndNewline(b, from, quotes)).isEqualTo(newline);
            assertThat(quotes[4]).isEqualTo(count);
            assertThat(Arrays.copyOf(quotes, Math.min(4, count)))
                    .isEqualTo(Arrays.copyOf(expected, Math.min(4, count)));
            int lines = 0;
            for (int i = from; i < length; i++) {
                lines += b[i] == '\n' ? 1 : 0;
            }
            assertThat(Swar.countNewlines(b, from, length)).isEqualTo(lines);
        }
    }

    @Test
    void findsTheEndOfPlainStrings() {
        for (int round = 0; round < 20_000; round++) {
            int length = random.nextInt(60);
            byte[] b = bytes(length);
            int from = random.nextInt(length + 1);
            int end = from;
            while (b[end] != '"' && b[end] != '\\' && !(b[end] >= 0 && b[end] < ' ')) {
                end++;
            }
            assertThat(Swar.endOfPlainString(b, from)).isEqualTo(end);
        }
    }
}
