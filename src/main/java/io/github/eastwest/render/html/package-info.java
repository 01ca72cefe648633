/**
 * HTML pages: one file each, readable without network and without script, in light, in dark and on paper.
 *
 * <p>How to make another page:
 *
 * <ol>
 *   <li>Write a record of what it shows: clean, bounded strings ({@link io.github.eastwest.render.Foreign},
 *       {@link io.github.eastwest.render.Units}) and lists of such records, no logic in templates.
 *   <li>Write {@code templates/NAME.html}. It fills the frame with the fragment that it names, and calls the fragments of
 *       {@code templates/parts.html} for what pages share ({@code chart}: a drawing with its numbers as a table below;
 *       {@code tiles}: numbers; {@code about}: the footer):
 *       <pre>{@code
 * <!DOCTYPE html>
 * <html xmlns:th="http://www.thymeleaf.org" th:replace="~{page :: page(${title}, ~{:: content})}">
 * <body><th:block th:fragment="content">
 * <header class="banner" th:classappend="${model.tone()}"><div class="inner">…</div></header>
 * <main>
 *   <section id="trend"><h2>Trend</h2>
 *     <th:block th:replace="~{parts :: chart(${model.trend()}, 'line')}"></th:block></section>
 * </main>
 * <footer id="about"><th:block th:replace="~{parts :: about(${model.about()})}"></th:block></footer>
 * </th:block></body></html>
 * }</pre>
 *   <li>{@code new HtmlPages(templates).write("NAME", title, Map.of("model", record), out)}.
 * </ol>
 *
 * <p>Style and script of all pages are {@code templates/page.css} and {@code templates/page.js}; style attributes and other
 * scripts do not work, the page's own policy stops them. Script adds comfort only: copy buttons and local times as tooltip of
 * each {@code <time datetime="…">}. Texts are escaped by {@code th:text}; {@code th:utext} is refused.
 */
@NullMarked
package io.github.eastwest.render.html;

import org.jspecify.annotations.NullMarked;
