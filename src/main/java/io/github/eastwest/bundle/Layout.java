package io.github.eastwest.bundle;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which path in a bundle means what; the one place that knows, for reading and for writing.
 */
final class Layout {
    static final String MANIFEST = "manifest.json";
    static final String LOG_LINES = "logs/lines";
    static final String INSIGHTS = "logs/insights";

    /** Folder of the answers that were read again for confirm steps, laid out like the bundle itself. */
    static final String REREAD = "confirm/";

    /** Operations whose answers are read: path without extension. */
    static final Set<String> OPERATIONS = Set.of(
            "ecs/describe-services",
            "ecs/describe-clusters",
            "ecs/describe-task-definition",
            "ecs/describe-tasks",
            "ecs/describe-service-deployments",
            "ecs/describe-service-revisions",
            "ecs/list-services-by-namespace",
            "servicediscovery/list-namespaces",
            "servicediscovery/get-namespace",
            "servicediscovery/list-services",
            "servicediscovery/get-service",
            "servicediscovery/discover-instances",
            "cloudwatch/list-metrics",
            "cloudwatch/get-metric-data",
            "cloudwatch/metric-data-queries",
            "cloudwatch/describe-alarms",
            "logs/describe-log-groups",
            "ec2/describe-network-interfaces",
            "ec2/describe-security-group-rules",
            "ec2/describe-subnets",
            "ec2/describe-network-acls",
            "ec2/describe-route-tables",
            "application-autoscaling/describe-scaling-activities",
            "cloudtrail/lookup-events");

    /** Parts of the format that no diagnosis needs; a bundle may hold them all the same. */
    private static final List<String> UNUSED = List.of(
            "cloudwatch/describe-alarm-history",
            "logs/insights/",
            "elbv2/",
            "vpc-lattice/",
            "application-autoscaling/",
            "cloudtrail/");

    private static final Set<String> SECTIONS = Set.of(
            "ecs",
            "servicediscovery",
            "cloudwatch",
            "logs",
            "ec2",
            "elbv2",
            "vpc-lattice",
            "application-autoscaling",
            "cloudtrail");

    private static final List<String> LOG_EXTENSIONS = List.of(".log", ".log.gz", ".json", ".json.gz");

    private Layout() {}

    /**
     * A log file.
     *
     * @param path its path in the bundle
     * @param folder name of the folder below {@code logs/lines}; empty when it lies there directly
     * @param stream its name without extension, {@code /} as {@code _}
     * @param events whether it is a {@code filter-log-events} answer instead of raw lines
     */
    record LogFile(String path, String folder, String stream, boolean events) {}

    /**
     * The folder around a bundle, with a slash at its end; empty when the paths begin with the bundle's own parts.
     */
    static String enclosingFolder(Collection<String> paths) {
        if (paths.contains(MANIFEST)) {
            return "";
        }
        Set<String> tops = new TreeSet<>();
        for (String path : paths) {
            int slash = path.indexOf('/');
            // Files beside the folder, and what macOS puts into its zip files, are not part of the question.
            if (slash > 0 && !path.startsWith("__MACOSX/")) {
                tops.add(path.substring(0, slash + 1));
            }
        }
        if (tops.size() != 1) {
            return "";
        }
        String top = tops.iterator().next();
        boolean ownPart = SECTIONS.contains(top.substring(0, top.length() - 1));
        return paths.contains(top + MANIFEST) || !ownPart ? top : "";
    }

    /** The operation that a path holds an answer of: {@code <operation>.json} or {@code <operation>/<key>.json}. */
    static Optional<String> operation(String path) {
        if (!path.endsWith(".json")) {
            return Optional.empty();
        }
        String name = path.substring(0, path.length() - ".json".length());
        if (OPERATIONS.contains(name)) {
            return Optional.of(name);
        }
        int slash = name.lastIndexOf('/');
        String folder = slash < 0 ? "" : name.substring(0, slash);
        return OPERATIONS.contains(folder) ? Optional.of(folder) : Optional.empty();
    }

    /** The key of {@code <operation>/<key>.json}; empty for {@code <operation>.json}. */
    static String key(String path, String operation) {
        String name = path.substring(0, path.length() - ".json".length());
        return name.length() > operation.length() ? name.substring(operation.length() + 1) : "";
    }

    /** The log file at that path, if it is one. */
    static Optional<LogFile> logFile(String path) {
        if (!path.startsWith(LOG_LINES + "/")) {
            return Optional.empty();
        }
        String rest = path.substring(LOG_LINES.length() + 1);
        for (String extension : LOG_EXTENSIONS) {
            if (rest.endsWith(extension) && rest.length() > extension.length()) {
                int slash = rest.indexOf('/');
                String stream = rest.substring(slash + 1, rest.length() - extension.length());
                return Optional.of(new LogFile(
                        path,
                        slash < 0 ? "" : rest.substring(0, slash),
                        stream.replace('/', '_'),
                        extension.startsWith(".json")));
            }
        }
        return Optional.empty();
    }

    /** Queries whose answers are read. */
    static final Set<String> QUERIES = Set.of("counts", "errors", "lines", "partners");

    /**
     * An answer of a Logs Insights query.
     *
     * @param path its path in the bundle without extension; {@code .json} is the answer, {@code .cwl} the query
     * @param query name of the query
     * @param folder whose log group was asked: {@code caller}, {@code callee}
     * @param slice its number among the answers that share the work, from 1
     * @param slices how many share it
     */
    record InsightsFile(String path, String query, String folder, int slice, int slices) {}

    private static final Pattern INSIGHTS_FILE =
            Pattern.compile("logs/insights/([a-z-]+)/([a-z]+)(?:-(\\d{1,4})of(\\d{1,4}))?\\.(?:json|cwl)");

    /** The Logs Insights answer, or its query, at that path, if it is one that is read. */
    static Optional<InsightsFile> insightsFile(String path) {
        Matcher parts = INSIGHTS_FILE.matcher(path);
        if (!parts.matches() || !QUERIES.contains(parts.group(1))) {
            return Optional.empty();
        }
        boolean sliced = parts.group(3) != null;
        return Optional.of(new InsightsFile(
                path.substring(0, path.lastIndexOf('.')),
                parts.group(1),
                parts.group(2),
                sliced ? Integer.parseInt(parts.group(3)) : 1,
                sliced ? Integer.parseInt(parts.group(4)) : 1));
    }

    private static final Pattern EDGE_FOLDER = Pattern.compile("(edges/[^/]+)/.+");

    /** The folder of the bundle of a single edge, inside of a health bundle, that a path lies in. */
    static Optional<String> edgeFolder(String path) {
        Matcher parts = EDGE_FOLDER.matcher(path);
        return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
    }

    /** What people and tests may lay beside the answers. */
    private static final Set<String> COMPANIONS = Set.of("NOTE.md", "README.md", "expected.json", Redaction.LIST);

    /** Whether a file is part of a bundle and read. */
    static boolean isPart(String path) {
        return path.equals(MANIFEST)
                || operation(path).isPresent()
                || insightsFile(path).isPresent()
                || logFile(path).isPresent();
    }

    /** Whether a file is an answer that was read again for confirm steps. */
    static boolean isReread(String path) {
        return path.startsWith(REREAD)
                && operation(path.substring(REREAD.length())).isPresent();
    }

    /** Whether a file holds an AWS answer or the manifest, read or not. */
    static boolean isAnswer(String path) {
        return isReread(path)
                || path.endsWith(".json")
                        && logFile(path).isEmpty()
                        && (isPart(path) || UNUSED.stream().anyMatch(path::startsWith));
    }

    /** Whether a file holds the text of a Logs Insights query. */
    static boolean isQuery(String path) {
        return path.startsWith("logs/insights/") && path.endsWith(".cwl");
    }

    /** Why a file is not read; empty when it is, or when nobody expects it to be. */
    static Optional<String> ignored(String path) {
        if (isPart(path) || isReread(path) || COMPANIONS.contains(path)) {
            return Optional.empty();
        }
        boolean unused = (path.endsWith(".json") || path.endsWith(".cwl"))
                && UNUSED.stream().anyMatch(path::startsWith);
        return Optional.of(unused ? "not used by the diagnosis of this edge" : "not part of the bundle format");
    }
}
