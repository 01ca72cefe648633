package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.Diagnosis;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RenderersTest {
    private static Map<String, byte[]> all(Format format) {
        Map<String, byte[]> reports = new TreeMap<>();
        SampleDiagnoses.all()
                .forEach((name, diagnosis) ->
                        reports.put(name, Golden.bytes(format, diagnosis, SampleDiagnoses.context(diagnosis))));
        return reports;
    }

    @ParameterizedTest
    @EnumSource
    void theMachineDoesNotShow(Format format) {
        Map<String, byte[]> here = all(format);
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        Map<String, byte[]> elsewhere;
        try {
            // Arabic digits, a half-hour zone: what a careless format call would show.
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Australia/Adelaide"));
            elsewhere = all(format);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }

        assertThat(elsewhere.keySet()).isEqualTo(here.keySet());
        here.forEach((name, bytes) -> assertThat(elsewhere.get(name)).as(name).isEqualTo(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void everyFormSaysTheOutcome(Format format) {
        for (Diagnosis diagnosis : SampleDiagnoses.all().values()) {
            String report = Golden.text(format, diagnosis);
            String word = switch (format) {
                case JSON, CSV, JUNIT -> diagnosis.outcome().id();
                case TEXT, HTML, MD, SLACK -> Briefing.of(diagnosis).verdict();
            };

            assertThat(report).contains(word).doesNotContain("\r");
        }
    }

    @Test
    void formatsAreFoundByTheirIds() {
        assertThat(Format.of("md")).contains(Format.MD);
        assertThat(Format.of("MD")).isEmpty();
        assertThat(Format.of("pdf")).isEmpty();
    }
}
