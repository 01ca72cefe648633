package io.github.eastwest.accesslog;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields that lines can have, and the names people give them. */
final class Fields {
    static final int METHOD = 0;
    static final int PATH = 1;
    static final int PROTOCOL = 2;
    static final int AUTHORITY = 3;
    static final int REQUEST_ID = 4;
    static final int STREAM_ID = 5;
    static final int USER_AGENT = 6;
    static final int FORWARDED_FOR = 7;
    static final int REMOTE_ADDRESS = 8;
    static final int REMOTE_PORT = 9;
    static final int GRPC_STATUS = 10;
    static final int FLAGS = 11;
    static final int DETAILS = 12;
    static final int TERMINATION = 13;
    static final int HOST = 14;
    static final int CLUSTER = 15;
    static final int TRANSPORT_FAILURE = 16;

    // Outlier events.
    static final int TYPE = 17;
    static final int ACTION = 18;
    static final int UPSTREAM_URL = 19;
    static final int ENFORCED = 20;
    static final int OUTLIER_CLUSTER = 21;

    // Logs and envelopes.
    static final int LEVEL = 22;
    static final int MESSAGE = 23;

    // Times.
    static final int START_TIME = 24;
    /** A time that an envelope or another tool put there; second choice. */
    static final int OTHER_TIME = 25;

    // Numbers.
    static final int STATUS = 26;
    static final int BYTES_RECEIVED = 27;
    static final int BYTES_SENT = 28;
    static final int DURATION = 29;
    static final int SERVICE_TIME = 30;
    static final int CONNECTION_ID = 31;

    static final int COUNT = 32;

    /** A name that means nothing here. */
    static final int UNKNOWN = -1;

    private static final Map<String, Integer> BY_NAME = new HashMap<>();

    static {
        names(METHOD, "method", "requestmethod", "httpmethod", "reqmethod", "httprequestmethod");
        names(
                PATH,
                "path",
                "requestpath",
                "reqpath",
                "httppath",
                "uri",
                "requesturi",
                "originalpath",
                "xenvoyoriginalpath",
                "xenvoyoriginpath");
        names(PROTOCOL, "protocol", "requestprotocol", "httpprotocol");
        names(AUTHORITY, "authority", "requestauthority", "reqauthority", "hostheader", "httphost");
        names(REQUEST_ID, "requestid", "xrequestid", "reqid");
        names(STREAM_ID, "streamid");
        names(USER_AGENT, "useragent", "httpuseragent", "requseragent");
        names(FORWARDED_FOR, "forwardedfor", "xforwardedfor");
        names(
                REMOTE_ADDRESS,
                "downstreamremoteaddress",
                "downstreamremoteaddr",
                "downstreamaddress",
                "downstreamdirectremoteaddress",
                "remoteaddress",
                "remoteaddr");
        names(REMOTE_PORT, "downstreamremoteport", "remoteport");
        names(GRPC_STATUS, "grpcstatus", "grpcstatusnumber", "grpcstatuscode", "grpccode");
        names(FLAGS, "responseflags", "respflags", "responseflagslong", "flags", "envoyresponseflags");
        names(DETAILS, "responsecodedetails", "respcodedetails", "resstatuscodedetails", "codedetails");
        names(TERMINATION, "connectionterminationdetails");
        names(HOST, "upstreamhost", "upstreamremoteaddress", "upstreamaddress", "upstreamaddr");
        names(CLUSTER, "upstreamcluster", "upstreamclusterraw", "upstreamclustername");
        names(
                TRANSPORT_FAILURE,
                "upstreamtransportfailurereason",
                "transportfailurereason",
                "upstreamfailurereason",
                "upstreamtransportfailure");
        names(TYPE, "type");
        names(ACTION, "action");
        names(UPSTREAM_URL, "upstreamurl");
        names(ENFORCED, "enforced");
        names(OUTLIER_CLUSTER, "clustername", "cluster");
        names(LEVEL, "level", "severity", "loglevel", "lvl");
        names(MESSAGE, "message", "msg", "log");
        names(START_TIME, "starttime", "requeststarttime", "requeststart", "starttimestamp");
        names(OTHER_TIME, "timestamp", "time", "ts", "date", "datetime", "eventtime");
        names(
                STATUS,
                "responsecode",
                "respcode",
                "status",
                "statuscode",
                "responsestatus",
                "responsestatuscode",
                "httpstatus",
                "httpstatuscode",
                "httpresponsestatuscode",
                "resstatus",
                "code");
        names(
                BYTES_RECEIVED,
                "bytesreceived",
                "bytesrecv",
                "bytesrcvd",
                "bytesin",
                "requestbytes",
                "requestsize",
                "reqbytes");
        names(BYTES_SENT, "bytessent", "bytesout", "responsebytes", "responsesize", "respbytes", "resbytes");
        names(
                DURATION,
                "duration",
                "durationms",
                "durationmillis",
                "timingduration",
                "totalduration",
                "totaldurationms",
                "requestdurationms",
                "elapsedms");
        names(
                SERVICE_TIME,
                "upstreamservicetime",
                "upstreamservicetimems",
                "xenvoyupstreamservicetime",
                "respxenvoyupstreamservicetime",
                "timingupstream");
        names(CONNECTION_ID, "connectionid", "connid");
    }

    private Fields() {}

    private static void names(int field, String... names) {
        for (String name : names) {
            BY_NAME.put(name, field);
        }
    }

    /** Whether values of that field are numbers. */
    static boolean isNumber(int field) {
        return field >= STATUS && field <= CONNECTION_ID;
    }

    /**
     * The field of that name in snake, camel or kebab case, or {@link #UNKNOWN}.
     *
     * @param name as printed, {@code x-envoy-upstream-service-time}, {@code responseFlags}, {@code :authority}
     */
    static int of(String name) {
        if (name.length() > 64) {
            return UNKNOWN;
        }
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c != '-' && c != '.' && c != ':' && c != '@' && c != ' ') {
                letters.append(c);
            }
        }
        @Nullable Integer field = BY_NAME.get(letters.toString().toLowerCase(Locale.ROOT));
        return field == null ? UNKNOWN : field;
    }
}
