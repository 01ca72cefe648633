package io.github.eastwest.render.html;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/**
 * The report as one HTML file that needs no network and no script: {@code templates/report.html}, filled and escaped by
 * Thymeleaf.
 *
 * <p>The page forbids itself everything but its own style and its own script, which are named by their hashes. A string that
 * escaped its element would still not run.
 */
public final class HtmlRenderer implements Renderer {
    private static final String TEMPLATE = "report";

    private final TemplateEngine engine;
    private final String policy;
    private final Function<RootCause, List<CausePage.Part>> pages;

    /** Reads the template; the pages of causes are read from the jar. */
    public HtmlRenderer() {
        this(CausePage::of);
    }

    /** With pages from elsewhere. */
    HtmlRenderer(Function<RootCause, List<CausePage.Part>> pages) {
        this.pages = pages;
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver(HtmlRenderer.class.getClassLoader());
        resolver.setPrefix("templates/");
        resolver.setSuffix(".html");
        resolver.setTemplateMode(TemplateMode.HTML);
        resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
        engine = new TemplateEngine();
        engine.setTemplateResolver(resolver);
        String template = template();
        policy = "default-src 'none'; style-src " + hash(template, "style") + "; script-src " + hash(template, "script")
                + "; base-uri 'none'; form-action 'none'";
    }

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Context variables =
                new Context(Locale.ROOT, Map.of("report", HtmlReports.of(diagnosis, context, pages), "policy", policy));
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        engine.process(TEMPLATE, variables, writer);
        writer.flush();
    }

    private static String template() {
        try (InputStream in = HtmlRenderer.class.getResourceAsStream("/templates/" + TEMPLATE + ".html")) {
            if (in == null) {
                throw new IllegalStateException("the template " + TEMPLATE + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the template " + TEMPLATE + " cannot be read", e);
        }
    }

    /** The hash by which a content security policy names the one element of that kind. */
    private static String hash(String template, String element) {
        int open = template.indexOf('>', template.indexOf("<" + element)) + 1;
        String content = template.substring(open, template.indexOf("</" + element + ">", open));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
