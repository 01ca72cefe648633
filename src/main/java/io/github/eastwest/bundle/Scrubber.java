package io.github.eastwest.bundle;

import io.github.eastwest.model.EditDistance;
import io.github.eastwest.model.ecs.AddressFamily;
import io.github.eastwest.model.log.PathSegments;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces in text what tells of accounts, machines, people and secrets. Names of services, clusters, namespaces and
 * endpoints stay, in host names too, since the diagnosis is about them. Not thread-safe.
 */
final class Scrubber {
    private static final int TYPING_ERRORS = 2;
    private static final int SHORTEST_NAME_INSIDE = 3;
    private static final int SHORTEST_RANDOM = 16;
    private static final int LONGEST_NAME = 255;
    private static final int MOST_NAMES = 100_000;
    private static final int LONGEST_REMEMBERED = 200;
    private static final int MOST_REMEMBERED = 20_000;

    /** Last labels of host names, which name nobody. */
    private static final String ENDING =
            "com|net|org|edu|gov|mil|int|arpa|io|dev|app|cloud|co|ai|info|biz|online|site|store|shop|tech|xyz|systems|services"
                    + "|solutions|software|digital|agency|group|company|bank|health|global|network|zone|tools|live|team|me|tv"
                    + "|eu|uk|ie|de|fr|nl|lu|es|pt|it|pl|cz|sk|hu|ro|bg|gr|se|no|fi|dk|ch|at|be|us|ca|br|mx|ar|cl|au|nz|jp|cn|hk"
                    + "|tw|sg|in|kr|ru|ua|tr|il|ae|za|internal|local|localdomain|localhost|lan|corp|home|intranet|private|consul"
                    + "|test|example|invalid";

    private static final String SECRET_NAME =
            "(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|signature"
                    + "|authorization|cookie|(?:j?session|phpsess)[_-]?id)";
    private static final Pattern SECRET_MEMBER = Pattern.compile(
            "(?i)(?:.*[_.-])?" + SECRET_NAME + "s?(?:[_.-]?(?:id|value|key|hash))?|.*(?:Password|Secret|Token"
                    + "|ApiKey|AccessKey|PrivateKey|Credentials?)");
    private static final Pattern SECRET_FLAG =
            Pattern.compile("(?i)-{1,2}[\\w.-]{0,40}" + SECRET_NAME + "[\\w.-]{0,40}");

    /**
     * What may stand in a text. Every repetition is bounded and begins at a word's edge, so that time does not grow with the
     * square of a hostile text.
     */
    private static final Pattern FINDINGS =
            Pattern.compile("(?<pem>-----BEGIN [A-Z ]{1,40}-----[^-]{0,20000}(?:-----END [A-Z ]{1,40}-----)?)"
                    + "|(?<url>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\\s\"'<>\\\\`]{1,4000})"
                    + "|(?<principal>(?<=:|\\s)(?:assumed-role/[\\w+=,.@-]{1,64}/|(?:federated-)?user/)[\\w+=,.@/-]{1,512})"
                    + "|(?<jwt>(?<![\\w-])eyJ[\\w-]{8,8000}\\.[\\w-]{4,8000}(?:\\.[\\w-]{0,8000})?)"
                    + "|(?<key>(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|ANPA|ANVA|APKA)[A-Z0-9]{12,124}"
                    + "|gh[pousr]_\\w{20,255}|github_pat_\\w{20,255}|xox[a-z]-[\\w-]{8,255}|[rsp]k_(?:live|test)_\\w{8,255}"
                    + "|glpat-[\\w-]{12,255}|npm_\\w{20,255}|whsec_\\w{16,255}|AIza[\\w-]{30,100}|ya29\\.[\\w-]{20,2000}"
                    + "|SG\\.[\\w-]{16,64}\\.[\\w-]{16,128}|sk-[\\w-]{20,255}))"
                    + "|(?<header>(?i:(?<![\\w-])(?:set-)?cookie2?\\s{0,4}[:=]\\s{0,4}|(?:authorization:\\s{0,4})?digest\\s{1,4}(?=username=)))"
                    + "(?<whole>[^\\r\\n]{1,8000})"
                    + "|(?<scheme>(?i:(?<![\\w-])(?:bearer|basic)\\s{1,4}))(?<credentials>[\\w+/=.~-]{6,8000})"
                    + "|(?<name>(?i:(?<![\\w-])(?:[\\w.-]{0,40}" + SECRET_NAME
                    + "[\\w.-]{0,20}(?:\\\\?\"\\s{0,4}[:=]\\s{0,4}\\\\?[\"']?|\\s{0,4}=\\s{0,4}\\\\?[\"']?|:\\s{1,4}[\"']?)"
                    + "|-{1,2}[\\w.-]{0,40}" + SECRET_NAME + "[\\w.-]{0,20}\\s{1,4}[\"']?(?![\\s-]))))"
                    + "(?<value>(?<=\")[^\"\\\\]{1,8000}|(?<=')[^'\\\\]{1,8000}"
                    + "|(?:(?i:bearer|basic|token)\\s{1,4})?[^\\s\"'&;,\\\\]{1,8000})"
                    + "|(?<email>(?<![\\p{L}\\p{N}_.%+-])(?:[\\p{L}\\p{N}_.%+-]{1,64}:)?[\\p{L}\\p{N}_.%+-]{1,64}"
                    + "@(?:[\\p{L}\\p{N}-]{1,63}\\.){0,8}\\p{L}{2,24}(?![\\p{L}\\p{N}_-]))"
                    + "|(?<uuid>(?<![A-Za-z0-9])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![A-Za-z0-9]))"
                    + "|(?<mac>(?<![\\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![\\w:-]))"
                    + "|(?<six>(?<![\\w:.])(?:::[Ff]{4}:\\d{1,3}(?:\\.\\d{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})"
                    + "(?:/\\d{1,3})?(?![\\w:]|\\.\\d))"
                    + "|(?<four>(?<![A-Za-z0-9.])\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?(?![A-Za-z0-9]|\\.\\d))"
                    + "|(?<host>(?<![\\w.@-])(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.){1,10}"
                    + "(?:" + ENDING + ")(?![\\w-]|\\.\\w))"
                    + "|(?<ip>(?<![\\w.-])ip-\\d{1,3}(?:-\\d{1,3}){3}(?![\\w-]))"
                    + "|(?<twelve>(?<![A-Za-z0-9]|\\d\\.)\\d{12}(?![A-Za-z0-9]|\\.\\d)"
                    + "|(?<![A-Za-z0-9]|\\d[.-])\\d{4}-\\d{4}-\\d{4}(?![A-Za-z0-9]|[.-]\\d))"
                    + "|(?<digest>(?<![A-Za-z0-9])[0-9a-f]{40,4000}(?![A-Za-z0-9]))"
                    + "|(?<long>(?<![\\w+/=.-])(?=[\\w+/-]{0,4000}[A-Z])(?=[\\w+/-]{0,4000}[a-z])(?=[\\w+/-]{0,4000}\\d)"
                    + "(?:[\\w-]{32,4000}|[A-Za-z0-9+][A-Za-z0-9+/]{39,4000})={0,2}(?![\\w+/=-]))");

    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[^:]*)((?::[^:]*)?)");
    private static final Pattern ADDRESSES = Pattern.compile("[^,\\s]+");
    private static final int LONGEST_ADDRESS = 4000;
    private static final String IPV4 = "\\d{1,3}(\\.\\d{1,3}){3}";
    private static final Pattern SERVICE_ADDRESS = Pattern.compile(
            "\\s*([a-z][a-z0-9+.-]{0,20}://)?([^@/\\s]*@)?([A-Za-z0-9._-]{1,255})(:\\d{1,5})?([/?].*)?\\s*");
    private static final Pattern IP_LABEL = Pattern.compile("ip-(\\d{1,3}-\\d{1,3}-\\d{1,3}-\\d{1,3})");
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\\d[a-d]?");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

    private static final Set<String> ENDINGS = Set.of(ENDING.split("\\|"));

    /** Labels of AWS's own host names. */
    private static final Set<String> AWS_LABELS =
            Set.of(("amazonaws|api|application-autoscaling|autoscaling|aws|cache|cloudwatch"
                            + "|compute|data-servicediscovery|delivery|dkr|dynamodb|ec2|ecr|ecs|ecs-agent|ecs-tasks|ecs-telemetry"
                            + "|elasticloadbalancing|elb|events|iam|kms|lambda|logs|monitoring|on|rds|s3|secretsmanager|servicediscovery"
                            + "|sns|spot|sqs|ssm|stream-logs|streaming-logs|sts|vpc-lattice-svcs|vpce")
                    .split("\\|"));

    private final Tokens tokens;
    private final TreeSet<String> names = new TreeSet<>();
    private final Map<String, String> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    Scrubber(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Lets a name stay, and each of its parts between dots. */
    void keep(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.length() <= LONGEST_NAME
                && lower.matches("[a-z0-9._-]*[a-z_-][a-z0-9._-]*")
                && names.size() < MOST_NAMES) {
            for (String label : lower.split("\\.")) {
                if (!label.isEmpty()
                        && !ACCOUNT.matcher(label).matches()
                        && !IP_LABEL.matcher(label).matches()) {
                    names.add(label);
                }
            }
        }
    }

    /** Whether a member of that name holds a secret. */
    static boolean isSecretMember(String name) {
        return SECRET_MEMBER.matcher(name).matches();
    }

    /** Whether that argument of a command announces a secret in the next one. */
    static boolean announcesSecret(String argument) {
        return SECRET_FLAG.matcher(argument).matches();
    }

    /** A value of an answer: ids and names that AWS or the user gave stay, however random they look. */
    String text(String text) {
        return text(text, EnumSet.of(Extra.ACCOUNTS));
    }

    /** What people or programs wrote: a long random word in it may be a secret. */
    String words(String text) {
        return text(text, EnumSet.allOf(Extra.class));
    }

    /** Words between the fields of an access line, where twelve digits are a number. */
    String betweenFields(String text) {
        return text(text, EnumSet.of(Extra.RANDOM_WORDS));
    }

    /** What is replaced only in some places. */
    private enum Extra {
        ACCOUNTS,
        RANDOM_WORDS
    }

    private String text(String text, Set<Extra> extras) {
        if (!mayTell(text)) {
            return text;
        }
        return remembered(extras.toString(), text, any -> scrubbed(text, extras));
    }

    /** Lines repeat their words; looking at each once is a tenth of the work. */
    private String remembered(String how, String text, UnaryOperator<String> redaction) {
        if (text.length() > LONGEST_REMEMBERED) {
            return redaction.apply(text);
        }
        String known = remembered.get(how + text);
        if (known == null) {
            known = redaction.apply(text);
            remembered.put(how + text, known);
        }
        return known;
    }

    private String scrubbed(String text, Set<Extra> extras) {
        Matcher matcher = FINDINGS.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 16);
        int from = 0;
        while (matcher.find()) {
            String found = matcher.group();
            String replaced = replaced(matcher, found, extras);
            out.append(text, from, matcher.start()).append(replaced);
            from = matcher.end();
        }
        return from == 0 ? text : out.append(text, from, text.length()).toString();
    }

    /** Whether there is anything in a text that could match: most fields of most lines are short words and numbers. */
    private static boolean mayTell(String text) {
        if (isTime(text)) {
            return false;
        }
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == '@' || c == ':' || c == '=' || c == '/' || c == ' ' || c == '-') {
                return true;
            }
            run = Character.isLetterOrDigit(c) || c == '_' ? run + 1 : 0;
            if (run >= 12) {
                return true;
            }
        }
        return false;
    }

    /** {@code 2026-11-21T12:48:21.369Z}, which every line has. */
    private static boolean isTime(String text) {
        if (text.length() < 20 || text.length() > 30 || text.charAt(10) != 'T' || !text.endsWith("Z")) {
            return false;
        }
        for (int i = 0; i < text.length() - 1; i++) {
            if (i != 10 && "0123456789-:.".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private String replaced(Matcher matcher, String found, Set<Extra> extras) {
        if (matcher.group("url") != null) {
            return url(found);
        }
        if (matcher.group("name") != null) {
            return matcher.group("name") + secret(matcher.group("value"));
        }
        if (matcher.group("header") != null) {
            return matcher.group("header") + secret(matcher.group("whole"));
        }
        if (matcher.group("credentials") != null) {
            return matcher.group("scheme") + secret(matcher.group("credentials"));
        }
        if (matcher.group("principal") != null) {
            int slash = found.startsWith("user/") ? 4 : found.indexOf('/', "assumed-role/".length());
            return found.substring(0, slash + 1) + tokens.other(Tokens.Kind.PRINCIPAL, found.substring(slash + 1));
        }
        if (matcher.group("email") != null) {
            int at = found.lastIndexOf('@');
            return tokens.pathWord(found.substring(0, at)) + "@" + host(found.substring(at + 1));
        }
        if (matcher.group("uuid") != null) {
            return tokens.requestId(found);
        }
        if (matcher.group("mac") != null) {
            return tokens.hardwareAddress(found);
        }
        if (matcher.group("six") != null || matcher.group("four") != null) {
            return tokens.address(found);
        }
        if (matcher.group("host") != null || matcher.group("ip") != null) {
            return host(found);
        }
        if (matcher.group("twelve") != null) {
            return extras.contains(Extra.ACCOUNTS) ? account(found) : found;
        }
        if (matcher.group("long") != null || matcher.group("digest") != null) {
            boolean name = names.contains(found.toLowerCase(Locale.ROOT));
            return extras.contains(Extra.RANDOM_WORDS) && !name ? secret(found) : found;
        }
        return secret(found);
    }

    /** Twelve digits, also as the console groups them: the same account has the same token. */
    private String account(String digits) {
        String token = tokens.account(digits.replace("-", ""));
        return digits.indexOf('-') < 0
                ? token
                : token.substring(0, 4) + "-" + token.substring(4, 8) + "-" + token.substring(8);
    }

    private String secret(String value) {
        return value.startsWith("redacted-") ? value : tokens.other(Tokens.Kind.SECRET, value);
    }

    /** {@code scheme://user@host:port/path?query}. */
    private String url(String url) {
        int scheme = url.indexOf("://") + 3;
        int end = scheme;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(scheme, end);
        int at = authority.lastIndexOf('@');
        String user = at < 0 ? "" : secret(authority.substring(0, at)) + "@";
        return url.substring(0, scheme) + user + authority(authority.substring(at + 1)) + path(url.substring(end));
    }

    /** A host with or without port. */
    String authority(String authority) {
        return remembered("authority ", authority, this::redactedAuthority);
    }

    private String redactedAuthority(String authority) {
        Matcher matcher = AUTHORITY.matcher(authority);
        if (!matcher.matches()) {
            String address = tokens.address(authority);
            return address.equals(authority) && authority.indexOf(':') >= 0 ? text(authority) : address;
        }
        String host = matcher.group(1);
        String port = matcher.group(2);
        if (host.startsWith("[")) {
            return "[" + tokens.address(host.substring(1, host.length() - 1)) + "]" + port;
        }
        return host(host) + (port.matches("(:\\d{0,5})?") ? port : ":" + tokens.label(port.substring(1)));
    }

    /** A host name or address: each part between dots that is no name of the bundle and no public ending is replaced. */
    private String host(String host) {
        if (host.isEmpty() || host.equals("-") || host.equals("*")) {
            return host;
        }
        if (host.matches(IPV4)) {
            return tokens.address(host);
        }
        String[] labels = host.split("\\.", -1);
        boolean aws = isAws(host);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < labels.length; i++) {
            out.append(i == 0 ? "" : ".").append(label(labels[i], i == 0, i == labels.length - 1, aws));
        }
        return out.toString();
    }

    private static boolean isAws(String host) {
        return host.matches("(?i).*\\.(amazonaws\\.com(\\.cn)?|compute\\.internal|ec2\\.internal|on\\.aws)");
    }

    private String label(String label, boolean first, boolean last, boolean aws) {
        String lower = label.toLowerCase(Locale.ROOT);
        boolean ending = last && ENDINGS.contains(lower);
        boolean ofAws = aws
                && !first
                && (AWS_LABELS.contains(lower) || REGION.matcher(lower).matches());
        boolean service = first && aws && AWS_LABELS.contains(lower);
        if (label.isEmpty() || label.equals("*") || ending || ofAws || service || names.contains(lower)) {
            return label;
        }
        if (ACCOUNT.matcher(label).matches()) {
            return tokens.account(label);
        }
        Matcher ip = IP_LABEL.matcher(lower);
        if (ip.matches()) {
            return "ip-" + tokens.address(ip.group(1).replace('-', '.')).replace('.', '-');
        }
        if (first && isMistyped(lower)) {
            return label;
        }
        String inside = namesInside(lower);
        return inside.isEmpty() ? tokens.label(label) : inside + "-" + tokens.label(label);
    }

    /** A name with a typing error or two is that name: whether it was mistyped is what a rule asks. */
    private boolean isMistyped(String label) {
        return label.length() > 2 * TYPING_ERRORS
                && names.stream()
                        .filter(name -> name.length() > TYPING_ERRORS + 1)
                        .anyMatch(name -> EditDistance.of(label, name, TYPING_ERRORS + 1) <= TYPING_ERRORS);
    }

    /** The names in a label, in the order in which they stand there. */
    private String namesInside(String label) {
        StringBuilder inside = new StringBuilder();
        int at = 0;
        while (at < label.length()) {
            String longest = "";
            for (String name : names) {
                if (name.length() >= SHORTEST_NAME_INSIDE
                        && name.length() > longest.length()
                        && label.startsWith(name, at)) {
                    longest = name;
                }
            }
            if (longest.isEmpty()) {
                at++;
            } else {
                inside.append(inside.isEmpty() ? "" : "-").append(longest);
                at += longest.length();
            }
        }
        return inside.toString();
    }

    /** A path with or without query; words stay, values go. */
    String path(String path) {
        return remembered("path ", path, this::redactedPath);
    }

    private String redactedPath(String path) {
        if (path.contains("://") && !path.startsWith("/")) {
            return url(path);
        }
        int query = path.indexOf('?');
        String bare = query < 0 ? path : path.substring(0, query);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (from <= bare.length()) {
            int slash = bare.indexOf('/', from);
            int to = slash < 0 ? bare.length() : slash;
            out.append(segment(bare.substring(from, to)));
            if (slash < 0) {
                break;
            }
            out.append('/');
            from = slash + 1;
        }
        if (query >= 0 && query + 1 < path.length()) {
            out.append('?').append(tokens.other(Tokens.Kind.QUERY, path.substring(query + 1)));
        } else if (query >= 0) {
            out.append('?');
        }
        return out.toString();
    }

    private String segment(String segment) {
        if (PathSegments.isValue(segment, 0, segment.length())) {
            return tokens.pathValue(segment);
        }
        boolean odd = segment.chars().anyMatch(c -> "%=;@#&,:+~".indexOf(c) >= 0);
        return odd || isRandom(segment) || !text(segment).equals(segment) ? tokens.pathWord(segment) : segment;
    }

    /** Whether a segment reads as drawn at random: long, and capitals, small letters and digits in it more than once. */
    private static boolean isRandom(String segment) {
        long capitals = segment.chars().filter(c -> c >= 'A' && c <= 'Z').count();
        long small = segment.chars().filter(c -> c >= 'a' && c <= 'z').count();
        long digits = segment.chars().filter(c -> c >= '0' && c <= '9').count();
        return segment.length() >= SHORTEST_RANDOM && Math.min(capitals, Math.min(small, digits)) > 1;
    }

    /** Addresses with or without port, separated by commas or blanks; hosts may stand among them. */
    String addresses(String addresses) {
        return remembered("addresses ", addresses, this::redactedAddresses);
    }

    private String redactedAddresses(String addresses) {
        StringBuilder out = new StringBuilder();
        Matcher parts = ADDRESSES.matcher(addresses);
        int from = 0;
        while (parts.find()) {
            String part = parts.group();
            String replaced = text(part);
            boolean host = replaced.equals(part) && part.matches("[A-Za-z0-9_.-]+(:\\d{1,5})?");
            out.append(addresses, from, parts.start()).append(host ? authority(part) : replaced);
            from = parts.end();
        }
        return out.append(addresses, from, addresses.length()).toString();
    }

    /**
     * The value of an environment variable: replaced, but for what a rule asks. That is an address that has a name of the bundle,
     * an IP address or AWS's own (is it the right one?), and the settings of {@link AddressFamily}.
     */
    String environment(String value) {
        return serviceAddress(value).orElseGet(() -> settings(value));
    }

    /** Settings stay where they stand; what lies around them goes. */
    private String settings(String value) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (AddressFamily.Setting setting : AddressFamily.ipv6(value)) {
            out.append(environmentWords(value.substring(from, setting.from())))
                    .append(value, setting.from(), setting.to());
            from = setting.to();
        }
        return out.append(environmentWords(value.substring(from))).toString();
    }

    private String environmentWords(String words) {
        String bare = words.strip();
        return bare.isEmpty() ? words : words.replace(bare, tokens.other(Tokens.Kind.ENVIRONMENT, bare));
    }

    private Optional<String> serviceAddress(String value) {
        Matcher matcher = SERVICE_ADDRESS.matcher(value);
        if (value.length() > LONGEST_ADDRESS || !matcher.matches()) {
            return Optional.empty();
        }
        String scheme = or(matcher.group(1));
        String host = matcher.group(3);
        String port = or(matcher.group(4));
        boolean address = !scheme.isEmpty() || !port.isEmpty() || host.contains(".");
        if (!address || !isTelling(host)) {
            return Optional.empty();
        }
        String user = matcher.group(2) == null ? "" : secret(matcher.group(2)) + "@";
        String rest = or(matcher.group(5));
        return Optional.of(scheme
                + user
                + host(host)
                + port
                + (rest.length() < 2
                        ? rest
                        : rest.charAt(0) + tokens.other(Tokens.Kind.ENVIRONMENT, rest.substring(1))));
    }

    /** Whether a rule can ask what that host is. */
    private boolean isTelling(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return names.contains(lower.split("\\.", -1)[0])
                || lower.equals("localhost")
                || isAws(host)
                || host.matches(IPV4);
    }

    private static String or(@Nullable String text) {
        return text == null ? "" : text;
    }
}
