package io.github.eastwest.render.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.Provenance;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class JunitRendererTest {
    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"security-group", "nothing-read"})
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(
                sample + ".junit.xml", Golden.bytes(Format.JUNIT, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isWellFormedAndItsCountsAreTheCases(String sample) {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);
        Element suite = suite(diagnosis, Optional.of(Severity.ERROR));
        Diagnosis.Causes causes = diagnosis.causes();

        assertThat(suite.getAttribute("tests"))
                .isEqualTo(Integer.toString(1
                        + causes.findings().size()
                        + causes.ruledOut().size()
                        + causes.undetermined().size()
                        + causes.faults().size()))
                .isEqualTo(Integer.toString(elements(suite, "testcase").size()));
        assertThat(suite.getAttribute("failures"))
                .isEqualTo(Integer.toString(elements(suite, "failure").size()));
        assertThat(suite.getAttribute("errors"))
                .isEqualTo(Integer.toString(elements(suite, "error").size()));
        assertThat(suite.getAttribute("skipped"))
                .isEqualTo(Integer.toString(elements(suite, "skipped").size()))
                .isEqualTo(Integer.toString(causes.undetermined().size()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isWhatReadersAgreeOn(String sample) throws Exception {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        assertFits(Golden.bytes(Format.JUNIT, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @Test
    void theHealthReportIsToo() throws Exception {
        assertFits(CommandLineRun.of("health", "--bundle", "samples/health-prod", "-o", "junit")
                .out()
                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theSchemaRefusesWhatIsNot() {
        byte[] wrong =
                "<testsuites name='x' tests='1' failures='0' errors='0' skipped='0'/>".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> assertFits(wrong))
                .isInstanceOf(SAXException.class)
                .hasMessageContaining("skipped");
    }

    private static void assertFits(byte[] xml) throws Exception {
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(JunitRendererTest.class.getResource("/render/junit.xsd"))
                .newValidator()
                .validate(new StreamSource(new ByteArrayInputStream(xml)));
    }

    @Test
    void hostileTextIsTextAndNoElement() {
        Element suite = suite(SampleDiagnoses.hostile(), Optional.of(Severity.ERROR));

        assertThat(elements(suite, "script")).isEmpty();
        assertThat(elements(suite, "failure").get(0).getTextContent())
                .contains("<script>document.title='owned'</script>")
                .doesNotContain("\u001B");
    }

    @Test
    void aFindingFailsFromTheThresholdOn() {
        Diagnosis diagnosis = SampleDiagnoses.securityGroup();
        int findings = diagnosis.causes().findings().size();

        assertThat(elements(suite(diagnosis, Optional.of(Severity.ERROR)), "failure"))
                .hasSize(findings);
        assertThat(elements(suite(diagnosis, Optional.empty()), "failure")).isEmpty();
        assertThat(elements(suite(diagnosis, Optional.empty()), "system-out"))
                .anySatisfy(output -> assertThat(output.getTextContent()).contains("sg-02e0d5e57ca042d2e"));
    }

    @Test
    void whatWasNotSeenIsNeverGreen() {
        Element suite = suite(SampleDiagnoses.nothingRead(), Optional.of(Severity.ERROR));

        assertThat(elements(suite, "error"))
                .singleElement()
                .satisfies(error -> assertThat(error.getAttribute("type")).isEqualTo("inconclusive"));
        assertThat(elements(suite, "skipped"))
                .extracting(skipped -> skipped.getAttribute("message"))
                .contains("undetermined: needs ec2/describe-security-group-rules, logs/lines/caller");
        assertThat(elements(suite(SampleDiagnoses.healthy(), Optional.of(Severity.ERROR)), "error"))
                .isEmpty();
    }

    @Test
    void aCrashedRuleIsAnError() {
        assertThat(elements(suite(SampleDiagnoses.unexplained(), Optional.of(Severity.ERROR)), "error"))
                .extracting(error -> error.getAttribute("type"))
                .containsExactly("inconclusive", "internal fault");
    }

    private static Element suite(Diagnosis diagnosis, Optional<Severity> failOn) {
        byte[] xml = Golden.bytes(
                Format.JUNIT, diagnosis, new ReportContext("eastwest", "0", 3, failOn, false, 80, Provenance.UNKNOWN));
        try {
            DocumentBuilder parser = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
            // The default handler prints to standard error; the exception says the same.
            parser.setErrorHandler(null);
            Element root = parser.parse(new ByteArrayInputStream(xml)).getDocumentElement();
            assertThat(root.getTagName()).isEqualTo("testsuites");
            return elements(root, "testsuite").get(0);
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("not well-formed", e);
        }
    }

    private static List<Element> elements(Element in, String name) {
        NodeList found = in.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }
}
