package io.github.eastwest.render.html;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.thymeleaf.IEngineConfiguration;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.cache.AlwaysValidCacheEntryValidity;
import org.thymeleaf.cache.ICacheEntryValidity;
import org.thymeleaf.context.Context;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.exceptions.TemplateEngineException;
import org.thymeleaf.exceptions.TemplateProcessingException;
import org.thymeleaf.standard.StandardDialect;
import org.thymeleaf.standard.expression.IStandardVariableExpression;
import org.thymeleaf.standard.expression.IStandardVariableExpressionEvaluator;
import org.thymeleaf.standard.expression.OGNLVariableExpressionEvaluator;
import org.thymeleaf.standard.expression.StandardExpressionExecutionContext;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.AbstractTemplateResolver;
import org.thymeleaf.templateresource.ITemplateResource;
import org.thymeleaf.templateresource.StringTemplateResource;

/**
 * Writes pages: one file each that needs no network and no script to be read. A page is a template that fills the frame
 * {@code templates/page.html}; style and script of all pages are {@code page.css} and {@code page.js}.
 *
 * <p>A page forbids itself everything but its own style and its own script, which are named by their hashes. A string that
 * escaped its element would still not run. A template sees its model and nothing else: no file, no class, no network.
 */
public final class HtmlPages {
    private final TemplateEngine engine = new TemplateEngine();
    private final Templates templates;
    private final String policy;

    /** Pages made of those templates. */
    public HtmlPages(Templates templates) {
        this.templates = templates;
        StandardDialect dialect = new StandardDialect();
        dialect.setVariableExpressionEvaluator(new ModelOnly());
        engine.setDialect(dialect);
        engine.setTemplateResolver(new ByName(templates));
        policy = "default-src 'none'; style-src " + hash(templates, "page.css") + "; script-src "
                + hash(templates, "page.js") + "; base-uri 'none'; form-action 'none'";
    }

    /**
     * Writes a page as UTF-8 and flushes; the stream stays open. Nothing is written when the template is broken.
     *
     * @param template its name below {@code templates/}, without extension
     * @param title of the window
     * @param model what the template shows, by name; records of clean strings, see {@link io.github.eastwest.render.Foreign}
     * @throws EastwestException if a template cannot be understood
     * @throws IOException if {@code out} does
     */
    public void write(String template, String title, Map<String, Object> model, OutputStream out) throws IOException {
        Map<String, Object> variables = new HashMap<>(model);
        variables.put("title", title);
        variables.put("policy", policy);
        String page;
        try {
            page = engine.process(template, new Context(Locale.ROOT, variables));
        } catch (TemplateEngineException e) {
            if (templates.areBuiltIn()) {
                throw new IllegalStateException("a template of ours is broken: " + reason(e), e);
            }
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "a template is broken: " + reason(e),
                    "Compare it with the one of that name in 'templates/', or leave --templates away.",
                    e);
        }
        out.write(page.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** The innermost message of the engine: it names template, line and column. */
    private static String reason(TemplateEngineException fault) {
        String reason = String.valueOf(fault.getMessage());
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof TemplateEngineException && cause.getMessage() != null) {
                reason = cause.getMessage();
            }
        }
        return reason;
    }

    /** The hash by which a content security policy names that text. */
    private static String hash(Templates templates, String file) {
        String content = templates
                .text(file)
                .orElseThrow(() -> new IllegalStateException("the template " + file + " is missing from the jar"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Finds templates by their name, and nothing else. */
    private static final class ByName extends AbstractTemplateResolver {
        private final Templates templates;

        ByName(Templates templates) {
            this.templates = templates;
        }

        @Override
        protected ITemplateResource computeTemplateResource(
                IEngineConfiguration configuration,
                String ownerTemplate,
                String template,
                Map<String, Object> attributes) {
            return new StringTemplateResource(templates
                    .text(isHtml(template) ? template + ".html" : template)
                    .orElseThrow(() -> new TemplateProcessingException("there is no template " + template)));
        }

        @Override
        protected TemplateMode computeTemplateMode(
                IEngineConfiguration configuration,
                String ownerTemplate,
                String template,
                Map<String, Object> attributes) {
            return isHtml(template) ? TemplateMode.HTML : TemplateMode.RAW;
        }

        @Override
        protected ICacheEntryValidity computeValidity(
                IEngineConfiguration configuration,
                String ownerTemplate,
                String template,
                Map<String, Object> attributes) {
            return AlwaysValidCacheEntryValidity.INSTANCE;
        }

        private static boolean isHtml(String template) {
            return !template.contains(".");
        }
    }

    /**
     * Evaluates expressions over the model only. The engine's language could name any class on the class path, make objects
     * and reach the engine itself; a template has no use for that, and one taken over from elsewhere must not have it.
     */
    private static final class ModelOnly implements IStandardVariableExpressionEvaluator {
        private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"");
        private static final Pattern FORBIDDEN =
                Pattern.compile("@|\\bnew\\b|#(?!strings\\b|lists\\b)|\\b(getClass|class)\\b");

        private final OGNLVariableExpressionEvaluator evaluator = new OGNLVariableExpressionEvaluator(true);

        @Override
        public Object evaluate(
                IExpressionContext context,
                IStandardVariableExpression expression,
                StandardExpressionExecutionContext how) {
            String text = expression.getExpression();
            if (FORBIDDEN.matcher(QUOTED.matcher(text).replaceAll("''")).find()) {
                throw new TemplateProcessingException("an expression may name what the page shows, #strings and #lists,"
                        + " not classes, objects or the engine: " + text);
            }
            return evaluator.evaluate(context, expression, how);
        }
    }
}
