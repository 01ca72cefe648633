package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.FieldSpans;
import io.github.eastwest.accesslog.LineStream;
import io.github.eastwest.model.EastwestException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A copy of a bundle that can be given away: accounts, addresses, host names, values in paths, request ids, clients, people and
 * secrets are replaced by tokens, everything else stays. The same value has the same token everywhere, so the copy diagnoses as
 * the original does.
 *
 * <p>What stays: names of services, clusters, namespaces, endpoints, containers, log groups and task definitions; the ids that AWS draws
 * at random for tasks, interfaces, subnets, groups and the like; times, status codes, sizes and durations; the words of paths; the
 * first bits of an address that tell its kind of network; the last four characters of request ids where Logs Insights chose a
 * sample of calls by them. A word that a person put into
 * a path, such as a name, cannot be told from a word of the application and stays too.
 *
 * <p>The copy holds {@value #LIST}, which says how many values of which kind were replaced. The map from token to original, and the
 * key that the tokens are made with, lie beside the copy and never in it, readable by the owner only. Whoever redacts to the same
 * place again gets the same tokens, as long as the map is there.
 */
public final class Redaction {
    /** Length of the key. */
    public static final int KEY_BYTES = 32;

    /** The list of what was replaced, in the copy. */
    static final String LIST = "redaction.json";

    private static final String INSIGHTS = "logs/insights/";
    private static final int SCHEMA_VERSION = 1;
    private static final int LARGEST_MAP = 256 << 20;

    /** Members that name something of which the diagnosis speaks. */
    private static final Set<String> NAMES = Set.of(
            "caller",
            "callee",
            "cluster",
            "calleeCluster",
            "serviceName",
            "clusterName",
            "discoveryName",
            "dnsName",
            "namespace",
            "portName",
            "family",
            "HttpName",
            "NamespaceName",
            "ServiceName",
            "DnsName",
            "ECS_SERVICE_NAME",
            "ECS_CLUSTER_NAME",
            "awslogs-stream-prefix");

    /** Dimensions and tags whose value is such a name. */
    private static final Set<String> NAME_SIBLINGS = Set.of(
            "ServiceName",
            "ClusterName",
            "DiscoveryName",
            "TargetDiscoveryName",
            "aws:ecs:serviceName",
            "aws:ecs:clusterName");

    /** What of a CloudTrail event's identity tells of no person: the rest names one, or is a claim of an identity provider. */
    private static final Set<String> IMPERSONAL = Set.of(
            "type",
            "arn",
            "accountId",
            "accessKeyId",
            "credentialId",
            "identityStoreArn",
            "federatedProvider",
            "invokedBy",
            "creationDate",
            "mfaAuthenticated");

    /** Lists of things that AWS describes itself; every other description was written by somebody. */
    private static final Set<String> DESCRIBED_BY_AWS = Set.of("ScalingActivities", "NetworkInterfaces");

    /** How the names of Service Connect's secrets begin. */
    private static final String CONNECT_SECRET = "ecs-sc!";

    private static final int ACCOUNT_DIGITS = 12;
    private static final Pattern ACCOUNT_MEMBER =
            Pattern.compile("(?i)(?:.*_)?account(_?id)?|(group|instance)?owner(id)?|userid|requesterid");

    private final Bundle bundle;
    private final Tokens tokens;
    private final Scrubber scrubber;
    private final LineRedaction lines;

    private Redaction(Bundle bundle, byte[] key) {
        this.bundle = bundle;
        boolean sampled = bundles().values().stream()
                .flatMap(inside -> inside.paths().stream())
                .anyMatch(path -> path.startsWith(INSIGHTS));
        this.tokens = new Tokens(key, sampled);
        this.scrubber = new Scrubber(tokens);
        this.lines = new LineRedaction(scrubber, tokens, new LineVisitor());
    }

    /** Where the map of a copy lies: beside it. */
    public static Path map(Path target) {
        Path file = target.toAbsolutePath().normalize();
        return file.resolveSibling(file.getFileName() + ".redaction-map.json");
    }

    /**
     * Fails early where {@link #save} would fail.
     *
     * @throws EastwestException of kind USAGE as {@link #save} does
     */
    public static void check(Path target) {
        BundleStore.check(target);
        Path map = map(target);
        knownMap(map).ifPresent(members -> key(members, map));
    }

    /**
     * Saves a redacted copy, and its map beside it.
     *
     * @param target as for {@link BundleStore#save(SortedMap, Path)}
     * @param freshKey secret of {@value #KEY_BYTES} bytes, used unless a map with a key lies there already
     * @return how many values of which kind were replaced
     * @throws EastwestException of kind USAGE as for {@link BundleStore#save(SortedMap, Path)}, or if the map that lies there is none
     */
    public static SortedMap<String, Integer> save(Bundle bundle, Path target, byte[] freshKey) {
        BundleStore.check(target);
        Path map = map(target);
        Optional<Map<String, Json>> known = knownMap(map);
        byte[] key = known.map(members -> key(members, map)).orElse(freshKey);
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
        }
        Redaction redaction = new Redaction(bundle, key);
        redaction.findNames();
        BundleStore.write(
                redaction.contents(),
                target,
                () -> BundleStore.replace(
                        map,
                        out -> out.write(redaction.mapDocument(key, known.map(members -> members.get("replaced"))))));
        return redaction.counts();
    }

    /** The bundle, and those of single edges inside of a health bundle, each by the folder that it lies in. */
    private SortedMap<String, Bundle> bundles() {
        SortedMap<String, Bundle> bundles = new TreeMap<>();
        bundles.put("", bundle);
        for (String path : bundle.paths()) {
            Layout.edgeFolder(path).ifPresent(folder -> bundles.computeIfAbsent(folder, bundle::folder));
        }
        return bundles;
    }

    /** The names that stay: all of them are known before the first text is redacted. */
    private void findNames() {
        JsonRewriter.Visitor finder = new JsonRewriter.Visitor() {
            @Override
            public String name(String name) {
                return name;
            }

            @Override
            public String text(JsonRewriter.Place place, String text) {
                boolean named = NAMES.contains(place.key())
                        || place.key().equals("Name") && !place.within("Dimensions")
                        || NAME_SIBLINGS.contains(place.sibling());
                if (text.startsWith("arn:")) {
                    namesOfArn(text);
                } else if (named) {
                    scrubber.keep(text);
                }
                return text;
            }

            @Override
            public String number(JsonRewriter.Place place, String number) {
                return number;
            }

            @Override
            public String stray(String word) {
                return word;
            }
        };
        bundles().values().forEach(inside -> findNames(inside, finder));
    }

    private static void findNames(Bundle inside, JsonRewriter.Visitor finder) {
        for (String path : inside.paths()) {
            boolean names = path.equals(Layout.MANIFEST)
                    || path.startsWith("ecs/")
                    || path.startsWith("servicediscovery/")
                    || path.startsWith("cloudwatch/")
                    || path.startsWith("ec2/describe-network-interfaces");
            if (names && Layout.isPart(path)) {
                try (DocumentInput in = inside.openDocument(path)) {
                    JsonRewriter.rewrite(reader(in), Writer.nullWriter(), finder);
                } catch (IOException unreadable) {
                    // The copy fails at the same place, and says so.
                    continue;
                }
            }
        }
    }

    private void namesOfArn(String arn) {
        String[] parts = arn.split(":", 6);
        if (parts.length == 6 && parts[2].equals("ecs")) {
            String[] resource = parts[5].split("[/:]");
            int most = resource[0].equals("task-definition") ? 2 : resource.length;
            for (int i = 1; i < most && i < 3; i++) {
                scrubber.keep(resource[i]);
            }
        }
    }

    private Map<String, BundleStore.Content> contents() {
        Map<String, BundleStore.Content> contents = new LinkedHashMap<>();
        List<String> leftOut = new ArrayList<>();
        bundles().forEach((folder, inside) -> {
            for (String path : inside.paths()) {
                if (folder.isEmpty() && Layout.edgeFolder(path).isPresent()) {
                    continue;
                }
                Optional<BundleStore.Content> content = content(inside, path);
                // The folder as the manifest names it, in which it is redacted by itself.
                String lead = folder.isEmpty() ? "" : scrubber.text(folder) + "/";
                if (content.isEmpty()) {
                    leftOut.add(lead + scrubber.words(path));
                    continue;
                }
                String redacted = lead + scrubber.text(path);
                while (contents.containsKey(redacted)) {
                    redacted = redacted.replaceFirst("(\\.[^/]*)?$", "_$1");
                }
                contents.put(redacted, content.get());
            }
        });
        // Last, when it is known what was replaced.
        contents.put(LIST, out -> out.write(list(leftOut)));
        return contents;
    }

    private Optional<BundleStore.Content> content(Bundle inside, String path) {
        Optional<Layout.LogFile> log = Layout.logFile(path);
        if (log.isPresent()) {
            return Optional.of(out -> log(inside, log.get(), out));
        }
        if (path.equals(LIST)) {
            return Optional.empty();
        }
        if (Layout.isAnswer(path)) {
            return Optional.of(out -> {
                try (DocumentInput in = inside.openDocument(path)) {
                    json(in, out, new DocumentVisitor(path.startsWith(INSIGHTS)));
                }
            });
        }
        if (Layout.isQuery(path)) {
            return Optional.of(out -> {
                try (DocumentInput in = inside.openDocument(path)) {
                    lines.copyQuery(in, out);
                }
            });
        }
        return Optional.empty();
    }

    private void log(Bundle inside, Layout.LogFile file, OutputStream out) throws IOException {
        Limits limits = inside.limits();
        boolean zipped = file.path().endsWith(".gz");
        long longest = file.events() ? limits.eventBytes() : limits.logBytes();
        try (LogInput in = inside.openLog(file.path(), longest)) {
            GZIPOutputStream gzip = zipped ? new GZIPOutputStream(unclosable(out), 1 << 13, true) : null;
            OutputStream to = gzip == null ? out : gzip;
            if (file.events()) {
                json(in, to, new DocumentVisitor(false));
            } else {
                try (InputStream text = LineStream.open(in, longest)) {
                    lines.copy(text, to);
                }
            }
            to.flush();
            if (in.fault().isEmpty()) {
                if (gzip != null) {
                    gzip.finish();
                }
            } else if (gzip == null) {
                throw new IOException(file.path() + " is " + in.fault().get());
            }
            // A damaged log stays one: an end is not put where none was, or what is missing would no longer be missed.
        }
    }

    private static OutputStream unclosable(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }
        };
    }

    private static void json(InputStream in, OutputStream out, JsonRewriter.Visitor visitor) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        JsonRewriter.rewrite(reader(in), writer, visitor);
        writer.flush();
    }

    /** Characters of JSON in any of Unicode's encodings, told by its first bytes as RFC 4627 does. */
    private static Reader reader(InputStream in) throws IOException {
        PushbackInputStream pushback = new PushbackInputStream(in, 4);
        byte[] head = pushback.readNBytes(4);
        byte[] four = Arrays.copyOf(head, 4);
        Charset charset = StandardCharsets.UTF_8;
        int mark = 0;
        if (head.length == 4) {
            if (four[0] == 0 && four[1] == 0) {
                charset = Charset.forName("UTF-32BE");
            } else if (four[0] != 0 && four[1] == 0 && four[2] == 0) {
                charset = Charset.forName("UTF-32LE");
            } else if (four[0] == 0 || four[0] == (byte) 0xFE && four[1] == (byte) 0xFF) {
                charset = StandardCharsets.UTF_16BE;
                mark = four[0] == 0 ? 0 : 2;
            } else if (four[1] == 0 || four[0] == (byte) 0xFF && four[1] == (byte) 0xFE) {
                charset = StandardCharsets.UTF_16LE;
                mark = four[1] == 0 ? 0 : 2;
            } else if (four[0] == (byte) 0xEF && four[1] == (byte) 0xBB && four[2] == (byte) 0xBF) {
                mark = 3;
            }
        }
        pushback.unread(head, mark, head.length - mark);
        return new BufferedReader(new InputStreamReader(pushback, charset), 1 << 16);
    }

    /** Redacts answers. */
    private final class DocumentVisitor implements JsonRewriter.Visitor {
        private final boolean insights;

        /** @param insights whether it is an answer of Logs Insights, whose fields our queries name */
        DocumentVisitor(boolean insights) {
            this.insights = insights;
        }

        @Override
        public String name(String name) {
            return scrubber.text(name);
        }

        @Override
        public String text(JsonRewriter.Place place, String text) {
            if (text.isEmpty()) {
                return text;
            }
            String key = place.key();
            // Pairs of a name and a value mean what a member of that name would.
            String meaning = place.sibling().isEmpty() || !key.equalsIgnoreCase("value") ? key : place.sibling();
            if (place.within("environment") && key.equals("value")) {
                return scrubber.environment(text);
            }
            if (place.within("dockerLabels") || isForeignTag(place)) {
                return tokens.other(Tokens.Kind.TAG, text);
            }
            if (isDescription(place)) {
                return tokens.other(Tokens.Kind.DESCRIPTION, text);
            }
            if (key.equals("valueFrom")
                    || key.equals("credentialsParameter")
                    || place.within("environmentFiles") && key.equals("value")) {
                return secretReference(text);
            }
            if (meaning.equals("CloudTrailEvent")) {
                return embedded(text);
            }
            if (meaning.equalsIgnoreCase("secretId") && text.contains(CONNECT_SECRET)) {
                // Drawn by ECS, and the name that tells whose certificate it is.
                return scrubber.text(text);
            }
            if (meaning.equals("userAgent")) {
                return tokens.userAgent(text);
            }
            if (meaning.equals("@ptr")) {
                // Holds the account's id, encoded.
                return tokens.other(Tokens.Kind.LOG_POINTER, text);
            }
            if (Scrubber.isSecretMember(meaning) || Scrubber.announcesSecret(place.previous())) {
                return tokens.other(Tokens.Kind.SECRET, text);
            }
            if (isPrincipal(meaning, text) || place.within("userIdentity") && !IMPERSONAL.contains(meaning)) {
                return tokens.other(Tokens.Kind.PRINCIPAL, text);
            }
            if (insights && meaning.equals("name")) {
                return scrubber.authority(text);
            }
            if (insights && meaning.equals("way")) {
                return way(text);
            }
            Optional<FieldSpans.Kind> field = FieldSpans.named(meaning);
            if (field.isPresent()) {
                return lines.field(field.get(), text);
            }
            if (looksLikeLine(text)) {
                return lines.redact(text);
            }
            // Names and ids have no blanks: what has some was written by somebody, or is the argument of a command.
            boolean words = text.indexOf(' ') >= 0 || place.within("command") || place.within("entryPoint");
            return words ? scrubber.words(text) : scrubber.text(text);
        }

        @Override
        public String number(JsonRewriter.Place place, String number) {
            return accountNumber(place, number);
        }

        @Override
        public String stray(String word) {
            return scrubber.words(word);
        }

        /** A document inside a string of this one. */
        private String embedded(String text) {
            StringBuilder out = new StringBuilder(text.length());
            try {
                JsonRewriter.rewrite(new StringReader(text), out, this);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return out.toString();
        }

        /** The beginning of a host: whether it is none, the loopback interface, or another, of which the kind of network stays. */
        private static String way(String text) {
            if (text.startsWith("127.") || text.startsWith("[::1") || text.equals("-") || text.equals("null")) {
                return text;
            }
            int dot = text.indexOf('.');
            return dot > 0 ? text.substring(0, dot + 1) : "x";
        }

        /** A tag that the user made may say anything. */
        private boolean isForeignTag(JsonRewriter.Place place) {
            boolean tag = place.within("Tags") || place.within("TagSet") || place.within("tags");
            return tag
                    && place.key().equalsIgnoreCase("value")
                    && !place.sibling().startsWith("aws:");
        }

        /** A description is free text like a tag. */
        private boolean isDescription(JsonRewriter.Place place) {
            String key = place.key();
            return (key.equalsIgnoreCase("description") || key.equals("AlarmDescription"))
                    && DESCRIBED_BY_AWS.stream().noneMatch(place::within);
        }

        private boolean looksLikeLine(String text) {
            return text.length() > 20
                    && (text.charAt(0) == '{' || text.charAt(0) == '[' && Character.isDigit(text.charAt(1)));
        }

        /** The ARN or name of what holds a secret: which service keeps it stays. */
        private String secretReference(String text) {
            String[] parts = text.split(":", 6);
            if (parts.length < 6 || !parts[0].equals("arn")) {
                return tokens.other(Tokens.Kind.SECRET, text);
            }
            parts[4] = scrubber.text(parts[4]);
            parts[5] = tokens.other(Tokens.Kind.SECRET, parts[5]);
            return String.join(":", parts);
        }
    }

    /** Redacts lines of JSON: access lines, outlier events, envelopes. */
    private final class LineVisitor implements JsonRewriter.Visitor {
        @Override
        public String name(String name) {
            return scrubber.text(name);
        }

        @Override
        public String text(JsonRewriter.Place place, String text) {
            if (text.isEmpty()) {
                return text;
            }
            if (Scrubber.isSecretMember(place.key())) {
                return tokens.other(Tokens.Kind.SECRET, text);
            }
            if (isPrincipal(place.key(), text)) {
                return tokens.other(Tokens.Kind.PRINCIPAL, text);
            }
            return FieldSpans.named(place.key())
                    .map(kind -> lines.field(kind, text))
                    .orElseGet(() -> scrubber.words(text));
        }

        @Override
        public String number(JsonRewriter.Place place, String number) {
            return accountNumber(place, number);
        }

        @Override
        public String stray(String word) {
            return scrubber.words(word);
        }
    }

    private String accountNumber(JsonRewriter.Place place, String number) {
        boolean account = number.length() == ACCOUNT_DIGITS
                && ACCOUNT_MEMBER.matcher(place.key()).matches();
        return account ? tokens.account(number) : number;
    }

    /** Whether a member names a person or role session. ECS starts the tasks of its services itself. */
    private static boolean isPrincipal(String member, String text) {
        return member.equalsIgnoreCase("userName")
                || member.equals("principalId")
                || member.equals("startedBy") && !text.startsWith("ecs-svc/");
    }

    private SortedMap<String, Integer> counts() {
        SortedMap<String, Integer> counts = new TreeMap<>();
        tokens.originals().forEach((kind, originals) -> counts.put(kind, originals.size()));
        return counts;
    }

    private byte[] list(List<String> leftOut) {
        List<Map<String, Object>> replaced = new ArrayList<>();
        counts().forEach((kind, values) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("kind", kind);
            entry.put("values", values);
            replaced.add(entry);
        });
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("schemaVersion", SCHEMA_VERSION);
        list.put("replaced", replaced);
        list.put("leftOut", leftOut);
        return JsonText.of(list);
    }

    /** The map: what was known before stays in it. */
    private byte[] mapDocument(byte[] key, Optional<Json> before) {
        Map<String, SortedMap<String, String>> all = new TreeMap<>();
        before.ifPresent(kinds -> kinds.members()
                .forEach((kind, entries) -> entries.members()
                        .forEach((token, original) -> original.text()
                                .ifPresent(text -> all.computeIfAbsent(kind, any -> new TreeMap<>())
                                        .put(token, text)))));
        tokens.originals()
                .forEach((kind, originals) ->
                        all.computeIfAbsent(kind, any -> new TreeMap<>()).putAll(originals));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schemaVersion", SCHEMA_VERSION);
        document.put("key", HexFormat.of().formatHex(key));
        document.put("replaced", all);
        return JsonText.of(document);
    }

    private static Optional<Map<String, Json>> knownMap(Path map) {
        if (!Files.exists(map)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(map)) {
            Limits limits = new Limits(1, LARGEST_MAP, LARGEST_MAP, Tokens.MOST_LISTED * 64L, 1, 1, 1, 1);
            Faults faults = new Faults();
            DocumentInput document = new DocumentInput(in, limits, new AtomicLong(), new AtomicLong());
            return Optional.of(JsonDocument.whole(document, map.getFileName().toString(), faults)
                    .members());
        } catch (IOException | JsonDocument.Broken broken) {
            throw noMap(map, Text.of(broken));
        }
    }

    private static byte[] key(Map<String, Json> members, Path map) {
        String hex = Optional.ofNullable(members.get("key")).flatMap(Json::text).orElse("");
        if (!hex.matches("[0-9a-f]{" + 2 * KEY_BYTES + "}")) {
            throw noMap(map, "it has no key");
        }
        return HexFormat.of().parseHex(hex);
    }

    private static EastwestException noMap(Path map, String why) {
        return new EastwestException(
                EastwestException.Kind.USAGE,
                "cannot use the redaction map " + map + ": " + why,
                "Move it away to begin a new one; then the same values get other tokens.");
    }
}
